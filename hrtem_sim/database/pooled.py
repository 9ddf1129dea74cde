"""Several data sets as one: selected from and trained on together."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hrtem_sim.database.database import Database, open_database
from hrtem_sim.database.selecting import checked_rows, selected
from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Refusal

if TYPE_CHECKING:
    from hrtem_sim.imaging import Recorder


class PooledDatabase:
    """The micrographs of several data sets, one after the other, read only.

    Parameters
    ----------
    databases
        Data sets whose images have one shape and one pixel, no micrograph of them twice.

    Notes
    -----
    The catalogue has the columns of all (empty where a data set lacks one), and in front
    `database`, the name of the folder, and `database_row`, the position in it. Data sets of several
    shapes or pixels are trained on together as a list, `seg_train.fit(recipe, [one, other], ...)`.

    Examples
    --------
    >>> pooled = PooledDatabase([open_database("data")])
    >>> pooled.counts([3, 0]).shape
    (2, 64, 64)
    """

    def __init__(self, databases: Sequence[Database]) -> None:
        if not databases:
            raise Refusal("databases must hold at least one data set; got none")
        self.databases = tuple(databases)
        first = self.databases[0]
        seen: dict[str, Path] = {}
        held: dict[str, Path] = {}
        for database in self.databases:
            if database.identity in seen:
                raise Refusal(
                    "databases must be different data sets, or micrographs would count twice; got "
                    f"{seen[database.identity]} and {database.folder}"
                )
            seen[database.identity] = database.folder
            for micrograph in database.catalogue["micrograph"]:
                if micrograph in held:
                    raise Refusal(
                        f"databases must hold each micrograph once; got {micrograph} in "
                        f"{held[micrograph]} and in {database.folder}: recipes that differ in "
                        "their number of structures alone share them, so give one of them another "
                        "seed, or take the larger alone"
                    )
            held |= dict.fromkeys(database.catalogue["micrograph"], database.folder)
            other = (database.shape, database.pixel_size, database.classes)
            if other != (first.shape, first.pixel_size, first.classes):
                raise Refusal(
                    "databases must have images of one shape, pixel and classes (train on a list "
                    f"of data sets where they differ); got {first!r} of {first.classes} and "
                    f"{database!r} of {database.classes}"
                )
        self.pixel_size, self.shape, self.classes = first.pixel_size, first.shape, first.classes
        self.keeps_expected = all(database.keeps_expected for database in self.databases)
        names = _different([database.folder for database in self.databases])
        frames = []
        for name, database in zip(names, self.databases, strict=True):
            frame = database.catalogue.drop(columns=["shard", "row"])
            frame.insert(0, "database", name)
            frame.insert(1, "database_row", np.arange(len(frame)))
            frames.append(frame)
        self.catalogue = pd.concat(frames, ignore_index=True)
        self._ends = np.cumsum([len(database) for database in self.databases])

    def __len__(self) -> int:
        return len(self.catalogue)

    def __repr__(self) -> str:
        folders = ", ".join(repr(str(database.folder)) for database in self.databases)
        return f"PooledDatabase({folders}: {len(self)} micrographs)"

    @cached_property
    def identity(self) -> str:
        """Id of all that the data sets hand out."""
        return identity([database.identity for database in self.databases], "dataset")

    def counts(self, rows: ArrayLike) -> np.ndarray:
        """Return the images of some rows, as `Database.counts` does."""
        return self._gathered(rows, Database.counts)

    def expected(self, rows: ArrayLike) -> np.ndarray:
        """Return what the images of some rows scatter about, as `Database.expected` does."""
        return self._gathered(rows, Database.expected)

    def masks(self, rows: ArrayLike) -> np.ndarray:
        """Return the masks of some rows, uint8 (n, ny, nx)."""
        return self._gathered(rows, Database.masks)

    def labels(self, rows: ArrayLike, name: str = "instances") -> np.ndarray:
        """Return the label maps of some rows, as `Database.labels` does.

        Parameters
        ----------
        rows
            Positions in the catalogue, in any order.
        name
            Name of the labels.
        """
        return self._gathered(rows, lambda database, own: database.labels(own, name))

    def recorder(self, row: int) -> "Recorder":
        """Return the camera and the dose of a row, which make micrographs of what is expected."""
        ((database, own),) = [self._place(int(k)) for k in checked_rows([row], len(self))]
        return database.recorder(own)

    def select(
        self,
        query: str | None = None,
        *,
        n: int | None = None,
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Return part of the catalogue, as `Database.select` does.

        Parameters
        ----------
        query
            Condition on the columns, `database` among them.
        n, rng
            Number of rows to draw and the source of the draw; default: all.
        """
        return selected(self.catalogue, query, n=n, rng=rng)

    def close(self) -> None:
        """Close the open files."""
        for database in self.databases:
            database.close()

    def _place(self, row: int) -> tuple[Database, int]:
        owner = int(np.searchsorted(self._ends, row, side="right"))
        return self.databases[owner], row - int(self._ends[owner]) + len(self.databases[owner])

    def _gathered(
        self, rows: ArrayLike, read: Callable[[Database, np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Read rows data set by data set and put them into the order asked for."""
        chosen = checked_rows(rows, len(self))
        owner = np.searchsorted(self._ends, chosen, side="right")
        parts, places = [], []
        for number in np.unique(owner) if len(chosen) else [0]:
            mine = np.flatnonzero(owner == number)
            database = self.databases[number]
            own = chosen[mine] - (self._ends[number] - len(database))
            parts.append(read(database, own))
            places.append(mine)
        joined = np.concatenate(parts)
        out = np.empty_like(joined)
        out[np.concatenate(places)] = joined
        return out


def open_databases(folders: Sequence[str | Path | Database]) -> PooledDatabase:
    """Return several data sets as one, to select from and to train on.

    Parameters
    ----------
    folders
        Folders of data sets, or data sets that are open.

    Examples
    --------
    >>> pooled = open_databases(["data"])
    >>> len(pooled.select("database == 'data' and dose > 0"))
    4
    """
    if isinstance(folders, str | Path):
        raise Refusal(f"folders must be a list of folders; got {folders!r} alone")
    return PooledDatabase([f if isinstance(f, Database) else open_database(f) for f in folders])


def _different(folders: list[Path]) -> list[str]:
    """Names of folders with as much of their paths as tells them apart."""
    depth = 1
    paths = [folder.resolve().parts for folder in folders]
    while len({path[-depth:] for path in paths}) < len(paths) and depth < max(map(len, paths)):
        depth += 1
    return ["/".join(path[-depth:]) for path in paths]
