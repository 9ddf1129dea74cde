"""What every writer of stored micrographs needs: the catalogue, the type of counts, the facts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hrtem_sim.database import Database, PooledDatabase
from hrtem_sim.whole import write_table


def write_catalogue(database: Database | PooledDatabase, rows: Sequence[int], folder: Path) -> None:
    """Write the rows of the catalogue as `catalogue.csv`."""
    chosen = database.catalogue.iloc[rows]
    write_table(folder / "catalogue.csv", chosen, index_label="database_row")


def count_type(database: Database, rows: Sequence[int]) -> np.dtype:
    """Return the type that holds all counts: a shard's is uint16 or uint32."""
    shards = database.catalogue["shard"].to_numpy()[list(rows)]
    first = [rows[int(np.argmax(shards == shard))] for shard in np.unique(shards)]
    return np.result_type(*[database.counts([row]).dtype for row in first])


def metadata(database: Database) -> dict[str, object]:
    """Return what readers of the arrays need to know, as plain values."""
    return {
        "pixel_size_angstrom": database.pixel_size,
        "units": "electrons per pixel",
        "axes": ["micrograph", "y", "x"],
        "classes": list(database.classes),
        "dataset": database.identity,
        "recipe": database.recipe_toml,
    }
