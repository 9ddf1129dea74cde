"""Films as they are: uneven, folded, with holes, dirt and single heavy atoms.

Depth u counts from the face that carries the particles into the film. A flat film is 0 < u < t; an
uneven one h1(x, y) < u < t + h2(x, y) with two random surfaces, and three times as thick in folds.
Atoms of a flat, thicker slab are kept where the film is, so that its density and its distances stay
what they are.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ase.data import atomic_numbers, covalent_radii
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from czone.molecule import Molecule
from hrtem_sim.frozen import freeze
from hrtem_sim.specimen.builders.built import Streams
from hrtem_sim.specimen.builders.film_relief import STEEPEST, FilmRelief
from hrtem_sim.specimen.builders.packed import packed, packed_film
from hrtem_sim.specimen.film_order import FilmOrder
from hrtem_sim.specimen.films import Distances

STEP = 2.0
"""angstrom between the points that a surface is drawn on."""

DIRT_DENSITY, DIRT_DISTANCE = 0.06, 1.4
"""Carbon of hydrocarbon deposits: atoms per cubic angstrom (1.2 g/cm3, between polymers and the
film), and smallest distance in angstrom. Their hydrogen, which hardly scatters, is left out."""


@dataclass(frozen=True, eq=False)
class Relief:
    """The surfaces of a film.

    Parameters
    ----------
    shape
        Its numbers.
    field
        Edges of the field along x and y, in angstrom.
    thickness
        Of the flat film, in angstrom.
    front, back
        Heights (ny, nx) of both faces in angstrom, added to u = 0 and to u = thickness.
    """

    shape: FilmRelief
    field: tuple[float, float]
    thickness: float
    front: np.ndarray
    back: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "front", "back")

    @classmethod
    def of(
        cls, shape: FilmRelief, field: tuple[float, float], thickness: float, streams: Streams
    ) -> "Relief":
        """Draw the surfaces of a film.

        Parameters
        ----------
        shape, field, thickness
            As in the class.
        streams
            Random streams of the faces ("relief", 0) and ("relief", 1).
        """
        front, back = (_surface(shape, field, streams("relief", face)) for face in (0, 1))
        return cls(shape, field, thickness, front, back)

    @cached_property
    def _spacing(self) -> np.ndarray:
        return np.array(self.field)[::-1] / self.front.shape

    def faces(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the depths of both faces at places (n, 2), x and y in angstrom.

        Where there is a hole the back face lies at the front one.
        """
        at = places[:, ::-1].T / self._spacing[:, None]
        front, back = (
            map_coordinates(heights, at, order=1, mode="grid-wrap")
            for heights in (self.front, self.back)
        )
        back = back + self._fold(places)
        open_ = self.in_hole(places)
        return front, np.where(open_, front, np.maximum(self.thickness + back, front))

    def in_hole(self, places: np.ndarray) -> np.ndarray:
        """Tell which places (n, 2) lie in a hole."""
        inside = np.zeros(len(places), bool)
        for x, y, radius in self.shape.holes:
            inside |= self._from(places, x, y) < radius
        return inside

    def _fold(self, places: np.ndarray) -> np.ndarray:
        """How far the back face stands out at places (n, 2): folds have round edges."""
        high = np.zeros(len(places))
        for along_x, along_y, at, width in self.shape.folds:
            # the phase of a fold grows across it, by 1 from one image of it to the next
            slope = np.array([along_y, -along_x]) / self.field
            phase = places @ slope - at
            away = np.abs(phase - np.round(phase)) / np.linalg.norm(slope)
            beyond = np.clip((away - width / 2) / self.thickness, 0, 1)
            high = np.maximum(high, np.sqrt(1 - beyond**2) * (beyond < 1))
        return self.shape.folded(self.thickness) * high

    def _from(self, places: np.ndarray, x: float, y: float) -> np.ndarray:
        edges = np.array(self.field)
        away = places - edges / 2 - [x, y]
        return np.linalg.norm(away - edges * np.round(away / edges), axis=1)

    def film(
        self,
        material: str,
        density: float,
        distances: Distances,
        order: FilmOrder | None,
        streams: Streams,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x, y, u (n, 3) and atomic numbers (n,) of the film.

        Parameters
        ----------
        material, density, distances, order
            As in `ParticlesOnFilm`.
        streams
            Random streams of its atoms ("film") and grains ("order").
        """
        over = STEEPEST * self.shape.unevenness / math.sqrt(2)
        high = self.thickness + over + self.shape.folded(self.thickness)
        atoms, numbers = packed_film(
            self.field, -over, high, material, density, distances, order, streams
        )
        front, back = self.faces(atoms[:, :2])
        inside = (atoms[:, 2] >= front) & (atoms[:, 2] <= back) & ~self.in_hole(atoms[:, :2])
        return atoms[inside], numbers[inside]

    def dirt(self, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        """Return x, y, u (n, 3) and atomic numbers (n,) of the domes of dirt on both faces.

        Parameters
        ----------
        streams
            Random streams of their atoms ("contamination", 0) and ("contamination", 1).
        """
        found, kinds = [np.zeros((0, 3))], [np.zeros(0, int)]
        over = STEEPEST * self.shape.unevenness / math.sqrt(2)
        for face in (0, 1):
            sign = 1 - 2 * face
            domes = [patch for patch in self.shape.patches if sign * patch[3] > 0]
            if not domes:
                continue
            high = max(abs(dome[3]) for dome in domes) + over
            start = -high if face == 0 else self.thickness - over
            folded = self.shape.folded(self.thickness) if face else 0.0
            atoms, numbers = packed(
                self.field,
                start,
                start + high + over + folded,
                "C",
                DIRT_DENSITY,
                DIRT_DISTANCE,
                streams("contamination", face),
            )
            thick = np.zeros(len(atoms))
            for x, y, radius, height in domes:
                part = 1 - (self._from(atoms[:, :2], x, y) / radius) ** 2
                thick = np.maximum(thick, abs(height) * part)
            front, back = self.faces(atoms[:, :2])
            above = front - atoms[:, 2] if face == 0 else atoms[:, 2] - back
            inside = (above > DIRT_DISTANCE) & (above < thick) & ~self.in_hole(atoms[:, :2])
            found.append(atoms[inside])
            kinds.append(numbers[inside])
        return np.concatenate(found), np.concatenate(kinds)

    def adatoms(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return x, y, u (n, 3) and atomic numbers (n,) of single atoms on the film.

        Parameters
        ----------
        rng
            Source of their places. Those in holes, or nearer than a bond to an earlier one, are
            left out.
        """
        number = atomic_numbers[self.shape.adatom]
        places = rng.random((self.shape.adatoms, 2)) * self.field
        free = ~self.in_hole(places)
        near = cKDTree(places, boxsize=self.field).query_pairs(2 * covalent_radii[number])
        for first, second in sorted(near):
            free[second] &= ~free[first]
        places = places[free]
        above = covalent_radii[number] + covalent_radii[6]
        depth = self.faces(places)[0] - above
        return np.column_stack([places, depth]), np.full(len(places), number)


def _surface(shape: FilmRelief, field: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Heights of one face: periodic, Gaussian, of half the variance of the thickness."""
    ny, nx = (max(8, math.ceil(edge / STEP)) for edge in field[::-1])
    if not shape.unevenness:
        return np.zeros((ny, nx))
    blur = [
        shape.waviness / math.sqrt(2) * n / edge
        for n, edge in zip((ny, nx), field[::-1], strict=True)
    ]
    rough = gaussian_filter(rng.standard_normal((ny, nx)), blur, mode="wrap")
    rough -= rough.mean()
    heights = np.clip(rough / rough.std(), -STEEPEST, STEEPEST)
    return shape.unevenness / math.sqrt(2) * heights


def as_molecule(
    atoms: np.ndarray, numbers: np.ndarray, outward: float, up: float, priority: int
) -> Molecule:
    """Return atoms at depths u as an object of a scene whose film begins at z = `up`.

    Parameters
    ----------
    atoms, numbers
        x, y, u (n, 3) and atomic numbers (n,).
    outward
        -1 where the particles' face is the one where the beam enters, else 1.
    up
        Height of the flat face that carries the particles, in angstrom.
    priority
        Precedence of the object.
    """
    positions = np.column_stack([atoms[:, :2], up - outward * atoms[:, 2]])
    molecule = Molecule(numbers, positions)
    molecule.priority = priority
    return molecule
