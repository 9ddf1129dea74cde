"""Rotation matrices from an axis, from directions and from Euler angles."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points, as_vector
from czone.geometry.lines import perpendicular_frame

__all__ = ["rot_align", "rot_v", "rot_vtv", "rot_zxz"]


def rot_v(v: ArrayLike, theta: float) -> np.ndarray:
    """Return the rotation about an axis.

    Parameters
    ----------
    v
        Axis (3,), of any length above zero.
    theta
        Angle in rad, right-handed.

    Returns
    -------
    matrix
        Array (3, 3).

    Notes
    -----
    Rodrigues' formula, R = cos(t) 1 + sin(t) [v]x + (1 - cos(t)) v v^T.

    Examples
    --------
    >>> rot_v([0, 0, 1], np.pi / 2).round(6) @ [1, 0, 0]
    array([0., 1., 0.])
    """
    axis = as_vector("v", v, nonzero=True)
    check_angle("theta", theta)
    return _turned(axis / np.linalg.norm(axis), theta)


def _turned(axis: np.ndarray, theta: float) -> np.ndarray:
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return (
        np.cos(theta) * np.eye(3)
        + np.sin(theta) * cross
        + (1 - np.cos(theta)) * np.outer(axis, axis)
    )


def check_angle(name: str, angle: float) -> None:
    """Refuse an angle that is none, and warn of one in degrees."""
    if not np.isfinite(angle):
        raise ValueError(f"{name} must be a finite angle, in rad; got {angle!r}")
    if abs(angle) >= 10:  # nobody means one turn and a half
        warnings.warn(
            f"{name} must be in rad; got {angle:g}, more than a full turn. If these are degrees, "
            f"give np.radians({angle:g})",
            stacklevel=3,
        )


def rot_vtv(v: ArrayLike, vt: ArrayLike) -> np.ndarray:
    """Return the smallest rotation that takes the direction `v` to the direction `vt`.

    Opposite directions are turned by half a turn about an axis perpendicular to both.

    Parameters
    ----------
    v, vt
        Directions (3,), of any length but 0.

    Examples
    --------
    >>> rot_vtv([0, 0, -1], [0, 0, 1]) @ [0, 0, -1]
    array([0., 0., 1.])
    """
    a = as_vector("v", v, nonzero=True)
    b = as_vector("vt", vt, nonzero=True)
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    middle = a + b
    length = np.linalg.norm(middle)
    middle = middle / length if length > 1e-8 else perpendicular_frame(a)[:, 0]
    # Two mirrors make a rotation that stays orthogonal to rounding, also near half a turn.
    return (np.eye(3) - 2 * np.outer(middle, middle)) @ (np.eye(3) - 2 * np.outer(a, a))


def rot_align(v: ArrayLike, vt: ArrayLike) -> np.ndarray:
    """Return the rotation that best takes the vectors `v` onto the vectors `vt`.

    Parameters
    ----------
    v, vt
        Arrays (n, 3) of matching vectors, n >= 2 and not all parallel (one pair leaves the turn
        about itself open; the smallest rotation is then returned).

    Notes
    -----
    Kabsch, Acta Cryst. A 32, 922 (1976): least squares of |R v - vt|.

    Examples
    --------
    >>> (rot_align([[1, 0, 0], [0, 1, 0]], [[0, 1, 0], [-1, 0, 0]]) @ [1, 0, 0]).round(6)
    array([0., 1., 0.])
    """
    before, after = as_points("v", v), as_points("vt", vt)
    if before.shape != after.shape or len(before) == 0:
        raise ValueError(
            f"v and vt must hold the same number of vectors; got {before.shape} and {after.shape}"
        )
    if len(before) == 1:
        return rot_vtv(before[0], after[0])
    left, _, right = np.linalg.svd(after.T @ before)
    proper = np.diag([1.0, 1.0, np.linalg.det(left @ right)])
    return left @ proper @ right


def rot_zxz(alpha: float, beta: float, gamma: float, convention: str = "intrinsic") -> np.ndarray:
    """Return the rotation with the z-x-z Euler angles alpha, beta, gamma.

    Parameters
    ----------
    alpha, beta, gamma
        Angles in rad.
    convention
        "intrinsic": alpha about z, beta about the new x, gamma about the newest z. "extrinsic":
        gamma about the fixed z, beta about the fixed x, alpha about the fixed z. These are the two
        textbook ways to say the same orientation, so both give the same matrix.

    Examples
    --------
    >>> bool(np.allclose(rot_zxz(0.1, 0, 0.2), rot_v([0, 0, 1], 0.3)))
    True
    """
    if convention not in ("intrinsic", "extrinsic"):
        raise ValueError(f"convention must be 'intrinsic' or 'extrinsic'; got {convention!r}")
    for name, angle in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
        check_angle(name, angle)
    x, _, z = np.eye(3)
    return _turned(z, alpha) @ _turned(x, beta) @ _turned(z, gamma)
