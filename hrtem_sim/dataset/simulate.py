"""Apply second: from a plan to waves, mask and micrographs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hrtem_sim.dataset.masks import make_mask, shown_objects
from hrtem_sim.dataset.pixels import check_pixels
from hrtem_sim.dataset.plan import ALGORITHM, StructurePlan
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.imaging import (
    Detector,
    ImageFormer,
    ImagingConditions,
    Micrograph,
    Recorder,
    as_contrast,
    form_images,
    from_contrast,
    minimum_contrast_defocus,
)
from hrtem_sim.imaging.formation import FORMATION
from hrtem_sim.mask import Mask
from hrtem_sim.provenance import identity, without_doubts
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders import Builder, Built, ParticlesOnFilm, as_builder, is_file
from hrtem_sim.wave import ExitWave, compute_exit_waves

LABELLING = 2
"""Version of how masks and labels are made; part of the id of a data set. 2 puts masks where images
are, and labels of tilted beams where the beam shows the atoms."""


@dataclass(frozen=True, eq=False)
class SimulatedStructure:
    """Everything simulated of one structure.

    Parameters
    ----------
    plan
        Numbers the structure was made from.
    built
        Atoms and defects.
    wave, particle_wave
        Exit waves of the whole structure and of the particles alone in vacuum.
    mask
        Mask of the particles, on the detector's pixels.
    mask_agreement
        Intersection over union of the masks by both rules, see `hrtem_sim.mask.agreement`.
    micrographs
        One per set of conditions in the plan; their defocus counts from the middle of the model.
    expected
        Images that they scatter about, as `hrtem_sim.imaging.as_contrast` keeps them, (ny, nx)
        each; none unless the recipe keeps them.
    focus_zero
        Zero of the plan's defocus, in angstrom of defocus from the middle of the model.
    """

    plan: StructurePlan
    built: Built
    wave: ExitWave
    particle_wave: ExitWave
    mask: Mask
    mask_agreement: float
    micrographs: tuple[Micrograph, ...]
    focus_zero: float
    expected: tuple[np.ndarray, ...] = ()


def build_structure(plan: StructurePlan, builder: Builder | None = None) -> Built:
    """Build the atoms of a plan.

    Parameters
    ----------
    plan
        Numbers of the structure.
    builder
        Builder that they are of; default: the one of that name, where it is no file of a user.

    Raises
    ------
    Refusal
        If the builder is needed and not given, or is another than the plan was drawn for.
    """
    numbers = plan.specimen
    if isinstance(numbers, ParticlesOnFilm):
        return numbers.build(plan.rng)
    if builder is None and (is_file(numbers.builder) or numbers.source):
        raise Refusal(
            f"builder must be given for structures of {numbers.builder!r}, which runs only where "
            f'it is named: builder="{numbers.builder}"; got none'
        )
    found = as_builder(numbers.builder) if builder is None else builder
    wanted = (numbers.builder, numbers.version, numbers.source)
    if (found.name, found.version, found.source) != wanted:
        raise Refusal(
            "builder must be the one that the structure was drawn for, "
            f"{' '.join(filter(None, wanted))}; got "
            f"{' '.join(filter(None, (found.name, found.version, found.source)))}"
        )
    return found.build(numbers.numbers, plan.rng, plan.index)


@without_doubts()
def simulate_structure(recipe: DatasetRecipe, plan: StructurePlan) -> SimulatedStructure:
    """Build a structure, propagate the beam through it and take its micrographs.

    Parameters
    ----------
    recipe
        Settings of waves, detector and masks.
    plan
        Numbers of the structure; see `plan_structure`.

    Examples
    --------
    >>> from hrtem_sim.dataset import plan_structure, read_dataset_recipe
    >>> recipe = read_dataset_recipe("tiny.toml")
    >>> simulated = simulate_structure(recipe, plan_structure(recipe, 0))
    >>> simulated.mask.classes.shape, len(simulated.micrographs)
    ((64, 64), 2)
    """
    built = build_structure(plan, recipe.specimen.run if recipe.specimen else None)
    if recipe.specimen is not None:
        field = built.specimen.cell[0], built.specimen.cell[1]
        check_pixels(
            field, recipe.wave.pixel_size, recipe.detector.pixel_size, "the builder's cell"
        )
    shown = shown_objects(recipe.mask, built)
    wave, particle_wave = _waves(recipe, plan, built, shown)
    mask, agreed = make_mask(recipe, built, particle_wave)
    zero = 0.0
    if recipe.imaging.focus_reference == "minimum_contrast":
        reach = built.specimen.cell[2] / 2
        seen = particle_wave if shown else wave
        zero = minimum_contrast_defocus(seen, search=(-reach, reach))
    conditions = [replace(image, defocus=image.defocus + zero) for image in plan.images]
    noise = [plan.rng("noise", image) for image in range(len(plan.images))]
    expected: tuple[np.ndarray, ...] = ()
    if recipe.storage.images == "counts":
        micrographs = tuple(form_images(wave, conditions, recipe.detector, noise))
    else:
        micrographs, expected = _scattered(wave, conditions, recipe.detector, noise)
    return SimulatedStructure(
        plan, built, wave, particle_wave, mask, agreed, micrographs, zero, expected
    )


def _scattered(
    wave: ExitWave,
    conditions: list[ImagingConditions],
    detector: Detector,
    noise: list[np.random.Generator],
) -> tuple[tuple[Micrograph, ...], tuple[np.ndarray, ...]]:
    """Return micrographs that scatter about expected images as they are kept, and these."""
    former = ImageFormer(wave, detector)
    micrographs, expected = [], []
    for condition, rng in zip(conditions, noise, strict=True):
        kept = as_contrast(former.expected(condition))
        assert condition.dose is not None  # recipes draw one
        counts = Recorder(detector, condition.dose).record(from_contrast(kept), rng)
        micrographs.append(Micrograph(counts, former.pixel_size, condition))
        expected.append(kept)
    return tuple(micrographs), tuple(expected)


def _waves(
    recipe: DatasetRecipe, plan: StructurePlan, built: Built, particles: tuple[str, ...]
) -> tuple[ExitWave, ExitWave]:
    """Exit waves of the whole structure and of its particles; fine pixels serve these alone."""
    fine = recipe.wave.particle_pixel if particles else None
    whole, *alone = compute_exit_waves(
        built.specimen,
        [built.specimen.objects, particles] if particles else [built.specimen.objects],
        replace(recipe.wave, particles=particles, particle_pixel=fine),
        rng=plan.rng("phonons"),
    )
    return whole, alone[0] if alone else replace(whole, array=np.ones_like(whole.array))


def beside_id(recipe: DatasetRecipe) -> str:
    """Id of how masks, labels, atoms and waves are made of the structures that images show."""
    storage = recipe.storage
    return identity(
        (LABELLING, recipe.mask, storage.labels, storage.atoms, storage.waves), "beside"
    )


def micrograph_id(recipe: DatasetRecipe, plan: StructurePlan, image: int) -> str:
    """Id of a micrograph: its structure, how the wave and the image are made, its noise stream."""
    content: tuple[Any, ...] = (
        ALGORITHM,
        FORMATION,
        plan.structure_id,
        recipe.wave,
        recipe.detector,
        plan.images[image],
        image,
    )
    if recipe.imaging.focus_reference != "middle":
        content += (recipe.imaging.focus_reference,)
    if recipe.storage.images != "counts":
        content += (recipe.storage.images,)
    return identity(content, "micrograph")
