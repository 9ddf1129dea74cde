"""A free-standing sheet with vacancies, substitutions and a grain boundary."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from ase.data import atomic_numbers, covalent_radii
from scipy.spatial import cKDTree

from hrtem_sim.provenance import Checked, between, checked, checks, each, one_of, positive
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.specimen import Specimen

Motif = tuple[tuple[str, float, float, float], ...]


@dataclass(frozen=True)
class Lattice:
    """A hexagonal sheet.

    Parameters
    ----------
    edge
        Lattice constant in angstrom.
    motif
        Symbol, fractional coordinates along both vectors and height in angstrom of its atoms.
    vacancies
        Element whose sites can be vacant.
    """

    edge: float
    motif: Motif
    vacancies: str


SHEETS = {
    "graphene": Lattice(2.461, (("C", 1 / 3, 2 / 3, 0.0), ("C", 2 / 3, 1 / 3, 0.0)), "C"),
    "BN": Lattice(2.504, (("B", 1 / 3, 2 / 3, 0.0), ("N", 2 / 3, 1 / 3, 0.0)), "B"),
    "MoS2": Lattice(
        3.160,
        (("Mo", 1 / 3, 2 / 3, 0.0), ("S", 2 / 3, 1 / 3, 1.586), ("S", 2 / 3, 1 / 3, -1.586)),
        "S",
    ),
    "WS2": Lattice(
        3.153,
        (("W", 1 / 3, 2 / 3, 0.0), ("S", 2 / 3, 1 / 3, 1.571), ("S", 2 / 3, 1 / 3, -1.571)),
        "S",
    ),
}
"""Lattice constants and heights of the bulk crystals at room temperature (graphite: Trucano and
Chen, Nature 258 (1975) 136; BN: Pease, Acta Cryst. 5 (1952) 356; MoS2, WS2: Schutte et al., J.
Solid State Chem. 70 (1987) 207)."""

SEAM = 0.85
"""Of the sum of covalent radii: of atoms that are closer at a boundary one goes, as in scenes."""

OVERLAP = 0.4
"""Of the distance of nearest neighbours, by which grains reach over a boundary before: it would be
a row too open otherwise."""

HEIGHT = 12.0
"""angstrom of the cell along the beam, the sheet in its middle."""


@dataclass(frozen=True)
class Sheet(Checked):
    """A free-standing sheet of one or two grains.

    Objects are grain-0, grain-1 where there are two, and dopants. Both boundaries of the second
    grain, which is a band across the field, run along y.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom.
    material
        Material of the sheet.
    turn
        Angle in degrees by which the first grain is turned.
    misorientation
        Angle in degrees between both grains; 0 for one grain.
    vacancies
        Part of the sites of the element that leaves most easily that are vacant (carbon, boron,
        sulfur).
    substitutions
        Part of the sites of this element that hold the dopant.
    dopant
        Symbol of the dopant.

    Notes
    -----
    The lattice is not stretched to the field: it ends at the border, where as at grain boundaries
    of two atoms closer than 0.85 of the sum of their covalent radii one goes. Nothing is relaxed.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    material: Literal["graphene", "BN", "MoS2", "WS2"] = "MoS2"
    turn: float = checked(0.0, between(-360, 360, "degrees"))
    misorientation: float = checked(0.0, between(-60, 60, "degrees"))
    vacancies: float = checked(0.0, between(0, 0.5))
    substitutions: float = checked(0.0, between(0, 0.5))
    dopant: str = checked("Se", one_of(*list(atomic_numbers)[1:]))

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of places ("places") and of defects ("defects").
        """
        if self.vacancies + self.substitutions > 1:
            raise Refusal(
                "vacancies and substitutions must leave sites; got "
                f"{self.vacancies} and {self.substitutions}"
            )
        lattice, rng = SHEETS[self.material], streams("places")
        positions, numbers, grains = self._grains(lattice, rng)
        kept = _merged(positions, numbers, self.field, rng)
        positions, numbers, grains = positions[kept], numbers[kept], grains[kept]
        positions[:, :2] %= self.field
        draw = streams("defects").random(len(numbers))
        sites = numbers == atomic_numbers[lattice.vacancies]
        vacant = sites & (draw < self.vacancies)
        doped = sites & (draw > 1 - self.substitutions)
        numbers = np.where(doped, atomic_numbers[self.dopant], numbers)
        labels = np.where(doped, grains.max(initial=0) + 1, grains)
        names = (*(f"grain-{i}" for i in range(int(grains.max(initial=0)) + 1)), "dopants")
        specimen = Specimen(
            positions[~vacant] + [0.0, 0.0, HEIGHT / 2],
            numbers[~vacant],
            (*self.field, HEIGHT),
            labels[~vacant],
            names,
        )
        facts = {"n_vacancies": int(vacant.sum()), "n_dopants": int(doped.sum())}
        return Built(specimen, facts=facts)

    def _grains(
        self, lattice: Lattice, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positions, elements and grain of the atoms of one grain, or of a band in another."""
        begin = rng.random() * self.field[0]
        angles = [self.turn, self.turn + self.misorientation]
        over, width = OVERLAP * _bond(lattice), self.field[0]
        found = []
        for grain, angle in enumerate(angles if self.misorientation else angles[:1]):
            shift = rng.random(2)
            places, numbers = _cut(lattice, math.radians(angle), shift, self.field, over)
            if self.misorientation:
                start = begin + (0 if grain else width / 2) - over
                own = (places[:, 0] - start) % width < width / 2 + 2 * over
                places, numbers = places[own], numbers[own]
            found.append((places, numbers, np.full(len(numbers), grain)))
        positions, numbers, grains = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return positions, numbers, grains


