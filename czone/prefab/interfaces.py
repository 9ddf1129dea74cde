"""Where two grains of a close-packed crystal are cut and how the upper one is turned or moved.

With one atom at every lattice point there is one answer: the mirror of a twin is an atomic plane.
In a compound there are several columns of atoms to turn about and several gaps to cut in, and most
put atoms on top of each other. All of them are tried here, on a piece of crystal around the
interface, and the one that keeps the most bonds is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from czone.prefab.layers import CELLS_AROUND, reduced_cell, translations

__all__ = ["Interface", "Stacking"]

CLOSEST = 0.95  # of the distance of the same two elements in the crystal
_BOND = 1.05  # of the nearest distance in the crystal


@dataclass(frozen=True)
class Interface:
    """A grain on another: how it comes from the one below, and where the cut lies.

    Attributes
    ----------
    kind
        ``"mirror"``: reflected in the plane; ``"turn"``: turned by half a turn about the normal;
        ``"slip"``: moved in the plane.
    gap
        Fraction of the spacing above a plane at which the cut lies.
    offset
        From an atom of the plane to the axis of a turn, or the slip, (3,), in angstrom.
    """

    kind: str
    gap: float
    offset: np.ndarray


class Stacking:
    """A crystal as layers along a normal, for trying interfaces.

    Parameters
    ----------
    crystal
        The crystal; its first atom is one of plane 0.
    normal
        Unit normal of the layers, (3,).
    spacing
        Distance of layers, in angstrom.
    """

    def __init__(self, crystal: Any, normal: np.ndarray, spacing: float) -> None:
        self.normal, self.spacing = normal, spacing
        self.bases, coords = reduced_cell(crystal)
        self.numbers = np.array(crystal.species)
        self.sites = (coords - coords[0]) @ self.bases.T
        self.vectors = translations(crystal)

    @cached_property
    def levels(self) -> list[float]:
        """Heights of atoms from one plane to the next, 0 to 1, in units of the spacing."""
        heights = self.sites @ self.normal / self.spacing
        return sorted({round(h, 3) % 1 for h in heights} | {1.0})

    @cached_property
    def gaps(self) -> list[float]:
        """Middles between levels, the widest first."""
        wide = sorted(zip(np.diff(self.levels), self.levels, strict=False), key=lambda x: -x[0])
        return [float(below + width / 2) for width, below in wide]

    @cached_property
    def _columns(self) -> np.ndarray:
        """Places (c, 3) in the plane of all different columns of atoms near the plane."""
        planes = np.floor(self.sites @ self.normal / self.spacing + 1e-3)
        near = self.sites - planes[:, None] * self.step
        several = self._flat((near[:, None] + np.arange(3)[:, None] * self.step).reshape(-1, 3))
        fractions = several @ np.linalg.inv(self._in_plane)
        _, first = np.unique(np.round(fractions, 3) % 1, axis=0, return_index=True)
        return several[np.sort(first)]

    @cached_property
    def step(self) -> np.ndarray:
        """A lattice vector from one plane to the next, (3,), in angstrom."""
        up = self.vectors[np.abs(self.vectors @ self.normal - self.spacing) < 1e-3]
        return up[np.linalg.norm(up, axis=1).argmin()]

    def twin(self) -> Interface | None:
        """Return the interface of a coherent twin, None if all of them crowd atoms."""
        mirror = Interface("mirror", self.levels[1] / 2, np.zeros(3))
        if self._one_atom:
            return mirror
        if self._planes_are_mirrors() and self._judged(mirror)[0] >= CLOSEST:
            return mirror
        return self._best(Interface("turn", gap, a) for gap, a in product(self.gaps, self._columns))

    def fault(self) -> Interface | None:
        """Return the interface of an intrinsic stacking fault, None if all of them crowd atoms."""
        if self._one_atom:
            return Interface("slip", 0.5, self._flat(self.step))
        steps = (self.sites[:, None] - self.sites[None]).reshape(-1, 1, 3) + self.vectors
        steps = steps.reshape(-1, 3)
        steps = steps[np.abs(steps @ self.normal - self.spacing) < 1e-3]
        lengths = np.linalg.norm(steps, axis=1)
        near = np.flatnonzero(lengths < 1.45 * lengths.min())
        slips = self._flat(steps[near[np.argsort(lengths[near].round(3), kind="stable")]])
        _, first = np.unique(slips.round(3), axis=0, return_index=True)
        slips = slips[np.sort(first)]
        # Widest gaps first, short slips first; the opposite of a slip may be the one that fits.
        return self._best(
            Interface("slip", gap, sign * slip)
            for gap, sign, slip in product(self.gaps, (1, -1), slips)
        )

    @property
    def _one_atom(self) -> bool:
        """Whether one atom stands at every lattice point: the textbook's case, never crowded."""
        return len(self.levels) == 2 and len(set(self.numbers)) == 1

    def _flat(self, vectors: np.ndarray) -> np.ndarray:
        """Return the parts of vectors (..., 3) in the plane."""
        return vectors - (vectors @ self.normal)[..., None] * self.normal

    def _planes_are_mirrors(self) -> bool:
        heights = self.sites @ self.normal / self.spacing
        found = {(n, round(h, 3) % 1) for n, h in zip(self.numbers, heights, strict=True)}
        return found == {(number, -level % 1) for number, level in found}

    def _best(self, interfaces: Iterator[Interface]) -> Interface | None:
        best, fewest = None, np.inf
        for interface in interfaces:
            closest, by_elements, lost = self._judged(interface)
            if min(closest, by_elements) >= CLOSEST and lost < fewest:
                best, fewest = interface, lost
        return best

    def _judged(self, interface: Interface) -> tuple[float, float, int]:
        """Return the smallest distance, that by elements, over those of the crystal; bonds lost.

        Pairs are counted for the atoms of one cell in the plane, next to the cut.
        """
        positions, sites = self._piece
        if interface.kind == "mirror":
            above = positions - 2 * (positions @ self.normal)[:, None] * self.normal
        elif interface.kind == "turn":
            above = positions + 2 * (interface.offset - self._flat(positions))
        else:
            above = positions + interface.offset
        cut = interface.gap * self.spacing
        low, high = positions @ self.normal < cut, above @ self.normal > cut
        joined, which = np.vstack([positions[low], above[high]]), np.append(sites[low], sites[high])
        least, nearest, bonds = self._bulk
        reach = _BOND * max(least.values())
        near = np.abs(joined @ self.normal - cut) < reach
        inside = np.flatnonzero(near & self._in_one_cell(joined))
        close = cKDTree(joined).query_ball_point(joined[inside], reach)
        smallest, by_elements, lost = np.inf, np.inf, 0
        for atom, others in zip(inside, close, strict=True):
            rest = np.array([other for other in others if other != atom], dtype=int)
            distances = np.linalg.norm(joined[rest] - joined[atom], axis=1)
            lost += int(bonds[which[atom]] - (distances < _BOND * nearest).sum())
            smallest = min(smallest, distances.min(initial=np.inf) / nearest)
            mine, kinds = self.numbers[which[atom]], self.numbers[which[rest]]
            wanted = np.array([least[min(mine, k), max(mine, k)] for k in kinds])
            by_elements = min(by_elements, (distances / wanted).min(initial=np.inf))
        return smallest, by_elements, lost

    @cached_property
    def _in_plane(self) -> np.ndarray:
        """Two short lattice vectors in the plane as rows, with the step as the third, (3, 3)."""
        flat = self.vectors[np.abs(self.vectors @ self.normal) < 1e-3]
        flat = flat[np.argsort(np.linalg.norm(flat, axis=1).round(6), kind="stable")]
        flat = flat[np.linalg.norm(flat, axis=1) > 1e-3]
        first = flat[0]
        across = np.linalg.norm(np.cross(flat, first), axis=1)
        second = flat[across > 1e-3 * first @ first][0]
        return np.array([first, second, self.normal])

    def _in_one_cell(self, positions: np.ndarray) -> np.ndarray:
        fractions = positions @ np.linalg.inv(self._in_plane)
        # Edges lie where no atoms are.
        inside = (fractions[:, :2] > -0.4871) & (fractions[:, :2] < 0.5129)
        return np.asarray(inside.all(axis=1))

    @cached_property
    def _bulk(self) -> tuple[dict[tuple[int, int], float], float, np.ndarray]:
        """Smallest distance of every two elements and of any two atoms; bonds of every site."""
        cells = CELLS_AROUND @ self.bases.T
        block = (self.sites[:, None] + cells).reshape(-1, 3)
        kinds = np.repeat(self.numbers, len(cells))
        apart = np.linalg.norm(self.sites[:, None] - block, axis=-1)
        apart[apart < 1e-3] = np.inf
        least: dict[tuple[int, int], float] = {}
        for number, distances in zip(self.numbers, apart, strict=True):
            for other in set(self.numbers):
                key = (int(min(number, other)), int(max(number, other)))
                least[key] = min(least.get(key, np.inf), float(distances[kinds == other].min()))
        nearest = min(least.values())
        return least, nearest, (apart < _BOND * nearest).sum(axis=1)

    @cached_property
    def _piece(self) -> tuple[np.ndarray, np.ndarray]:
        """Crystal around plane 0: positions (n, 3), in angstrom, and sites (n,) of the cell."""
        reach = _BOND * max(self._bulk[0].values())
        radius = 2 * np.linalg.norm(self._in_plane[:2], axis=1).sum() + 3 * reach
        counts = np.ceil(radius * np.linalg.norm(np.linalg.inv(self.bases), axis=1)).astype(int)
        cells = np.array(list(product(*(range(-n, n + 1) for n in counts)))) @ self.bases.T
        positions = (self.sites[:, None] + cells).reshape(-1, 3)
        sites = np.repeat(np.arange(len(self.sites)), len(cells))
        kept = np.linalg.norm(positions, axis=1) < radius
        kept &= np.abs(positions @ self.normal) < 2 * reach + 2 * self.spacing
        return positions[kept], sites[kept]
