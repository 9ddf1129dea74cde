"""Neighbourhoods on a triangulation, and normals from them: Construction Zone's helpers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from czone.checks import as_points
from czone.randomness import Seed

__all__ = ["find_approximate_normal", "get_nearest_neighbors", "sparse_matrix_from_tri"]


def sparse_matrix_from_tri(simplices: np.ndarray) -> csr_matrix:
    """Return which points share an edge of a triangulation.

    Parameters
    ----------
    simplices
        Indices of the corners, (m, k): k = 4 for tetrahedra, 3 for triangles.

    Returns
    -------
    adjacency : scipy.sparse.csr_matrix
        Symmetric, (n, n), with ones for edges; its size grows with the number of edges.

    Examples
    --------
    >>> sparse_matrix_from_tri(np.array([[0, 1, 2, 3]])).sum(axis=1).tolist()
    [[3.0], [3.0], [3.0], [3.0]]
    """
    corners = np.asarray(simplices)
    if corners.ndim != 2 or not np.issubdtype(corners.dtype, np.integer):
        raise ValueError(f"simplices must be whole numbers of shape (m, k); got {corners.shape}")
    width = corners.shape[1]
    first, second = np.nonzero(~np.eye(width, dtype=bool))
    n_points = int(corners.max(initial=-1)) + 1
    rows, columns = corners[:, first].ravel(), corners[:, second].ravel()
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n_points, n_points))
    matrix.sum_duplicates()  # which SciPy before 1.15 leaves to its reader
    matrix.data[:] = 1.0  # an edge of several simplices counts once
    return matrix


def get_nearest_neighbors(
    target_idx: int, shape_dict: dict, N_shells: int = 3, surface_only: bool = True, **kwargs: Any
) -> np.ndarray:
    """Return the points within a number of edges from a point of an alpha shape.

    Parameters
    ----------
    target_idx
        The point.
    shape_dict
        Dictionary from ``alpha_shape_alg_3D(..., return_alpha_shape=True)``.
    N_shells
        Number of edges.
    surface_only
        Follow the tetrahedra at the surface only, not all of the alpha shape.
    **kwargs
        Accepted, without effect.

    Returns
    -------
    indices : numpy.ndarray
        In increasing order, without the point itself.

    Examples
    --------
    >>> from czone.surface import alpha_shape_alg_3D
    >>> block = np.indices((3, 3, 3)).reshape(3, -1).T * 2.5
    >>> _, shape = alpha_shape_alg_3D(block, 2.5, return_alpha_shape=True)
    >>> 0 in get_nearest_neighbors(0, shape, N_shells=1)
    False
    """
    chosen = shape_dict["surface_tris"] if surface_only else shape_dict["a_tris"][0]
    simplices = shape_dict["tri"].simplices[chosen]
    adjacency = sparse_matrix_from_tri(simplices)
    if not 0 <= target_idx < adjacency.shape[0]:
        return np.empty(0, dtype=np.int64)
    reached = {int(target_idx)}
    front = reached
    for _ in range(N_shells):
        near = {
            int(j) for i in front for j in adjacency.indices[slice(*adjacency.indptr[i : i + 2])]
        }
        front = near - reached
        reached = reached | front
    return np.array(sorted(reached - {int(target_idx)}), dtype=np.int64)


def find_approximate_normal(
    points: np.ndarray,
    decay: float = 0.99,
    tol: float = 1e-5,
    margin: float = 0,
    seed: int = 23,
    max_steps: int | np.random.Generator | None = 1000,
    rng: Seed = None,
    **kwargs: Any,
) -> np.ndarray:
    """Return a direction that points away from a set of vectors.

    Parameters
    ----------
    points
        Vectors from a surface atom to its neighbours, (n, 3).
    decay
        Factor on the size of every further step.
    tol, margin
        Stop when no unit vector has a component along the normal above `margin` + `tol`.
    seed, rng
        Accepted for the sake of Construction Zone; the search is deterministic.
    max_steps
        Largest number of steps. Construction Zone's newer code has no `seed` before it and `rng`
        after it: a numpy Generator here tells that its order is meant.
    **kwargs
        Accepted, without effect.

    Returns
    -------
    normal : numpy.ndarray
        Unit vector, (3,).

    Notes
    -----
    Starts from minus the mean direction and turns away from the worst vector step by step, the
    perceptron rule (Rosenblatt, Psychol. Rev. 65, 386 (1958)).

    Examples
    --------
    >>> find_approximate_normal(np.array([[1, 0, -1], [-1, 0, -1], [0, 1, -1], [0, -1, -1]])) + 0.0
    array([0., 0., 1.])
    """
    if not isinstance(max_steps, (int, np.integer)):
        max_steps = seed
    vectors = as_points("points", points)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if len(vectors) == 0 or (lengths == 0).any():
        got = "no points" if len(vectors) == 0 else f"zero at {int(lengths.argmin())}"
        raise ValueError(f"points must be one or more vectors of non-zero length; got {got}")
    units = vectors / lengths
    normal = -units.mean(axis=0)
    if np.linalg.norm(normal) < tol:
        normal = -units[0]
    normal /= np.linalg.norm(normal)
    step = 0.1
    for _ in range(max_steps):
        along = units @ normal
        worst = along.argmax()
        if along[worst] <= margin + tol:
            break
        normal = normal - step * units[worst]
        normal /= np.linalg.norm(normal)
        step *= decay
    return normal
