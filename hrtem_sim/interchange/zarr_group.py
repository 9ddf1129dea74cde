"""Micrographs and masks of a database as a Zarr group."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.database import Database
from hrtem_sim.interchange.stored import count_type, metadata, write_catalogue
from hrtem_sim.interchange.structures import rows_of, stored_instances
from hrtem_sim.provenance.doors import typed
from hrtem_sim.whole import whole


@typed
def export_zarr(
    database: Database, rows: Sequence[int] | None, path: str | Path, *, instances: bool = False
) -> Path:
    """Write a Zarr group.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue; None: all.
    path
        Path of the group, a folder that must not exist yet, `name.zarr`.
    instances
        Write the particle of each pixel as well.

    Returns
    -------
    path

    Raises
    ------
    ImportError
        If zarr is not installed.
    FileExistsError
        If the path exists.

    Notes
    -----
    Arrays `images`, `masks` and `instances`, (n, ny, nx) in chunks of one micrograph, with named
    dimensions; attributes hold the pixel size in angstrom; `catalogue.csv` lies in the folder.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> export_zarr(database, [0, 1], "out.zarr").name
    'out.zarr'
    """
    rows, path = rows_of(database, rows), Path(path)
    zarr = _zarr()
    if path.exists():
        raise FileExistsError(f"path must not exist yet; got {path}")
    with whole(path, named=True) as part:
        _fill(
            zarr.create_group(str(part), attributes=metadata(database)), database, rows, instances
        )
        write_catalogue(database, rows, part)
    return path


def _fill(group: Any, database: Database, rows: Sequence[int], instances: bool) -> None:
    def array(name: str, dtype: np.dtype | type) -> Any:
        return group.create_array(
            name,
            shape=(len(rows), *database.shape),
            chunks=(1, *database.shape),
            dtype=dtype,
            dimension_names=("micrograph", "y", "x"),
            attributes={"pixel_size_angstrom": database.pixel_size},
        )

    images, masks = array("images", count_type(database, rows)), array("masks", np.uint8)
    for i, row in enumerate(rows):
        images[i] = database.counts([row])[0]
        masks[i] = database.masks([row])[0]
    if instances:
        ids = array("instances", np.uint16)
        for i, (_, _, found) in enumerate(stored_instances(database, rows)):
            ids[i] = found.ids


def _zarr() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise ImportError(
            "Zarr groups need zarr 3 or newer, which is not installed: "
            'pip install "micrograph-foundry[io]"'
        ) from error
    return zarr
