"""A polycrystalline film with amorphous pockets."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial import Voronoi, cKDTree

from czone.generator import Generator
from czone.transform import Rotation
from czone.volume import Volume
from hrtem_sim.provenance import Checked, between, checked, checks, each, physical, positive
from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.parts import film_slab, random_turn
from hrtem_sim.specimen.elements import DIAMOND, element_crystal
from hrtem_sim.specimen.materials import FCC, crystal_of


@dataclass(frozen=True)
class Polycrystal(Checked):
    """A film of columnar grains in random orientations, some of them amorphous.

    Objects are grain-0, grain-1, ... and film, what is amorphous.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom.
    thickness
        Thickness of the film, in angstrom.
    grains
        Number of grains and pockets together, at least 4.
    material
        Material of the grains.
    pockets
        Part of the grains that are amorphous; of silicon and germanium only.

    Notes
    -----
    Grains are the cells of Voronoi's division about random points of the periodic field
    (Poisson-Voronoi). Atoms of two grains keep 0.85 of the distance of a bond; nothing is relaxed.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    thickness: float = dataclasses.field(
        metadata=checks(physical(5, 1000, "angstrom", usual=(10, 300)))
    )
    grains: int = dataclasses.field(metadata=checks(between(4, 1000)))
    material: Literal["Si", "Ge", "Au", "Ag", "Al", "Cu", "Ni", "Pd", "Pt"] = "Si"
    pockets: float = checked(0.0, between(0, 1))

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of the points ("points"), of which are amorphous ("pockets"), of
            orientations ("turn", i) and of what is amorphous ("film").
        """
        points = streams("points").random((self.grains, 2)) * self.field
        share = self.pockets if self.material in DIAMOND else 0.0
        amorphous = streams("pockets").random(self.grains) < share
        objects: dict[str, Volume] = {}
        for i, cell in enumerate(_prisms(points, self.field, self.thickness)):
            if not amorphous[i]:
                name = f"grain-{len(objects)}"
                objects[name] = Volume(points=cell, generator=self._crystal(streams("turn", i)))
        cell = _of(self.material).structure
        volumes = dict.fromkeys(objects, cell.lattice.volume / len(cell))
        facts = {"n_placed": len(objects), "n_pockets": int(amorphous.sum())}
        if amorphous.any():  # the film fills what the grains leave
            objects["film"] = film_slab(
                self.field, self.thickness, streams("film"), material=self.material
            )
        return gathered(objects, self.field, facts=facts, volumes=volumes)

    def _crystal(self, rng: np.random.Generator) -> Generator:
        crystal = _of(self.material)
        crystal.transform(Rotation(random_turn(rng)))
        return crystal


def _of(material: str) -> Generator:
    return crystal_of(material) if material in FCC else element_crystal(material)


def _prisms(points: np.ndarray, field: tuple[float, float], thickness: float) -> list[np.ndarray]:
    """Corners of the column of each point, which may reach beyond the border."""
    shifts = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]) * field
    copies = (points[None] + shifts[:, None]).reshape(-1, 2)
    diagram = Voronoi(copies)
    own = cKDTree(copies).query(points)[1]
    prisms = []
    for k in own:
        flat = diagram.vertices[diagram.regions[diagram.point_region[k]]]
        ends = [np.column_stack([flat, np.full(len(flat), z)]) for z in (0.0, thickness)]
        prisms.append(np.concatenate(ends))
    return prisms
