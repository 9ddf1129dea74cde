"""Micrographs of other people's microscopes: DM3, DM4, EMD, MRC, SER, TIFF, NumPy, pictures.

Every door that takes a micrograph from a file opens it here.
"""

from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

import numpy as np

from hrtem_sim.frozen import freeze
from hrtem_sim.interchange.lengths import pixel_of
from hrtem_sim.interchange.opening import ENDINGS, signals_of
from hrtem_sim.provenance import positive
from hrtem_sim.refusal import Refusal

OFF = 0.02
"""Part by which a given pixel size may differ from the file's without a word."""


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
    stated
        Pixel size that the file itself states, in angstrom; None if it states none.
    """

    image: np.ndarray
    pixel_size: float
    name: str
    mask: np.ndarray | None = None
    stated: float | None = None

    def __post_init__(self) -> None:
        freeze(self, "image", "mask")

    @property
    def doubt(self) -> str:
        """Words about a pixel size that was given and is another in the file; else empty."""
        if self.stated is None or abs(self.pixel_size / self.stated - 1) <= OFF:
            return ""
        return (
            f"pixel_size: the file says {self.stated:.4g} angstrom, {self.pixel_size:.4g} was "
            "given and is used"
        )


def read_micrograph(
    path: str | Path,
    *,
    pixel_size: float | None = None,
    frame: int | None = None,
    detector: str | None = None,
) -> ImportedMicrograph:
    """Read a micrograph with the size of its pixels.

    Parameters
    ----------
    path
        File that ends in one of `hrtem_sim.interchange.opening.ENDINGS`, in any case of letters.
    pixel_size
        In angstrom, for files that do not hold it; it wins over what the file says.
    frame
        Index of the image in a stack; needed for stacks only.
    detector
        Name of the detector, or title, of one image among several; needed where several are the
        largest.

    Returns
    -------
    micrograph
        Image and what the file says of it; of several images in one file the largest.

    Raises
    ------
    ImportError
        If what reads such files is not installed: RosettaSciIO, Pillow for pictures; NumPy files
        do without.
    Refusal
        If the ending is not known, the file holds no image in gray, is a stack without `frame`,
        holds several images without `detector`, or does not say how large its pixels are.

    Examples
    --------
    >>> from hrtem_sim.pictures import write_tiff
    >>> write_tiff(Path("gold.tif"), np.zeros((4, 6), np.uint16), 0.5)
    >>> read_micrograph("gold.tif").pixel_size
    0.5
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise Refusal(f"path must end in one of {', '.join(ENDINGS)}; got {path.name}")
    if pixel_size is not None:
        positive("angstrom").refuse("pixel_size", pixel_size)
    if not path.is_file():
        raise FileNotFoundError(f"path must be a file; got {path}")
    signal = _chosen(signals_of(path), detector, path)
    data = _frame(np.asarray(signal["data"]), frame, path)
    axes = signal["axes"][-2:]
    try:
        stated = pixel_of(axes)
    except Refusal:
        if pixel_size is None:
            raise
        stated = None
    if pixel_size is None and stated is None:
        raise Refusal(
            f"pixel_size must be given, in angstrom: {path.name} does not say it (its axes are in "
            f"{axes[0].get('units')!r} and {axes[1].get('units')!r}, {axes[0].get('scale')} and "
            f"{axes[1].get('scale')} a pixel)"
        )
    return ImportedMicrograph(data, float(pixel_size or stated or 0.0), path.stem, stated=stated)


def _chosen(signals: list[dict], detector: str | None, path: Path) -> dict:
    """The signal of a detector, or else the largest, if one is."""
    images = [s for s in signals if np.ndim(s["data"]) >= 2 and s["data"].dtype.kind in "buif"]
    if not images:
        raise Refusal(f"path must hold an image of numbers; {path} has none")
    titles = [_title(signal) for signal in images]
    if detector is not None:
        named = [s for s, title in zip(images, titles, strict=True) if title == detector]
        if len(named) != 1:
            raise Refusal(
                f"detector must be one of {', '.join(map(repr, titles))}, the images of "
                f"{path.name}, and the name of one only; got {detector!r}"
            )
        return named[0]
    sizes = [int(np.prod(signal["data"].shape[-2:])) for signal in images]
    largest = [k for k, size in enumerate(sizes) if size == max(sizes)]
    if len(largest) > 1:
        raise Refusal(
            f"detector must be given: {path.name} holds several images of one size, "
            f"{', '.join(repr(titles[k]) for k in largest)}; got None"
        )
    return images[largest[0]]


def _title(signal: dict) -> str:
    return str(signal.get("metadata", {}).get("General", {}).get("title", ""))


def _frame(data: np.ndarray, frame: int | None, path: Path) -> np.ndarray:
    """One image of those in an array."""
    stack = data.reshape(-1, *data.shape[-2:])
    frame = 0 if len(stack) == 1 and frame is None else frame
    number = isinstance(frame, Integral) and not isinstance(frame, bool)
    if frame is None or not number or not 0 <= frame < len(stack):
        raise Refusal(
            f"frame must be one of the {len(stack)} images of {path.name}, from 0; got {frame}"
        )
    return stack[frame]
