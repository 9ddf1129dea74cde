"""Labelled micrographs: the sample data, and those of a database."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from hrtem_sim.database.selecting import checked_rows
from hrtem_sim.frozen import frozen
from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.provenance import Checked, added, checks, identity, positive
from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes, as_image
from seg_train.data.source import ClassedStore, MicrographStore

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
    classes
        Names of the classes, the background first; empty if they have none.
    """

    image: np.ndarray
    mask: np.ndarray
    pixel_size: float = field(metadata=checks(positive("angstrom")))
    group: str
    name: str
    classes: tuple[str, ...] = added(())

    def _check_together(self) -> None:
        image = np.array(as_image(self.image, f"image of {self.name}"))
        mask = as_classes(self.mask, f"mask of {self.name}")
        if mask.shape != image.shape:
            raise Refusal(
                f"mask must have the shape of the image, {image.shape}; "
                f"{self.name} has {mask.shape}"
            )
        if mask.dtype.kind == "f" or mask.max() > 255:
            raise Refusal(
                f"mask must hold whole numbers from 0 to 255; {self.name} has {mask.dtype} from "
                f"{mask.min():g} to {mask.max():g}"
            )
        if self.classes and mask.max() >= len(self.classes):
            raise Refusal(
                f"classes must name all classes of the mask, {int(mask.max()) + 1} with the "
                f"background; {self.name} has {len(self.classes)}"
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
    with open_hdf5(_SAMPLE) as file:
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
    chosen = checked_rows(rows, len(database.catalogue))
    table = database.catalogue.iloc[chosen]
    groups = [group] * len(chosen) if by is None else table[by].astype(str)
    parts = zip(
        database.counts(chosen), database.masks(chosen), groups, table["micrograph"], strict=True
    )
    classes = database.classes if isinstance(database, ClassedStore) else ()
    return [
        LabelledMicrograph(counts, mask, database.pixel_size, member, name, classes)
        for counts, mask, member, name in parts
    ]
