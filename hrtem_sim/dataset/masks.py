"""The mask of a structure by the rule of its recipe, and how far the two rules agree."""

from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.mask import Mask, agreement, along_beam, outline_mask, phase_mask
from hrtem_sim.specimen.builders import BuiltSpecimen
from hrtem_sim.wave import ExitWave


def make_mask(
    recipe: DatasetRecipe, built: BuiltSpecimen, particle_wave: ExitWave
) -> tuple[Mask, float]:
    """Return the mask of a structure and the agreement of both rules.

    Parameters
    ----------
    recipe
        Rule, detector and tilt.
    built
        Atoms of the structure.
    particle_wave
        Exit wave of the particles alone.

    Returns
    -------
    mask
        By the rule of the recipe.
    agreement
        Intersection over union of `phase_mask` and `outline_mask`; 1 where there are no particles.
    """
    rule, pixel = recipe.mask, recipe.detector.pixel_size
    phase = phase_mask(particle_wave, pixel, threshold=rule.threshold, blur=rule.blur, cut=rule.cut)
    seen = along_beam(built.specimen.only(*built.particles), recipe.wave.tilt)
    outline = outline_mask(
        seen, phase.classes.shape, pixel, objects=built.particles, margin=rule.margin
    )
    return (outline if rule.rule == "outline" else phase), agreement(phase, outline)
