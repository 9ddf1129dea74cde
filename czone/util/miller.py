"""Indices of planes and directions, three or four of them.

In hexagonal cells planes (hkil) and directions [uvtw] have a third, redundant index, so that
equivalent ones look alike. Planes drop it, directions do not: [UVW] = [2u+v, u+2v, w] (L. Weber,
Z. Krist. 57, 200 (1922)).
"""

from typing import Any

import numpy as np

from czone.checks import as_vector

__all__ = ["direction_indices", "is_hexagonal", "plane_indices"]


def plane_indices(name: str, value: Any, bases: np.ndarray | None = None) -> np.ndarray:
    """Return the Miller indices (3,) of a plane.

    Parameters
    ----------
    name
        Argument that errors name.
    value
        Indices h, k, l, or h, k, i, l with h + k + i = 0.
    bases
        Lattice vectors as columns (3, 3), which must be hexagonal for four indices; not looked at
        if None.

    Examples
    --------
    >>> plane_indices("plane", (1, 0, -1, 2))
    array([1., 0., 2.])
    """
    four = _four(name, value, bases, "h + k + i")
    return as_vector(name, value, nonzero=True) if four is None else four[[0, 1, 3]]


def direction_indices(name: str, value: Any, bases: np.ndarray | None = None) -> np.ndarray:
    """Return the indices (3,) of a direction.

    Parameters
    ----------
    name
        Argument that errors name.
    value
        Indices u, v, w, or u, v, t, w with u + v + t = 0.
    bases
        As for `plane_indices`.

    Examples
    --------
    >>> direction_indices("zone_axis", (2, -1, -1, 0))
    array([3., 0., 0.])
    """
    four = _four(name, value, bases, "u + v + t")
    if four is None:
        return as_vector(name, value, nonzero=True)
    u, v, _, w = four
    return np.array([2 * u + v, u + 2 * v, w])


def is_hexagonal(bases: np.ndarray) -> bool:
    """Tell whether a cell is hexagonal: two equal edges at 120 degrees, the third across them.

    Parameters
    ----------
    bases
        Lattice vectors as columns (3, 3).
    """
    metric = bases.T @ bases
    a, c = metric[0, 0], metric[2, 2]
    hexagonal = np.array([[a, -a / 2, 0], [-a / 2, a, 0], [0, 0, c]])
    return bool(np.allclose(metric, hexagonal, atol=1e-3 * max(a, c)))


def _four(name: str, value: Any, bases: np.ndarray | None, sums: str) -> np.ndarray | None:
    """Return four indices after their checks; None if they are not four."""
    if not isinstance(value, (tuple, list, np.ndarray)) or np.shape(value) != (4,):
        return None
    four = np.append(as_vector(name, value[:3]), as_vector(name, value[1:])[2])
    if abs(four[:3].sum()) > 1e-9:
        raise ValueError(
            f"{name} must have {sums} = 0 for four indices; got {tuple(value)}, a sum of "
            f"{four[:3].sum():g}"
        )
    if not four.any():
        raise ValueError(f"{name} must not be the zero vector; got {tuple(value)}")
    if bases is not None and not is_hexagonal(np.asarray(bases, dtype=float)):
        raise ValueError(
            f"{name} must be three indices in a cell that is not hexagonal (a = b at 120 degrees, "
            f"c across them); got {tuple(value)}"
        )
    return four
