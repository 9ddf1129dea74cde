"""The finite circular cylinder."""

from copy import deepcopy

import numpy as np
from numpy.typing import ArrayLike

from ..checks import as_positive, as_vector
from ..spelling import keywords
from .base import BaseAlgebraic, Params, point_rows
from .lines import half_space_chords, perpendicular_frame, quadratic_chords
from .primitives import CUBE

__all__ = ["Cylinder"]


class Cylinder(BaseAlgebraic):
    """Finite circular cylinder.

    Parameters
    ----------
    axis
        Direction (3,) of the axis, of any length.
    point
        Centre (3,) of the cylinder, in angstrom.
    radius, length
        In angstrom, above zero.
    tol
        Padding, in angstrom, of the mantle and of both ends.

    Examples
    --------
    >>> Cylinder([0, 0, 1], [0, 0, 0], 1, 4).check_if_interior([[0, 0, 1.9], [0, 0, 2.1]])
    array([ True, False])
    """

    def __init__(
        self, axis: ArrayLike, point: ArrayLike, radius: float, length: float, tol: float = 1e-5
    ) -> None:
        super().__init__(tol=tol)
        self.axis = axis
        self.point = point
        self.radius = radius
        self.length = length

    @property
    def params(self) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Axis, centre, radius and length."""
        return Params((self.axis, self.point, self.radius, self.length))

    @property
    def axis(self) -> np.ndarray:
        """Unit vector (3,) along the axis."""
        return self._axis

    @axis.setter
    def axis(self, value: ArrayLike) -> None:
        axis = as_vector("axis", value, nonzero=True)
        self._axis = axis / np.linalg.norm(axis)

    @property
    def point(self) -> np.ndarray:
        """Centre (3,), in angstrom."""
        return self._point

    @point.setter
    def point(self, value: ArrayLike) -> None:
        self._point = as_vector("point", value)

    @property
    def radius(self) -> float:
        """Radius, in angstrom."""
        return self._radius

    @radius.setter
    def radius(self, value: float) -> None:
        self._radius = as_positive("radius", value)

    @property
    def length(self) -> float:
        """Length along the axis, in angstrom."""
        return self._length

    @length.setter
    def length(self, value: float) -> None:
        self._length = as_positive("length", value)

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside."""
        away = point_rows(points) - self._point
        along = away @ self._axis
        radial = np.einsum("...i,...i->...", away, away) - along**2
        reach = self._radius + self._tol
        return (radial < reach**2) & (np.abs(along) < self._length / 2 + self._tol)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "Cylinder":
        """Return the cylinder after the map.

        Raises
        ------
        ValueError
            If the map bends the section out of round or tilts the ends: the result is no circular
            cylinder.
        """
        axis = matrix @ self.axis
        section = matrix @ perpendicular_frame(self.axis)
        scale = np.linalg.norm(section[:, 0])
        stretch = np.linalg.norm(axis)
        round_section = np.allclose(section.T @ section, scale**2 * np.eye(2), atol=1e-9 * scale**2)
        if not (round_section and np.allclose(axis @ section, 0, atol=1e-9 * scale * stretch)):
            raise ValueError(
                "matrix must keep the cylinder circular (a rotation, a reflection, a stretch "
                f"along or around its axis); got {np.asarray(matrix).tolist()}"
            )
        moved = deepcopy(self)
        moved.axis, moved.point = axis, matrix @ self.point + shift
        moved.radius, moved.length = scale * self.radius, stretch * self.length
        return moved

    def chords(self, starts: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines enter and leave the cylinder."""
        away = starts - self._point
        heights, slope = away @ self._axis, float(direction @ self._axis)
        a = max(float(direction @ direction) - slope**2, 0.0)
        b = away @ direction - heights * slope
        c = np.einsum("ij,ij->i", away, away) - heights**2 - (self._radius + self._tol) ** 2
        round_enter, round_leave = quadratic_chords(a, b, c)
        ends = np.array([np.append(self._axis, 0.0), np.append(-self._axis, 0.0)])
        flat_enter, flat_leave = half_space_chords(
            away, direction, ends, self._length / 2 + self._tol
        )
        return np.maximum(round_enter, flat_enter), np.minimum(round_leave, flat_leave)

    def get_bounding_box(self) -> np.ndarray:
        """Return the 8 corners of the square prism around the cylinder."""
        frame = np.column_stack([perpendicular_frame(self._axis), self._axis])
        reach = self._radius + self._tol
        return self._point + (CUBE * [reach, reach, self._length / 2 + self._tol]) @ frame.T

    def half_spaces(self) -> np.ndarray:
        """Return the 6 faces of the square prism around the cylinder."""
        frame = np.column_stack([perpendicular_frame(self._axis), self._axis]).T
        reach = self._radius + self._tol
        half = np.array([reach, reach, self._length / 2 + self._tol])
        heights = frame @ self._point
        return np.vstack(
            [np.column_stack([frame, -(heights + half)]), np.column_stack([-frame, heights - half])]
        )
