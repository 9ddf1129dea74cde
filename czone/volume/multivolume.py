"""Volumes of volumes."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np

from czone.equality import Unordered
from czone.geometry.base import point_rows
from czone.matter.atoms import Atoms, populated
from czone.shown import call
from czone.spelling import keywords
from czone.transform.base import steps_of
from czone.volume.base import BaseVolume
from czone.volume.precedence import kept_atoms

__all__ = ["MultiVolume"]


class MultiVolume(BaseVolume):
    """Union of volumes, with priorities among them; may be nested.

    It refers to its members: what is done to one of them shows here, and to move the whole moves
    them. `from_volume` returns one with members of its own.

    Parameters
    ----------
    volumes
        Volumes or MultiVolumes, each of them once.
    priority
        Precedence of the whole, see `BaseVolume`.

    Examples
    --------
    >>> from czone.generator import NullGenerator
    >>> from czone.geometry import Sphere
    >>> from czone.volume import Volume
    >>> parts = [Volume(alg_objects=[Sphere(5, [x, 0, 0])], generator=NullGenerator())
    ...          for x in (0, 8)]
    >>> MultiVolume(parts).check_if_interior([[0, 0, 0], [8, 0, 0], [20, 0, 0]])
    array([ True,  True, False])
    """

    def __init__(
        self, volumes: Iterable[BaseVolume] | None = None, priority: int | None = None
    ) -> None:
        super().__init__(priority=0 if priority is None else priority)
        self._volumes: list[Any] = []
        if volumes is not None:
            self.add_volume(volumes)

    @property
    def volumes(self) -> list[Any]:
        """The members themselves, in the order they were added."""
        return self._volumes

    def add_volume(self, volume: BaseVolume | Iterable[BaseVolume]) -> None:
        """Add a volume, or several."""
        given: Any = volume
        alone = hasattr(given, "populate_atoms") or not hasattr(given, "__iter__")
        members = [given] if alone else list(given)
        for member in members:
            if not (hasattr(member, "populate_atoms") and hasattr(member, "check_if_interior")):
                raise TypeError(f"volumes must be Volume or MultiVolume; got {member!r}")
        together = [*self._volumes, *members]
        if len({id(member) for member in together}) < len(together):
            # It would empty itself when populated, and be moved twice by one transform.
            raise ValueError(
                "volumes must hold each volume once; got the same object twice. "
                "from_volume() makes a copy"
            )
        self._volumes.extend(members)

    def _require_volumes(self) -> None:
        if not self._volumes:
            raise ValueError("volumes must hold at least one Volume; this MultiVolume is empty")

    def _get_priorities(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the relative priority level of each member, and where levels begin when sorted."""
        return priority_levels(self._volumes)

    def transform(self, transformation: Any) -> None:
        """Move every member, the volumes themselves, by a transform or a list of them."""
        for step in steps_of(transformation):
            for volume in self._volumes:
                volume.transform(step)

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside any member."""
        self._require_volumes()
        points = point_rows(points)
        inside = np.zeros(points.shape[:-1], dtype=bool)
        for volume in self._volumes:
            inside = inside | volume.check_if_interior(points)
        return inside

    def get_bounding_box(self) -> np.ndarray:
        """Return points (m, 3) around all members, in angstrom."""
        self._require_volumes()
        return np.vstack([volume.get_bounding_box() for volume in self._volumes])

    def outer_box(self) -> np.ndarray | None:
        """Return two corners (2, 3) of a box around all members; None if not known."""
        corners = np.zeros((0, 3))
        for volume in self._volumes:
            box = volume.outer_box()
            if box is None:
                return None
            corners = np.vstack([corners, box])
        return np.array([corners.min(axis=0), corners.max(axis=0)]) if len(corners) else corners

    def populate_atoms(self, **kwargs: Any) -> None:
        """Fill all members and resolve their overlaps by priority; each has its own atoms too.

        Parameters
        ----------
        **kwargs
            Passed to `supply_atoms` of the members' generators.
        """
        self._require_volumes()
        self._keep(Atoms.joined(self._kept_of_each(kwargs)))

    def _kept_of_each(self, kwargs: dict[str, Any]) -> list[Atoms]:
        """Fill the members and return which atoms stay of each."""
        for volume in self._volumes:
            volume.populate_atoms(**kwargs)
        parts = [_filling(volume) for volume in self._volumes]
        masks = kept_atoms(self._volumes, parts)
        return [part.kept(mask) for part, mask in zip(parts, masks, strict=True)]

    def from_volume(self, **kwargs: Any) -> Self:
        """Return a copy with members of its own, not populated.

        Parameters
        ----------
        **kwargs
            `priority` of the whole; everything else (`transformation`, `generator`, ...) goes to
            `from_volume` of every member.
        """
        priority = kwargs.pop("priority", self.priority)
        members = [volume.from_volume(**kwargs) for volume in self._volumes]
        copy = type(self)(priority=priority)
        copy._volumes = members
        return copy

    def _like(self) -> dict[str, Any]:
        return {**self._made_of(), "_volumes": Unordered(self._volumes)}

    def __repr__(self) -> str:
        return call(self, self._volumes, priority=self.priority)

    def __str__(self) -> str:
        state = "" if self.atoms is None else f", {len(self.atoms)} atoms"
        return f"MultiVolume({len(self._volumes)} volumes, priority={self.priority}{state})"


def _filling(volume: Any) -> Atoms:
    filling = volume.filling if isinstance(volume, BaseVolume) else None
    return populated(volume) if filling is None else filling


def priority_levels(objects: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the level (n,) of each object, 0 the strongest, and where levels begin when sorted.

    The second array has one more entry than there are levels: the number of objects.
    """
    priorities = [ob.priority for ob in objects]
    _, levels, counts = np.unique(priorities, return_inverse=True, return_counts=True)
    return levels.reshape(-1), np.concatenate([[0], np.cumsum(counts)])
