"""Micrographs of other people's microscopes: DM3, DM4, EMD, MRC, TIFF and more, and h5 pairs."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.frozen import freeze
from hrtem_sim.interchange.pictures import tifffile
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
        File that ends in one of `READERS`.
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
        If RosettaSciIO is not installed.
    ValueError
        If the ending is not known, the file holds no image, is a stack without `frame`, or does
        not say how large its pixels are.

    Examples
    --------
    >>> from hrtem_sim.interchange.pictures import write_tiff
    >>> write_tiff(Path("gold.tif"), np.zeros((4, 6), np.uint16), 0.5)
    >>> read_micrograph("gold.tif", pixel_size=0.5).image.shape
    (4, 6)
    """
    path = Path(path)
    if path.suffix.lower() not in READERS:
        raise Refusal(f"path must end in one of {', '.join(READERS)}; got {path.name}")
    if pixel_size is not None and not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
    if not path.is_file():
        raise FileNotFoundError(f"path must be a file; got {path}")
    reader = _reader(path.suffix.lower())
    try:
        signals = reader.file_reader(str(path))
    except (OSError, ImportError, MemoryError):
        raise
    except Exception as error:  # readers raise many kinds
        raise Refusal(f"path must be a whole {path.suffix} file; {path} is not: {error}") from None
    images = [s for s in signals if np.ndim(s["data"]) >= 2 and s["data"].dtype.kind in "buif"]
    if not images:
        raise Refusal(f"path must hold an image of numbers; {path} has none")
    signal = max(images, key=lambda s: np.prod(s["data"].shape[-2:]))
    data = np.asarray(signal["data"])
    if data.ndim > 2:
        stack = data.reshape(-1, *data.shape[-2:])
        frame = 0 if len(stack) == 1 else frame
        if frame is None or not 0 <= frame < len(stack):
            raise Refusal(
                f"frame must be one of the {len(stack)} images of {path.name}, from 0; got {frame}"
            )
        data = stack[frame]
    if pixel_size is None:
        pixel_size = _pixel_size(signal, path)
    return ImportedMicrograph(np.array(data), float(pixel_size), path.stem)


def read_h5_pair(
    images: str | Path, masks: str | Path, *, pixel_size: float, keep_empty: bool = True
) -> Iterator[ImportedMicrograph]:
    """Read the labelled patches of a pair of HDF5 files, laid out as the paper's.

    Parameters
    ----------
    images
        File with `images`, or one dataset of another name, (n, ny, nx) or (n, ny, nx, 1).
    masks
        File with `maps`, `labels` or `masks`, or one dataset of another name, (n, ny, nx) or (n,
        ny, nx, channels): of several channels the highest is the class, so that of two the second
        is the particle.
    pixel_size
        In angstrom; the files do not hold it (0.20 to 0.42 in the published ones).
    keep_empty
        Keep patches without a particle; the paper leaves them out.

    Yields
    ------
    micrograph
        One at a time.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If a file does not hold one such dataset, or their shapes differ.

    Notes
    -----
    Benchmark of Rangel DaCosta et al., npj Comput. Mater. 10 (2024), data on Dryad (CC0).

    Examples
    --------
    >>> import h5py
    >>> for name, key in (("i.h5", "images"), ("m.h5", "maps")):
    ...     with h5py.File(name, "w") as file:
    ...         file[key] = np.ones((2, 8, 8), np.uint8)
    >>> [patch.name for patch in read_h5_pair("i.h5", "m.h5", pixel_size=0.2)]
    ['i_0000', 'i_0001']
    """
    images, masks = Path(images), Path(masks)
    if not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
    for name, path in (("images", images), ("masks", masks)):
        if not path.is_file():
            raise FileNotFoundError(f"{name} must be a file; got {path}")
    with h5py.File(images, "r") as image_file, h5py.File(masks, "r") as mask_file:
        patches = _dataset(image_file, "images")
        labels = _dataset(mask_file, "maps", "labels", "masks")
        if patches.shape[:3] != labels.shape[:3] or patches.shape[3:] not in ((), (1,)):
            raise Refusal(
                f"images must have shape (n, ny, nx) or (n, ny, nx, 1) and masks the same n, ny, "
                f"nx; got {patches.shape} and {labels.shape}"
            )
        for index in range(len(patches)):
            mask = classes_of(labels[index])
            if mask.any() or keep_empty:
                image = np.array(patches[index]).reshape(patches.shape[1:3])
                name = f"{images.stem}_{index:04d}"
                yield ImportedMicrograph(image, float(pixel_size), name, mask)


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


def _dataset(file: h5py.File, *names: str) -> h5py.Dataset:
    """The dataset of one of these names, in small letters or capitals, or else the only one."""
    stacks = {k: d for k, d in file.items() if isinstance(d, h5py.Dataset) and d.ndim >= 3}
    named = [item for key, item in stacks.items() if key.lower() in names]
    for found in (named, list(stacks.values())):
        if len(found) == 1:
            return found[0]
    raise Refusal(
        f"{file.filename} must hold one dataset of shape (n, ny, nx, ...), by name "
        f"{' or '.join(names)}; got {list(file)}"
    )


def classes_of(label: np.ndarray) -> np.ndarray:
    """Return uint8 classes (ny, nx) of a class map, a black and white image or one-hot channels."""
    if label.ndim == 3 and label.shape[-1] > 1:
        return label.argmax(axis=-1).astype(np.uint8)
    label = label.reshape(label.shape[:2])
    values = np.unique(label)
    if len(values) <= 2 and values[0] == 0:  # black and white, of whatever white
        return (label > 0).astype(np.uint8)
    return label.astype(np.uint8)
