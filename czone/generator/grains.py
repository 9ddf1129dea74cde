"""Small strained grains of a crystal: where they lie in a slab, and their atoms."""

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from czone.util import random_rotations

ALONE = 20
"""Places that are tried for a grain apart from the others before it may reach into them."""


def grain_middles(
    tree: cKDTree,
    share: float,
    radius: float,
    field: np.ndarray,
    heights: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return middles (3,) of grains that hold a share of points, and which points they hold.

    Parameters
    ----------
    tree
        The points, repeating along x and y.
    share
        Part of the points that grains are to hold.
    radius
        Radius of the grains, in angstrom.
    field, heights
        Edges along x and y, lowest and highest z, in angstrom.
    rng
        Source of the middles.
    """
    middles: list[np.ndarray] = []
    ordered = np.zeros(tree.n, bool)
    low, high = heights
    while ordered.mean() < share:
        for _ in range(ALONE):
            middle = np.array([*(rng.random(2) * field), low + rng.random() * (high - low)])
            others = np.array(middles).reshape(-1, 3)
            away = np.linalg.norm(_nearest(others - middle, field), axis=1)
            if (away >= 2 * radius).all():
                break
        more = ordered.copy()
        more[tree.query_ball_point(middle, radius)] = True
        if more.mean() - share >= share - ordered.mean():
            break
        middles.append(middle)
        ordered = more
    return middles, ordered


def grain_atoms(
    crystal: Any,
    middles: list[np.ndarray],
    radius: float,
    apart: float,
    strain: float,
    field: np.ndarray,
    heights: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return atoms (n, 3) and atomic numbers (n,) of grains, of which earlier ones win.

    Parameters
    ----------
    crystal
        Crystal of the grains.
    middles
        Their middles (3,), in angstrom.
    radius, apart
        Radius, and smallest distance between two grains, in angstrom.
    strain
        rms of the components of each grain's strain.
    field, heights
        Edges along x and y, lowest and highest z, in angstrom.
    rng
        Source of orientations, strains and shifts.
    """
    grains, kinds = np.empty((0, 3)), np.empty(0, np.int64)
    for i, middle in enumerate(middles):
        places, elements = _grain(crystal, radius, strain, rng)
        places = places + middle
        inside = (places[:, 2] >= heights[0]) & (places[:, 2] <= heights[1])
        for other in middles[:i]:
            inside &= np.linalg.norm(_nearest(places - other, field), axis=1) >= radius
        places = folded_in(places, field)
        if len(grains):
            inside &= cKDTree(grains, boxsize=[*field, 0]).query(places)[0] >= apart
        grains = np.concatenate([grains, places[inside]])
        kinds = np.concatenate([kinds, elements[inside]])
    return grains, kinds


def _grain(
    crystal: Any, reach: float, strain: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Atoms of a crystal about the origin, turned, moved and strained at random."""
    parts = rng.normal(0, strain, (3, 3)) if strain else np.zeros((3, 3))
    turn = random_rotations(1, rng=rng)[0]
    bases = (np.eye(3) + (parts + parts.T) / 2) @ turn @ crystal.voxel.bases
    inverse = np.linalg.inv(bases)
    most = np.ceil(reach * np.linalg.norm(inverse, axis=1)).astype(int) + 1
    cells = np.stack(np.meshgrid(*[np.arange(-n, n + 1) for n in most], indexing="ij"), -1)
    shift = rng.random(3)
    sites = (cells.reshape(-1, 1, 3) + crystal.coords + shift).reshape(-1, 3) @ bases.T
    elements = np.tile(np.asarray(crystal.species, np.int64), len(sites) // len(crystal.species))
    inside = np.linalg.norm(sites, axis=1) < reach
    return sites[inside], elements[inside]


def _nearest(shifts: np.ndarray, field: np.ndarray) -> np.ndarray:
    flat = shifts[:, :2] - field * np.round(shifts[:, :2] / field)
    return np.column_stack([flat, shifts[:, 2]])


def folded_in(points: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Return points (n, 3) with x and y in the field, whose edges (2,) they repeat with.

    Parameters
    ----------
    points, field
        In angstrom.
    """
    folded = points.copy()
    folded[:, :2] %= field
    folded[:, :2][folded[:, :2] >= field] = 0.0  # x % L can round up to L itself
    return folded
