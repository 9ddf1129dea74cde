"""A micrograph as a file of its own, with the size of its pixels and how it was taken."""

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hrtem_sim.pictures import to_8_bit, write_png, write_tiff
from hrtem_sim.provenance import to_table
from hrtem_sim.refusal import Refusal

if TYPE_CHECKING:
    from hrtem_sim.imaging.formation import Micrograph


def save(micrograph: "Micrograph", path: str | Path) -> Path:
    """Write a micrograph in the format that the ending of the name says.

    Parameters
    ----------
    micrograph
        Micrograph to write.
    path
        Path of the file: `.tif` and `.tiff` (counts; ImageJ, Digital Micrograph and HyperSpy read
        the pixel size), `.hspy` (HyperSpy, calibrated, with the conditions), `.npz` (arrays
        `counts` and `pixel_size`, the conditions as JSON text) or `.png` (8 bits, for looking at).

    Returns
    -------
    path
        Path of what was written.

    Raises
    ------
    ValueError
        If the ending is another.
    ImportError
        If tifffile or RosettaSciIO, of the extra "io", is needed and not installed.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in (".tif", ".tiff"):
        write_tiff(path, micrograph.counts, micrograph.pixel_size)
    elif ending == ".png":
        write_png(path, to_8_bit(micrograph.counts), micrograph.pixel_size)
    elif ending == ".npz":
        conditions = json.dumps(to_table(micrograph.conditions))
        np.savez_compressed(
            path,
            counts=micrograph.counts,
            pixel_size=micrograph.pixel_size,
            conditions=conditions,
        )
    elif ending == ".hspy":
        _write_hspy(micrograph, path)
    else:
        raise Refusal(f"path must end in .tif, .tiff, .hspy, .npz or .png; got {path.name!r}")
    return path


def _write_hspy(micrograph: "Micrograph", path: Path) -> None:
    try:
        writer = import_module("rsciio.hspy")
    except ImportError as error:
        raise ImportError(
            "HyperSpy files need RosettaSciIO, which is not installed: pip install "
            '"micrograph-foundry[io]"'
        ) from error
    axes: list[dict[str, Any]] = [
        {
            "_type": "UniformDataAxis",
            "name": name,
            "units": "Å",
            "size": size,
            "offset": 0.0,
            "scale": micrograph.pixel_size,
            "navigate": False,
            "index_in_array": index,
        }
        for index, (name, size) in enumerate(zip("yx", micrograph.counts.shape, strict=True))
    ]
    metadata = {
        "General": {"title": path.stem},
        "Signal": {"signal_type": "", "quantity": "Counts"},
        "Simulation": {"conditions": to_table(micrograph.conditions)},
    }
    signal = {
        "data": np.array(micrograph.counts),
        "axes": axes,
        "metadata": metadata,
        "original_metadata": {},
        "package": "micrograph-foundry",
        "package_version": "",
        "package_info": "",
        "models": {},
        "tmp_parameters": {},
        "learning_results": {},
        "attributes": {"_lazy": False, "ragged": False},
    }
    writer.file_writer(str(path), signal, show_progressbar=False)
