"""Structures of data sets, built with `czone`: particles on an amorphous film."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from czone.generator import AmorphousGenerator
from czone.scene import Scene
from czone.transform import Translation
from czone.volume import Volume, make_rect_prism
from hrtem_sim.specimen.particles import ParticlePlan, build_particle
from hrtem_sim.specimen.specimen import Specimen

FILM = "film"
"""Name of the film among the objects of a specimen; particles are particle-0, particle-1, ..."""


@dataclass(frozen=True)
class ParticlesOnFilm:
    """Particles on an amorphous film, in numbers.

    Parameters
    ----------
    field
        Edges of the periodic cell along x and y, in angstrom.
    particles
        At least one.
    burial
        Depth of the particles in the film, in radii.
    side
        Face of the film that carries the particles.
    margin
        Vacuum above and below, in angstrom.
    film_material, film_thickness, film_density, film_min_distance
        Of the film: symbol or formula, angstrom, atoms per cubic angstrom, angstrom.
    """

    field: tuple[float, float]
    particles: tuple[ParticlePlan, ...]
    burial: float
    side: Literal["entrance", "exit"]
    margin: float
    film_material: str
    film_thickness: float
    film_density: float
    film_min_distance: float


@dataclass(frozen=True, eq=False)
class BuiltSpecimen:
    """A specimen and what was drawn while it was built.

    Parameters
    ----------
    specimen
        Atoms; objects "particle-0", "particle-1", ... and "film".
    defects
        For each particle the kinds of its planar defects, in order along the plane normal.
    """

    specimen: Specimen
    defects: tuple[tuple[str, ...], ...]

    @property
    def particles(self) -> tuple[str, ...]:
        """Names of the particles among the objects of the specimen."""
        return tuple(name for name in self.specimen.objects if name != FILM)


Streams = Callable[..., np.random.Generator]
"""Gives the random stream of a purpose: `streams("film")`, `streams("defect planes", 1)`."""


def build_particles_on_film(plan: ParticlesOnFilm, streams: Streams) -> BuiltSpecimen:
    """Build particles on a film.

    Parameters
    ----------
    plan
        Their numbers.
    streams
        Random streams of the defect planes ("defect planes", i) and of the film ("film").

    Returns
    -------
    built
        Particles win over the film, earlier ones over later ones, where they overlap.
    """
    scene, defects = particle_scene(plan, streams)
    names = [f"particle-{i}" for i in range(len(plan.particles))]
    return BuiltSpecimen(Specimen.from_scene(scene, objects=[*names, FILM]), defects)


def particle_scene(
    plan: ParticlesOnFilm, streams: Streams
) -> tuple[Scene, tuple[tuple[str, ...], ...]]:
    """Return the populated `czone` scene of a plan, and the defects of each particle."""
    outward = 1.0 if plan.side == "exit" else -1.0
    objects, defects = [], []
    for i, particle in enumerate(plan.particles):
        volume, found = build_particle(particle, streams("defect planes", i))
        x, y = (
            length / 2 + shift for length, shift in zip(plan.field, particle.offset, strict=True)
        )
        volume.populate_atoms()
        # the face is z = 0 and the film lies beyond it; the particle's depth counts from its edge
        edge = (outward * volume.atoms[:, 2]).min()
        height = -plan.burial * particle.radius - edge
        volume.transform(Translation(np.array([x, y, outward * height])))
        volume.priority = i
        objects.append(volume)
        defects.append(found)
    film = np.sort([0.0, -outward * plan.film_thickness])
    extent = [film.tolist()]
    for volume in objects:
        volume.populate_atoms()
        extent.append([volume.atoms[:, 2].min(), volume.atoms[:, 2].max()])
    low, high = np.min(extent) - plan.margin, np.max(extent) + plan.margin
    for volume in objects:
        volume.transform(Translation(np.array([0.0, 0.0, -low])))
    slab = Volume(
        points=make_rect_prism(*plan.field, plan.film_thickness) + [0.0, 0.0, film[0] - low],
        generator=AmorphousGenerator(
            species=plan.film_material,
            density=plan.film_density,
            min_dist=plan.film_min_distance,
            rng=streams("film"),
        ),
        priority=len(objects),
    )
    bounds = np.array([[0.0, 0.0, 0.0], [*plan.field, high - low]])
    scene = Scene(bounds=bounds, objects=[*objects, slab])
    scene.populate()
    return scene, tuple(defects)
