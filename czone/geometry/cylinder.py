"""The finite circular cylinder."""

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_positive, as_unit, as_vector
from czone.geometry.base import BaseAlgebraic, Params, point_rows
from czone.geometry.lines import half_space_chords, perpendicular_frame, quadratic_chords
from czone.geometry.primitives import CUBE
from czone.shown import call
from czone.spelling import keywords

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

    axis = Checked(as_unit, "Unit vector (3,) along the axis.")
    point = Checked(as_vector, "Centre (3,), in angstrom.")
    radius = Checked(as_positive, "Radius, in angstrom.")
    length = Checked(as_positive, "Length along the axis, in angstrom.")

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside."""
        away = point_rows(points) - self.point
        along = away @ self.axis
        radial = np.einsum("...i,...i->...", away, away) - along**2
        reach = self.radius + self.tol
        return (radial < reach**2) & (np.abs(along) < self.length / 2 + self.tol)

    def _like(self) -> dict[str, Any]:
        like = self._made_of()
        like["_axis"] = np.round(self.axis, 9)  # a unit vector has rounding errors
        return like

    def __repr__(self) -> str:
        parts = {"axis": self.axis, "point": self.point, "radius": self.radius}
        return call(self, **parts, length=self.length, tol=self.tol)

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
        scale, stretch = float(np.linalg.norm(section[:, 0])), float(np.linalg.norm(axis))
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
        away = starts - self.point
        heights, slope = away @ self.axis, float(direction @ self.axis)
        a = max(float(direction @ direction) - slope**2, 0.0)
        b = away @ direction - heights * slope
        c = np.einsum("ij,ij->i", away, away) - heights**2 - (self.radius + self.tol) ** 2
        round_enter, round_leave = quadratic_chords(a, b, c)
        ends = np.array([np.append(self.axis, 0.0), np.append(-self.axis, 0.0)])
        flat_enter, flat_leave = half_space_chords(
            away, direction, ends, self.length / 2 + self.tol
        )
        return np.maximum(round_enter, flat_enter), np.minimum(round_leave, flat_leave)

    def get_bounding_box(self) -> np.ndarray:
        """Return the 8 corners of the square prism around the cylinder."""
        frame = np.column_stack([perpendicular_frame(self.axis), self.axis])
        reach = self.radius + self.tol
        return self.point + (CUBE * [reach, reach, self.length / 2 + self.tol]) @ frame.T

    def half_spaces(self) -> np.ndarray:
        """Return the 6 faces of the square prism around the cylinder."""
        frame = np.column_stack([perpendicular_frame(self.axis), self.axis]).T
        reach = self.radius + self.tol
        half = np.array([reach, reach, self.length / 2 + self.tol])
        heights = frame @ self.point
        return np.vstack(
            [np.column_stack([frame, -(heights + half)]), np.column_stack([-frame, heights - half])]
        )
