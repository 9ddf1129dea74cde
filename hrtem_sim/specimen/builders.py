"""Structures of data sets, built with `czone`."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from czone.generator import AmorphousGenerator, Generator
from czone.prefab import FCCMixedTwinSF
from czone.scene import Scene
from czone.transform import Rotation, Translation
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.specimen.specimen import Specimen

MIN_SEPARATION = 3
"""Planes between two defects, and between a defect and the surface."""


@dataclass(frozen=True)
class ParticleOnFilm:
    """A spherical fcc particle with planar defects on an amorphous film, in numbers.

    Parameters
    ----------
    field
        Edges of the periodic cell along x and y, in angstrom.
    element, lattice_constant, radius
        Of the particle; lengths in angstrom.
    orientation
        Unit quaternion (x, y, z, w) that turns the crystal.
    offset
        Centre of the particle from the middle of the field along x and y, in angstrom.
    defects
        Number of {111} twins and stacking faults.
    stacking_fault_ratio
        Probability that a defect is a stacking fault.
    burial
        Depth of the particle in the film, in radii.
    side
        Face of the film that carries the particle.
    margin
        Vacuum above and below, in angstrom.
    film_element, film_thickness, film_density, film_min_distance
        Of the film: symbol, angstrom, atoms per cubic angstrom, angstrom.
    """

    field: tuple[float, float]
    element: str
    lattice_constant: float
    radius: float
    orientation: tuple[float, float, float, float]
    offset: tuple[float, float]
    defects: int
    stacking_fault_ratio: float
    burial: float
    side: Literal["entrance", "exit"]
    margin: float
    film_element: str
    film_thickness: float
    film_density: float
    film_min_distance: float

    def heights(self) -> tuple[float, float, float, float]:
        """Return film bottom, film top, particle centre and cell height along z, in angstrom."""
        surface = self.film_thickness
        centre = surface + (1 - self.burial) * self.radius
        low = min(0.0, centre - self.radius) - self.margin
        high = max(surface, centre + self.radius) + self.margin
        bottom, top = -low, surface - low
        centre, height = centre - low, high - low
        if self.side == "entrance":
            bottom, top, centre = height - top, height - bottom, height - centre
        return bottom, top, centre, height


@dataclass(frozen=True, eq=False)
class BuiltSpecimen:
    """A specimen and what was drawn while it was built.

    Parameters
    ----------
    specimen
        Atoms; objects "particle" and "film".
    defects
        One "twin" or "stacking_fault" per defect plane, in order along the plane normal.
    """

    specimen: Specimen
    defects: tuple[str, ...]


def build_particle_on_film(
    plan: ParticleOnFilm, *, defects_rng: np.random.Generator, film_rng: np.random.Generator
) -> BuiltSpecimen:
    """Build a particle on a film.

    Parameters
    ----------
    plan
        Its numbers.
    defects_rng, film_rng
        Random streams of the defect planes and of the film.

    Returns
    -------
    built
        The particle wins over the film where they overlap.
    """
    scene, defects = particle_scene(plan, defects_rng=defects_rng, film_rng=film_rng)
    specimen = Specimen.from_scene(scene, objects=("particle", "film"))
    return BuiltSpecimen(specimen, defects)


def particle_scene(
    plan: ParticleOnFilm, *, defects_rng: np.random.Generator, film_rng: np.random.Generator
) -> tuple[Scene, tuple[str, ...]]:
    """Return the populated `czone` scene of a plan, and its defects."""
    bottom, top, centre, height = plan.heights()
    crystal = Generator.from_spacegroup(
        [plan.element], np.zeros((1, 3)), [plan.lattice_constant] * 3, [90.0] * 3, sgn=225
    )
    sphere = Volume(alg_objects=[Sphere(plan.radius, np.zeros(3))], generator=crystal)
    prefab = FCCMixedTwinSF(
        generator=crystal,
        volume=sphere,
        ratio=plan.stacking_fault_ratio,
        N=plan.defects,
        min_sep=MIN_SEPARATION,
        rng=defects_rng,
    )
    particle = prefab.build_object()
    x, y = (length / 2 + shift for length, shift in zip(plan.field, plan.offset, strict=True))
    particle.transform(Rotation(rotation_matrix(plan.orientation)))
    particle.transform(Translation(np.array([x, y, centre])))
    particle.priority = 0
    film = Volume(
        points=make_rect_prism(*plan.field, top - bottom) + [0.0, 0.0, bottom],
        generator=AmorphousGenerator(
            species=plan.film_element,
            density=plan.film_density,
            min_dist=plan.film_min_distance,
            rng=film_rng,
        ),
        priority=1,
    )
    bounds = np.array([[0.0, 0.0, 0.0], [*plan.field, height]])
    scene = Scene(bounds=bounds, objects=[particle, film])
    scene.populate()
    return scene, tuple(defect.kind for defect in prefab.defects)


def most_defects(radius: float, lattice_constant: float) -> int:
    """Return how many planar defects surely fit an fcc sphere, three {111} planes apart.

    Parameters
    ----------
    radius, lattice_constant
        In angstrom.

    Notes
    -----
    A sphere has 2 floor(r / d) + 1 planes about its centre, the outermost of which may hold no
    atom; as many defects fit as planes three apart with three left at either end.

    Examples
    --------
    >>> most_defects(25.0, 4.07825), most_defects(9.0, 4.07825)
    (5, 0)
    """
    planes = 2 * math.floor(radius * math.sqrt(3) / lattice_constant) - 1
    return max(0, (planes - MIN_SEPARATION - 1) // MIN_SEPARATION)


def rotation_matrix(quaternion: tuple[float, float, float, float]) -> np.ndarray:
    """Return the rotation matrix of a unit quaternion (x, y, z, w)."""
    from scipy.spatial.transform import Rotation as SpatialRotation

    return SpatialRotation.from_quat(quaternion).as_matrix()
