"""Labels that a data set keeps beside its masks, where its recipe asks for them."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.mask import (
    Mask,
    along_beam,
    class_map,
    find_grains,
    instance_map,
)
from hrtem_sim.mask.volumes import known_volumes
from hrtem_sim.specimen.builders import Built

LABELS = ("instances", "structure")


def make_labels(
    kinds: Sequence[str],
    built: Built,
    shown: tuple[str, ...],
    mask: Mask,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> dict[str, np.ndarray]:
    """Return label maps of a structure, uint8 (uint16 for over 255 particles), (ny, nx) each.

    Parameters
    ----------
    kinds
        `"instances"`: id of the particle, 1 for the plan's first, on both sides of the border where
        it is cut; `"structure"`: 1 crystal, 2 twin, 3 stacking fault; 0 is the background.
    built
        Atoms of the specimen, and what is known of them.
    shown
        Objects that the mask shows, in the order of their ids.
    mask
        Mask of these objects: labels fill it exactly.
    tilt
        Tilt of the beam along x and y in mrad.
    """
    if not kinds:
        return {}
    shape, pixel = mask.classes.shape, mask.pixel_size
    if not shown:
        return {kind: np.zeros(shape, np.uint8) for kind in kinds}
    particles = built.specimen.only(*shown)
    seen, volumes = along_beam(particles, tilt), known_volumes(particles, shown, built.volumes)
    maps: dict[str, np.ndarray] = {}
    if "instances" in kinds:
        maps["instances"] = instance_map(
            seen, shape, pixel, objects=shown, volumes=volumes, within=mask
        ).ids
    if "structure" in kinds:
        maps["structure"] = class_map(
            seen,
            shape,
            pixel,
            by="structure",
            objects=shown,
            structure=find_grains(particles, objects=shown, bases=built.bases),
            volumes=volumes,
            within=mask,
        ).classes
    return maps
