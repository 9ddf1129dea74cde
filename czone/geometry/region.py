"""The region: what a hull and surfaces have in common, as a value that never changes."""

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from czone.checks import as_offering, as_zero_or_more
from czone.equality import Value, content
from czone.geometry.base import BaseAlgebraic, point_rows
from czone.geometry.hull import Hull, enclosed_corners

__all__ = ["Body", "Region"]

_DOWN_AND_UP = np.array([[-1.0], [1.0]])


class Body(Protocol):
    """What matter asks of the space it fills: a `Region`, a `Volume`, or a user's own.

    Examples
    --------
    >>> from czone.geometry import Sphere
    >>> body: Body = Region(surfaces=[Sphere(1, [0, 0, 0])])
    >>> body.check_if_interior(np.eye(3) / 2)
    array([ True,  True,  True])
    """

    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points (n, 3) are inside."""

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (m, 3) of a convex body around it, in angstrom; none if empty."""

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return bounds of x . d over it, for directions d as rows (k, 3), None if it cannot.

        Low above high if it is empty.
        """

    def chords(
        self, starts: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return where the lines starts + t * direction enter and leave it, None if it cannot."""

    def flat_faces(self) -> np.ndarray | None:
        """Return faces (a, b, c, d), a x + b y + c z + d <= 0 inside, None if not all are flat."""


@dataclass(frozen=True, eq=False)
class Region(Value):
    """The common part of a convex hull and of surfaces.

    Parameters
    ----------
    hull
        Convex hull that bounds the region; None for none.
    surfaces
        Surfaces that bound it too; copied.
    tolerance
        Padding of the hull, in angstrom.

    Examples
    --------
    >>> from czone.geometry import Plane, Sphere
    >>> half = Region(surfaces=[Sphere(5, [0, 0, 0]), Plane([0, 0, 1], [0, 0, 0])])
    >>> half.check_if_interior([[0, 0, -3], [0, 0, 3]])
    array([ True, False])
    >>> half.moved(np.eye(3), np.array([0, 0, 4])).check_if_interior([0, 0, 3])
    np.True_
    """

    hull: Hull | None = None
    surfaces: Sequence[BaseAlgebraic] = ()
    tolerance: float = 1e-10

    def __post_init__(self) -> None:
        as_zero_or_more("tolerance", self.tolerance)
        if self.hull is not None:
            as_offering("hull", self.hull, "a Hull or None", "check_if_interior")
        for surface in self.surfaces:
            as_offering("surfaces", surface, "Sphere, Plane, Cylinder, ...", "frozen")
        object.__setattr__(self, "surfaces", tuple([s.frozen() for s in self.surfaces]))

    @classmethod
    def seen(
        cls, hull: Hull | None, surfaces: Sequence[BaseAlgebraic], tolerance: float
    ) -> "Region":
        """Return a region of surfaces as they are, not copied: for asking it something at once.

        Parameters
        ----------
        hull, surfaces, tolerance
            As for the class.
        """
        region = object.__new__(cls)
        region.__dict__.update(hull=hull, surfaces=surfaces, tolerance=tolerance)
        return region

    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside the hull and all surfaces: (n, 3) gives (n,) booleans."""
        points = point_rows(points)
        self._require_bounds()
        tests = [surface.check_if_interior(points) for surface in self.surfaces]
        if self.hull is not None:
            tests.insert(0, self.hull.check_if_interior(points, self.tolerance))
        return functools.reduce(operator.and_, tests)

    def _require_bounds(self) -> None:
        if self.hull is None and not self.surfaces:
            raise ValueError(
                "a Volume needs points (4 or more) or alg_objects to have an inside; got neither"
            )

    def chords(
        self, starts: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return where the lines start + t * direction enter and leave the region.

        None when a surface cannot tell.

        Parameters
        ----------
        starts, direction
            Points (n, 3) of the lines, in angstrom, and the vector (3,) along all of them.
        """
        enter, leave = np.array(-np.inf), np.array(np.inf)
        parts = [surface.chords(starts, direction) for surface in self.surfaces]
        if self.hull is not None:
            parts.append(self.hull.chords(starts, direction, self.tolerance))
        for part in parts:
            if part is None:
                return None
            enter, leave = np.maximum(enter, part[0]), np.minimum(leave, part[1])
        return enter, leave

    def flat_faces(self) -> np.ndarray | None:
        """Return rows (a, b, c, d) with a x + b y + c z + d <= 0 inside, when the hull is all."""
        if self.hull is None or self.surfaces:
            return None
        return self.hull.padded(self.tolerance)

    def ball(self) -> np.ndarray | None:
        """Return centre and square of the radius (4,), when a ball is all."""
        alone = self.hull is None and len(self.surfaces) == 1
        return self.surfaces[0].ball() if alone else None

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (m, 3) of a convex body around the region, in angstrom.

        Empty when the surfaces have no common part.

        Raises
        ------
        ValueError
            If the region is not bounded on all sides.
        """
        self._require_bounds()
        if self.hull is not None and not self.surfaces:
            return np.array(self.hull.points)
        if len(self.surfaces) == 1 and self.hull is None:
            corners = self.surfaces[0].get_bounding_box()
            if corners is not None:
                return np.array(corners)
        faces = [surface.half_spaces() for surface in self.surfaces]
        if self.hull is not None:
            faces.append(self.hull.padded(self.tolerance))
        corners, status = enclosed_corners(np.vstack(faces))
        if status == 3:
            raise ValueError(
                "alg_objects must bound the volume on all sides, with points or by themselves; "
                f"got {list(self.surfaces)!r}"
            )
        return corners

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds of x . d over the region, for directions d as rows (k, 3), in angstrom.

        Low above high tells that the surfaces have no common part.
        """
        self._require_bounds()
        spans = [] if self.hull is None else [self.hull.span(directions)]
        spans += [span for s in self.surfaces if (span := s.span(directions)) is not None]
        if not spans:
            heights = self.get_bounding_box() @ directions.T
            spans = [(heights.min(axis=0, initial=np.inf), heights.max(axis=0, initial=-np.inf))]
        low, high = spans[0]
        for other_low, other_high in spans[1:]:
            low, high = np.maximum(low, other_low), np.minimum(high, other_high)
        return low - self.tolerance, high + self.tolerance

    def outer_box(self) -> np.ndarray:
        """Return two corners (2, 3) of a box along x, y, z around the region; (0, 3) if empty."""
        if self.hull is not None and not self.surfaces:
            return self.hull.box + self.tolerance * _DOWN_AND_UP
        low, high = self.span(np.eye(3))
        return np.zeros((0, 3)) if (low > high).any() else np.array([low, high])

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "Region":
        """Return this region after x -> matrix @ x + shift.

        Parameters
        ----------
        matrix, shift
            The map, (3, 3) and (3,), the shift in angstrom.
        """
        hull = None if self.hull is None else self.hull.moved(matrix, shift)
        return Region(hull, [s.moved(matrix, shift) for s in self.surfaces], self.tolerance)

    def _made_of(self) -> Any:
        return self.hull, content(self.surfaces), self.tolerance

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Region):
            return NotImplemented
        return self is other or bool(self._made_of() == other._made_of())
