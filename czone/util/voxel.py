"""The cell that tiles space: basis vectors, scale and origin."""

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_matrix, as_points, as_vector
from czone.equality import Compared
from czone.saved import Saved
from czone.shown import call

__all__ = ["Voxel"]


class Voxel(Compared, Saved):
    """Basis, scale and origin of a tiling.

    Parameters
    ----------
    bases
        Matrix (3, 3) whose columns are the basis vectors, in angstrom.
    scale
        Factor on the basis: one number, or one per basis vector.
    origin
        Point (3,) of the corner of cell (0, 0, 0), in angstrom.

    Examples
    --------
    >>> cell = Voxel(bases=2 * np.eye(3), origin=[1, 0, 0])
    >>> low, high = zip(*cell.get_extents(np.array([[0, 0, 0], [4, 4, 4]])))
    >>> low, high
    ((-1, 0, 0), (2, 2, 2))
    """

    def __init__(
        self,
        bases: ArrayLike | None = None,
        scale: ArrayLike = 1.0,
        origin: ArrayLike = (0.0, 0.0, 0.0),
    ) -> None:
        self.bases = np.eye(3) if bases is None else bases
        self.scale = scale
        self.origin = origin

    @property
    def scale(self) -> np.ndarray:
        """Factor on the basis vectors, (1,) or (3,)."""
        return self._scale

    @scale.setter
    def scale(self, value: ArrayLike) -> None:
        scale = np.atleast_1d(np.array(value, dtype=float))
        if scale.shape not in ((1,), (3,)) or not np.isfinite(scale).all() or not (scale > 0).all():
            raise ValueError(f"scale must be 1 or 3 positive numbers; got {value!r}")
        self._scale = scale

    @property
    def bases(self) -> np.ndarray:
        """Basis vectors as columns (3, 3), before `scale`, in angstrom."""
        return self._bases

    @bases.setter
    def bases(self, value: ArrayLike) -> None:
        bases = as_matrix("bases", value, regular=False)
        lengths = np.linalg.norm(bases, axis=0)
        if not (lengths > 0).all() or abs(np.linalg.det(bases / lengths)) < 1e-8:
            raise ValueError(
                "bases must be three vectors (columns), not zero, parallel or in one plane; "
                f"got {bases.tolist()}"
            )
        self._bases = bases

    @property
    def origin(self) -> np.ndarray:
        """Corner (3,) of cell (0, 0, 0), in angstrom."""
        return self._origin

    @origin.setter
    def origin(self, value: ArrayLike) -> None:
        self._origin = as_vector("origin", value)

    @property
    def sbases(self) -> np.ndarray:
        """Scaled basis vectors as columns (3, 3), in angstrom."""
        return self._bases * self._scale

    @property
    def reciprocal_bases(self) -> np.ndarray:
        """Inverse of `sbases`: reciprocal vectors as rows (3, 3), without 2 pi, in 1/angstrom."""
        return np.linalg.inv(self.sbases)

    def _collinear(self, vec1: ArrayLike, vec2: ArrayLike) -> bool:
        """Tell whether two vectors are parallel or antiparallel."""
        a = as_vector("vec1", vec1, nonzero=True)
        b = as_vector("vec2", vec2, nonzero=True)
        return bool(np.linalg.norm(np.cross(a, b)) <= 1e-10 * np.linalg.norm(a) * np.linalg.norm(b))

    def get_extents(self, box: ArrayLike) -> tuple[tuple[int, int], ...]:
        """Return, per basis vector, the first cell and one past the last that `box` needs.

        Parameters
        ----------
        box
            Points (n, 3) around the region to cover, in angstrom.
        """
        fractions = (as_points("box", box) - self.origin) @ self.reciprocal_bases.T
        low = np.floor(fractions.min(axis=0)).astype(int)
        high = np.ceil(fractions.max(axis=0)).astype(int)
        return tuple((int(a), int(b)) for a, b in zip(low, high, strict=True))

    def get_voxel_coords(self, points: ArrayLike) -> np.ndarray:
        """Return points (n, 3) or (3,) in units of the scaled basis vectors, from the origin.

        Parameters
        ----------
        points
            In angstrom.
        """
        rows = as_points("points", points)
        return ((rows - self.origin) @ self.reciprocal_bases.T).reshape(np.shape(points))

    def get_cartesian_coords(self, points: ArrayLike) -> np.ndarray:
        """Return the points (n, 3) or (3,), in angstrom, that have these coordinates in the cell.

        Parameters
        ----------
        points
            In units of the scaled basis vectors, from the origin.
        """
        rows = as_points("points", points)
        return (rows @ self.sbases.T + self.origin).reshape(np.shape(points))

    def __str__(self) -> str:
        lengths = np.linalg.norm(self.sbases, axis=0).round(4).tolist()
        return f"Voxel(lengths={lengths}, origin={self.origin.tolist()})"

    def __repr__(self) -> str:
        return call(self, bases=self.bases, scale=self.scale, origin=self.origin)
