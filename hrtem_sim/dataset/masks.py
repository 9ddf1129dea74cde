"""The mask of a structure by the rule of its recipe, and how far the two rules agree."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np

from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.mask import Mask, agreement, along_beam, outline_mask, phase_mask
from hrtem_sim.mask.instances import BLUR, OUTLINE, shared_out
from hrtem_sim.mask.thickness import projected_thickness
from hrtem_sim.mask.volumes import known_volumes
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Built
from hrtem_sim.wave import ExitWave


def shown_objects(rule: MaskRecipe, built: Built) -> tuple[str, ...]:
    """Return the objects that the masks of a data set show: those of its classes, or the particles.

    Parameters
    ----------
    rule
        Rule of the masks.
    built
        Atoms of a structure.

    Raises
    ------
    Refusal
        If there are particles, and the pattern of no class meets an object.
    """
    if not rule.classes:
        return built.particles
    objects = built.specimen.objects
    shown = tuple(
        name for name in objects if any(fnmatchcase(name, pattern) for _, pattern in rule.classes)
    )
    if built.particles and not shown:
        raise Refusal(
            f"mask.classes must have patterns of the specimen's objects, {', '.join(objects)}; got "
            f"{dict(rule.classes)}"
        )
    return shown


def objects_by_class(rule: MaskRecipe, objects: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the objects of each class, each in the first that meets it.

    Parameters
    ----------
    rule
        Rule of the masks.
    objects
        Names of the objects that they show.
    """
    if not rule.classes:
        return [tuple(objects)]
    left, found = list(objects), []
    for _, pattern in rule.classes:
        found.append(tuple(name for name in left if fnmatchcase(name, pattern)))
        left = [name for name in left if name not in found[-1]]
    return found


def make_mask(recipe: DatasetRecipe, built: Built, particle_wave: ExitWave) -> tuple[Mask, float]:
    """Return the mask of a structure and the agreement of both rules.

    Parameters
    ----------
    recipe
        Rule, detector and tilt.
    built
        Atoms of the structure.
    particle_wave
        Exit wave of what the mask shows alone.

    Returns
    -------
    mask
        By the rule of the recipe.
    agreement
        Intersection over union of `phase_mask` and `outline_mask`; 1 where there are no particles.
    """
    rule, pixel = recipe.mask, recipe.detector.pixel_size
    phase = phase_mask(particle_wave, pixel, threshold=rule.threshold, blur=rule.blur, cut=rule.cut)
    shown = shown_objects(rule, built)
    seen = along_beam(built.specimen.only(*shown), recipe.wave.tilt)
    outline = outline_mask(seen, phase.classes.shape, pixel, objects=shown, margin=rule.margin)
    mask = outline if rule.rule == "outline" else phase
    if rule.classes:
        mask = _told_apart(mask, seen, rule, known_volumes(seen, shown, built.volumes))
    return mask, agreement(phase, outline)


def _told_apart(mask: Mask, seen: Specimen, rule: MaskRecipe, volumes: dict[str, float]) -> Mask:
    """Share out a mask between classes: of those over a pixel the first, else the nearest."""
    shape, pixel = mask.classes.shape, mask.pixel_size
    labels = np.zeros(shape, np.uint8)
    for number, objects in reversed(list(enumerate(objects_by_class(rule, list(volumes)), 1))):
        maps = projected_thickness(seen, shape, pixel, objects=objects, volumes=volumes, blur=BLUR)
        labels[maps.total > OUTLINE] = number
    return Mask(shared_out(labels, mask, pixel), rule.names, pixel)
