"""Particles at the edge of a hole in an amorphous film."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from czone.molecule import Molecule
from czone.transform import Translation
from czone.volume import BaseVolume
from hrtem_sim.provenance import (
    Checked,
    between,
    checked,
    checks,
    each,
    physical,
    positive,
    whole,
)
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.parts import film_slab
from hrtem_sim.specimen.builders.places import free_places
from hrtem_sim.specimen.builders.rim import Rim
from hrtem_sim.specimen.materials import FCC, as_material, crystal_of
from hrtem_sim.specimen.particles import (
    ANY_CRYSTAL,
    ParticlePlan,
    build_particle,
    most_defects,
    reach,
)

WIDEST_DISC = 0.5
"""Part of the field that a round hole may take: beyond it touches its own images."""


@dataclass(frozen=True)
class EdgeParticle(Checked):
    """One particle at the edge.

    Parameters
    ----------
    radius
        Radius in angstrom; of faceted shapes that of the sphere of equal volume.
    overhang
        Distance of its middle from the edge, in radii: -1 whole on the film, 0 half over vacuum, 1
        beside the edge, where only its flank touches the film.
    shape
        Shape, see `hrtem_sim.specimen.particles.ParticlePlan`.
    defects
        Number of planar defects, or as many as fit; of spheres and `"wulff"` only.
    """

    radius: float = dataclasses.field(metadata=checks(physical(4, 500, "angstrom", usual=(6, 150))))
    overhang: float = checked(0.0, between(-3, 1, "radii"))
    shape: Literal["sphere", "wulff", "decahedron", "icosahedron"] = "wulff"
    defects: int = checked(0, whole(0))


@dataclass(frozen=True)
class ParticlesAtHole(Checked):
    """Particles at the edge of a hole, partly over vacuum, on the face where the beam enters.

    Objects are particle-0, particle-1, ... and film.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom; it repeats, and cuts particles.
    film
        Thickness of the film, in angstrom.
    vacuum
        Part of the field that the hole takes; of a round one at most 0.5.
    particles
        Particles; those without room are left out.
    edge
        Shape of the hole: `"straight"` where it is far wider than the field, a band of vacuum
        along y; `"round"` where it lies in the field.
    roughness, waviness
        rms of the edge, and the distance along it over which it is alike, in angstrom.
    material
        Name of a material, see `hrtem_sim.specimen.materials.as_material`.
    film_material
        Symbol or formula of the film, see `film_slab`.
    burial
        Depth of the particles in the film, in radii.
    gap
        Least distance between two particles in projection, in angstrom.
    stacking_fault_ratio
        Probability that a defect of an fcc particle is a stacking fault and not a twin.

    Notes
    -----
    A ball whose middle overhangs the edge by o radii touches it where the middle is (1 - o^2)^(1/2)
    radii above the face; the particle is then moved towards the edge by its burial, and the film
    gives way to it. The film is cut, not relaxed.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    film: float = dataclasses.field(metadata=checks(positive("angstrom")))
    vacuum: float = dataclasses.field(metadata=checks(between(0.05, 0.9)))
    particles: tuple[EdgeParticle, ...]
    edge: Literal["straight", "round"] = "straight"
    roughness: float = checked(2.0, between(0, 30, "angstrom"))
    waviness: float = checked(15.0, physical(2, 1000, "angstrom", usual=(5, 200)))
    material: str = "Au"
    film_material: str = "C"
    burial: float = checked(0.3, between(0.05, 1, "radii"))
    gap: float = checked(2.0, between(0, 1000, "angstrom"))
    stacking_fault_ratio: float = checked(0.5, between(0, 1))

    def _check_together(self) -> None:
        if self.edge == "round" and self.vacuum > WIDEST_DISC:
            raise Refusal(
                f"vacuum must be at most {WIDEST_DISC} where the edge is round, a wider hole "
                f"meets its own images; got {self.vacuum}"
            )
        if self.material not in FCC:
            for particle in self.particles:
                if particle.shape not in ANY_CRYSTAL:
                    raise Refusal(
                        f"shape must be sphere or wulff for {self.material!r}; "
                        f"got {particle.shape!r}"
                    )

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of the hole ("hole"), its edges ("rim", i), places ("places"),
            orientations ("turn", i), defects ("defect planes", i), alloys ("shared sites", i) and
            the film ("film").
        """
        rim = Rim.of(self.edge, self.field, self.vacuum, self.roughness, self.waviness, streams)
        objects: dict[str, BaseVolume | Molecule] = {}
        defects: list[tuple[str, ...]] = []
        for i, place in enumerate(self._places(rim, streams("places"))):
            if place is not None:
                volume, kinds = self._particle(i, streams)
                volume.transform(Translation(place))
                objects[f"particle-{len(objects)}"] = volume
                defects.append(kinds)
        cell = crystal_of(as_material(self.material)).structure
        volumes = dict.fromkeys(objects, cell.lattice.volume / len(cell))
        objects["film"] = self._film(rim, streams)
        facts = {"n_asked": len(self.particles), "n_placed": len(defects)}
        return gathered(objects, self.field, facts=facts, volumes=volumes, defects=tuple(defects))

    def _places(self, rim: Rim, rng: np.random.Generator) -> list[np.ndarray | None]:
        """Middle (3,) of every particle, None for those without room; the film's face is z = 0."""
        over = [max(particle.overhang, 0.0) for particle in self.particles]

        def beside(i: int) -> np.ndarray:
            corner, outward = rim.point(int(rng.integers(2)), float(rng.random()))
            particle = self.particles[i]
            depth = self.burial * particle.radius * over[i]
            return corner + (particle.overhang * particle.radius - depth) * outward

        reaches = [reach(particle.shape, particle.radius) for particle in self.particles]
        places = free_places(self.field, reaches, rng, gap=self.gap, candidate=beside)
        heights = [
            (1 - self.burial) * particle.radius * math.sqrt(1 - o**2)
            for particle, o in zip(self.particles, over, strict=True)
        ]
        return [
            None if place is None else np.array([*(np.array(place) % self.field), -height])
            for place, height in zip(places, heights, strict=True)
        ]

    def _particle(self, i: int, streams: Streams) -> tuple[BaseVolume, tuple[str, ...]]:
        """A particle about the origin, in a random orientation."""
        particle = self.particles[i]
        quaternion = streams("turn", i).standard_normal(4)
        w, x, y, z = (quaternion / np.linalg.norm(quaternion)).tolist()
        faulted = particle.shape in ("sphere", "wulff")
        room = most_defects(self.material, particle.radius) if faulted else 0
        plan = ParticlePlan(
            material=self.material,
            shape=particle.shape,
            radius=particle.radius,
            orientation=(w, x, y, z),
            offset=(0.0, 0.0),
            defects=min(particle.defects, room),
            stacking_fault_ratio=self.stacking_fault_ratio,
        )
        return build_particle(plan, streams("defect planes", i), streams("shared sites", i))

    def _film(self, rim: Rim, streams: Streams) -> Molecule:
        slab = film_slab(self.field, self.film, streams("film"), material=self.film_material)
        slab.populate_atoms()
        atoms, species = np.array(slab.atoms), np.array(slab.species)
        film = ~rim.is_open(atoms[:, :2])
        return Molecule(species[film], atoms[film])
