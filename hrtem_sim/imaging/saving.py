"""Micrographs, one or a series, as files with the size of their pixels and how they were taken."""

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hrtem_sim.pictures import to_8_bit, write_png, write_tiff
from hrtem_sim.provenance import to_table
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole

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
        arrays = {"counts": micrograph.counts, "pixel_size": micrograph.pixel_size}
        _write_npz(path, {**arrays, "conditions": conditions})
    elif ending == ".hspy":
        _write_hspy(micrograph.counts, [micrograph], path)
    else:
        raise Refusal(f"path must end in .tif, .tiff, .hspy, .npz or .png; got {path.name!r}")
    return path


def save_series(micrographs: Sequence["Micrograph"], path: str | Path) -> Path:
    """Write micrographs of one field as a stack, for example a focal series.

    Parameters
    ----------
    micrographs
        Micrographs of one shape and pixel size, in order.
    path
        Path of the file: `.tif` and `.tiff` (a stack of ImageJ), `.hspy` (navigated by defocus
        where its steps are equal, else by number) or `.npz` (arrays `counts`, (n, ny, nx),
        `defocus` in angstrom and `pixel_size`, the conditions as a list in JSON text).

    Returns
    -------
    path
        Path of what was written.

    Raises
    ------
    Refusal
        If there are none, they differ in shape or pixel size, or the ending is another.
    ImportError
        If tifffile or RosettaSciIO, of the extra "io", is needed and not installed.

    Examples
    --------
    >>> from hrtem_sim.imaging import ImagingConditions, Micrograph
    >>> series = [
    ...     Micrograph(np.ones((8, 8), np.uint16), 0.4, ImagingConditions(defocus=focus))
    ...     for focus in (0.0, 50.0)
    ... ]
    >>> np.load(save_series(series, "focal.npz"))["defocus"].tolist()
    [0.0, 50.0]
    """
    path, series = Path(path), list(micrographs)
    shapes = {(m.counts.shape, m.pixel_size) for m in series}
    if len(shapes) != 1:
        raise Refusal(
            f"micrographs must be of one shape and pixel size, at least one; got {len(series)} of "
            f"{sorted(shapes)}"
        )
    counts = np.stack([m.counts for m in series])
    ending = path.suffix.lower()
    if ending in (".tif", ".tiff"):
        write_tiff(path, counts, series[0].pixel_size)
    elif ending == ".npz":
        conditions = json.dumps([to_table(m.conditions) for m in series])
        defocus = np.array([m.conditions.defocus for m in series])
        arrays = {"counts": counts, "defocus": defocus, "pixel_size": series[0].pixel_size}
        _write_npz(path, {**arrays, "conditions": conditions})
    elif ending == ".hspy":
        _write_hspy(counts, series, path)
    else:
        raise Refusal(f"path must end in .tif, .tiff, .hspy or .npz; got {path.name!r}")
    return path


def _write_npz(path: Path, arrays: dict[str, Any]) -> None:
    with whole(path) as part, part.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def _write_hspy(counts: np.ndarray, series: Sequence["Micrograph"], path: Path) -> None:
    try:
        writer = import_module("rsciio.hspy")
    except ImportError as error:
        raise ImportError(
            "HyperSpy files need RosettaSciIO, which is not installed: pip install "
            '"micrograph-foundry[io]"'
        ) from error
    axes = [
        _axis(name, n, series[0].pixel_size)
        for name, n in zip("yx", counts.shape[-2:], strict=True)
    ]
    if counts.ndim == 3:
        axes.insert(0, _series_axis([m.conditions.defocus for m in series]))
    conditions = [to_table(m.conditions) for m in series]
    metadata = {
        "General": {"title": path.stem},
        "Signal": {"signal_type": "", "quantity": "Counts"},
        "Simulation": {"conditions": conditions if counts.ndim == 3 else conditions[0]},
    }
    signal = {
        "data": np.array(counts),
        "axes": [{**axis, "index_in_array": index} for index, axis in enumerate(axes)],
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
    with whole(path) as part:
        writer.file_writer(str(part), signal, show_progressbar=False)


def _axis(
    name: str, size: int, scale: float, *, offset: float = 0.0, units: str = "Å"
) -> dict[str, Any]:
    return {
        "_type": "UniformDataAxis",
        "name": name,
        "units": units,
        "size": size,
        "offset": offset,
        "scale": scale,
        "navigate": name not in ("y", "x"),
    }


def _series_axis(defocus: list[float]) -> dict[str, Any]:
    steps = np.diff(defocus)
    if len(steps) and steps[0] and np.allclose(steps, steps[0], rtol=1e-6):
        return _axis("defocus", len(defocus), float(steps[0]), offset=float(defocus[0]))
    return _axis("micrograph", len(defocus), 1.0, units="")
