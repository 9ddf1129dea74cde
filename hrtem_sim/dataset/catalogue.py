"""What the catalogue tells of every micrograph, and what is told of a data set as a whole."""

import math

import numpy as np

from hrtem_sim.database import Database
from hrtem_sim.dataset.particles import asked_count, asked_coverage, coverage_of
from hrtem_sim.dataset.plan import StructurePlan
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.dataset.simulate import SimulatedStructure, micrograph_id
from hrtem_sim.dataset.specimen_recipe import BuilderPlan
from hrtem_sim.provenance.doubts import say
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders import Built, ParticlesOnFilm
from hrtem_sim.specimen.materials import name_of

CONDITIONS = (
    "dose",
    "defocus",
    "focal_spread",
    "convergence",
    "vibration",
    "plasmon_weight",
    "plasmon_background",
)
"""Imaging conditions that become columns of the catalogue by their own name."""

NOTHING = "none"
"""Material and shape of the particles where there are none."""

LOW_AGREEMENT = 0.7
"""Intersection over union of phase mask and outline below which they are told apart: with it a
network that found every outline exactly would score an F1 of 0.82."""


def catalogue_row(
    recipe: DatasetRecipe, structure: SimulatedStructure, image: int
) -> dict[str, object]:
    """Return one row of the catalogue.

    Parameters
    ----------
    recipe
        Ranges that the structure was drawn from.
    structure
        The structure with its micrographs.
    image
        Index of the micrograph among them.
    """
    plan, built = structure.plan, structure.built
    conditions = plan.images[image]
    of_particles = built.specimen.selection(*built.particles)
    row: dict[str, object] = {
        "micrograph": micrograph_id(recipe, plan, image),
        "structure": plan.structure_id,
        "structure_index": plan.index,
        "image_index": image,
        **_of_specimen(recipe, plan, built),
        "n_particle_atoms": int(of_particles.sum()),
        "n_film_atoms": int((~of_particles).sum()),
        "particle_fraction": float((structure.mask.classes > 0).mean()),
        "mask_agreement": structure.mask_agreement,
    }
    for name in CONDITIONS:
        row[name] = getattr(conditions, name)
    if recipe.imaging.focus_reference != "middle":
        row["focus_zero"] = structure.focus_zero
    row["drift"] = math.hypot(*conditions.drift)
    for name in sorted(recipe.imaging.aberrations):
        row[name] = getattr(conditions.aberrations, name)
    for name, value in _told(plan, built).items():
        if name in row:
            raise Refusal(
                f"facts must have other names than columns of the catalogue; got {name!r}"
            )
        row[name] = value
    return row


def _of_specimen(recipe: DatasetRecipe, plan: StructurePlan, built: Built) -> dict[str, object]:
    kinds = [kind for defects in built.defects for kind in defects]
    defects = {
        "n_defects": len(kinds),
        "n_twins": kinds.count("twin"),
        "n_stacking_faults": len(kinds) - kinds.count("twin"),
    }
    if isinstance(plan.specimen, BuilderPlan):
        return {"builder": plan.specimen.builder, "n_particles": len(built.particles), **defects}
    return {
        **_of_particles(plan.specimen),
        **defects,
        **_of_placement(plan.specimen),
        **_asked(recipe, plan.index, plan.specimen),
    }


def _told(plan: StructurePlan, built: Built) -> dict[str, object]:
    """What a builder was given, as far as that fits a column, and what it tells beside it."""
    if not isinstance(plan.specimen, BuilderPlan):
        return {}
    numbers = plan.specimen.numbers
    given = {name: n for name, n in numbers.items() if isinstance(n, bool | int | float | str)}
    return {**given, **built.facts}


def _of_particles(specimen: ParticlesOnFilm) -> dict[str, object]:
    particles = specimen.particles
    return {
        "material": " ".join(sorted({name_of(one.material) for one in particles})) or NOTHING,
        "shape": " ".join(sorted({particle.shape for particle in particles})) or NOTHING,
        "n_particles": len(particles),
        "radius": float(np.mean([p.radius for p in particles])) if particles else math.nan,
    }


def _of_placement(specimen: ParticlesOnFilm) -> dict[str, object]:
    x, y = specimen.particles[0].offset if specimen.particles else (math.nan, math.nan)
    order, ligands = specimen.film_order, specimen.ligands
    return {
        "x": specimen.field[0] / 2 + x,
        "y": specimen.field[1] / 2 + y,
        "burial": specimen.burial,
        "film_thickness": specimen.film_thickness,
        **({} if order is None else {"film_order": order.share}),
        **({} if ligands is None else {"ligand_coverage": ligands.coverage}),
    }


def _asked(recipe: DatasetRecipe, index: int, specimen: ParticlesOnFilm) -> dict[str, object]:
    """What was asked of the particles, beside what found room."""
    asked = asked_coverage(recipe, index)
    if asked is None:
        return {"n_asked": asked_count(recipe, index)}
    reached = coverage_of(specimen.particles, specimen.field)
    return {"coverage_asked": asked, "coverage": reached}


def tell_agreement(recipe: DatasetRecipe, database: Database) -> None:
    """Warn if the masks, by the phase of the wave, leave out much of the particles' outlines.

    Parameters
    ----------
    recipe
        Recipe of the data set.
    database
        The data set.
    """
    agreement = database.catalogue["mask_agreement"]
    low = float((agreement < LOW_AGREEMENT).mean())
    if recipe.mask.rule == "phase" and low > 0.1:
        say(
            f"mask: {low:.0%} of the masks agree with the outlines of their particles to less than "
            f"{LOW_AGREEMENT}, because thin or light particles shift the phase too little; "
            'mask.rule = "outline" takes the outlines, select = "mask_agreement > '
            f'{LOW_AGREEMENT}" leaves those out',
            UserWarning,
        )


def tell_skipped(database: Database) -> None:
    """Warn of structures whose builder failed, and which the data set therefore lacks.

    Parameters
    ----------
    database
        The data set.
    """
    if skipped := database.skipped:
        first = skipped[min(skipped)]
        say(
            f"specimen: {len(skipped)} of {database.structures} structures were left out because "
            f"their builder failed: {first}",
            UserWarning,
        )


def tell_left_out(recipe: DatasetRecipe, database: Database) -> None:
    """Warn if structures have fewer particles than were asked for, because they found no room.

    Parameters
    ----------
    recipe
        Recipe of the data set.
    database
        The data set.
    """
    table = database.catalogue.drop_duplicates("structure_index")
    if "n_asked" in table:
        short = table[table["n_particles"] < table["n_asked"]]
        words = f"{short['n_particles'].sum()} of {short['n_asked'].sum()} particles"
        less, tell = "a smaller count or gap", "n_asked and n_particles"
    elif "coverage_asked" in table:
        # particles come whole: half a disc may lack
        tables = recipe.on_film
        disc = math.pi * tables.particle.radius.high**2 / math.prod(tables.placement.field)
        short = table[table["coverage"] < table["coverage_asked"] - disc / 2]
        words = f"{short['coverage'].mean():.2f} of {short['coverage_asked'].mean():.2f} covered"
        less, tell = (
            "less coverage, a smaller gap, placement.overlap",
            "coverage_asked and coverage",
        )
    else:
        return  # made before these were counted
    if len(short):
        say(
            f"particle: {len(short)} of {len(table)} structures have fewer particles than asked "
            f"for, {words}, because no more found room; {less} or a larger placement.field gives "
            f"them room; the catalogue says {tell}",
            UserWarning,
        )
