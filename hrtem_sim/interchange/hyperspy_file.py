"""Micrographs of a database as a stack for HyperSpy."""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from hrtem_sim.database import Database
from hrtem_sim.interchange.stored import count_type
from hrtem_sim.interchange.structures import rows_of
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole


@typed
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
    with whole(path) as part, h5py.File(part, "w") as file:
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
            count_type(database, rows),
            chunks=(1, ny, nx),
            compression="gzip",
            compression_opts=1,
            shuffle=True,
        )
        for i, row in enumerate(rows):
            data[i] = database.counts([row])[0]
    return path
