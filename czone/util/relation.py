"""Orientation relations: these planes are parallel, and these directions in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from czone.checks import as_matrix
from czone.util.miller import direction_indices, plane_indices

__all__ = ["orientation_relation"]


def orientation_relation(
    bases: np.ndarray,
    plane: Sequence[int],
    direction: Sequence[int],
    *,
    onto: np.ndarray,
    onto_plane: Sequence[int] | None = None,
    onto_direction: Sequence[int] | None = None,
) -> np.ndarray:
    """Return the rotation that brings a crystal into an orientation relation with another.

    Parameters
    ----------
    bases
        Lattice vectors of the crystal that is turned, as columns (3, 3), as `Voxel.sbases`.
    plane, direction
        Miller indices (hkl) of a plane of the crystal that is turned, and [uvw] of a direction in
        that plane; four indices where the cell is hexagonal.
    onto
        Lattice vectors of the crystal that stays, as columns (3, 3); the identity for x, y, z.
    onto_plane, onto_direction
        Plane and direction of the crystal that stays, which those of the other become parallel to;
        the same indices if None, which is cube on cube for cubic crystals.

    Returns
    -------
    matrix : numpy.ndarray
        Rotation (3, 3); `czone.transform.Rotation` takes it.

    Raises
    ------
    ValueError
        If a direction does not lie in its plane.

    Examples
    --------
    Platinum with (111) up and [1-10] along x:

    >>> matrix = orientation_relation(3.924 * np.eye(3), (1, 1, 1), (1, -1, 0), onto=np.eye(3),
    ...                               onto_plane=(0, 0, 1), onto_direction=(1, 0, 0))
    >>> (matrix @ np.ones(3) / np.sqrt(3)).round(6)
    array([0., 0., 1.])
    """
    onto_plane = plane if onto_plane is None else onto_plane
    onto_direction = direction if onto_direction is None else onto_direction
    turned = _axes("", as_matrix("bases", bases), plane, direction)
    staying = _axes("onto_", as_matrix("onto", onto), onto_plane, onto_direction)
    return staying @ turned.T


def _axes(
    prefix: str, bases: np.ndarray, plane: Sequence[int], direction: Sequence[int]
) -> np.ndarray:
    """Return direction, normal and what is across both, as columns (3, 3)."""
    normal = plane_indices(f"{prefix}plane", plane, bases) @ np.linalg.inv(bases)
    along = bases @ direction_indices(f"{prefix}direction", direction, bases)
    normal, along = normal / np.linalg.norm(normal), along / np.linalg.norm(along)
    if abs(normal @ along) > 1e-6:
        raise ValueError(
            f"{prefix}direction must lie in {prefix}plane {tuple(plane)}; got {tuple(direction)}, "
            f"{90 - np.degrees(np.arccos(normal @ along)):.3g} degrees out of it"
        )
    return np.column_stack([along, np.cross(normal, along), normal])
