"""What a data set keeps, as recipes write it."""

from dataclasses import dataclass
from typing import Literal

from hrtem_sim.provenance import Checked, added, checked, whole


@dataclass(frozen=True)
class StorageRecipe(Checked):
    """What is kept and how it is cut into files.

    Parameters
    ----------
    structures_per_shard
        Structures in one HDF5 file: the unit of work of one worker.
    atoms
        Keep the atoms of every structure.
    waves
        Keep the exit waves of the whole structures.
    labels
        Keep maps of the `"instances"` and of the crystal `"structure"` of every pixel beside the
        masks; without it they can be made from the plan (`hrtem_sim.interchange`).
    images
        `"counts"`: micrographs with their noise. `"expected"`: what they scatter about, the
        camera's transfer included; networks then see noise drawn anew in every epoch, at the dose
        of each image or at others, and `Database.counts` draws that of the images' own streams.
    """

    structures_per_shard: int = checked(16, whole(1))
    atoms: bool = False
    waves: bool = False
    labels: tuple[Literal["instances", "structure"], ...] = added(())
    images: Literal["counts", "expected"] = added("counts")
