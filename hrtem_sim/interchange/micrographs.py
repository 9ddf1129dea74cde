"""Micrographs of other people's microscopes: DM3, DM4, EMD, MRC, TIFF, NumPy and more.

Every door that takes a micrograph from a file opens it here.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.frozen import freeze
from hrtem_sim.pictures import tifffile
from hrtem_sim.refusal import Refusal

READERS = {
    ".dm3": "digitalmicrograph",
    ".dm4": "digitalmicrograph",
    ".emd": "emd",
    ".emi": "tia",
    ".hspy": "hspy",
    ".mrc": "mrc",
    ".ser": "tia",
    ".tif": "tiff",
    ".tiff": "tiff",
}
"""Readers of RosettaSciIO by the ending of the file."""

ENDINGS = (*READERS, ".npy")
"""Of the files that can be read."""

ANGSTROM = {
    "\u00c5": 1.0,  # the letter
    "\u212b": 1.0,  # the sign
    "A": 1.0,
    "angstrom": 1.0,
    "pm": 0.01,
    "nm": 10.0,
    "um": 1e4,
    "\u00b5m": 1e4,  # the sign
    "\u03bcm": 1e4,  # the letter
    "micron": 1e4,
    "mm": 1e7,
    "cm": 1e8,
    "m": 1e10,
}
"""Units of length in angstrom."""

LARGEST = 1e3
"""angstrom; larger pixels are those of a printer, not of a micrograph."""


@dataclass(frozen=True, eq=False)
class ImportedMicrograph:
    """A micrograph read from a file.

    Parameters
    ----------
    image
        Intensity in the file's own unit, (ny, nx), read-only.
    pixel_size
        In angstrom.
    name
        Name of the file, without its ending.
    mask
        Class of each pixel, uint8 (ny, nx), 0 the background; None if there is none.
    """

    image: np.ndarray
    pixel_size: float
    name: str
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        freeze(self, "image", "mask")


def read_micrograph(
    path: str | Path, *, pixel_size: float | None = None, frame: int | None = None
) -> ImportedMicrograph:
    """Read a micrograph with the size of its pixels.

    Parameters
    ----------
    path
        File that ends in one of `ENDINGS`.
    pixel_size
        In angstrom, for files that do not hold it; it wins over what the file says.
    frame
        Index of the image in a stack; needed for stacks only.

    Returns
    -------
    micrograph
        Image and what the file says of it; of several images in one file the largest.

    Raises
    ------
    ImportError
        If RosettaSciIO is not installed; NumPy files do without.
    ValueError
        If the ending is not known, the file holds no image, is a stack without `frame`, or does
        not say how large its pixels are.

    Examples
    --------
    >>> from hrtem_sim.pictures import write_tiff
    >>> write_tiff(Path("gold.tif"), np.zeros((4, 6), np.uint16), 0.5)
    >>> read_micrograph("gold.tif", pixel_size=0.5).image.shape
    (4, 6)
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise Refusal(f"path must end in one of {', '.join(ENDINGS)}; got {path.name}")
    if pixel_size is not None and not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
    if not path.is_file():
        raise FileNotFoundError(f"path must be a file; got {path}")
    signals = _signals(path)
    images = [s for s in signals if np.ndim(s["data"]) >= 2 and s["data"].dtype.kind in "buif"]
    if not images:
        raise Refusal(f"path must hold an image of numbers; {path} has none")
    signal = max(images, key=lambda s: np.prod(s["data"].shape[-2:]))
    data = _frame(np.asarray(signal["data"]), frame, path)
    if pixel_size is None:
        pixel_size = _pixel_size(signal, path)
    return ImportedMicrograph(data, float(pixel_size), path.stem)


def _signals(path: Path) -> list[dict]:
    """What a file holds, as RosettaSciIO puts it: data and axes."""
    ending = path.suffix.lower()
    try:
        if ending == ".npy":
            data = np.squeeze(np.asarray(np.load(path, allow_pickle=False)))
            return [{"data": data, "axes": [{"scale": 1.0, "units": "pixels"}] * 2}]
        return _reader(ending).file_reader(str(path))
    except (OSError, ImportError, MemoryError):
        raise
    except Exception as error:  # readers raise many kinds
        raise Refusal(f"path must be a whole {ending} file; {path} is not: {error}") from None


def _frame(data: np.ndarray, frame: int | None, path: Path) -> np.ndarray:
    """One image of those in an array."""
    stack = data.reshape(-1, *data.shape[-2:])
    frame = 0 if len(stack) == 1 else frame
    if frame is None or not 0 <= frame < len(stack):
        raise Refusal(
            f"frame must be one of the {len(stack)} images of {path.name}, from 0; got {frame}"
        )
    return stack[frame]


def _reader(ending: str) -> Any:
    try:
        return import_module(f"rsciio.{READERS[ending]}")
    except ImportError as error:
        raise ImportError(
            f"{ending} files need RosettaSciIO, which is not installed: "
            'pip install "micrograph-foundry[io]"'
        ) from error


def _pixel_size(signal: dict, path: Path) -> float:
    """In angstrom, from the last two axes of a signal."""
    sizes = []
    for axis in signal["axes"][-2:]:
        name = axis.get("units") or _imagej_unit(path)
        unit = ANGSTROM.get(str(name).strip())
        sizes.append(abs(float(axis["scale"])) * unit if unit else np.nan)
    y, x = sizes
    if not (0 < x < LARGEST and 0 < y < LARGEST):
        units = [str(axis.get("units")) for axis in signal["axes"][-2:]]
        raise Refusal(
            f"pixel_size must be given, in angstrom: {path.name} does not say it (its axes are in "
            f"{units[0]!r} and {units[1]!r})"
        )
    if abs(x / y - 1) > 0.01:
        raise Refusal(
            f"pixel_size must be given, in angstrom: the pixels of {path.name} are not square, "
            f"{y:g} x {x:g} angstrom"
        )
    return x


def _imagej_unit(path: Path) -> str:
    """The unit in ImageJ's description of a TIFF, of which RosettaSciIO knows microns alone."""
    if path.suffix.lower() not in (".tif", ".tiff"):
        return ""
    with tifffile().TiffFile(path) as file:
        unit = (file.imagej_metadata or {}).get("unit", "")
    return str(unit).replace("\\u00B5", "u").replace("\\u00C5", "A")
