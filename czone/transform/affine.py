"""The elementary transforms: translation, matrix about a point, inversion, rotation, reflection."""

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_matrix, as_vector, read_only
from czone.geometry import Plane
from czone.transform.base import BaseTransform

__all__ = ["Inversion", "MatrixTransform", "Reflection", "Rotation", "Translation"]


class Translation(BaseTransform):
    """Shift by a vector.

    Parameters
    ----------
    shift
        Vector (3,), in angstrom; may be set later.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> Translation([1, 0, 0]).apply_transformation([[0, 0, 0]])
    array([[1., 0., 0.]])
    """

    def __init__(
        self, shift: ArrayLike | None = None, locked: bool = True, basis_only: bool = False
    ) -> None:
        super().__init__(locked=locked, basis_only=basis_only)
        self._shift: np.ndarray | None = None
        if shift is not None:
            self.shift = shift

    @property
    def shift(self) -> np.ndarray:
        """Vector (3,), in angstrom."""
        if self._shift is None:
            raise ValueError("shift must be set before this Translation is used; got None")
        return self._shift

    @shift.setter
    def shift(self, value: ArrayLike) -> None:
        self._shift = as_vector("shift", value)

    @property
    def matrix(self) -> np.ndarray:
        """The identity."""
        return np.eye(3)

    @property
    def params(self) -> np.ndarray:
        """The vector of the shift."""
        return self.shift

    def _shown(self) -> str:
        return "None" if self._shift is None else f"{self._shift.tolist()}"


class MatrixTransform(BaseTransform):
    """Linear map about a point: x -> matrix @ (x - origin) + origin.

    Parameters
    ----------
    matrix
        Array (3, 3) of rank 3; may be set later.
    origin
        The point (3,) that stays where it is, in angstrom; None is the coordinate origin.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> MatrixTransform(2 * np.eye(3), origin=[1, 0, 0]).apply_transformation([2, 0, 0])
    array([3., 0., 0.])
    """

    def __init__(
        self,
        matrix: ArrayLike | None = None,
        origin: ArrayLike | None = None,
        locked: bool = True,
        basis_only: bool = False,
    ) -> None:
        super().__init__(locked=locked, basis_only=basis_only)
        self._matrix: np.ndarray | None = None
        if matrix is not None:
            self.matrix = matrix
        self.origin = origin

    @property
    def matrix(self) -> np.ndarray:
        """Linear part (3, 3), read-only: set another to change it."""
        if self._matrix is None:
            raise ValueError(
                f"matrix must be set before this {type(self).__name__} is used; got None"
            )
        return read_only(self._matrix)

    @matrix.setter
    def matrix(self, value: ArrayLike) -> None:
        self._matrix = as_matrix("matrix", value)

    @property
    def origin(self) -> np.ndarray | None:
        """Point (3,) that stays in place; None is the coordinate origin."""
        return self._origin

    @origin.setter
    def origin(self, value: ArrayLike | None) -> None:
        self._origin = None if value is None else as_vector("origin", value)

    @property
    def shift(self) -> np.ndarray:
        """Image (3,) of the coordinate origin, in angstrom."""
        return np.zeros(3) if self.origin is None else self.origin - self.matrix @ self.origin

    @property
    def params(self) -> tuple:
        """Matrix and origin."""
        return self.matrix, self.origin

    def _shown(self) -> str:
        if self._matrix is None:
            return "None"
        origin = "" if self.origin is None else f", origin={self.origin.tolist()}"
        return f"{self.matrix.tolist()}{origin}"


class Inversion(MatrixTransform):
    """Inversion through a point.

    Parameters
    ----------
    matrix
        Only None or minus the identity; three numbers in its place are the origin.
    origin
        The centre (3,), in angstrom; None is the coordinate origin.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> Inversion(origin=[1, 0, 0]).apply_transformation([0, 0, 0])
    array([2., 0., 0.])
    """

    def __init__(
        self,
        matrix: ArrayLike | None = None,
        origin: ArrayLike | None = None,
        locked: bool = True,
        basis_only: bool = False,
    ) -> None:
        if matrix is not None and np.size(matrix) == 3 and origin is None:
            matrix, origin = None, matrix
        super().__init__(matrix, origin, locked, basis_only)

    @property
    def matrix(self) -> np.ndarray:
        """Minus the identity."""
        return -np.eye(3)

    @matrix.setter
    def matrix(self, value: ArrayLike) -> None:
        if not np.array_equal(as_matrix("matrix", value), -np.eye(3)):
            raise ValueError(f"matrix must be minus the identity; got {np.asarray(value).tolist()}")

    def _shown(self) -> str:
        return "" if self.origin is None else f"origin={self.origin.tolist()}"


class Rotation(MatrixTransform):
    """Rotation about a point.

    Parameters
    ----------
    matrix
        Orthogonal (3, 3), from `rot_v`, `rot_vtv`, ...; may be set later. A rotation with a mirror
        (determinant -1) is taken as well.
    origin
        The point (3,) that stays in place, in angstrom; None is the coordinate origin.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> from czone.transform import rot_v
    >>> Rotation(rot_v([0, 0, 1], np.pi)).apply_transformation([[1, 0, 0]]).round(6)
    array([[-1.,  0.,  0.]])
    """

    @property
    def matrix(self) -> np.ndarray:
        """Rotation matrix (3, 3)."""
        return super().matrix

    @matrix.setter
    def matrix(self, value: ArrayLike) -> None:
        matrix = as_matrix("matrix", value)
        if not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6):
            raise ValueError(
                "matrix must be orthogonal (a rotation, or a rotation with a mirror); "
                f"got {matrix.tolist()}"
            )
        self._matrix = matrix


class Reflection(MatrixTransform):
    """Mirror image in a plane.

    Parameters
    ----------
    plane
        The mirror, a `Plane`; may be set later.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> from czone.geometry import Plane
    >>> Reflection(Plane([0, 0, 1], [0, 0, 1])).apply_transformation([0, 0, 3])
    array([ 0.,  0., -1.])
    """

    def __init__(
        self, plane: Plane | None = None, locked: bool = True, basis_only: bool = False
    ) -> None:
        BaseTransform.__init__(self, locked=locked, basis_only=basis_only)
        self._plane: Plane | None = None
        if plane is not None:
            self.plane = plane

    @property
    def plane(self) -> Plane:
        """The mirror."""
        if self._plane is None:
            raise ValueError("plane must be set before this Reflection is used; got None")
        return self._plane

    @plane.setter
    def plane(self, value: Plane) -> None:
        if not (hasattr(value, "normal") and hasattr(value, "point")):
            raise TypeError(f"plane must be a Plane; got {value!r}")
        self._plane = deepcopy(value)

    @property
    def matrix(self) -> np.ndarray:
        """Mirror matrix (3, 3); setting it takes a normal, (3,) or (3, 1)."""
        normal = self.plane.normal
        return np.eye(3) - 2 * np.outer(normal, normal)

    @matrix.setter
    def matrix(self, value: ArrayLike) -> None:
        point = np.zeros(3) if self._plane is None else self._plane.point
        self._plane = Plane(as_vector("matrix", value, nonzero=True), point)

    @property
    def origin(self) -> np.ndarray:
        """A point (3,) of the mirror; setting it moves the mirror there."""
        return self.plane.point

    @origin.setter
    def origin(self, value: ArrayLike | None) -> None:
        self.plane.point = np.zeros(3) if value is None else value

    @property
    def params(self) -> Any:
        """The mirror."""
        return self.plane

    def _shown(self) -> str:
        return f"{self._plane!r}"
