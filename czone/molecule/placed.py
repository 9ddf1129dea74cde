"""Where a molecule is and how it is turned: origin, orientation, and what transforms do to them."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_flag, as_integer, as_matrix, as_vector
from czone.transform.base import steps_of

__all__ = ["Placed"]


class Placed:
    """Base of molecules: explicit atoms with an origin and an orientation.

    Notes
    -----
    The origin is a point that was set, or one of the atoms, which it then follows.
    """

    _species: np.ndarray
    _positions: np.ndarray
    _origin: np.ndarray
    _tracked: int | None
    _orientation: np.ndarray

    print_warnings = Checked(as_flag, "Whether to warn when a transform moves the origin.")

    def _index(self, name: str, value: Any) -> int:
        index, count = as_integer(name, value), len(self._species)
        if not -count <= index < count:
            raise IndexError(f"{name} must name one of the {count} atoms; got {index}")
        return index % count

    @property
    def origin(self) -> np.ndarray:
        """Reference point (3,), in angstrom: the tracked atom, or the point that was set."""
        return self._origin if self._tracked is None else self._positions[self._tracked]

    @property
    def _origin_tracking(self) -> bool:
        return self._tracked is not None

    @property
    def _origin_idx(self) -> int | None:
        return self._tracked

    @_origin_idx.setter
    def _origin_idx(self, value: int) -> None:
        self.set_origin(idx=value)

    def set_origin(self, point: ArrayLike | None = None, idx: int | None = None) -> None:
        """Set the origin to a point (3,), in angstrom, or to the atom of an index.

        Parameters
        ----------
        point
            In angstrom; it stays where it is when atoms move.
        idx
            Index of the atom to follow, instead of `point`.
        """
        if (point is None) == (idx is None):
            raise ValueError(f"set_origin takes point or idx; got point={point!r} and idx={idx!r}")
        if point is None:
            self._tracked = self._index("idx", idx)
        else:
            self._origin, self._tracked = as_vector("point", point), None

    @property
    def orientation(self) -> np.ndarray:
        """Rotation matrix (3, 3): how the molecule has been turned."""
        return self._orientation

    @orientation.setter
    def orientation(self, value: ArrayLike) -> None:
        matrix = as_matrix("orientation", value)
        if not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6):
            raise ValueError(f"orientation must be a rotation matrix; got {matrix.tolist()}")
        self._orientation = matrix

    def reset_orientation(self) -> None:
        """Call the present orientation the identity; the atoms stay where they are."""
        self._orientation = np.eye(3)

    def transform(self, transformation: Any, transform_origin: bool = True) -> None:
        """Move the molecule.

        Parameters
        ----------
        transformation
            A transform or a list of them. Its rotation (for any matrix, the rotation nearest to
            it) turns `orientation`; a mirror image makes `orientation` a mirror as well.
        transform_origin
            Whether an origin set as a point moves along. An origin that is an atom always does.
        """
        if not transform_origin and self._tracked is not None and self.print_warnings:
            warnings.warn(
                f"the origin is atom {self._tracked} and moves with it", UserWarning, stacklevel=2
            )
        for step in steps_of(transformation):
            self._positions = step.apply_transformation(self._positions)
            turned = step.apply_transformation_bases(self._orientation)
            left, _, right = np.linalg.svd(turned)
            self._orientation = left @ right
            if transform_origin and self._tracked is None:
                self._origin = step.apply_transformation(self._origin[None])[0]
