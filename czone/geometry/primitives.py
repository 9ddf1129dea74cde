"""The simplest surfaces: sphere, ellipsoid and plane."""

from copy import deepcopy
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_matrix, as_positive, as_unit, as_vector
from czone.geometry.base import BaseAlgebraic, Params, point_rows
from czone.geometry.lines import half_space_chords, quadratic_chords, similarity_scale
from czone.shown import call
from czone.spelling import keywords

__all__ = ["Ellipsoid", "Plane", "Sphere"]

# Corners of the cube [-1, 1]^3.
CUBE = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])


class Sphere(BaseAlgebraic):
    """Ball about a centre.

    Parameters
    ----------
    radius
        In angstrom, above zero.
    center
        Point (3,), in angstrom.
    tol
        Padding, in angstrom.

    Examples
    --------
    >>> Sphere(2.0, [0, 0, 0]).check_if_interior([[0, 0, 1], [0, 0, 3]])
    array([ True, False])
    """

    _quick: ClassVar[dict[str, str]] = {
        "ball": "check_if_interior",
        "chords": "check_if_interior",
        "_stretched": "check_if_interior",
    }

    def __init__(self, radius: float, center: ArrayLike, tol: float = 1e-5) -> None:
        super().__init__(tol=tol)
        self.radius = radius
        self.center = center

    @property
    def params(self) -> tuple[float, np.ndarray]:
        """Radius and centre."""
        return Params((self.radius, self.center))

    radius = Checked(as_positive, "Radius, in angstrom.")
    center = Checked(as_vector, "Centre (3,), in angstrom.")

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are closer to the centre than the radius (plus `tol`)."""
        points = point_rows(points)
        # Column by column: NumPy is slow along an axis of three.
        squared = np.zeros(())
        for axis in range(3):
            away = points[..., axis] - self.center[axis]
            away *= away
            squared = away + squared
        return squared < (self.radius + self.tol) ** 2

    def ball(self) -> np.ndarray:
        """Return centre and square of the padded radius, (4,)."""
        return np.array([*self.center, (self.radius + self.tol) ** 2])

    def __repr__(self) -> str:
        return call(self, radius=self.radius, center=self.center, tol=self.tol)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> BaseAlgebraic:
        """Return the ball after the map; a map that stretches it unevenly gives an Ellipsoid."""
        scale = similarity_scale(matrix)
        if scale is None:
            return self._stretched(matrix, shift) or super().moved(matrix, shift)
        # A copy, not a new Sphere: what a class that derives from this one holds is kept.
        moved = deepcopy(self)
        moved.radius, moved.center = scale * self.radius, matrix @ self.center + shift
        return moved

    def _stretched(self, matrix: np.ndarray, shift: np.ndarray) -> "Ellipsoid | None":
        """Return the ball after an uneven map; None for a class that has another inside."""
        return Ellipsoid(matrix * self.radius, matrix @ self.center + shift, tol=self.tol)

    def chords(self, starts: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines enter and leave the ball."""
        away = starts - self.center
        reach = np.einsum("ij,ij->i", away, away) - (self.radius + self.tol) ** 2
        return quadratic_chords(float(direction @ direction), away @ direction, reach)

    def get_bounding_box(self) -> np.ndarray:
        """Return the 8 corners of the cube around the ball."""
        return self.center + (self.radius + self.tol) * CUBE

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest x . d over the ball, for directions d as rows (k, 3)."""
        middle = directions @ self.center
        reach = (self.radius + self.tol) * np.sqrt((directions * directions).sum(axis=1))
        return middle - reach, middle + reach


class Ellipsoid(BaseAlgebraic):
    """Image of the unit ball under a matrix: centre + axes @ u for all |u| <= 1.

    Parameters
    ----------
    axes
        Matrix (3, 3), in angstrom; for perpendicular columns these are the semi-axes.
    center
        Point (3,), in angstrom.
    tol
        Padding, in angstrom, along the shortest semi-axis.

    Examples
    --------
    >>> cigar = Ellipsoid([[3, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0])
    >>> cigar.check_if_interior([[2, 0, 0], [0, 2, 0]])
    array([ True, False])
    """

    def __init__(self, axes: ArrayLike, center: ArrayLike, tol: float = 1e-5) -> None:
        super().__init__(tol=tol)
        self.axes = axes
        self.center = center

    @property
    def params(self) -> tuple[np.ndarray, np.ndarray]:
        """Axes and centre."""
        return Params((self.axes, self.center))

    axes = Checked(as_matrix, "Matrix (3, 3) that maps the unit ball to the body, in angstrom.")
    center = Checked(as_vector, "Centre (3,), in angstrom.")

    def _unit_reach(self) -> float:
        """Return the radius in the unit-ball frame, padding included."""
        return 1 + self.tol / np.linalg.svd(self.axes, compute_uv=False)[-1]

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside."""
        unit = (point_rows(points) - self.center) @ np.linalg.inv(self.axes).T
        return np.einsum("...i,...i->...", unit, unit) < self._unit_reach() ** 2

    def __repr__(self) -> str:
        return call(self, axes=self.axes, center=self.center, tol=self.tol)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "Ellipsoid":
        """Return the ellipsoid after the map."""
        moved = deepcopy(self)
        moved.axes, moved.center = matrix @ self.axes, matrix @ self.center + shift
        return moved

    def chords(self, starts: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines enter and leave the ellipsoid."""
        inverse = np.linalg.inv(self.axes)
        unit, along = (starts - self.center) @ inverse.T, inverse @ direction
        reach = np.einsum("ij,ij->i", unit, unit) - self._unit_reach() ** 2
        return quadratic_chords(float(along @ along), unit @ along, reach)

    def get_bounding_box(self) -> np.ndarray:
        """Return the 8 corners of the box, along x, y and z, around the ellipsoid."""
        half = np.linalg.norm(self.axes, axis=1) * self._unit_reach()
        return self.center + half * CUBE

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest x . d over the ellipsoid, for directions d (k, 3)."""
        middle = directions @ self.center
        reach = self._unit_reach() * np.linalg.norm(directions @ self.axes, axis=1)
        return middle - reach, middle + reach


class Plane(BaseAlgebraic):
    """Half space: inside is the side that the normal points away from.

    Parameters
    ----------
    normal
        Outward direction (3,), of any length.
    point
        Any point (3,) of the plane, in angstrom.
    tol
        Padding, in angstrom.

    Examples
    --------
    >>> floor = Plane([0, 0, 1], [0, 0, 5])
    >>> floor.check_if_interior([[0, 0, 4], [0, 0, 6]])
    array([ True, False])
    >>> floor.sdist_from_plane([0, 0, 7])
    array([2.])
    """

    def __init__(self, normal: ArrayLike, point: ArrayLike, tol: float = 1e-5) -> None:
        super().__init__(tol=tol)
        self.normal = normal
        self.point = point

    @property
    def params(self) -> tuple[np.ndarray, np.ndarray]:
        """Normal and point."""
        return Params((self.normal, self.point))

    point = Checked(as_vector, "A point (3,) of the plane, in angstrom.")
    normal = Checked(as_unit, "Unit normal (3,), pointing outwards.")

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points lie on the inner side (or within `tol` of the plane)."""
        return (point_rows(points) - self.point) @ self.normal < self.tol

    def _like(self) -> dict[str, Any]:
        # The half space: any point of the plane will do, and a unit vector has rounding errors.
        offset = float(self.normal @ self.point)
        return {"normal": np.round(self.normal, 9), "offset": round(offset, 6), "tol": self.tol}

    def __repr__(self) -> str:
        return call(self, normal=self.normal, point=self.point, tol=self.tol)

    def flip_orientation(self) -> "Plane":
        """Return this plane, whose normal has been turned round in place."""
        self.normal = -self.normal
        return self

    def sdist_from_plane(self, point: ArrayLike) -> np.ndarray:
        """Return signed distances (n,) of points, positive outside, in angstrom."""
        return (np.atleast_2d(point_rows(point)) - self.point) @ self.normal

    def dist_from_plane(self, point: ArrayLike) -> np.ndarray:
        """Return distances (n,) of points, in angstrom."""
        return np.abs(self.sdist_from_plane(point))

    def project_point(self, point: ArrayLike) -> np.ndarray:
        """Return the nearest points of the plane, in the shape of the input."""
        rows = point_rows(point)
        distances = (rows - self.point) @ self.normal
        return rows - distances[..., None] * self.normal

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "Plane":
        """Return the plane after the map; the normal follows the inverse transpose."""
        moved = deepcopy(self)
        moved.normal = np.linalg.inv(matrix).T @ self.normal
        moved.point = matrix @ self.point + shift
        return moved

    def half_spaces(self) -> np.ndarray:
        """Return the half space itself, one row (a, b, c, d)."""
        return np.append(self.normal, -(self.normal @ self.point) - self.tol)[None]

    def chords(self, starts: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where lines enter and leave the half space."""
        return half_space_chords(starts, direction, self.half_spaces(), 0.0)
