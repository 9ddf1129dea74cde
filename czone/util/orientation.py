"""Random orientations: uniform over all rotations, or spread about a zone axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from czone.checks import as_between, as_matrix, as_vector
from czone.randomness import Seed, as_rng
from czone.util.miller import direction_indices


def random_directions(n: int | None = None, *, rng: Seed = None) -> np.ndarray:
    """Draw unit vectors uniformly on the sphere.

    Parameters
    ----------
    n
        Number of vectors; a single one, not an array of them, if None.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    directions : numpy.ndarray
        (n, 3), or (3,).

    Examples
    --------
    >>> random_directions(5, rng=1).shape
    (5, 3)
    """
    vectors = as_rng(rng).standard_normal((_count(n), 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors[0] if n is None else vectors


def random_rotations(n: int | None = None, *, rng: Seed = None) -> np.ndarray:
    """Draw rotation matrices uniformly over all rotations (Haar measure on SO(3)).

    Parameters
    ----------
    n
        Number of matrices; a single one if None.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    matrices : numpy.ndarray
        (n, 3, 3), or (3, 3).

    Notes
    -----
    Unit quaternions uniform on the 3-sphere: four normal numbers, normalised (Shoemake, Graphics
    Gems III, 124 (1992)). A random axis with a uniform angle would not be uniform.

    Examples
    --------
    >>> matrix = random_rotations(rng=1)
    >>> bool(np.allclose(matrix @ matrix.T, np.eye(3)))
    True
    """
    quaternions = as_rng(rng).standard_normal((_count(n), 4))
    matrices = rotation_from_quaternion(quaternions)
    return matrices[0] if n is None else matrices


def rotation_from_quaternion(quaternions: np.ndarray) -> np.ndarray:
    """Return rotation matrices of quaternions (w, x, y, z).

    Parameters
    ----------
    quaternions
        (..., 4), of any non-zero length.

    Returns
    -------
    matrices : numpy.ndarray
        (..., 3, 3).

    Examples
    --------
    >>> rotation_from_quaternion([1.0, 0.0, 0.0, 0.0]).tolist() == np.eye(3).tolist()
    True
    """
    q = np.asarray(quaternions, dtype=float)
    if q.shape[-1:] != (4,):
        raise ValueError(f"quaternions must have shape (..., 4); got {q.shape}")
    length = np.linalg.norm(q, axis=-1, keepdims=True)
    if not (np.isfinite(length) & (length > 0)).all():
        got = q[~(np.isfinite(length) & (length > 0))[..., 0]][0].tolist()
        raise ValueError(f"quaternions must be finite and of non-zero length; got {got}")
    w, x, y, z = np.moveaxis(q / length, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def zone_axis_rotations(
    zone_axis: Sequence[float],
    n: int | None = None,
    *,
    spread: float = 0.0,
    distribution: str = "normal",
    in_plane: float | None = None,
    bases: np.ndarray | None = None,
    beam: Sequence[float] = (0.0, 0.0, 1.0),
    rng: Seed = None,
) -> np.ndarray:
    """Draw rotations that bring a zone axis along the beam, with an angular spread.

    Parameters
    ----------
    zone_axis
        Direction [uvw] of the crystal, or [uvtw] if `bases` are hexagonal.
    n
        Number of matrices; a single one if None.
    spread
        Tilt away from the beam in radians. For ``"normal"`` the standard deviation of the tilt
        about each of two axes across the beam; for ``"uniform"`` the half angle of a cone in which
        directions are uniform.
    distribution
        ``"normal"`` or ``"uniform"``.
    in_plane
        Rotation about the beam in radians; uniform over the circle if None.
    bases
        Lattice vectors as columns, (3, 3), as `Voxel.bases`; cubic if None.
    beam
        Direction the zone axis is brought to.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    matrices : numpy.ndarray
        (n, 3, 3), or (3, 3). Each turns the crystal as it is in `bases`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> matrix = zone_axis_rotations((1, 1, 0), spread=0.05, rng=3)
    >>> tilted = matrix @ np.array([1, 1, 0]) / 2**0.5
    >>> bool(tilted[2] > np.cos(0.3))
    True
    """
    lattice = np.eye(3) if bases is None else as_matrix("bases", bases)
    axis = _unit(lattice @ direction_indices("zone_axis", zone_axis, lattice))
    target = _unit(as_vector("beam", beam, nonzero=True))
    spread = as_between("spread", spread, 0, np.pi, "radians")
    if distribution not in ("normal", "uniform"):
        raise ValueError(f"distribution must be 'normal' or 'uniform'; got {distribution!r}")
    rng = as_rng(rng)
    count = _count(n)
    turn = rng.uniform(0, 2 * np.pi, count) if in_plane is None else np.full(count, float(in_plane))
    azimuth = rng.uniform(0, 2 * np.pi, count)
    if distribution == "normal":
        tilt = spread * np.linalg.norm(rng.standard_normal((count, 2)), axis=1)
    else:
        tilt = np.arccos(1 - rng.random(count) * (1 - np.cos(spread)))

    across = _unit(np.cross(target, np.eye(3)[np.abs(target).argmin()]))
    upright = np.cross(target, across)
    tilt_axes = np.cos(azimuth)[:, None] * across + np.sin(azimuth)[:, None] * upright
    matrices = (
        _about(tilt_axes, tilt)
        @ _about(np.broadcast_to(target, (count, 3)), turn)
        @ _bring_together(axis, target)
    )
    return matrices[0] if n is None else matrices


def _about(axes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return rotations about unit axes, (n, 3, 3)."""
    half = angles / 2
    return rotation_from_quaternion(np.column_stack([np.cos(half), np.sin(half)[:, None] * axes]))


def _bring_together(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the smallest rotation that takes one unit vector to another."""
    quaternion = np.array([1 + start @ end, *np.cross(start, end)])
    if np.linalg.norm(quaternion) < 1e-9:  # opposite: half a turn about any axis across
        across = np.cross(start, np.eye(3)[np.abs(start).argmin()])
        quaternion = np.array([0.0, *across])
    return rotation_from_quaternion(quaternion)


def _count(n: int | None) -> int:
    if n is None:
        return 1
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
        raise ValueError(f"n must be a whole number of zero or more, or None; got {n!r}")
    return int(n)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
