"""Labelled micrographs out of other people's files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.ndimage import median_filter

from hrtem_sim.refusal import Refusal
from seg_train.data.micrographs import LabelledMicrograph


def load_h5_pair(
    images: str | Path,
    masks: str | Path,
    *,
    pixel_size: float,
    group: str | None = None,
    median: int = 3,
    keep_empty: bool = False,
) -> Iterator[LabelledMicrograph]:
    """Read a benchmark pair of HDF5 files of the paper's kind, patch by patch.

    Parameters
    ----------
    images, masks, pixel_size
        As `hrtem_sim.interchange.read_h5_pair` takes them, lengths in angstrom.
    group
        Name in tables; the stem of the image file when absent.
    median
        Window of the median filter that the paper applies to experiments, in pixels, borders
        reflected; 1 for files that are already filtered (`MedFilt` in the name).
    keep_empty
        Keep patches without a particle, which the paper leaves out.

    Yields
    ------
    micrograph
        One at a time, so that large files need little memory.

    Examples
    --------
    >>> import h5py
    >>> for name, key in (("i.h5", "images"), ("m.h5", "maps")):
    ...     with h5py.File(name, "w") as file:
    ...         file[key] = np.eye(8, dtype=np.uint8)[None]
    >>> [sample.name for sample in load_h5_pair("i.h5", "m.h5", pixel_size=0.2)]
    ['i_0000']
    """
    from hrtem_sim.interchange import read_h5_pair

    if median < 1 or median % 2 == 0:
        raise Refusal(f"median must be an odd number of pixels, 1 for none; got {median!r}")
    group = group or Path(images).stem
    for patch in read_h5_pair(images, masks, pixel_size=pixel_size, keep_empty=keep_empty):
        image = patch.image.astype(np.float32)
        if median > 1:
            image = median_filter(image, size=median, mode="reflect")
        mask = np.zeros(image.shape, np.uint8) if patch.mask is None else patch.mask
        yield LabelledMicrograph(image, mask, pixel_size, group, patch.name)


def load_folder(
    folder: str | Path, *, pixel_size: float, group: str | None = None, mask_suffix: str = "_mask"
) -> list[LabelledMicrograph]:
    """Read a folder of micrographs with masks beside them.

    Parameters
    ----------
    folder
        Folder with `name.tif` and `name_mask.tif` for every micrograph (`.tif`, `.tiff` or `.npy`).
        A mask of one value besides 0 is a particle mask, else its values are the classes.
    pixel_size
        In angstrom.
    group
        Name in tables; the name of the folder when absent.
    mask_suffix
        Ending that tells a mask from its micrograph.

    Examples
    --------
    >>> Path("mine").mkdir(exist_ok=True)
    >>> np.save("mine/a.npy", np.zeros((4, 6), np.uint16))
    >>> np.save("mine/a_mask.npy", np.ones((4, 6), np.uint8))
    >>> [sample.name for sample in load_folder("mine", pixel_size=0.5)]
    ['a']
    """
    from hrtem_sim.interchange import classes_of, read_micrograph
    from hrtem_sim.interchange.micrographs import ENDINGS

    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"folder must be a folder; got {folder}")
    found = {p.stem: p for p in sorted(folder.glob("*")) if p.suffix.lower() in ENDINGS}
    names = [name for name in found if not name.endswith(mask_suffix)]
    if not names:
        raise Refusal(f"folder must hold micrographs as {', '.join(ENDINGS)}; {folder} has none")
    lost = [name for name in names if name + mask_suffix not in found]
    if lost:
        raise Refusal(
            f"every micrograph needs a mask beside it; {lost[0]}{mask_suffix} is not in {folder}"
        )

    def pixels(name: str) -> np.ndarray:
        return read_micrograph(found[name], pixel_size=pixel_size).image

    return [
        LabelledMicrograph(
            pixels(name),
            classes_of(pixels(name + mask_suffix)),
            pixel_size,
            group or folder.name,
            name,
        )
        for name in names
    ]
