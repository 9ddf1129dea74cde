"""Labels that a data set keeps beside its masks, where its recipe asks for them."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.mask import (
    Mask,
    along_beam,
    class_map,
    find_grains,
    instance_map,
    plan_bases,
    plan_volumes,
)
from hrtem_sim.specimen.builders import BuiltSpecimen, ParticlesOnFilm

LABELS = ("instances", "structure")


def make_labels(
    kinds: Sequence[str],
    plan: ParticlesOnFilm,
    built: BuiltSpecimen,
    mask: Mask,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> dict[str, np.ndarray]:
    """Return label maps of a structure, uint8 (uint16 for over 255 particles), (ny, nx) each.

    Parameters
    ----------
    kinds
        `"instances"`: id of the particle, 1 for the plan's first, on both sides of the border where
        it is cut; `"structure"`: 1 crystal, 2 twin, 3 stacking fault; 0 is the background.
    plan
        Plan of the specimen.
    built
        Atoms of the specimen.
    mask
        Mask of the particles: labels fill it exactly.
    tilt
        Tilt of the beam along x and y in mrad.
    """
    if not kinds:
        return {}
    particles = built.specimen.only(*built.particles)
    seen = along_beam(particles, tilt)
    shape, pixel, volumes = mask.classes.shape, mask.pixel_size, plan_volumes(plan)
    maps: dict[str, np.ndarray] = {}
    if not built.particles:
        return {kind: np.zeros(shape, np.uint8) for kind in kinds}
    if "instances" in kinds:
        maps["instances"] = instance_map(seen, shape, pixel, volumes=volumes, within=mask).ids
    if "structure" in kinds:
        grains = find_grains(particles, bases=plan_bases(plan))
        maps["structure"] = class_map(
            seen, shape, pixel, by="structure", structure=grains, volumes=volumes, within=mask
        ).classes
    return maps
