"""The scene: objects in a box, their overlaps resolved, ready for a file or a simulation."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_flag, read_only
from czone.scene.base import BaseScene, as_domain
from czone.scene.periodic import PeriodicScene
from czone.shown import call
from czone.util.voxel import Voxel
from czone.volume.separation import Distance

# Construction Zone has both here.
__all__ = ["PeriodicScene", "Scene"]


class Scene(BaseScene):
    """Objects in a box.

    Parameters
    ----------
    bounds
        Two opposite corners (2, 3) of the box, in angstrom; a cube of 10 angstrom by default. A
        `Voxel` in their place is the cell, which may then have any shape.
    objects
        Volumes, molecules, or anything with `populate_atoms`, `atoms`, `species`, `priority` and
        `check_if_interior`. They stay the caller's: after a change the scene has no atoms until the
        next `populate`.
    domain
        The cell by name, in place of `bounds`.
    min_distance
        Smallest distance between atoms of different objects, in angstrom; the atom of lower
        precedence goes (larger priority number, then later in the list). ``"contact"`` takes 0.85
        of the sum of the covalent radii of the two elements, None no such rule. Members of a
        `MultiVolume` count as objects of their own.
    clip
        Whether atoms outside the box are dropped.
    periodic
        Whether the box repeats along x and y (the first two vectors of a cell): one flag, or two.
        Atoms are then brought into the box, objects displace each other across its faces, and of
        atoms that meet there one stays. `PeriodicScene` repeats in any direction.

    Examples
    --------
    >>> from czone.molecule import Molecule
    >>> scene = Scene([[0, 0, 0], [20, 20, 20]], [Molecule("Au", [[5, 5, 5]])])
    >>> scene.populate()
    >>> scene.all_atoms
    array([[5., 5., 5.]])
    """

    def __init__(
        self,
        bounds: ArrayLike | Voxel | None = None,
        objects: Any = None,
        *,
        domain: Voxel | None = None,
        min_distance: Distance | None = None,
        clip: bool = False,
        periodic: bool | tuple[bool, bool] = False,
    ) -> None:
        if domain is not None and bounds is not None:
            raise TypeError(f"bounds and domain both say the cell; got {bounds!r} and {domain!r}")
        self._bounds: np.ndarray | None = None
        self._domain: Voxel | None = None
        if isinstance(bounds, Voxel) or domain is not None:
            self.domain = bounds if domain is None else domain  # type: ignore[assignment]
        else:
            self.bounds = [[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]] if bounds is None else bounds
        self.periodic = periodic
        super().__init__(objects, min_distance=min_distance, clip=clip)

    @property
    def bounds(self) -> np.ndarray:
        """Two opposite corners (2, 3) of the box, the lower first, in angstrom, read-only.

        Of a scene with a cell of its own: the box along x, y and z around the cell.
        """
        if self._bounds is not None:
            return read_only(self._bounds)
        return super().bounds

    @bounds.setter
    def bounds(self, value: ArrayLike) -> None:
        try:
            bounds = np.array(value, dtype=float)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"bounds must be two corners (2, 3), in angstrom; got {value!r}"
            ) from error
        if bounds.shape != (2, 3) or not np.isfinite(bounds).all():
            raise ValueError(
                f"bounds must be two finite corners (2, 3), in angstrom; got {value!r}"
            )
        if not (bounds[1] > bounds[0]).all():
            raise ValueError(f"bounds must have the lower corner first; got {bounds.tolist()}")
        self._bounds, self._domain = bounds, None

    @property
    def domain(self) -> Voxel:
        """The cell: vectors as columns of `sbases`, and the corner it begins at."""
        if self._domain is not None:
            return self._domain
        low, high = self.bounds
        return Voxel(bases=np.diag(high - low), origin=low)

    @domain.setter
    def domain(self, value: Voxel) -> None:
        self._domain, self._bounds = as_domain(value), None

    @property
    def periodic(self) -> tuple[bool, bool]:
        """Whether the box repeats along x, and along y."""
        return self._periodic

    @periodic.setter
    def periodic(self, value: bool | tuple[bool, bool]) -> None:
        flags = value if isinstance(value, (list, tuple, np.ndarray)) else (value, value)
        if len(flags) != 2:
            raise ValueError(f"periodic must be one flag or two, for x and y; got {value!r}")
        self._periodic = (as_flag("periodic", flags[0]), as_flag("periodic", flags[1]))

    @property
    def pbc(self) -> tuple[bool, bool, bool]:
        """Whether the box repeats along x, y and z."""
        return (*self._periodic, False)

    def __repr__(self) -> str:
        cell = self._domain if self._bounds is None else self._bounds
        given = {"periodic": self._periodic} if any(self._periodic) else {}
        return call(self, cell, self._objects, **self._given(), **given)

    def __str__(self) -> str:
        size = " x ".join(f"{x:g}" for x in self.bounds[1] - self.bounds[0])
        state = "not populated" if self._is_stale() else f"{len(self.all_atoms)} atoms"
        return f"Scene({size} A, {len(self._objects)} objects, {state})"
