"""Micrographs and masks of a database for other programs: TIFF, NumPy, Zarr, HyperSpy.

All writers take a database and rows of its catalogue, go through them one by one, so that memory
does not grow with their number, and return the path that they wrote.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.database import Database
from hrtem_sim.interchange.coco import to_coco
from hrtem_sim.interchange.pictures import write_tiff
from hrtem_sim.interchange.structures import rows_of, stored_instances
from hrtem_sim.refusal import Refusal

CLASSES = ("background", "particle")


def export_tiff(database: Database, rows: Sequence[int] | None, folder: str | Path) -> Path:
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
    rows, folder = rows_of(database, rows), _folder(folder)
    for row in rows:
        name = database.catalogue.iloc[row]["micrograph"]
        write_tiff(folder / f"{name}.tif", database.counts([row])[0], database.pixel_size)
        write_tiff(folder / f"{name}_mask.tif", database.masks([row])[0], database.pixel_size)
    _write_catalogue(database, rows, folder)
    return folder


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
    >>> sorted(path.name for path in export_numpy(database, [0, 1], "out-numpy").iterdir())[:2]
    ['catalogue.csv', 'images.npy']
    """
    rows, folder = rows_of(database, rows), _folder(folder)
    shape = (len(rows), *database.shape)
    dtype = _count_type(database, rows)
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", dtype, shape)
    masks = np.lib.format.open_memmap(folder / "masks.npy", "w+", np.uint8, shape)
    for i, row in enumerate(rows):
        images[i] = database.counts([row])[0]
        masks[i] = database.masks([row])[0]
    images.flush()
    masks.flush()
    _write_catalogue(database, rows, folder)
    text = json.dumps(_metadata(database), indent=1, ensure_ascii=False)
    (folder / "metadata.json").write_text(text, encoding="utf-8")
    return folder


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
    group = zarr.create_group(str(path), attributes=_metadata(database))

    def array(name: str, dtype: np.dtype | type) -> Any:
        return group.create_array(
            name,
            shape=(len(rows), *database.shape),
            chunks=(1, *database.shape),
            dtype=dtype,
            dimension_names=("micrograph", "y", "x"),
            attributes={"pixel_size_angstrom": database.pixel_size},
        )

    images, masks = array("images", _count_type(database, rows)), array("masks", np.uint8)
    for i, row in enumerate(rows):
        images[i] = database.counts([row])[0]
        masks[i] = database.masks([row])[0]
    if instances:
        ids = array("instances", np.uint16)
        for i, (_, _, found) in enumerate(stored_instances(database, rows)):
            ids[i] = found.ids
    _write_catalogue(database, rows, path)
    return path


def export_hyperspy(database: Database, rows: Sequence[int] | None, path: str | Path) -> Path:
    """Write a signal that HyperSpy and RosettaSciIO open with the right pixel size.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue; None: all.
    path
        Path of the file, `name.hspy`; replaced if it exists.

    Returns
    -------
    path

    Notes
    -----
    HDF5 in the layout of HyperSpy's own files, version 3.3: one stack, (n, ny, nx), navigated by
    micrograph. The catalogue is in `original_metadata.catalogue`.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> export_hyperspy(database, [0, 1], "out.hspy").name
    'out.hspy'
    """
    rows, path = rows_of(database, rows), Path(path)
    if path.suffix != ".hspy":
        raise Refusal(f"path must end in .hspy, by which HyperSpy knows it; got {path.name}")
    title = Path(database.folder).name or "micrographs"
    ny, nx = database.shape
    axes = (
        {"name": "micrograph", "units": "", "navigate": True, "size": len(rows), "scale": 1.0},
        {"name": "y", "units": "Å", "navigate": False, "size": ny, "scale": database.pixel_size},
        {"name": "x", "units": "Å", "navigate": False, "size": nx, "scale": database.pixel_size},
    )
    with h5py.File(path, "w") as file:
        file.attrs.update({"file_format": "HyperSpy", "file_format_version": "3.3"})
        group = file.create_group(f"Experiments/{title}")
        group.attrs.update({"package": "hrtem_sim", "package_version": "1"})
        for i, axis in enumerate(axes):
            common = {"_type": "UniformDataAxis", "offset": 0.0, "is_binned": False}
            group.create_group(f"axis-{i}").attrs.update({**axis, **common})
        group.create_group("attributes").attrs.update({"_lazy": False, "ragged": False})
        group.create_group("learning_results")
        group.create_group("metadata/General").attrs["title"] = title
        group.create_group("metadata/Signal").attrs.update(
            {"signal_type": "", "quantity": "Electrons per pixel"}
        )
        columns = group.create_group("original_metadata/catalogue")
        for name, column in database.catalogue.iloc[rows].items():
            plain = column.dtype.kind in "iuf"
            text = None if plain else np.char.encode(column.to_numpy(str), "utf-8")
            columns[name] = column.to_numpy() if plain else text
        data = group.create_dataset(
            "data",
            (len(rows), ny, nx),
            _count_type(database, rows),
            chunks=(1, ny, nx),
            compression="gzip",
            compression_opts=1,
            shuffle=True,
        )
        for i, row in enumerate(rows):
            data[i] = database.counts([row])[0]
    return path


FORMATS: dict[str, Callable[..., Path]] = {
    "coco": to_coco,
    "hyperspy": export_hyperspy,
    "numpy": export_numpy,
    "tiff": export_tiff,
    "zarr": export_zarr,
}
"""Writers by the name of their format."""


def export(
    database: Database, rows: Sequence[int] | None, path: str | Path, *, format: str
) -> Path:
    """Write micrographs and labels in a format that is chosen by name.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue; None: all.
    path
        Folder, or file where the format is one file.
    format
        `"coco"`, `"hyperspy"`, `"numpy"`, `"tiff"` or `"zarr"`.

    Returns
    -------
    path
        Path of what was written.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> export(database, [0, 1], "out-any", format="numpy").name
    'out-any'
    """
    if format not in FORMATS:
        raise Refusal(f"format must be one of {', '.join(FORMATS)}; got {format!r}")
    return FORMATS[format](database, rows, path)


def _folder(folder: str | Path) -> Path:
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_catalogue(database: Database, rows: Sequence[int], folder: Path) -> None:
    database.catalogue.iloc[rows].to_csv(folder / "catalogue.csv", index_label="database_row")


def _count_type(database: Database, rows: Sequence[int]) -> np.dtype:
    """The type that holds all counts: a shard's is uint16 or uint32."""
    shards = database.catalogue["shard"].to_numpy()[list(rows)]
    first = [rows[int(np.argmax(shards == shard))] for shard in np.unique(shards)]
    return np.result_type(*[database.counts([row]).dtype for row in first])


def _metadata(database: Database) -> dict[str, object]:
    return {
        "pixel_size_angstrom": database.pixel_size,
        "units": "electrons per pixel",
        "axes": ["micrograph", "y", "x"],
        "classes": list(CLASSES),
        "dataset": database.identity,
        "recipe": database.recipe_toml,
    }


def _zarr() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise ImportError(
            "Zarr groups need zarr 3 or newer, which is not installed: "
            'pip install "micrograph-foundry[io]"'
        ) from error
    return zarr
