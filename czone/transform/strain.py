"""Strain fields: how the atoms of a crystal are displaced before a volume cuts them out."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_matrix, as_offering, as_points, as_vector
from czone.equality import Compared
from czone.saved import Saved
from czone.shown import call
from czone.transform.sources import source_region

__all__ = ["BaseStrain", "HStrain", "IStrain"]

_MODES = ("crystal", "standard")
_LEAST_STRETCH = 1 / 3  # atoms of no crystal survive to be squeezed so much
_MOST_STRETCH = 4.0


class BaseStrain(Compared, Saved, ABC):
    """A displacement of points about an origin.

    Parameters
    ----------
    origin
        "generator" strains about the origin of the crystal; a point (3,), in angstrom, stays in
        place itself and moves with the object.
    mode
        "crystal": coordinates along the lattice vectors. "standard": x, y, z, in a frame that turns
        with the object.

    Examples
    --------
    >>> class Shear(BaseStrain):
    ...     def apply_strain(self, points):
    ...         return points + 0.1 * points[:, [2, 2, 2]] * [1, 0, 0]
    >>> Shear(mode="standard").apply_strain(np.array([[0.0, 0.0, 2.0]]))
    array([[0.2, 0. , 2. ]])
    """

    def __init__(self, origin: str | ArrayLike = "generator", mode: str = "crystal") -> None:
        self._bases = np.eye(3)
        self._frame = np.eye(3)
        self.mode = mode
        if isinstance(origin, str):
            self.origin_type = origin
            self._origin = np.zeros(3)
        else:
            self.origin = origin

    @abstractmethod
    def apply_strain(self, points: np.ndarray) -> np.ndarray:
        """Return displaced points (n, 3), in angstrom."""

    @property
    def origin(self) -> np.ndarray:
        """Point (3,) the field leaves in place, in angstrom; setting it makes it "global"."""
        return getattr(self, "_origin", np.zeros(3))

    @origin.setter
    def origin(self, value: ArrayLike) -> None:
        self._origin = as_vector("origin", value)
        self._origin_type = "global"

    @property
    def origin_type(self) -> str:
        """ "generator" (follows the crystal) or "global" (a point of its own)."""
        return getattr(self, "_origin_type", "generator")

    @origin_type.setter
    def origin_type(self, value: str) -> None:
        if value not in ("generator", "global"):
            raise ValueError(f"origin must be 'generator', 'global' or a point; got {value!r}")
        self._origin_type = value

    @property
    def mode(self) -> str:
        """ "crystal" or "standard"."""
        return getattr(self, "_mode", "crystal")

    @mode.setter
    def mode(self, value: str) -> None:
        if value not in _MODES:
            raise ValueError(f"mode must be 'crystal' or 'standard'; got {value!r}")
        self._mode = value

    @property
    def bases(self) -> np.ndarray:
        """Axes of the field as columns (3, 3): the lattice vectors, or the turned x, y, z."""
        if self.mode == "crystal":
            return getattr(self, "_bases", np.eye(3))
        return getattr(self, "_frame", np.eye(3))

    def scrape_params(self, obj: Any) -> None:
        """Take the lattice vectors, and where asked the origin, from a crystal generator."""
        self._bases = np.array(obj.voxel.sbases)
        if self.origin_type == "generator":
            self._origin = np.array(obj.voxel.origin)

    def transform(self, transformation: Any) -> None:
        """Turn (and shift) the field with the object it belongs to."""
        self._frame = transformation.apply_transformation_bases(getattr(self, "_frame", np.eye(3)))
        if self.origin_type == "global" and not transformation.basis_only:
            self._origin = transformation.apply_transformation(self.origin)

    def affine(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return matrix (3, 3) and shift (3,) of a homogeneous field, None for any other."""
        return None

    def source_box(self, box: np.ndarray) -> np.ndarray:
        """Return points (m, 3) around all that the field moves into the box of `box`.

        The default samples the field from the box outwards, see `czone.transform.sources`.
        """
        return source_region(self.apply_strain, box)

    def _like(self) -> dict[str, Any]:
        # What a crystal tells the field does not count, nor how a field along its lattice turned.
        like = super()._like()
        like.pop("_bases", None)
        if self.origin_type == "generator":
            like.pop("_origin", None)
        if self.mode == "crystal":
            like.pop("_frame", None)
        return like

    def _where(self) -> dict[str, Any]:
        """Return origin and mode as the class is called with."""
        origin = self.origin_type if self.origin_type == "generator" else self.origin
        return {"origin": origin, "mode": self.mode}

    def __repr__(self) -> str:
        return call(self, **self._where())


