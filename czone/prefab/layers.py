"""The atomic planes of a crystal in a volume, and grains that change from plane to plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from czone.geometry import Plane
from czone.prefab.base import cut
from czone.randomness import Seed
from czone.util import separated_indices
from czone.volume import BaseVolume, MultiVolume

CELLS_AROUND = np.array(list(product((-2, -1, 0, 1, 2), repeat=3)))
"""Steps (125, 3) to the cells around a reduced one that can hold a neighbour of its atoms."""


@dataclass(frozen=True)
class Layers:
    """Parallel, equally spaced planes through a volume.

    Attributes
    ----------
    normal
        Unit normal, (3,).
    spacing
        Distance of neighbouring planes in angstrom.
    height
        Height of plane 0 along the normal, in angstrom.
    count
        Number of planes that hold atoms of the volume.
    middle
        Middle of the atoms, (3,), in angstrom.
    gap
        Place of the cut: fraction of the spacing above a plane that holds no atoms.
    """

    normal: np.ndarray
    spacing: float
    height: float
    count: int
    middle: np.ndarray
    gap: float = 0.5

    def point(self, index: float) -> np.ndarray:
        """Return the foot of the middle on a plane, (3,); halves are between planes."""
        away = self.height + index * self.spacing - self.middle @ self.normal
        return self.middle + away * self.normal

    def slab(self, below: float | None, above: float | None) -> list[Plane]:
        """Return the surfaces that keep what lies above one plane index and below another."""
        surfaces = []
        if below is not None:
            surfaces.append(Plane(-self.normal, self.point(below)))
        if above is not None:
            surfaces.append(Plane(self.normal, self.point(above)))
        return surfaces


def crystal_heights(crystal: Any, volume: BaseVolume, normal: np.ndarray) -> tuple:
    """Return middle (3,), lowest and highest height along a normal of the atoms in a volume."""
    whole = cut(volume, crystal, [])
    whole.populate_atoms()
    if len(whole.atoms) == 0:
        raise ValueError("volume must hold at least one atom of the crystal; it holds none")
    heights = whole.atoms @ normal
    return whole.atoms.mean(axis=0), heights.min(), heights.max()


def layers_between(
    normal: np.ndarray,
    spacing: float,
    phase: float,
    middle: np.ndarray,
    low: float,
    high: float,
    gap: float = 0.5,
) -> Layers:
    """Return the planes at `phase` + whole multiples of `spacing` from `low` to `high`."""
    first = np.ceil((low - phase) / spacing - 1e-6)
    last = np.floor((high - phase) / spacing + 1e-6)
    height = phase + first * spacing
    return Layers(normal, spacing, height, int(last - first) + 1, middle, gap)


def draw_planes(count: int, min_sep: int, layers: Layers, rng: Seed) -> list[int]:
    """Draw the planes of the defects, or say how many fit."""
    try:
        return separated_indices(count, min_sep, layers.count, rng=rng)
    except ValueError as error:
        most = max(0, (layers.count - min_sep - 1) // min_sep)
        raise ValueError(
            f"N must be at most {most} in a particle of {layers.count} planes with "
            f"min_sep {min_sep}; got {count}"
        ) from error


def stack(volume: BaseVolume, grains: list, planes: Sequence[float], layers: Layers) -> MultiVolume:
    """Return slabs of a volume, one for every grain, from the bottom up.

    Parameters
    ----------
    volume
        The region to divide.
    grains
        Generator of every slab.
    planes
        Highest plane of every slab but the last. The cut lies in the gap above it, so that no atom
        is on a boundary.
    layers
        The planes.
    """
    edges = [None, *(plane + layers.gap for plane in planes), None]
    slabs = [
        cut(volume, grain, layers.slab(below, above))
        for grain, below, above in zip(grains, edges[:-1], edges[1:], strict=True)
    ]
    return MultiVolume(slabs, priority=volume.priority)


def translations(crystal: Any, *, any_element: bool = False) -> np.ndarray:
    """Return the shorter lattice translations, centring included, (m, 3), in angstrom.

    Parameters
    ----------
    crystal
        The crystal.
    any_element
        Whether to return those of the sites, whatever stands on them.
    """
    bases, coords = reduced_cell(crystal)
    numbers = np.array(crystal.species)
    if any_element:
        numbers = np.zeros_like(numbers)
    centring = []
    for candidate in (coords - coords[0])[numbers == numbers[0]]:
        gaps = coords[:, None] - (coords + candidate)[None]
        together = (np.abs(gaps - np.round(gaps)) < 1e-4).all(axis=-1)
        if (together & (numbers[:, None] == numbers[None])).any(axis=0).all():
            centring.append(candidate % 1.0)
    fractional = (np.array(centring)[:, None] + CELLS_AROUND[None]).reshape(-1, 3)
    return fractional @ bases.T


def reduced_cell(crystal: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return lattice vectors as columns (3, 3), as short as they get, and the sites (n, 3) in them.

    What is near an atom of such a cell lies in `CELLS_AROUND`, however long and skewed the cell is
    that the crystal was given in.
    """
    from ase.geometry import minkowski_reduce

    bases, coords = crystal.voxel.sbases, crystal.coords
    short = minkowski_reduce(bases.T)[0].T
    lengths, shortest = (np.sort(np.linalg.norm(each, axis=0)) for each in (bases, short))
    if np.allclose(lengths, shortest):
        return bases, coords
    places = coords @ bases.T @ np.linalg.inv(short).T
    return short, places - np.floor(places + 1e-9)


def plane_normal(crystal: Any, miller: Any) -> np.ndarray:
    """Return the unit normal of lattice planes (hkl), (3,)."""
    normal = np.asarray(miller, dtype=float) @ crystal.voxel.reciprocal_bases
    return normal / np.linalg.norm(normal)
