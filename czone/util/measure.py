"""Distances, cells and distribution functions; Construction Zone keeps them under this name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from czone.util.neighbors import NeighborPairs, coordination_numbers, neighbor_pairs
from czone.util.rdf import RadialDistribution, calc_rdf, radial_distribution

__all__ = [
    "NeighborPairs",
    "RadialDistribution",
    "calc_rdf",
    "coordination_numbers",
    "get_sdist_fun",
    "get_voxel_grid",
    "neighbor_pairs",
    "radial_distribution",
]


def get_voxel_grid(
    dim: Sequence[int], px: bool = True, py: bool = True, pz: bool = True
) -> np.ndarray | list[set[int]]:
    """Return the neighbours of every cell of a grid, itself included.

    Parameters
    ----------
    dim
        Number of cells along x, y and z. Cell (i, j, k) has the index i + nx (j + ny k).
    px, py, pz
        Axes that are periodic.

    Returns
    -------
    neighbors : numpy.ndarray or list of set
        (cells, 27) indices for a fully periodic grid, with repeats where fewer than three cells lie
        along an axis; otherwise one set for each cell.

    Examples
    --------
    >>> get_voxel_grid((3, 1, 1), False, False, False)
    [{0, 1}, {0, 1, 2}, {1, 2}]
    """
    n = np.asarray(dim)
    if n.shape != (3,) or not np.issubdtype(n.dtype, np.integer) or (n < 1).any():
        raise ValueError(f"dim must be three whole numbers of one or more; got {dim!r}")
    wraps = np.array([px, py, pz], dtype=bool)
    steps = np.array(list(product((-1, 0, 1), repeat=3)))[:, ::-1]
    cells = np.indices(tuple(n[::-1].tolist())).reshape(3, -1).T[:, ::-1]
    around = cells[:, None, :] + steps[None, :, :]
    inside = (((around >= 0) & (around < n)) | wraps).all(axis=-1)
    index = (around % n) @ np.array([1, n[0], n[0] * n[1]])
    if wraps.all():
        return index
    return [set(row[keep].tolist()) for row, keep in zip(index, inside, strict=True)]


def get_sdist_fun(
    dims: Sequence[float] | None = None, px: bool = False, py: bool = False, pz: bool = False
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return a function for squared distances with chosen periodicity.

    Parameters
    ----------
    dims
        Edges of the box in angstrom, (3,); needed when an axis is periodic.
    px, py, pz
        Axes that are periodic.

    Returns
    -------
    square_distance : callable
        Function of two arrays with the coordinates along axis 1, (n, 3, ...), that broadcast
        against each other; returns squared distances, (n, ...).

    Examples
    --------
    >>> square_distance = get_sdist_fun((5, 5, 5), px=True)
    >>> square_distance(np.zeros((1, 3, 1)), np.full((1, 3, 1), 4.0))
    array([[33.]])
    """
    wraps = np.array([px, py, pz], dtype=bool)
    lengths = np.ones(3)
    if wraps.any():
        lengths = np.asarray(dims, dtype=float)
        if lengths.shape != (3,) or not (lengths[wraps] > 0).all():
            raise ValueError(
                f"dims must be three positive lengths when an axis is periodic; got {dims!r}"
            )

    def square_distance(A: np.ndarray, B: np.ndarray) -> np.ndarray:
        difference = np.abs(np.asarray(A, dtype=float) - np.asarray(B, dtype=float))
        along = (1, 3) + (1,) * (difference.ndim - 2)
        length, wrap = lengths.reshape(along), wraps.reshape(along)
        rest = difference % length
        difference = np.where(wrap, np.minimum(rest, length - rest), difference)
        return (difference**2).sum(axis=1)

    return square_distance
