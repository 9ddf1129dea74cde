"""Labels that a data set keeps beside its masks, where its recipe asks for them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.masks import objects_by_class, shown_objects
from hrtem_sim.mask import (
    Mask,
    along_beam,
    class_map,
    find_grains,
    instance_map,
)
from hrtem_sim.mask.volumes import known_volumes
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Built

LABELS = ("instances", "structure")


def make_labels(
    kinds: Sequence[str],
    built: Built,
    rule: MaskRecipe,
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
    rule
        Rule of the mask; the objects that it shows have ids in their order.
    mask
        Mask of these objects: labels fill it exactly, and those of a class its pixels.
    tilt
        Tilt of the beam along x and y in mrad.
    """
    if not kinds:
        return {}
    shape, pixel = mask.classes.shape, mask.pixel_size
    shown = shown_objects(rule, built)
    if not shown:
        return {kind: np.zeros(shape, np.uint8) for kind in kinds}
    particles = built.specimen.only(*shown)
    seen, volumes = along_beam(particles, tilt), known_volumes(particles, shown, built.volumes)
    maps: dict[str, np.ndarray] = {}
    if "instances" in kinds:
        maps["instances"] = _instances(seen, shown, rule, mask, volumes)
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


def _instances(
    seen: Specimen,
    shown: tuple[str, ...],
    rule: MaskRecipe,
    mask: Mask,
    volumes: dict[str, float],
) -> np.ndarray:
    """Ids of the objects, class by class: the pixels of a class go to objects of that class."""
    shape, pixel = mask.classes.shape, mask.pixel_size
    ids = np.zeros(shape, np.uint8 if len(shown) < 256 else np.uint16)
    for number, names in enumerate(objects_by_class(rule, shown), start=1):
        own = mask if not rule.classes else _only(mask, number)
        found = instance_map(seen, shape, pixel, objects=names, volumes=volumes, within=own).ids
        number_of = np.array([0, *(shown.index(name) + 1 for name in names)], ids.dtype)
        ids = np.where(found > 0, number_of[found], ids)
    return ids


def _only(mask: Mask, number: int) -> Mask:
    return replace(mask, classes=(mask.classes == number).astype(np.uint8))
