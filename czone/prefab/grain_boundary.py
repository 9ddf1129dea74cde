"""Two grains of one crystal that meet in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from scipy.spatial import cKDTree

from czone.checks import as_positive, as_vector
from czone.geometry import Plane
from czone.geometry.rotations import check_angle
from czone.matter import Atoms
from czone.prefab.base import FilledPrefab, cut
from czone.prefab.layers import CELLS_AROUND, reduced_cell
from czone.transform import Rotation, rot_v, rot_vtv
from czone.util.miller import direction_indices, plane_indices
from czone.volume import BaseVolume, MultiVolume
from czone.volume.separation import separated

__all__ = ["GrainBoundaryVolume", "SimpleGrainBoundary"]

_OVERLAP = 0.8  # of the nearest distance in the crystal


class GrainBoundaryVolume(MultiVolume):
    """Grains that keep their atoms apart.

    Parameters
    ----------
    volumes
        The grains; of two atoms too close, that of the later grain goes.
    priority
        As in `MultiVolume`.
    min_distance
        Smallest distance between atoms of different grains in angstrom.
    """

    def __init__(
        self, volumes: Any = None, priority: int | None = None, min_distance: float = 0.0
    ) -> None:
        super().__init__(volumes, priority)
        self.min_distance = min_distance

    def populate_atoms(self, **kwargs: Any) -> None:
        """Fill the grains and drop atoms that come too close to those of an earlier one."""
        parts = self._kept_of_each(kwargs)
        apart = separated(parts, range(len(parts)), self.min_distance)
        self._keep(Atoms.joined(parts).kept(np.concatenate(apart)))

    def from_volume(self, **kwargs: Any) -> Self:
        """Return a copy, see `MultiVolume.from_volume`."""
        copy = super().from_volume(**kwargs)
        copy.min_distance = self.min_distance
        return copy


class SimpleGrainBoundary(FilledPrefab):
    """Bicrystal: two grains with zone axes along z, on either side of a plane.

    Parameters
    ----------
    z1, z2
        Zone axes [uvw] of the grains, or [uvtw] of a hexagonal crystal, brought along +z; `z2` is
        `z1` if None.
    r1, r2
        Rotations of the grains about z in radians, after the zone axes are along z; `r2` is `r1` if
        None.
    plane
        The boundary: a Plane, or Miller indices (four in a hexagonal cell) of a plane of the first
        grain as it lies; the plane x = constant if None. The first grain lies on the side its
        normal points away from.
    point
        A point (3,) of the boundary in angstrom. If None that of `plane`, or for indices and None
        the middle of the volume.
    volume
        Region of both grains, a Volume or MultiVolume.
    generator
        The crystal, in any orientation; None to take that of `volume`. Its origin stays a lattice
        point of both grains.
    min_distance
        Smallest distance between atoms of different grains in angstrom; of two that are closer that
        of the second grain goes. 0.8 of the nearest distance in the crystal if None.

    Examples
    --------
    A symmetric tilt boundary about [001], sigma 5:

    >>> from czone.generator import Generator
    >>> from czone.volume import Volume, makeRectPrism
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.07825] * 3, [90] * 3, sgn=225)
    >>> box = Volume(points=makeRectPrism(40, 40, 20), generator=gold)
    >>> half = np.arctan(1 / 3)
    >>> bicrystal = SimpleGrainBoundary((0, 0, 1), half, r2=-half, volume=box).build_object()
    >>> bicrystal.populate_atoms()
    """

    _transient: ClassVar[tuple[str, ...]] = ("_defects", "_rng")  # nothing here is random

    def __init__(
        self,
        z1: Sequence[float],
        r1: float,
        z2: Sequence[float] | None = None,
        r2: float | None = None,
        plane: Plane | Sequence[int] | None = None,
        point: Sequence[float] | None = None,
        volume: BaseVolume | None = None,
        generator: Any = None,
        *,
        min_distance: float | None = None,
    ) -> None:
        super().__init__(generator, volume)
        self.z1 = z1
        self.z2 = z2
        self.r1 = r1
        self.r2 = r2
        self.plane = plane
        self.point = point
        if min_distance is not None:
            min_distance = as_positive("min_distance", min_distance, or_zero=True)
        self.min_distance = min_distance

    @property
    def z1(self) -> np.ndarray:
        """Zone axis [uvw] or [uvtw] of the first grain, (3,) or (4,)."""
        return self._z1.copy()

    @z1.setter
    def z1(self, value: Any) -> None:
        self._z1 = _checked_axis("z1", value)

    @property
    def z2(self) -> np.ndarray:
        """Zone axis [uvw] or [uvtw] of the second grain, (3,) or (4,)."""
        return self.z1 if self._z2 is None else self._z2.copy()

    @z2.setter
    def z2(self, value: Any) -> None:
        self._z2 = None if value is None else _checked_axis("z2", value)

    @property
    def r1(self) -> float:
        """Rotation of the first grain about z in radians."""
        return self._r1

    @r1.setter
    def r1(self, value: Any) -> None:
        self._r1 = _angle("r1", value)

    @property
    def r2(self) -> float:
        """Rotation of the second grain about z in radians."""
        return self._r1 if self._r2 is None else self._r2

    @r2.setter
    def r2(self, value: Any) -> None:
        self._r2 = None if value is None else _angle("r2", value)

    @property
    def plane(self) -> Plane | tuple | None:
        """The boundary: a Plane, Miller indices of the first grain, or None for x = constant."""
        return self._plane

    @plane.setter
    def plane(self, value: Any) -> None:
        if value is None or hasattr(value, "normal"):
            self._plane = deepcopy(value)
        else:
            plane_indices("plane", value)
            self._plane = tuple(map(float, value))

    @property
    def point(self) -> np.ndarray | None:
        """A point (3,) of the boundary in angstrom, or None."""
        return self._point

    @point.setter
    def point(self, value: Any) -> None:
        self._point = None if value is None else as_vector("point", value)

    def build_object(self) -> GrainBoundaryVolume:
        """Return the bicrystal.

        Raises
        ------
        ValueError
            If the generator or the volume is missing.
        """
        crystal, volume = self._ingredients()
        first = _oriented(crystal, self.z1, self.r1)
        second = _oriented(crystal, self.z2, self.r2)
        boundary = self._boundary(first, volume)
        beyond = Plane(-boundary.normal, boundary.point)
        grains = [cut(volume, first, [boundary]), cut(volume, second, [beyond])]
        grains[0].priority, grains[1].priority = 0, 1
        distance = self.min_distance
        if distance is None:
            distance = _OVERLAP * _nearest_distance(crystal)
        return GrainBoundaryVolume(grains, volume.priority, distance)

    def _boundary(self, first: Any, volume: BaseVolume) -> Plane:
        if hasattr(self._plane, "normal"):
            return Plane(
                self._plane.normal, self._plane.point if self.point is None else self.point
            )
        point = self.point
        if point is None:
            corners = volume.get_bounding_box()
            point = (corners.min(axis=0) + corners.max(axis=0)) / 2
        normal = [1.0, 0.0, 0.0]
        if self._plane is not None:
            voxel = first.voxel
            normal = plane_indices("plane", self._plane, voxel.sbases) @ voxel.reciprocal_bases
        return Plane(normal, point)

    def __repr__(self) -> str:
        return (
            f"SimpleGrainBoundary(z1={self.z1.tolist()}, r1={self.r1:g}, z2={self.z2.tolist()}, "
            f"r2={self.r2:g}, plane={self.plane!r}, generator={self.generator!r}, "
            f"volume={self.volume!r})"
        )


def _checked_axis(name: str, value: Any) -> np.ndarray:
    direction_indices(name, value)
    return np.array(value, dtype=float)


def _oriented(crystal: Any, zone_axis: np.ndarray, angle: float) -> Any:
    """Return the crystal with a zone axis along z, turned about z, its origin in place."""
    bases = crystal.voxel.sbases
    along = bases @ direction_indices("zone axis", zone_axis, bases)
    upright = rot_vtv(along, np.array([0.0, 0.0, 1.0]))
    turn = rot_v(np.array([0.0, 0.0, 1.0]), angle) @ upright
    return crystal.from_generator(transformation=[Rotation(turn, origin=crystal.voxel.origin)])


def _nearest_distance(crystal: Any) -> float:
    """Return the smallest distance of two atoms of a crystal in angstrom."""
    bases, coords = reduced_cell(crystal)
    block = (coords[None] + CELLS_AROUND[:, None]).reshape(-1, 3) @ bases.T
    return float(cKDTree(block).query(coords @ bases.T, k=2)[0][:, 1].min())


def _angle(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise ValueError(f"{name} must be an angle in radians; got {value!r}")
    check_angle(name, float(value))
    return float(value)
