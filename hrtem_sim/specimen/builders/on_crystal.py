"""Metal particles on a crystalline support, by an orientation relation."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from czone.generator import Generator
from czone.matter import contact_distance
from czone.prefab import WulffSingle
from czone.transform import Rotation, rot_v
from czone.volume import BaseVolume
from hrtem_sim.provenance import (
    Checked,
    between,
    checked,
    checks,
    each,
    one_of,
    physical,
    positive,
    whole,
)
from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.slabs import fitted_slab, standing_on, upright
from hrtem_sim.specimen.faults import with_faults
from hrtem_sim.specimen.materials import FCC, crystal_of
from hrtem_sim.specimen.particles import FCC_ENERGIES


@dataclass(frozen=True)
class Face:
    """A stable face of an oxide.

    Parameters
    ----------
    symbols, coords, edge, group
        Elements, fractional coordinates, cubic cell in angstrom and space group.
    plane, along
        Miller indices of the face, and of the direction in it that lies along x.
    period
        Rectangular periods along x and y, in cubic cells.
    layer
        Height of a neutral layer, in cubic cells.
    """

    symbols: tuple[str, ...]
    coords: tuple[tuple[float, float, float], ...]
    edge: float
    group: int
    plane: tuple[int, int, int]
    along: tuple[int, int, int]
    period: tuple[float, float]
    layer: float

    def crystal(self) -> Generator:
        """Return the crystal, the face across z."""
        made = Generator.from_spacegroup(
            list(self.symbols), list(self.coords), [self.edge] * 3, [90] * 3, sgn=self.group
        )
        return upright(made, self.plane, self.along)


HEXAGON = (1 / math.sqrt(2), math.sqrt(1.5))
FLUORITE = ((0.0, 0.0, 0.0), (0.25, 0.25, 0.25))
ROCKSALT = ((0.0, 0.0, 0.0), (0.5, 0.5, 0.5))

FACES = {
    "CeO2(111)": Face(
        ("Ce", "O"), FLUORITE, 5.411, 225, (1, 1, 1), (1, -1, 0), HEXAGON, 1 / math.sqrt(3)
    ),
    "MgO(100)": Face(("Mg", "O"), ROCKSALT, 4.212, 225, (0, 0, 1), (1, 0, 0), (1.0, 1.0), 0.5),
    "NiO(100)": Face(("Ni", "O"), ROCKSALT, 4.177, 225, (0, 0, 1), (1, 0, 0), (1.0, 1.0), 0.5),
}
"""Faces that are cut without leaving a charge: (111) of fluorite between two O-M-O layers, (100) of
rocksalt anywhere. Lattice constants at room temperature (Wyckoff, Crystal Structures, 1963)."""


@dataclass(frozen=True)
class CrystalParticle(Checked):
    """One particle on a crystal.

    Parameters
    ----------
    radius
        Radius in angstrom of the sphere whose volume the free particle would have.
    turn
        Angle in degrees about the normal of the face, from the cube-on-cube relation.
    adhesion
        Energy of the interface in units of that of {111}, from -1 (wets) to 1 (stands free).
    defects
        Number of twins and stacking faults, on one set of {111}, or as many as fit.
    """

    radius: float = dataclasses.field(metadata=checks(physical(5, 500, "angstrom", usual=(6, 100))))
    turn: float = checked(0.0, between(-360, 360, "degrees"))
    adhesion: float = checked(0.0, between(-0.9, 1))
    defects: int = checked(0, whole(0), added=True)


@dataclass(frozen=True)
class ParticlesOnCrystal(Checked):
    """Particles of an fcc metal on a face of an oxide.

    Objects are particle-0, particle-1, ... and support.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom. The support is stretched to fill it with
        whole cells, by 2 % at most; the strain is told.
    particles
        Particles; those without room are left out.
    support
        Oxide and face.
    layers
        Thickness of the support in neutral layers.
    metal
        Name of an fcc metal.
    gap
        Least distance between two particles in projection, in angstrom.
    stacking_fault_ratio
        Probability that a defect is a stacking fault and not a twin.

    Notes
    -----
    Cube on cube: the face and the direction along x are parallel in both crystals. The shape is
    that of Winterbottom (Acta Metall. 15 (1967) 303), a truncated octahedron cut by the interface.
    The lowest metal stands above the uppermost oxygen by the sum of the covalent radii.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    particles: tuple[CrystalParticle, ...]
    support: Literal["CeO2(111)", "MgO(100)", "NiO(100)"] = "CeO2(111)"
    layers: int = checked(5, between(1, 100))
    metal: str = checked("Pt", one_of(*FCC))
    gap: float = checked(5.0, between(0, 1000, "angstrom"))
    stacking_fault_ratio: float = checked(0.5, between(0, 1), added=True)

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of the places ("places") and defects ("defect planes", i).
        """
        face = FACES[self.support]
        layer = face.layer * face.edge
        period = face.period[0] * face.edge, face.period[1] * face.edge
        low = -(self.layers - 0.5) * layer
        slab = fitted_slab(face.crystal(), period, self.field, low, layer / 2)
        made = [
            self._particle(face, particle, streams("defect planes", i))
            for i, particle in enumerate(self.particles)
        ]
        level = slab.top + contact_distance(self.metal, "O", share=1.0)
        free = [volume for volume, _ in made]
        found = standing_on(level, free, self.field, streams("places"), gap=self.gap)
        particles = {f"particle-{i}": volume for i, volume in enumerate(found.values())}
        facts = {"n_asked": len(self.particles), "n_placed": len(particles)}
        volumes = dict.fromkeys(particles, FCC[self.metal] ** 3 / 4)
        return gathered(
            {"support": slab.atoms, **particles},  # facets reach below their last atoms
            self.field,
            upright=True,
            defects=tuple(made[i][1] for i in found),
            facts={**facts, "support_strain": slab.strain},
            volumes={**volumes, "support": slab.volume},
        )

    def _particle(
        self, face: Face, particle: CrystalParticle, rng: np.random.Generator
    ) -> tuple[BaseVolume, tuple[str, ...]]:
        """Particle about the origin, its interface down, turned about the normal; its defects."""
        metal = upright(crystal_of(self.metal), face.plane, face.along)
        natoms = round(4 / 3 * np.pi * particle.radius**3 / (FCC[self.metal] ** 3 / 4))
        free = WulffSingle(metal, FCC_ENERGIES, natoms)
        h, k, l = (-index for index in face.plane)  # noqa: E741
        solid = free.winterbottom((h, k, l), particle.adhesion, face_down=False)
        (made,), kinds = with_faults(metal, solid, particle.defects, self.stacking_fault_ratio, rng)
        made.transform(Rotation(rot_v([0.0, 0.0, 1.0], math.radians(particle.turn))))
        return made, kinds
