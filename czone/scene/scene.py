"""The scene: objects in a box, their overlaps resolved, ready for a file or a simulation."""

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_flag, as_integer, as_positive, read_only
from czone.equality import Compared, content
from czone.matter.atoms import Atoms, populated
from czone.scene import output
from czone.spelling import keywords
from czone.volume.base import BaseVolume
from czone.volume.multivolume import priority_levels
from czone.volume.precedence import kept_atoms, separated

__all__ = ["Scene"]


class Scene(Compared):
    """Objects in a box.

    Parameters
    ----------
    bounds
        Two opposite corners (2, 3) of the box, in angstrom; a cube of 10 angstrom by default.
    objects
        Volumes, molecules, or anything with `populate_atoms`, `atoms`, `species`, `priority` and
        `check_if_interior`. They stay the caller's: after a change the scene has no atoms until the
        next `populate`.
    min_distance
        Smallest distance between atoms of different objects, in angstrom; the atom of lower
        precedence goes (larger priority number, then later in the list). None for no such rule.
    clip
        Whether atoms outside the box are dropped.
    periodic
        Whether the box repeats along x and y: one flag, or two. Atoms are then brought into the
        box, objects displace each other across its faces, and of atoms that meet there one stays.

    Examples
    --------
    >>> from czone.molecule import Molecule
    >>> scene = Scene([[0, 0, 0], [20, 20, 20]], [Molecule("Au", [[5, 5, 5]])])
    >>> scene.populate()
    >>> scene.all_atoms
    array([[5., 5., 5.]])
    """

    _transient = ("_made",)

    def __init__(
        self,
        bounds: ArrayLike | None = None,
        objects: list[Any] | None = None,
        *,
        min_distance: float | None = None,
        clip: bool = False,
        periodic: bool | tuple[bool, bool] = False,
    ) -> None:
        # What the atoms were made from, the atoms, and which of each object stayed.
        self._made: tuple[tuple[Any, list], Atoms, list[np.ndarray]] | None = None
        self._objects: list[Any] = []
        self.bounds = [[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]] if bounds is None else bounds
        self.min_distance = min_distance
        self.clip = clip
        self.periodic = periodic
        if objects is not None:
            self.add_object(objects)

    @property
    def bounds(self) -> np.ndarray:
        """Two opposite corners (2, 3) of the box, the lower first, in angstrom, read-only."""
        return read_only(self._bounds)

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
        self._bounds = bounds

    @property
    def min_distance(self) -> float | None:
        """Smallest distance between atoms of different objects, in angstrom; None for none."""
        return self._min_distance

    @min_distance.setter
    def min_distance(self, value: float | None) -> None:
        self._min_distance = None if value is None else as_positive("min_distance", value)

    @property
    def clip(self) -> bool:
        """Whether atoms outside the box are dropped."""
        return self._clip

    @clip.setter
    def clip(self, value: bool) -> None:
        self._clip = as_flag("clip", value)

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

    @property
    def cell(self) -> np.ndarray:
        """Box vectors as rows (3, 3), in angstrom."""
        return np.diag(self._bounds[1] - self._bounds[0])

    # The objects.

    @property
    def objects(self) -> list[Any]:
        """The objects themselves, in the order they were added."""
        return self._objects

    @keywords(ob="obj")
    def add_object(self, obj: Any) -> None:
        """Add an object, or several, to the end of the list."""
        members = list(obj) if isinstance(obj, (list, tuple, np.ndarray)) else [obj]
        for member in members:
            missing = [
                name
                for name in ("populate_atoms", "check_if_interior", "priority")
                if not hasattr(member, name)
            ]
            if missing:
                raise TypeError(
                    "objects must be volumes or molecules (with populate_atoms, check_if_interior, "
                    f"priority); got {member!r}"
                )
        self._objects.extend(members)

    def remove_object(self, idx: int) -> Any:
        """Take an object out of the list by its index and return it."""
        return self._objects.pop(self._object_index(idx))

    def _object_index(self, idx: int) -> int:
        index, count = as_integer("idx", idx), len(self._objects)
        if not -count <= index < count:
            raise IndexError(f"idx must name one of the {count} objects; got {index}")
        return index % count

    def _get_priorities(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the relative priority level of each object, and where levels begin when sorted."""
        return priority_levels(self._objects)

    # The atoms.

    def populate(self) -> None:
        """Fill every object with atoms and resolve their overlaps.

        Atoms inside another object of smaller or equal priority number go; then, as asked for,
        those too close to another object and those outside the box.
        """
        if not self._objects:
            raise ValueError(
                "objects must hold at least one object; the scene is empty, add_object()"
            )
        filled = [_filled(ob) for ob in self._objects]
        atoms, checks = self._resolved([part for _, part in filled])
        self._made = ((self._settings(), [made_of for made_of, _ in filled]), atoms, checks)

    def _settings(self) -> Any:
        """Return the content of all but the objects."""
        return content({k: v for k, v in vars(self).items() if k not in ("_objects", "_made")})

    def _is_stale(self) -> bool:
        if self._made is None:
            return True
        return self._made[0] != (self._settings(), [_state(ob) for ob in self._objects])

    def _resolved(self, parts: list[Atoms]) -> tuple[Atoms, list[np.ndarray]]:
        """Return the atoms that stay, and which (n,) of the atoms of each object they are."""
        joined = Atoms.joined(parts)
        labels = joined.labels
        assert labels is not None  # they say which part
        keep = np.concatenate(kept_atoms(self._objects, parts, self._images(joined.positions)))
        positions = self._wrapped(joined.positions)
        if any(self._periodic):
            keep[np.flatnonzero(keep)[self._repeated(positions[keep])]] = False
        if self.clip:
            slack = 1e-5
            low, high = self._bounds
            keep &= ((positions >= low - slack) & (positions <= high + slack)).all(axis=1)
        if self.min_distance is not None:
            order = np.argsort([ob.priority for ob in self._objects], kind="stable").tolist()
            kept = np.flatnonzero(keep)
            pieces = np.split(kept, np.searchsorted(labels[kept], np.arange(1, len(parts))))
            inside = positions - self._bounds[0]
            apart = separated(
                [inside[piece] for piece in pieces], order, self.min_distance, self._periods()
            )
            keep[kept] = np.concatenate(apart)
        atoms = Atoms.owned(positions, joined.numbers, labels).kept(keep)
        return atoms, np.split(keep, np.cumsum([len(part) for part in parts])[:-1])

    def _periods(self) -> np.ndarray | None:
        if not any(self._periodic):
            return None
        return np.where(self.pbc, self._bounds[1] - self._bounds[0], 0.0)

    def _images(self, positions: np.ndarray) -> np.ndarray | None:
        """Return the shifts (k, 3) under which objects can meet in a periodic box."""
        periods = self._periods()
        if periods is None or len(positions) == 0:
            return None
        shifts = []
        for axis in range(3):
            if not self.pbc[axis]:
                shifts.append([0.0])
                continue
            width = np.ptp(positions[:, axis])
            reach = 1 + int(width // periods[axis])
            shifts.append(periods[axis] * np.arange(-reach, reach + 1))
        return np.array(np.meshgrid(*shifts, indexing="ij")).reshape(3, -1).T

    def _wrapped(self, positions: np.ndarray) -> np.ndarray:
        periods = self._periods()
        if periods is None:
            return positions
        wrapped = positions - self._bounds[0]
        for axis in np.flatnonzero(periods):
            wrapped[:, axis] %= periods[axis]
            # x % L can round up to L itself.
            wrapped[wrapped[:, axis] >= periods[axis] - 1e-9, axis] = 0.0
        return wrapped + self._bounds[0]

    def _repeated(self, positions: np.ndarray) -> np.ndarray:
        """Return the later index of every two atoms that share a site in the periodic box."""
        from scipy.spatial import cKDTree

        same_site = 0.05  # angstrom; no two atoms are ever this close
        inside = np.where(self.pbc, positions - self._bounds[0], positions)
        tree = cKDTree(inside, boxsize=self._periods())
        return np.unique(tree.query_pairs(same_site, output_type="ndarray").max(axis=1, initial=-1))

    def _result(self) -> tuple[Atoms, list[np.ndarray]]:
        if self._made is None or self._is_stale():
            raise RuntimeError(
                "the scene has no atoms yet (or was changed since); call populate() first"
            )
        return self._made[1], self._made[2]

    @property
    def filling(self) -> Atoms:
        """The kept atoms as a value, with labels."""
        return self._result()[0]

    @property
    def _checks(self) -> list[np.ndarray]:
        """Which atoms of each object are kept, one boolean array per object."""
        return self._result()[1]

    @property
    def all_atoms(self) -> np.ndarray:
        """Positions (n, 3) of the kept atoms, object after object, in angstrom, read-only."""
        return self.filling.positions

    @property
    def all_species(self) -> np.ndarray:
        """Atomic numbers (n,) of the kept atoms, read-only."""
        return self.filling.numbers

    @property
    def labels(self) -> np.ndarray:
        """Index (n,) into `objects`, the object each kept atom belongs to, read-only."""
        labels = self.filling.labels
        assert labels is not None  # a scene's atoms have them
        return labels

    def atoms_from_object(self, idx: int) -> np.ndarray:
        """Return the positions (n, 3) of the kept atoms of one object, in angstrom."""
        atoms = self.filling
        return atoms.positions[atoms.labels == self._object_index(idx)]

    def species_from_object(self, idx: int) -> np.ndarray:
        """Return the atomic numbers (n,) of the kept atoms of one object."""
        atoms = self.filling
        return atoms.numbers[atoms.labels == self._object_index(idx)]

    # Going elsewhere.

    @property
    def ase_atoms(self) -> Any:
        """The kept atoms as ASE Atoms.

        The cell is the box and begins at 0, so the atoms are shifted by minus the lower corner of
        `bounds`; the array "labels" holds the object each atom belongs to.
        """
        return output.to_ase(self)

    def to_pymatgen(self) -> Any:
        """Return the kept atoms as a pymatgen Structure, with the site property "labels"."""
        return output.to_pymatgen(self)

    def to_file(self, fname: Any, **kwargs: Any) -> None:
        """Write the kept atoms to `fname`; `kwargs` go to `czone.scene.output.write_scene`."""
        output.write_scene(self, fname, **kwargs)

    def view(self, **kwargs: Any) -> Any:
        """Return a view of the scene in 3D, for a notebook; `kwargs` go to `czone.viz.view`."""
        from czone.viz import view  # loads when someone looks

        return view(self, **kwargs)

    def plot(self, **kwargs: Any) -> Any:
        """Return a drawing of the scene; `kwargs` go to `czone.viz.plot`."""
        from czone.viz import plot

        return plot(self, **kwargs)

    def copy(self) -> "Scene":
        """Return a copy with its own objects."""
        return deepcopy(self)

    def __repr__(self) -> str:
        size = " x ".join(f"{x:g}" for x in self._bounds[1] - self._bounds[0])
        state = "not populated" if self._is_stale() else f"{len(self.all_atoms)} atoms"
        return f"Scene({size} A, {len(self._objects)} objects, {state})"


def _state(ob: Any) -> Any:
    """Return what the atoms of a scene follow from in one object."""
    return ob.state if isinstance(ob, BaseVolume) else content(ob)


def _filled(ob: Any) -> tuple[Any, Atoms]:
    """Populate an object; return its state and its atoms."""
    if isinstance(ob, BaseVolume):
        return ob.filled()
    ob.populate_atoms()
    return content(ob), populated(ob)
