"""The interface of all transforms: an affine map x -> matrix @ x + shift, and what it carries."""

from abc import ABC
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_flag, as_matrix, as_points, as_vector, read_only
from czone.equality import Compared
from czone.geometry import BaseAlgebraic
from czone.saved import Saved
from czone.spelling import Spelled

__all__ = ["AffineTransform", "BaseTransform", "steps_of"]


class BaseTransform(Compared, Saved, Spelled, ABC):
    """A map of space that moves points, lattices and surfaces.

    A new transform defines `matrix` and `shift`, or, where that is easier, `apply_transformation`;
    each follows from the other.

    Parameters
    ----------
    locked
        Whether the crystal inside a volume moves with the volume.
    basis_only
        Whether the crystal only turns: its lattice vectors move, its origin stays.

    Examples
    --------
    >>> class Up(BaseTransform):
    ...     matrix = np.eye(3)
    ...     shift = np.array([0.0, 0.0, 1.0])
    >>> Up().apply_transformation([0.0, 0.0, 1.0])
    array([0., 0., 2.])
    """

    _spellings: ClassVar[dict[str, str]] = {
        "applyTransformation": "apply_transformation",
        "applyTransformation_bases": "apply_transformation_bases",
        "applyTransformation_alg": "apply_transformation_alg",
    }

    def __init__(self, locked: bool = True, basis_only: bool = False) -> None:
        self.locked = locked
        self.basis_only = basis_only

    @property
    def locked(self) -> bool:
        """Whether the crystal inside a volume moves with the volume."""
        return getattr(self, "_locked", True)

    @locked.setter
    def locked(self, value: bool) -> None:
        self._locked = as_flag("locked", value)

    @property
    def basis_only(self) -> bool:
        """Whether the lattice vectors of a crystal move without its origin."""
        return getattr(self, "_basis_only", False)

    @basis_only.setter
    def basis_only(self, value: bool) -> None:
        self._basis_only = as_flag("basis_only", value)

    @property
    def matrix(self) -> np.ndarray:
        """Linear part (3, 3) of the map."""
        return (self._mapped(np.eye(3)) - self.shift).T

    @property
    def shift(self) -> np.ndarray:
        """Image (3,) of the coordinate origin, in angstrom."""
        return self._mapped(np.zeros((1, 3)))[0]

    def _mapped(self, points: np.ndarray) -> np.ndarray:
        if type(self).apply_transformation is BaseTransform.apply_transformation:
            raise NotImplementedError(
                f"{type(self).__name__} must define matrix and shift, or apply_transformation"
            )
        return self.apply_transformation(points)

    @property
    def params(self) -> Any:
        """What defines the transform."""
        return self.matrix, self.shift

    @property
    def steps(self) -> tuple["BaseTransform", ...]:
        """The simple transforms this one consists of, in the order they act."""
        return (self,)

    def apply_transformation(self, points: np.ndarray) -> np.ndarray:
        """Return moved points: (n, 3) gives (n, 3), (3,) gives (3,)."""
        rows = as_points("points", points)
        return (rows @ self.matrix.T + self.shift).reshape(np.shape(points))

    def apply_transformation_bases(self, points: np.ndarray) -> np.ndarray:
        """Return moved lattice vectors, the columns of `points` (3, 3)."""
        return self.matrix @ np.asarray(points, dtype=float)

    def apply_transformation_alg(self, alg_object: BaseAlgebraic) -> BaseAlgebraic:
        """Return a surface itself, moved in place; its `from_alg_object` moves a copy.

        Where the map makes it a surface of another kind, that one is returned and the one handed in
        stays, see `BaseAlgebraic.move`.

        Parameters
        ----------
        alg_object
            The surface.
        """
        return alg_object.move(self.matrix, self.shift)

    def inverse(self) -> "BaseTransform":
        """Return the transform that takes this one back, with the same flags."""
        back = np.linalg.inv(self.matrix)
        return AffineTransform(back, -back @ self.shift, self.locked, self.basis_only)

    def __repr__(self) -> str:
        flags = "" if self.locked else ", locked=False"
        flags += ", basis_only=True" if self.basis_only else ""
        return f"{type(self).__name__}({self._shown()}{flags})"

    def _shown(self) -> str:
        return f"matrix={self.matrix.tolist()}, shift={self.shift.tolist()}"


class AffineTransform(BaseTransform):
    """The map x -> matrix @ x + shift, written out.

    Parameters
    ----------
    matrix
        Array (3, 3) of rank 3.
    shift
        Vector (3,), in angstrom.
    locked, basis_only
        See `BaseTransform`.

    Examples
    --------
    >>> AffineTransform(2 * np.eye(3), [0, 0, 1]).apply_transformation([1.0, 0.0, 0.0])
    array([2., 0., 1.])
    """

    def __init__(
        self,
        matrix: ArrayLike,
        shift: ArrayLike = (0.0, 0.0, 0.0),
        locked: bool = True,
        basis_only: bool = False,
    ) -> None:
        super().__init__(locked, basis_only)
        self._matrix = as_matrix("matrix", matrix)
        self._shift = as_vector("shift", shift)

    @property
    def matrix(self) -> np.ndarray:
        """Linear part (3, 3) of the map, read-only."""
        return read_only(self._matrix)

    @property
    def shift(self) -> np.ndarray:
        """Image (3,) of the coordinate origin, in angstrom, read-only."""
        return read_only(self._shift)


def steps_of(transformation: Any) -> tuple[BaseTransform, ...]:
    """Return the simple transforms in a transform or in a sequence of them.

    Examples
    --------
    >>> from czone.transform import Translation
    >>> len(steps_of([Translation([1, 0, 0]), Translation([0, 1, 0])]))
    2
    """
    if isinstance(transformation, (list, tuple)):
        return tuple(step for member in transformation for step in steps_of(member))
    steps = getattr(transformation, "steps", None)
    if steps is None:
        raise TypeError(
            f"transformation must be a transform or a list of transforms; got {transformation!r}"
        )
    return steps
