"""The scene that repeats in any direction, in a cell of any shape."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from czone.checks import as_flag
from czone.scene.base import BaseScene, as_domain
from czone.shown import call
from czone.transform.affine import Translation
from czone.util.voxel import Voxel
from czone.volume.separation import Distance

__all__ = ["PeriodicScene"]


class PeriodicScene(BaseScene):
    """Objects in a cell that repeats along any of its vectors.

    An object that reaches through a face comes in again through the opposite one. Precedence holds
    across the faces, and an object that reaches into its own image gives way half way; of atoms
    that share a site there one stays.

    Parameters
    ----------
    domain
        The cell: its vectors are the columns of `sbases`, its corner is `origin`.
    objects
        As of a `Scene`.
    pbc
        Whether the cell repeats along each of its three vectors.
    min_distance, clip
        As of a `Scene`: in angstrom, measured across the faces; a flag.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Volume, make_rect_prism
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.0] * 3, [90] * 3, sgn=225)
    >>> scene = PeriodicScene(
    ...     Voxel(12 * np.eye(3)), Volume(make_rect_prism(12, 12, 12), generator=gold))
    >>> scene.populate()
    >>> len(scene.all_atoms) == 4 * 3**3  # no atom of a face twice
    True
    """

    def __init__(
        self,
        domain: Voxel,
        objects: Any = None,
        pbc: tuple[bool, bool, bool] = (True, True, True),
        *,
        min_distance: Distance | None = None,
        clip: bool = False,
    ) -> None:
        self.domain = domain
        self.pbc = pbc
        super().__init__(objects, min_distance=min_distance, clip=clip)

    @property
    def domain(self) -> Voxel:
        """The cell, the caller's own: vectors as columns of `sbases`, and its corner."""
        return self._domain

    @domain.setter
    def domain(self, value: Voxel) -> None:
        self._domain = as_domain(value)

    @property
    def pbc(self) -> tuple[bool, bool, bool]:
        """Whether the cell repeats along each of its vectors."""
        return self._pbc

    @pbc.setter
    def pbc(self, value: Any) -> None:
        if not isinstance(value, (list, tuple, np.ndarray)) or len(value) != 3:
            given = TypeError if not hasattr(value, "__len__") else ValueError
            raise given(f"pbc must be three flags, one per cell vector; got {value!r}")
        one, two, three = (as_flag("pbc", flag) for flag in value)
        self._pbc = (one, two, three)

    @property
    def periodic_images(self) -> dict[int, list[Any]]:
        """Copies of the objects that reach into the cell from outside, by id of the object."""
        return {
            id(ob): [
                ob.from_volume(transformation=[Translation(self.domain.sbases @ np.array(cells))])
                for cells in self._get_periodic_indices(ob.get_bounding_box())
            ]
            for ob in self._objects
        }

    def _get_periodic_indices(self, bbox: np.ndarray) -> list[tuple[int, int, int]]:
        """Return by how many cells (i, j, k) an object must move to reach into this one.

        The object as it is does not count.
        """
        fractions = self._world.fractions(np.asarray(bbox, dtype=float))
        heights = self._world.heights

        def steps(axis: int) -> Iterator[int]:
            if not self.pbc[axis]:
                return iter([0])
            hair = 1e-6 / heights[axis]  # what only touches a face does not reach in
            low, high = fractions[:, axis].min() + hair, fractions[:, axis].max() - hair
            return iter(range(int(np.ceil(-high)), int(np.floor(1 - low)) + 1))

        return [(i, j, k) for i, j, k in product(*map(steps, range(3))) if i or j or k]

    def __repr__(self) -> str:
        return call(self, self._domain, self._objects, pbc=self._pbc, **self._given())

    def __str__(self) -> str:
        lengths = " x ".join(f"{x:g}" for x in np.linalg.norm(self.cell, axis=1))
        flags = "".join("T" if flag else "F" for flag in self.pbc)
        state = "not populated" if self._is_stale() else f"{len(self.all_atoms)} atoms"
        return f"PeriodicScene({lengths} A, pbc {flags}, {len(self._objects)} objects, {state})"
