"""Draw first: the numbers of one structure and of its images."""

import math
from dataclasses import dataclass

import numpy as np

from hrtem_sim.dataset.recipe import DatasetRecipe, ImagingRecipe
from hrtem_sim.imaging import Aberrations, ImagingConditions
from hrtem_sim.provenance import Distribution, identity, rng_for
from hrtem_sim.specimen.builders import ParticleOnFilm, most_defects

ALGORITHM = 1
"""Version of what the numbers of a plan turn into; part of every id."""

FULL_TURN = Distribution("uniform", (0.0, 2 * math.pi))


@dataclass(frozen=True)
class StructurePlan:
    """Every number of one structure and its images.

    Parameters
    ----------
    index
        Of the structure in the data set; with the seed it names the random streams.
    seed
        Root seed of the recipe.
    specimen
        What to build.
    images
        One set of conditions per micrograph.
    """

    index: int
    seed: int
    specimen: ParticleOnFilm
    images: tuple[ImagingConditions, ...]

    def rng(self, *key: str | int) -> np.random.Generator:
        """Return the random stream of a purpose: "film", "defects", "phonons", ("noise", 3)."""
        return rng_for(self.seed, *key[:1], self.index, *key[1:])

    @property
    def structure_id(self) -> str:
        """Id of the structure: what it is made of, where its random streams begin."""
        return identity((ALGORITHM, self.seed, self.index, self.specimen), "structure")


def plan_structure(recipe: DatasetRecipe, index: int) -> StructurePlan:
    """Draw the numbers of one structure.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Of the structure, from 0. Its streams depend on the recipe's seed and on the index alone.

    Returns
    -------
    plan
    """
    if not 0 <= index < recipe.structures:
        raise ValueError(f"index must be in 0..{recipe.structures - 1}; got {index}")
    return StructurePlan(
        index=index,
        seed=recipe.seed,
        specimen=_plan_specimen(recipe, index),
        images=tuple(
            draw_conditions(recipe.imaging, recipe.seed, index, image)
            for image in range(recipe.images_per_structure)
        ),
    )


def _plan_specimen(recipe: DatasetRecipe, index: int) -> ParticleOnFilm:
    def draw(name: str, distribution):
        return distribution.draw(rng_for(recipe.seed, name, index))

    particle, film, placement = recipe.particle, recipe.film, recipe.placement
    radius = float(draw("radius", particle.radius))
    offsets = rng_for(recipe.seed, "offset", index)
    room = [length / 2 - radius - 1.0 for length in placement.field]
    quaternion = rng_for(recipe.seed, "orientation", index).standard_normal(4)
    return ParticleOnFilm(
        field=placement.field,
        element=particle.element,
        lattice_constant=particle.lattice_constant,
        radius=radius,
        orientation=tuple(float(q) for q in quaternion / np.linalg.norm(quaternion)),
        offset=tuple(float(r * placement.offset.draw(offsets)) for r in room),
        defects=min(
            int(draw("defects", particle.defects)),
            most_defects(radius, particle.lattice_constant),
        ),
        stacking_fault_ratio=particle.stacking_fault_ratio,
        burial=float(draw("burial", placement.burial)),
        side=placement.side,
        margin=placement.margin,
        film_element=film.element,
        film_thickness=float(draw("thickness", film.thickness)),
        film_density=film.density,
        film_min_distance=film.min_distance,
    )


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

    names = ("dose", "defocus", "focal_spread", "convergence", "vibration")
    names += ("plasmon_weight", "plasmon_background")
    drawn = {name: draw(name, getattr(imaging, name)) for name in names}
    length, direction = draw("drift", imaging.drift), draw("drift direction", FULL_TURN)
    drift = (length * math.cos(direction), length * math.sin(direction))
    aberrations = {
        name: draw(name, imaging.aberrations[name]) for name in sorted(imaging.aberrations)
    }
    return ImagingConditions(aberrations=Aberrations(**aberrations), drift=drift, **drawn)
