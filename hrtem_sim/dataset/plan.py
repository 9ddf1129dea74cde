"""Draw first: the numbers of one structure and of its images."""

import math
from dataclasses import dataclass

import numpy as np

from hrtem_sim.dataset.films import plan_order, plan_relief
from hrtem_sim.dataset.particles import is_piled, material_of, plan_ligands, plan_particles
from hrtem_sim.dataset.recipe import DatasetRecipe, ImagingRecipe
from hrtem_sim.dataset.specimen_recipe import BuilderPlan
from hrtem_sim.imaging import Aberrations, ImagingConditions
from hrtem_sim.provenance import Distribution, identity, rng_for, without_doubts
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders import ParticlesOnFilm

ALGORITHM = 2
"""Version of what the numbers of a plan turn into; part of every id."""

FULL_TURN = Distribution("uniform", (0.0, 2 * math.pi))


@dataclass(frozen=True)
class StructurePlan:
    """Every number of one structure and its images.

    Parameters
    ----------
    index
        Index of the structure in the data set; with the seed it names the random streams.
    seed
        Root seed of the recipe.
    specimen
        Numbers of the specimen to build: particles on a film, or those of a builder.
    images
        One set of conditions per micrograph.
    """

    index: int
    seed: int
    specimen: ParticlesOnFilm | BuilderPlan
    images: tuple[ImagingConditions, ...]

    def rng(self, *key: str | int) -> np.random.Generator:
        """Return the random stream of a purpose: "film", "defects", "phonons", ("noise", 3)."""
        return rng_for(self.seed, *key[:1], self.index, *key[1:])

    @property
    def structure_id(self) -> str:
        """Id of the structure: what it is made of, where its random streams begin."""
        return identity((ALGORITHM, self.seed, self.index, self.specimen), "structure")


@typed
def plan_structure(recipe: DatasetRecipe, index: int) -> StructurePlan:
    """Draw the numbers of one structure.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure, from 0. Its streams depend on the recipe's seed and on it alone.

    Returns
    -------
    plan

    Examples
    --------
    >>> from hrtem_sim.dataset import read_dataset_recipe
    >>> plan = plan_structure(read_dataset_recipe("demo"), 17)
    >>> plan.index, len(plan.images)
    (17, 8)
    """
    if not 0 <= index < recipe.structures:
        raise Refusal(f"index must be in 0..{recipe.structures - 1}; got {index}")
    return StructurePlan(
        index=index,
        seed=recipe.seed,
        specimen=_plan_specimen(recipe, index),
        images=tuple(
            draw_conditions(recipe.imaging, recipe.seed, index, image)
            for image in range(recipe.images_per_structure)
        ),
    )


def _plan_specimen(recipe: DatasetRecipe, index: int) -> ParticlesOnFilm | BuilderPlan:
    if recipe.specimen is not None:
        builder = recipe.specimen.runner
        numbers = recipe.specimen.drawn(recipe.seed, index)
        return BuilderPlan(builder.name, builder.version, builder.source, numbers)
    film, placement = recipe.on_film.film, recipe.on_film.placement
    density, distances = film.matter

    def draw(name: str, distribution: Distribution) -> float:
        return float(distribution.draw(rng_for(recipe.seed, name, index)))

    return ParticlesOnFilm(
        field=placement.field,
        particles=plan_particles(recipe, index),
        burial=draw("burial", placement.burial),
        side=placement.side,
        margin=placement.margin,
        film_material=film.material,
        film_thickness=draw("thickness", film.thickness),
        film_density=density,
        film_min_distance=distances,
        border=placement.border,
        piled=is_piled(recipe, index),
        relief=plan_relief(recipe, index, material_of(recipe, index)),
        film_order=plan_order(recipe, index),
        ligands=plan_ligands(recipe, index),
    )


@without_doubts()
def draw_conditions(imaging: ImagingRecipe, seed: int, *key: str | int) -> ImagingConditions:
    """Draw the conditions of one micrograph.

    Parameters
    ----------
    imaging
        Ranges.
    seed, key
        Name of the random streams; each number has its own, so that one new range leaves all
        others as they were.
    """

    def draw(name: str, distribution: Distribution) -> float:
        return float(distribution.draw(rng_for(seed, name, *key)))

    names = ["dose", "defocus", "focal_spread", "convergence", "vibration"]
    names += ["plasmon_weight", "plasmon_background"]
    drawn = {name: draw(name, getattr(imaging, name)) for name in names}
    length, direction = draw("drift", imaging.drift), draw("drift direction", FULL_TURN)
    drift = (length * math.cos(direction), length * math.sin(direction))
    aberrations = {
        name: draw(name, imaging.aberrations[name]) for name in sorted(imaging.aberrations)
    }
    return ImagingConditions(
        aberrations=Aberrations(**aberrations),
        drift=drift,
        aperture=draw("aperture", imaging.aperture) or None,
        aperture_edge=imaging.aperture_edge,
        aperture_centre=imaging.aperture_centre,
        **drawn,
    )
