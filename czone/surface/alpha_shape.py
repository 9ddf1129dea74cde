"""Surfaces by the alpha shape, under the names of Construction Zone.

`surface_atoms` is the function behind them.
"""

from __future__ import annotations

import numpy as np

from czone.randomness import Seed
from czone.surface.exposure import (
    PROBE_RADIUS,
    surface_atoms,
    surface_normals,
    undercoordinated_atoms,
)

__all__ = [
    "PROBE_RADIUS",
    "alpha_shape_alg_3D",
    "alpha_shape_alg_3D_with_sampling",
    "surface_atoms",
    "surface_normals",
    "tetrahedron_circumradii",
    "undercoordinated_atoms",
]


def tetrahedron_circumradii(points: np.ndarray) -> np.ndarray:
    """Return the radii of the spheres through the corners of tetrahedra.

    Parameters
    ----------
    points
        Corners, (n, 4, 3), in angstrom.

    Returns
    -------
    radii : numpy.ndarray
        In angstrom, (n,); infinite for flat tetrahedra.

    Examples
    --------
    >>> corners = np.array([[[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.0]]])
    >>> bool(np.isclose(tetrahedron_circumradii(corners)[0], 3**0.5))
    True
    """
    corners = np.asarray(points, dtype=float)
    if corners.ndim != 3 or corners.shape[1:] != (4, 3):
        raise ValueError(f"points must have shape (n, 4, 3); got {corners.shape}")
    edges = corners[:, 1:] - corners[:, :1]
    squares = (edges**2).sum(axis=-1)
    volume = np.linalg.det(edges)
    # Centre seen from the first corner: sum of squared lengths times cross products, over 2 volume.
    crosses = np.cross(np.roll(edges, -1, axis=1), np.roll(edges, -2, axis=1))
    centers = (squares[..., None] * crosses).sum(axis=1)
    flat = np.abs(volume) < 1e-12 * squares.max(axis=1) ** 1.5
    with np.errstate(divide="ignore", invalid="ignore"):
        radii = np.linalg.norm(centers, axis=1) / (2 * np.abs(volume))
    return np.where(flat, np.inf, radii)


def alpha_shape_alg_3D(
    points: np.ndarray, probe_radius: float, return_alpha_shape: bool = False
) -> list[int] | tuple[list[int], dict]:
    """Return the surface atoms: those that a probe sphere can touch.

    Parameters
    ----------
    points
        In angstrom, (n, 3).
    probe_radius
        In angstrom, see `surface_atoms`.
    return_alpha_shape
        Also return the triangulation behind the alpha shape.

    Returns
    -------
    indices : list of int
        In increasing order.
    alpha_shape : dict
        Only if asked for: ``"tri"``, the Delaunay triangulation; ``"a_tris"``, a tuple with the
        indices of the tetrahedra in the alpha shape; ``"surface_tris"``, one boolean for every
        tetrahedron, True where it is in the alpha shape and has a face on its boundary.

    Examples
    --------
    >>> block = np.indices((3, 3, 3)).reshape(3, -1).T * 2.5
    >>> len(alpha_shape_alg_3D(block, 2.5))
    26
    """
    indices = surface_atoms(points, probe_radius).tolist()
    if not return_alpha_shape:
        return indices
    return indices, _alpha_shape(np.asarray(points, dtype=float), float(probe_radius))


def alpha_shape_alg_3D_with_sampling(
    points: np.ndarray,
    probe_radius: float,
    N_samples: int,
    std: float = 1e-4,
    rng: Seed | bool = None,
    seed: Seed = None,
    return_alpha_shape: bool = False,
) -> list[int] | tuple[list[int], dict]:
    """Return the same atoms as `alpha_shape_alg_3D`.

    Construction Zone repeats its test with random noise on the radii, to find more of the atoms.
    The test used here is exact, so `N_samples`, `std`, `rng` and `seed` are accepted and have no
    effect. Its newer code has `return_alpha_shape` before `rng`: a boolean in the place of `rng` is
    taken for it.

    Parameters
    ----------
    points, probe_radius, return_alpha_shape
        As in `alpha_shape_alg_3D`: lengths in angstrom.
    N_samples, std, rng, seed
        Accepted, without effect.

    Examples
    --------
    >>> block = np.indices((3, 3, 3)).reshape(3, -1).T * 2.5
    >>> len(alpha_shape_alg_3D_with_sampling(block, 2.5, 10))
    26
    """
    asked = rng if isinstance(rng, bool) else return_alpha_shape
    return alpha_shape_alg_3D(points, probe_radius, asked)


def _alpha_shape(points: np.ndarray, radius: float) -> dict:
    from scipy.spatial import Delaunay

    tri = Delaunay(points)
    inside = tetrahedron_circumradii(points[tri.simplices]) < radius
    neighbors_inside = inside[tri.neighbors] & (tri.neighbors >= 0)
    return {
        "tri": tri,
        "surface_tris": inside & ~neighbors_inside.all(axis=1),
        "a_tris": np.nonzero(inside),
    }
