"""What every prefab offers, and the steps they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import numpy as np

from czone.equality import Compared
from czone.generator.given import as_generator
from czone.geometry import BaseAlgebraic
from czone.randomness import Seed, as_rng, as_seed
from czone.spelling import Spelled
from czone.volume import BaseVolume, MultiVolume

__all__ = ["BasePrefab", "PlanarDefect"]


@dataclass(frozen=True, eq=False)
class PlanarDefect:
    """A planar defect in a particle.

    Attributes
    ----------
    kind
        ``"twin"``, ``"stacking_fault"``, ``"I1"``, ``"I2"`` or ``"E"``.
    plane_index
        Index of the atomic plane the defect follows, counted along `normal` from 0 at the bottom
        of the particle.
    point
        Point of the defect plane below the middle of the particle, (3,), in angstrom: the mirror of
        a twin whose mirror is an atomic plane, else the middle of the gap between the grains.
    normal
        Unit normal, (3,), pointing to the changed side.
    """

    kind: str
    plane_index: int
    point: np.ndarray
    normal: np.ndarray

    def __repr__(self) -> str:
        return (
            f"PlanarDefect({self.kind}, plane {self.plane_index}, "
            f"point={np.round(self.point, 3).tolist()}, normal={np.round(self.normal, 4).tolist()})"
        )


class BasePrefab(Compared, Spelled, ABC):
    """A recipe for an object: set parameters, then `build_object`.

    Examples
    --------
    >>> from czone.volume import Sphere, Volume
    >>> class Ball(BasePrefab):
    ...     def build_object(self):
    ...         return Volume(alg_objects=[Sphere(5, [0, 0, 0])])
    >>> bool(Ball().build_object().check_if_interior([0, 0, 4]))
    True
    """

    _transient: ClassVar[tuple[str, ...]] = ("_defects", "_rng")

    _rng: np.random.Generator | None = None

    @property
    def rng(self) -> np.random.Generator:
        """Where random numbers come from, for recipes that draw; a seed may be set."""
        if self._rng is None:
            self._rng = as_rng(None)
        return self._rng

    @rng.setter
    def rng(self, value: Seed) -> None:
        self._rng = as_rng(value)

    @abstractmethod
    def build_object(self) -> BaseVolume:
        """Return a new Volume or MultiVolume."""


class FilledPrefab(BasePrefab):
    """A recipe that fills a given volume with a given crystal.

    Parameters
    ----------
    generator
        The crystal, not copied. None to take that of `volume`, or to set it later.
    volume
        The region, not copied: what is built has volumes of its own. None to set it later.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.
    """

    _transient: ClassVar[tuple[str, ...]] = ("_defects",)

    def __init__(
        self, generator: Any = None, volume: BaseVolume | None = None, rng: Seed = None
    ) -> None:
        self._generator: Any = None
        self._volume: BaseVolume | None = None
        self.rng = rng
        self._defects: tuple[PlanarDefect, ...] | None = None
        if generator is not None:
            self.generator = generator
        if volume is not None:
            self.volume = volume

    def _made_of(self) -> dict:
        # Streams are equal when they will draw the same.
        state = super()._made_of()
        if "_rng" in state:
            state["_rng"] = self.rng.bit_generator.state
        return state

    @property
    def generator(self) -> Any:
        """The crystal."""
        return self._generator

    @generator.setter
    def generator(self, value: Any) -> None:
        value = as_generator(value)
        if not hasattr(value, "voxel"):
            raise TypeError(f"generator must be a Generator, a crystal; got {value!r}")
        self._generator = value

    @property
    def volume(self) -> BaseVolume | None:
        """The region to fill."""
        return self._volume

    @volume.setter
    def volume(self, value: Any) -> None:
        if not hasattr(value, "populate_atoms") or not hasattr(value, "check_if_interior"):
            raise TypeError(f"volume must be a Volume or MultiVolume; got {value!r}")
        self._volume = value

    @property
    def defects(self) -> tuple[PlanarDefect, ...]:
        """The planar defects of the object built last, from the bottom up."""
        if self._defects is None:
            raise RuntimeError("defects are known after build_object(); call it first")
        return self._defects

    def _ingredients(self) -> tuple[Any, BaseVolume]:
        """Return the crystal to build from and the region to fill, or say what is missing."""
        if self._volume is None:
            raise ValueError("volume must be set before build_object(); got None")
        crystal = self._generator
        if crystal is None:
            crystal = getattr(self._volume, "generator", None)
        if crystal is None:
            raise ValueError("generator must be set before build_object(); got None")
        if crystal.strain_field is not None:
            raise ValueError(
                "generator must not carry a strain field, which would move the defect planes; got "
                f"{crystal.strain_field!r}. Deform the particle instead: build it from the crystal "
                "without, then particle.transform(AffineTransform(gradient))"
            )
        return crystal, self._volume


def drawn_anew(crystal: Any) -> Any:
    """Return a crystal with a draw of its own for sites that elements share.

    A grain that takes up the mirror image of the sites of another would hold the image of its
    atoms.

    Parameters
    ----------
    crystal
        The grain; its seed is set to one that follows from the old one.
    """
    if getattr(crystal, "seed", None) is not None:
        crystal.seed = as_seed(crystal.seed)
    return crystal


def cut(volume: BaseVolume, generator: Any, surfaces: Sequence[BaseAlgebraic]) -> BaseVolume:
    """Return a copy of a volume, bounded by further surfaces and filled by another generator."""
    if hasattr(volume, "volumes"):
        members = [cut(member, generator, surfaces) for member in volume.volumes]
        return MultiVolume(members, priority=volume.priority)
    part: Any = volume.from_volume(generator=generator)
    part.add_alg_object(list(surfaces))
    return part


def whole_number(name: str, value: Any, least: int) -> int:
    """Return a whole number, or say what was wrong."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} must be a whole number of {least} or more; got {value!r}")
    return int(value)


def none_or_more(name: str, value: Any) -> int:
    """Return a whole number of 0 or more."""
    return whole_number(name, value, 0)


def one_or_more(name: str, value: Any) -> int:
    """Return a whole number of 1 or more."""
    return whole_number(name, value, 1)
