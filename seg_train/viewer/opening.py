"""What opens micrographs in napari: one reader of files, the package's own, for all formats."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.interchange import classes_of, read_micrograph
from hrtem_sim.interchange.opening import ENDINGS
from seg_train.metrics import label_particles
from seg_train.particles import MASK
from seg_train.viewer.layers import LayerData, micrograph_layer, particles_layer

if TYPE_CHECKING:
    import napari.types


def get_reader(path: str | Sequence[str]) -> Callable[..., list[LayerData]] | None:
    """Return the reader of some files, None if one of them is of a kind it does not know.

    Parameters
    ----------
    path
        Path, or several.

    Examples
    --------
    >>> get_reader("gold.dm4") is None, get_reader("gold.txt") is None
    (False, True)
    """
    paths = [path] if isinstance(path, str | Path) else list(path)
    known = paths and all(Path(one).suffix.lower() in ENDINGS for one in paths)
    return open_files if known else None


def open_files(path: str | Sequence[str]) -> list[LayerData]:
    """Return the layers of files; a file that cannot be read is a message, and the others open.

    Parameters
    ----------
    path
        Path, or several.

    Raises
    ------
    Refusal
        If none of the files can be read; napari shows its message.
    """
    paths = [path] if isinstance(path, str | Path) else list(path)
    layers: list[LayerData] = []
    refused: list[Exception] = []
    for one in paths:
        try:
            layers.append(open_micrograph(Path(one)))
        except (ValueError, OSError, ImportError) as error:
            refused.append(error)
    if refused and not layers:
        raise refused[0]
    for refusal in refused:
        tell(" ".join(str(refusal).split()))
    return layers


def open_micrograph(
    path: Path,
    pixel_size: float | None = None,
    frame: int | None = None,
    detector: str | None = None,
) -> LayerData:
    """Return the layer of a file: a micrograph, or the particles of a mask (`NAME_mask.tif`).

    Parameters
    ----------
    path
        File as `hrtem_sim.interchange.read_micrograph` reads it.
    pixel_size
        In angstrom; absent: what the file says, and pixels if it says nothing.
    frame, detector
        Image of a stack, and name of one of several images.

    Examples
    --------
    >>> from hrtem_sim.pictures import write_tiff
    >>> import numpy as np
    >>> write_tiff("au.tif", np.zeros((4, 6), np.uint16), 0.5)
    >>> open_micrograph(Path("au.tif"))[1]["scale"]
    (0.05, 0.05)
    """
    path = Path(path)
    # Without a pixel size of its own a file opens in pixels; a size given wins over the file's.
    read = read_micrograph(path, pixel_size=pixel_size or 1.0, frame=frame, detector=detector)
    known = pixel_size or read.stated
    if not path.stem.endswith(MASK):
        return micrograph_layer(read.image, pixel_size=known, name=read.name)
    drawn = _particles_of(read.image, path.name)
    return particles_layer(drawn, pixel_size=known, name=read.name.removesuffix(MASK))


def _particles_of(mask: np.ndarray, name: str) -> np.ndarray:
    """Return the number of the particle at each pixel of a mask.

    Numbers of 16 bits and more that are not black and white alone are those of particles, as
    programs that tell particles apart write them; fewer bits may be shades of gray.
    """
    several = mask.dtype.kind in "iu" and mask.dtype.itemsize > 1
    if several and len(np.unique(mask)) > 2 and mask.min() >= 0 and mask.max() < 2**31:
        return mask
    return label_particles(classes_of(mask, name=name))


def open_one(
    path: Path, frame: int = 0, detector: str = "", pixel_nm: float = 0.0
) -> "napari.types.LayerDataTuple":
    """Return the layer of one image of a file that holds several.

    Parameters
    ----------
    path
        File.
    frame
        Number of the image in a stack, from 0.
    detector
        Name of the detector or title; empty: there is one.
    pixel_nm
        Pixel size in nanometres; 0: what the file says.
    """
    return open_micrograph(path, 10 * pixel_nm or None, frame, detector or None)


def tell(message: str) -> None:
    """Show a message in napari's window.

    Parameters
    ----------
    message
        One line.
    """
    from napari.utils.notifications import show_warning  # where this runs, napari is loaded

    show_warning(message)