class HStrain(BaseStrain):
    """Homogeneous deformation x -> F (x - origin) + origin.

    Parameters
    ----------
    matrix
        Deformation gradient F, not a strain tensor: 1 is no change, 1.01 is one per cent longer.
        3 numbers (stretch along each axis), 6 (Voigt: xx, yy, zz, yz, xz, xy, symmetric) or (3, 3).
    origin, mode
        See `BaseStrain`.

    Examples
    --------
    >>> HStrain([1.1, 1, 1], mode="standard").apply_strain([[1, 1, 1]])
    array([[1.1, 1. , 1. ]])
    """

    def __init__(
        self,
        matrix: ArrayLike | None = None,
        origin: str | ArrayLike = "generator",
        mode: str = "crystal",
    ) -> None:
        super().__init__(origin=origin, mode=mode)
        self.matrix = np.eye(3) if matrix is None else matrix

    @property
    def matrix(self) -> np.ndarray:
        """Deformation gradient (3, 3), in the axes of `mode`."""
        return self._matrix

    @matrix.setter
    def matrix(self, value: ArrayLike) -> None:
        array = np.array(value, dtype=float)
        shape = array.shape
        if shape == (3,):
            array = np.diag(array)
        elif shape == (6,):
            xx, yy, zz, yz, xz, xy = array
            array = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        elif shape == (9,):
            array = array.reshape(3, 3)
        if array.shape != (3, 3):
            raise ValueError(f"matrix must have 3, 6, 9 or (3, 3) numbers; got shape {array.shape}")
        if not np.abs(array).max() < _LEAST_STRETCH:  # below it is a strain, zeros and all
            array = as_matrix("matrix", array)
        least = np.linalg.svd(array, compute_uv=False)[-1]
        if least < _LEAST_STRETCH:
            meant = (
                (array + np.eye(3)).tolist() if shape != (3,) else (array.diagonal() + 1).tolist()
            )
            raise ValueError(
                "matrix must be a deformation gradient, in which 1 is no change, and leave a third "
                f"of every length or more; got {value!r}, which leaves {least:.3g}. Is it a "
                f"strain, and {meant} meant?"
            )
        most = np.linalg.svd(array, compute_uv=False)[0]
        if most > _MOST_STRETCH:
            raise ValueError(
                "matrix must be a deformation gradient, in which 1 is no change, and stretch no "
                f"length more than four times; got {value!r}, which stretches {most:.3g} times. "
                "Are these per cent?"
            )
        if np.linalg.det(array) < 0:
            raise ValueError(
                "matrix must be a deformation gradient, which has a positive determinant; got "
                f"{value!r}, a mirror image. For that transform the object with Reflection"
            )
        self._matrix = array

    def _standing(self) -> np.ndarray:
        """Return the gradient in the axes of its mode as if they had never turned."""
        if self.mode == "crystal":
            return self._matrix
        return self._frame @ self._matrix @ np.linalg.inv(self._frame)

    def _like(self) -> dict[str, Any]:
        like = super()._like()
        like.pop("_frame", None)
        like["_matrix"] = np.round(self._standing(), 12)
        return like

    def __repr__(self) -> str:
        return call(self, matrix=self._standing(), **self._where())

    def gradient(self) -> np.ndarray:
        """Return the deformation gradient (3, 3) along x, y, z."""
        return self.bases @ self._matrix @ np.linalg.inv(self.bases)

    def affine(self) -> tuple[np.ndarray, np.ndarray]:
        """Return matrix (3, 3) and shift (3,) of x -> matrix @ x + shift."""
        gradient = self.gradient()
        return gradient, self.origin - gradient @ self.origin

    def apply_strain(self, points: np.ndarray) -> np.ndarray:
        """Return displaced points (n, 3), in angstrom."""
        gradient, shift = self.affine()
        return as_points("points", points) @ gradient.T + shift

    def source_box(self, box: np.ndarray) -> np.ndarray:
        """Return the corners of `box` followed back through the deformation."""
        low, high = np.min(box, axis=0), np.max(box, axis=0)
        pick = np.array(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij")).reshape(3, -1).T
        corners = np.where(pick, high, low)
        return (corners - self.origin) @ np.linalg.inv(self.gradient()).T + self.origin


class IStrain(BaseStrain):
    """Inhomogeneous deformation by a function.

    Parameters
    ----------
    fun
        Function of points (n, 3) relative to the origin that returns them displaced. In "crystal"
        mode they are coordinates along the lattice vectors, and a function with an argument
        `basis` is
        given those vectors (columns). None is no change.
    origin, mode
        See `BaseStrain`.
    **kwargs
        Passed to the function at every call.

    Examples
    --------
    >>> bend = IStrain(lambda x, radius: x + x[:, :1] ** 2 / (2 * radius) * [0, 0, 1],
    ...                mode="standard", radius=100.0)
    >>> bend.apply_strain([[10.0, 0, 0]])
    array([[10. ,  0. ,  0.5]])
    """

    def __init__(
        self,
        fun: Callable[..., np.ndarray] | None = None,
        origin: str | ArrayLike = "generator",
        mode: str = "crystal",
        **kwargs: Any,
    ) -> None:
        super().__init__(origin=origin, mode=mode)
        self.fun_kwargs = kwargs
        self.strain_fun = _no_change if fun is None else fun

    @property
    def fun_kwargs(self) -> dict[str, Any]:
        """Keyword arguments of the function."""
        return self._fun_kwargs

    @fun_kwargs.setter
    def fun_kwargs(self, value: dict[str, Any]) -> None:
        self._fun_kwargs = dict(value)

    @property
    def strain_fun(self) -> Callable[..., np.ndarray]:
        """The function."""
        return self._strain_fun

    @strain_fun.setter
    def strain_fun(self, value: Callable[..., np.ndarray]) -> None:
        if not callable(value):
            raise TypeError(f"fun must be a function of points (n, 3); got {value!r}")
        parameters = inspect.signature(value).parameters.values()
        self._takes_basis = any(p.name == "basis" or p.kind is p.VAR_KEYWORD for p in parameters)
        self._strain_fun = value

    def __repr__(self) -> str:
        return call(self, self.strain_fun, **self._where(), **self.fun_kwargs)

    def apply_strain(self, points: np.ndarray) -> np.ndarray:
        """Return displaced points (n, 3), in angstrom."""
        points = as_points("points", points)
        axes = self.bases
        along = (points - self.origin) @ np.linalg.inv(axes).T
        kwargs = dict(self.fun_kwargs)
        if self.mode == "crystal" and self._takes_basis:
            kwargs.setdefault("basis", np.array(axes))
        displaced = np.asarray(self.strain_fun(along, **kwargs), dtype=float)
        if displaced.shape != points.shape or not np.isfinite(displaced).all():
            raise ValueError(
                f"fun must return finite points of shape {points.shape}; got {displaced.shape}"
            )
        return displaced @ axes.T + self.origin


def _no_change(points: np.ndarray) -> np.ndarray:
    return points


def as_strain(name: str, value: BaseStrain | None) -> BaseStrain | None:
    """Return a strain field or None; a user's own need not derive from `BaseStrain`."""
    offered = ("apply_strain", "scrape_params", "source_box", "affine")
    return value if value is None else as_offering(name, value, "a BaseStrain or None", *offered)
