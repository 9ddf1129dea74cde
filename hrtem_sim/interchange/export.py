"""Micrographs and masks of a database for other programs: TIFF, NumPy, Zarr, HyperSpy.

All writers take a database and rows of its catalogue, go through them one by one, so that memory
does not grow with their number, and return the path that they wrote.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from hrtem_sim.database import Database
from hrtem_sim.interchange.coco import to_coco
from hrtem_sim.interchange.folders import export_numpy, export_tiff
from hrtem_sim.interchange.hyperspy_file import export_hyperspy
from hrtem_sim.interchange.zarr_group import export_zarr
from hrtem_sim.refusal import Refusal

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
