"""Labelled micrographs: the sample data and loaders for other people's files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import median_filter

from hrtem_sim.frozen import frozen
from hrtem_sim.provenance import Checked, checks, identity, positive
from hrtem_sim.refusal import Refusal
from seg_train.data.source import MicrographStore

_SAMPLE = Path(__file__).parent / "samples" / "experimental_cc0.h5"


@dataclass(frozen=True, eq=False)
class LabelledMicrograph(Checked):
    """A micrograph and what a person or a simulation says is in it.

    Parameters
    ----------
    image
        Intensity, (ny, nx), any unit.
    mask
        Class of each pixel, (ny, nx), 0 is background.
    pixel_size
        In angstrom.
    group
        Group with which it is pooled in tables.
    name
        Name of the micrograph.
    """

    image: np.ndarray
    mask: np.ndarray
    pixel_size: float = field(metadata=checks(positive("angstrom")))
    group: str
    name: str

    def _check_together(self) -> None:
        image = np.array(self.image, dtype=np.float32)
        mask = np.asarray(self.mask)
        if image.ndim != 2:
            raise Refusal(f"image must be of shape (ny, nx); {self.name} has {image.shape}")
        if mask.shape != image.shape:
            raise Refusal(
                f"mask must have the shape of the image, {image.shape}; "
                f"{self.name} has {mask.shape}"
            )
        if not np.isfinite(image).all():
            raise Refusal(f"image must be finite; {self.name} has NaN or infinite pixels")
        if mask.dtype.kind not in "bui" or mask.min() < 0 or mask.max() > 255:
            raise Refusal(
                f"mask must hold whole numbers from 0 to 255; {self.name} has {mask.dtype} from "
                f"{mask.min():g} to {mask.max():g}"
            )
        object.__setattr__(self, "image", frozen(image, owned=True))
        object.__setattr__(self, "mask", frozen(mask.astype(np.uint8), owned=True))

    @property
    def identity(self) -> str:
        """Id of all that it holds."""
        return identity(self, "labelled")


def load_experimental_sample() -> list[LabelledMicrograph]:
    """Return the experimental patches that come with the package.

    Returns
    -------
    micrographs
        Sixteen patches of Au and Ag nanoparticles with hand-drawn masks; pixels of 0.50 to
        0.77 angstrom. Licence and source are in `seg_train/data/samples/experimental_cc0.md`.

    Examples
    --------
    >>> sample = load_experimental_sample()
    >>> len(sample), sample[0].group, sample[0].image.shape
    (16, '5nm_Ag', (203, 203))
    """
    with h5py.File(_SAMPLE, "r") as file:
        return [
            LabelledMicrograph(
                image=group["image"][...],
                mask=group["mask"][...],
                pixel_size=float(group["image"].attrs["pixel_size_angstrom"]),
                group=str(group.attrs["group"]),
                name=name,
            )
            for name, group in sorted(file.items())
        ]


def load_simulated(
    database: MicrographStore, rows: ArrayLike, *, by: str | None = None, group: str = "simulated"
) -> list[LabelledMicrograph]:
    """Take simulated micrographs with their masks from a database.

    Parameters
    ----------
    database
        As `hrtem_sim.database.open_database` returns it.
    rows
        Positions in its catalogue, for example `database.select("dose < 300").index`.
    by
        Column of the catalogue to group by in tables; absent: one group.
    group
        Name of that one group.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> [sample.group for sample in load_simulated(database, [0, 2])]
    ['simulated', 'simulated']
    """
    chosen = np.asarray(rows, dtype=int)
    table = database.catalogue.iloc[chosen]
    groups = [group] * len(chosen) if by is None else table[by].astype(str)
    parts = zip(
        database.counts(chosen), database.masks(chosen), groups, table["micrograph"], strict=True
    )
    return [
        LabelledMicrograph(counts, mask, database.pixel_size, member, name)
        for counts, mask, member, name in parts
    ]


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
