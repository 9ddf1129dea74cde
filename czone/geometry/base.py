"""What every algebraic surface offers, and how any of them is moved by an affine map."""

from abc import ABC, abstractmethod
from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_matrix, as_vector, as_zero_or_more
from czone.equality import Compared
from czone.quick import Quick
from czone.saved import Saved
from czone.shown import call
from czone.spelling import Spelled, keywords

__all__ = ["BaseAlgebraic", "MovedAlgebraic", "Params", "point_rows"]


def point_rows(points: ArrayLike) -> np.ndarray:
    """Return test points as floats with a last axis of three, without copying where possible."""
    rows = np.asarray(points, dtype=float)
    if rows.ndim == 0 or rows.shape[-1] != 3:
        raise ValueError(f"points must have shape (n, 3) or (3,); got shape {rows.shape}")
    return rows


class Params(tuple):
    """Parameters that may be read or called: Construction Zone has both, depending on the class."""

    def __call__(self) -> "Params":
        return self


class BaseAlgebraic(Compared, Saved, Quick, Spelled, ABC):
    """A region of space bounded by an algebraic surface.

    A new surface needs `check_if_interior` and `params`. It then works everywhere; `moved`,
    `get_bounding_box` and `chords` make it exact to read, bounded and fast. Its numbers may be
    changed at any time; a `Volume` looks at them whenever it is asked for something.

    Parameters
    ----------
    tol
        Padding in angstrom: points up to this far outside count as inside, so that atoms that lie
        exactly on the surface are not lost to rounding. With 0 the surface itself is outside.

    Examples
    --------
    >>> class Octant(BaseAlgebraic):
    ...     params = ()
    ...
    ...     def check_if_interior(self, points):
    ...         return (point_rows(points) > 0).all(axis=-1)
    >>> Octant().check_if_interior([[1, 1, 1], [1, -1, 1]])
    array([ True, False])
    """

    _spellings: ClassVar[dict[str, str]] = {"checkIfInterior": "check_if_interior"}
    _quick: ClassVar[dict[str, str]] = {"chords": "check_if_interior"}
    _transient: ClassVar[tuple[str, ...]] = ("_frozen",)

    def __init__(self, tol: float = 1e-10) -> None:
        self.tol = tol

    tol = Checked(as_zero_or_more, "Padding of the surface, in angstrom.")

    @property
    @abstractmethod
    def params(self) -> tuple:
        """The numbers that define the surface."""

    @abstractmethod
    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside: (n, 3) gives (n,) booleans, (3,) gives one."""

    def ball(self) -> np.ndarray | None:
        """Return centre and square of the radius (4,) of a ball, None for another shape."""
        return None

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "BaseAlgebraic":
        """Return this region after x -> matrix @ x + shift; the region itself is left as it is."""
        return MovedAlgebraic(self, matrix, shift)

    def move(self, matrix: np.ndarray, shift: np.ndarray) -> "BaseAlgebraic":
        """Return this region itself, moved in place by x -> matrix @ x + shift.

        Where the map makes it a region of another kind (a ball that is stretched unevenly becomes
        an `Ellipsoid`), that one is returned and this one stays.

        Parameters
        ----------
        matrix, shift
            The map, (3, 3) and (3,), the shift in angstrom.
        """
        if "_frozen" in vars(self):
            raise AttributeError(f"{self!r} belongs to a Region, which never changes; move a copy")
        moved = self.moved(matrix, shift)
        if type(moved) is not type(self):
            return moved
        vars(self).update(vars(moved))
        return self

    def chords(
        self, starts: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return where the lines start + t * direction enter and leave a convex region.

        Two arrays of t, with enter > leave for lines that miss; None if the region cannot tell.

        Parameters
        ----------
        starts, direction
            Points (n, 3) of the lines, in angstrom, and the vector (3,) along all of them.
        """
        return None

    def get_bounding_box(self) -> np.ndarray | None:
        """Return the corners (m, 3) of a convex body around the region, None if unbounded."""
        return None

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the lowest and highest x . d over the region, for directions d as rows (k, 3).

        None if the region is unbounded.
        """
        corners = self.get_bounding_box()
        if corners is None:
            return None
        heights = corners @ directions.T
        return heights.min(axis=0), heights.max(axis=0)

    def half_spaces(self) -> np.ndarray:
        """Return rows (a, b, c, d) with a x + b y + c z + d <= 0 all over the region."""
        unit = np.eye(3)
        span = self.span(unit)
        if span is None:
            return np.zeros((0, 4))
        low, high = span
        return np.vstack([np.column_stack([unit, -high]), np.column_stack([-unit, low])])

    def from_alg_object(self, **kwargs: Any) -> "BaseAlgebraic":
        """Return a copy, moved by the transforms given as ``transformation=[...]``."""
        copy = deepcopy(self)
        transformation = kwargs.pop("transformation", None)
        if kwargs:
            raise TypeError(f"from_alg_object takes transformation only; got {sorted(kwargs)}")
        if transformation is None:
            return copy
        steps = transformation if isinstance(transformation, (list, tuple)) else [transformation]
        for step in steps:
            copy = step.apply_transformation_alg(copy)
        return copy

    def frozen(self) -> Self:
        """Return a copy that refuses changes, for a `Region`; a copy of it is free again."""
        copy = deepcopy(self)
        for value in vars(copy).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        vars(copy)["_frozen"] = True
        return copy

    def __deepcopy__(self, memo: dict) -> Self:
        copy = type(self).__new__(type(self))
        memo[id(self)] = copy
        own = {key: value for key, value in vars(self).items() if key != "_frozen"}
        vars(copy).update((key, deepcopy(value, memo)) for key, value in own.items())
        return copy

    def __repr__(self) -> str:
        shown = ", ".join(np.array2string(np.asarray(p), separator=", ") for p in self.params)
        return f"{type(self).__name__}({shown})"


class MovedAlgebraic(BaseAlgebraic):
    """Any region seen through an affine map: how surfaces move that do not say it themselves.

    Parameters
    ----------
    region
        The region before the map.
    matrix, shift
        The map x -> matrix @ x + shift.

    Examples
    --------
    >>> from czone.geometry import Sphere
    >>> egg = MovedAlgebraic(Sphere(1, [0, 0, 0]), np.diag([1, 1, 2]), [0, 0, 5])
    >>> egg.check_if_interior([[0, 0, 6.9], [0, 0, 7.1]])
    array([ True, False])
    """

    def __init__(self, region: BaseAlgebraic, matrix: ArrayLike, shift: ArrayLike) -> None:
        super().__init__(tol=region.tol)
        self.region = region
        self.matrix = as_matrix("matrix", matrix)
        self.shift = as_vector("shift", shift)

    @property
    def params(self) -> tuple:
        """The region before the map, the matrix and the shift."""
        return self.region, self.matrix, self.shift

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside, by mapping them back."""
        back = (point_rows(points) - self.shift) @ np.linalg.inv(self.matrix).T
        return self.region.check_if_interior(back)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "MovedAlgebraic":
        """Return this region after x -> matrix @ x + shift."""
        return MovedAlgebraic(self.region, matrix @ self.matrix, matrix @ self.shift + shift)

    def get_bounding_box(self) -> np.ndarray | None:
        """Return the mapped corners of the region."""
        corners = self.region.get_bounding_box()
        return None if corners is None else corners @ self.matrix.T + self.shift

    def __repr__(self) -> str:
        return call(self, self.region, self.matrix, self.shift)
