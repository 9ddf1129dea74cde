"""Atoms packed into the voids of a slab."""

import numpy as np
from scipy.spatial import cKDTree

ROUNDS, TRIED = 20, 50
"""Rounds in which atoms are packed into voids, and places tried in each for every one of them."""


def filled_voids(
    found: np.ndarray,
    missing: int,
    apart: float,
    field: np.ndarray,
    heights: tuple[float, float],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return places (m, 3) for atoms that are missing, in what voids there are.

    Parameters
    ----------
    found
        Atoms of the slab (n, 3), in angstrom.
    missing
        Number of atoms to place; fewer where they find no room.
    apart
        Smallest distance between two atoms, in angstrom.
    field, heights
        Edges along x and y, lowest and highest z, in angstrom.
    rng
        Source of the places.
    """
    edges = np.array([*field, heights[1] - heights[0]])
    more = np.empty((0, 3))
    for _ in range(ROUNDS):
        if len(more) >= missing:
            break
        tried = rng.random((TRIED * missing, 3)) * edges + [0.0, 0.0, heights[0]]
        near = cKDTree(np.concatenate([found, more]), boxsize=[*field, 0]).query(tried)[0]
        free = tried[near >= apart]
        stays = np.ones(len(free), bool)
        pairs = cKDTree(free, boxsize=[*field, 0]).query_pairs(apart) if len(free) else ()
        for first, second in sorted(pairs):
            if stays[first]:
                stays[second] = False
        more = np.concatenate([more, free[stays]])
    return more[: max(missing, 0)]
