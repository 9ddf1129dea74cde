"""Micrographs and masks of a database as files in a folder: TIFF, NumPy."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hrtem_sim.database import Database, PooledDatabase
from hrtem_sim.interchange.manifest import prepared
from hrtem_sim.interchange.stored import count_type, metadata, write_catalogue
from hrtem_sim.interchange.structures import rows_of
from hrtem_sim.pictures import write_tiff
from hrtem_sim.provenance.doors import typed
from hrtem_sim.whole import whole, write_whole


@typed
def export_tiff(
    database: Database | PooledDatabase, rows: Sequence[int] | None, folder: str | Path
) -> Path:
    """Write one TIFF per micrograph, and its mask beside it.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue; None: all.
    folder
        Folder for `NAME.tif`, `NAME_mask.tif` (0 and 1) and `catalogue.csv`, NAME being the id of
        the micrograph; made if it is missing.

    Returns
    -------
    folder

    Raises
    ------
    ImportError
        If tifffile is not installed.

    Notes
    -----
    Counts as they are, uint16; beyond 65535 float32. The pixel size is written as ImageJ does.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> len(list(export_tiff(database, [0, 1], "out-tiff").rglob("*.tif")))
    4
    """
    rows = rows_of(database, rows)
    names = database.catalogue["micrograph"].iloc[rows].tolist()
    files = [f"{name}{end}" for name in names for end in (".tif", "_mask.tif")]
    folder = prepared(folder, [*files, "catalogue.csv"])
    for row, name in zip(rows, names, strict=True):
        write_tiff(folder / f"{name}.tif", database.counts([row])[0], database.pixel_size)
        write_tiff(folder / f"{name}_mask.tif", database.masks([row])[0], database.pixel_size)
    write_catalogue(database, rows, folder)
    return folder


@typed
def export_numpy(database: Database, rows: Sequence[int] | None, folder: str | Path) -> Path:
    """Write NumPy arrays.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue; None: all.
    folder
        Folder for `images.npy` (n, ny, nx) of counts, `masks.npy` uint8, `catalogue.csv` with one
        line per image and `metadata.json` with the pixel size in angstrom; made if it is missing.

    Returns
    -------
    folder

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> sorted(path.name for path in export_numpy(database, [0, 1], "out-numpy").glob("*.npy"))
    ['images.npy', 'masks.npy']
    """
    rows = rows_of(database, rows)
    folder = prepared(folder, ["images.npy", "masks.npy", "catalogue.csv", "metadata.json"])
    shape = (len(rows), *database.shape)
    dtype = count_type(database, rows)
    for name, kind, read in (
        ("images.npy", dtype, database.counts),
        ("masks.npy", np.dtype(np.uint8), database.masks),
    ):
        with whole(folder / name) as part:
            array = np.lib.format.open_memmap(part, "w+", kind, shape)
            for i, row in enumerate(rows):
                array[i] = read([row])[0]
            array.flush()
    write_catalogue(database, rows, folder)
    text = json.dumps(metadata(database), indent=1, ensure_ascii=False)
    write_whole(folder / "metadata.json", text)
    return folder