def _cut(
    lattice: Lattice, angle: float, shift: np.ndarray, field: tuple[float, float], over: float
) -> tuple[np.ndarray, np.ndarray]:
    """Atoms of a turned and moved lattice in a field, and a little beyond its border."""
    vectors = lattice.edge * np.array([[1.0, 0.0], [-0.5, math.sqrt(0.75)]])
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    reach = math.ceil(1.2 * math.hypot(*field) / lattice.edge) + 2
    cells = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1).T + shift
    positions, numbers = [], []
    for symbol, u, v, height in lattice.motif:
        flat = (cells + [u, v]) @ vectors @ turn
        inside = ((flat >= -over) & (flat < np.array(field) + over)).all(axis=1)
        positions.append(np.column_stack([flat[inside], np.full(inside.sum(), height)]))
        numbers.append(np.full(inside.sum(), atomic_numbers[symbol]))
    return np.concatenate(positions), np.concatenate(numbers)


def _bond(lattice: Lattice) -> float:
    """Distance of nearest neighbours: of the first atom of the motif and the second."""
    return math.hypot(lattice.edge / math.sqrt(3), lattice.motif[0][3] - lattice.motif[1][3])


def _merged(
    positions: np.ndarray, numbers: np.ndarray, field: tuple[float, float], rng: np.random.Generator
) -> np.ndarray:
    """Atoms (n,) that stay when of every two that are too close, across the border too, one goes.

    Heavier atoms stay, of equal ones any.
    """
    cell, radii = np.array([*field, 1e3]), covalent_radii[numbers]
    folded = positions % cell
    tree = cKDTree(np.where(folded < cell, folded, 0.0), boxsize=cell)
    near = tree.sparse_distance_matrix(tree, 2 * SEAM * radii.max(), output_type="ndarray")
    close = near["v"] < SEAM * (radii[near["i"]] + radii[near["j"]])
    rank = np.lexsort((rng.random(len(numbers)), -numbers)).argsort()
    close &= rank[near["i"]] < rank[near["j"]]
    stays = np.ones(len(numbers), bool)
    pairs = near[close]
    for first, second in pairs[["i", "j"]][np.argsort(rank[pairs["i"]], kind="stable")].tolist():
        if stays[first]:
            stays[second] = False
    return stays
