"""Labelled micrographs out of other people's files."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import median_filter

from hrtem_sim.refusal import Implausible, Refusal
from seg_train.data.micrographs import LabelledMicrograph

if TYPE_CHECKING:
    from hrtem_sim.interchange.drawn import Labels


def load_h5_pair(
    images: str | Path,
    masks: str | Path,
    *,
    pixel_size: float,
    group: str | None = None,
    median: int = 3,
    keep_empty: bool = False,
    labels: "Labels | None" = None,
    threshold: float | None = None,
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
    labels, threshold
        Meaning of the numbers in the masks; see `hrtem_sim.interchange.classes_of`.

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
    for patch in read_h5_pair(
        images,
        masks,
        pixel_size=pixel_size,
        keep_empty=keep_empty,
        labels=labels,
        threshold=threshold,
    ):
        image = patch.image.astype(np.float32)
        if median > 1:
            image = median_filter(image, size=median, mode="reflect")
        mask = np.zeros(image.shape, np.uint8) if patch.mask is None else patch.mask
        yield LabelledMicrograph(image, mask, pixel_size, group, patch.name)


def is_labelled(folder: str | Path, *, mask_suffix: str = "_mask") -> bool:
    """Return whether a folder holds masks beside micrographs, as `load_folder` reads them.

    Parameters
    ----------
    folder
        Any path.
    mask_suffix
        Ending that tells a mask from its micrograph.

    Examples
    --------
    >>> is_labelled("data")
    False
    """
    return any(path.stem.endswith(mask_suffix) for path in Path(folder).glob("*"))


def load_folder(
    folder: str | Path,
    *,
    pixel_size: float | None = None,
    group: str | None = None,
    mask_suffix: str = "_mask",
    labels: "Labels | None" = None,
    threshold: float | None = None,
) -> list[LabelledMicrograph]:
    """Read a folder of micrographs with masks beside them.

    Parameters
    ----------
    folder
        Folder with `name.tif` and `name_mask.tif` for every micrograph; both may end in whatever
        `hrtem_sim.interchange.read_micrograph` reads.
    pixel_size
        In angstrom; absent: what the files say.
    group
        Name in tables; the name of the folder when absent.
    mask_suffix
        Ending that tells a mask from its micrograph.
    labels, threshold
        Meaning of the numbers in the masks; see `hrtem_sim.interchange.classes_of`.

    Raises
    ------
    Refusal
        If a micrograph has no mask or a mask no micrograph, or two files have one name.

    Examples
    --------
    >>> Path("mine").mkdir(exist_ok=True)
    >>> np.save("mine/a.npy", np.zeros((4, 6), np.uint16))
    >>> np.save("mine/a_mask.npy", np.ones((4, 6), np.uint8))
    >>> [sample.name for sample in load_folder("mine", pixel_size=0.5)]
    ['a']
    """
    from hrtem_sim.interchange import classes_of, read_micrograph
    from hrtem_sim.interchange.opening import ENDINGS

    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"folder must be a folder; got {folder}")
    paths = [p for p in sorted(folder.glob("*")) if p.suffix.lower() in ENDINGS]
    found = {p.stem: p for p in paths}
    if len(found) < len(paths):
        twice = next(p for p in paths if found[p.stem] != p)
        raise Refusal(
            f"folder must hold one file of a name; {folder} holds {twice.name} and "
            f"{found[twice.stem].name}"
        )
    names = [name for name in found if not name.endswith(mask_suffix)]
    if not names:
        raise Refusal(f"folder must hold micrographs as {', '.join(ENDINGS)}; {folder} has none")
    alone = sorted(found.keys() - names - {name + mask_suffix for name in names})
    if alone:
        raise Refusal(
            f"every mask needs a micrograph beside it; {alone[0].removesuffix(mask_suffix)} is not "
            f"in {folder} as one of {', '.join(ENDINGS)}"
        )
    lost = [name for name in names if name + mask_suffix not in found]
    if lost:
        raise Refusal(
            f"every micrograph needs a mask beside it; {lost[0]}{mask_suffix} is not in {folder}"
        )

    def micrograph(name: str) -> LabelledMicrograph:
        read = read_micrograph(found[name], pixel_size=pixel_size)
        if read.doubt:
            warnings.warn(f"{name}: {read.doubt}", Implausible, stacklevel=4)
        drawn = read_micrograph(found[name + mask_suffix], pixel_size=read.pixel_size).image
        mask = classes_of(drawn, labels=labels, threshold=threshold, name=name + mask_suffix)
        return LabelledMicrograph(read.image, mask, read.pixel_size, group or folder.name, name)

    return [micrograph(name) for name in names]
