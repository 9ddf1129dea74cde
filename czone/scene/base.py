"""What every scene does: hold objects, fill them, resolve their overlaps, hand the atoms on."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np

from czone.checks import as_flag, as_integer, read_only
from czone.equality import Compared, Unordered, content
from czone.matter.atoms import Atoms, populated
from czone.matter.contact_rule import tell_contacts
from czone.matter.contacts import Contacts
from czone.saved import Saved
from czone.scene import output
from czone.scene.closeness import Groups, contacts_in, kept_apart
from czone.scene.world import World
from czone.spelling import keywords
from czone.util.voxel import Voxel
from czone.volume.base import BaseVolume
from czone.volume.multivolume import priority_levels
from czone.volume.precedence import kept_atoms, without_own_images
from czone.volume.separation import Distance, as_distance

__all__ = ["BaseScene", "as_domain"]


class BaseScene(Compared, Saved, ABC):
    """Objects in a cell; a kind of scene says which cell, and where it repeats.

    Parameters
    ----------
    objects
        Volumes, molecules, or anything with `populate_atoms`, `atoms`, `species`, `priority` and
        `check_if_interior`. They stay the caller's: after a change the scene has no atoms until the
        next `populate`.
    min_distance
        Smallest distance between atoms of different objects, in angstrom; the atom of lower
        precedence goes (larger priority number, then later in the list). ``"contact"`` takes 0.85
        of the sum of the covalent radii of the two elements, None no such rule. Members of a
        `MultiVolume` count as objects of their own.
    clip
        Whether atoms outside the cell are dropped.

    Examples
    --------
    >>> from czone.scene import PeriodicScene, Scene
    >>> issubclass(Scene, BaseScene), issubclass(PeriodicScene, BaseScene)
    (True, True)
    """

    _transient: ClassVar[tuple[str, ...]] = ("_made",)

    def __init__(
        self, objects: Any = None, *, min_distance: Distance | None = None, clip: bool = False
    ) -> None:
        # What the atoms were made from, the atoms, which of each object stayed, and how far those
        # of each object are known to keep apart.
        self._made: tuple[tuple[Any, list], Atoms, list[np.ndarray], Groups] | None = None
        self._objects: list[Any] = []
        self.min_distance = min_distance
        self.clip = clip
        self.add_object(objects)

    # The cell.

    @property
    @abstractmethod
    def domain(self) -> Voxel:
        """The cell: vectors as columns of `sbases`, and the corner it begins at."""

    @property
    @abstractmethod
    def pbc(self) -> tuple[bool, bool, bool]:
        """Whether the cell repeats along each of its vectors."""

    @property
    def cell(self) -> np.ndarray:
        """Cell vectors as rows (3, 3), in angstrom."""
        return np.array(self.domain.sbases.T)

    @property
    def bounds(self) -> np.ndarray:
        """Two corners (2, 3) of the box along x, y and z around the cell, in angstrom."""
        corners = _CORNERS @ self.cell + self.domain.origin
        return read_only(np.array([corners.min(axis=0), corners.max(axis=0)]))

    @property
    def _world(self) -> World:
        domain = self.domain
        return World(domain.sbases, np.array(domain.origin), self.pbc)

    @property
    def min_distance(self) -> Distance | None:
        """Smallest distance between atoms of different objects: angstrom, ``"contact"`` or None."""
        return self._min_distance

    @min_distance.setter
    def min_distance(self, value: Distance | None) -> None:
        self._min_distance = as_distance("min_distance", value)

    @property
    def clip(self) -> bool:
        """Whether atoms outside the cell are dropped."""
        return self._clip

    @clip.setter
    def clip(self, value: bool) -> None:
        self._clip = as_flag("clip", value)

    # The objects.

    @property
    def objects(self) -> list[Any]:
        """The objects themselves, in the order they were added."""
        return self._objects

    @keywords(ob="obj")
    def add_object(self, obj: Any) -> None:
        """Add an object, or several, to the end of the list; None adds nothing."""
        alone = hasattr(obj, "populate_atoms") or not isinstance(obj, Iterable)
        members = [] if obj is None else [obj] if alone else list(obj)
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

    def populate(self, check_collisions: bool = True) -> None:
        """Fill every object with atoms and resolve their overlaps.

        Atoms inside another object of smaller or equal priority number go; then, as asked for,
        those too close to another object and those outside the cell. Atoms of the rest that are
        closer than atoms can be are warned of, see `czone.matter.contact_rule`.

        Parameters
        ----------
        check_collisions
            Whether overlaps are resolved. Without, the scene has all atoms of all objects.
        """
        if not self._objects:
            raise ValueError(
                "objects must hold at least one object; the scene is empty, add_object()"
            )
        filled = [_filled(ob) for ob in self._objects]
        parts = [part for _, part in filled]
        atoms, checks = self._resolved(parts) if check_collisions else self._all_of(parts)
        made_of = (self._settings(), [made_of for made_of, _ in filled])
        self._made = (made_of, atoms, checks, Groups.of(parts))
        if check_collisions:
            tell_contacts(
                self._contacts(atoms, self._world),
                "scene",
                'objects that touch or overlap (min_distance="contact" drops atoms of lower '
                "precedence), or a strain that closes gaps",
                refuse=False,
            )

    def contacts(self, periodic: bool | tuple[bool, bool, bool] | None = None) -> Contacts:
        """Return the pairs of kept atoms that are closer than atoms can be.

        Parameters
        ----------
        periodic
            Whether the cell repeats along its vectors; None for as it does.

        Returns
        -------
        contacts
            Pairs of indices into `all_atoms`, the worst first.
        """
        atoms, world = self.filling, self._world
        if periodic is not None:
            along_a, along_b, along_c = np.broadcast_to(periodic, 3).tolist()
            world = replace(world, pbc=(along_a, along_b, along_c))
        return self._contacts(atoms, world)

    def _contacts(self, atoms: Atoms, world: World) -> Contacts:
        assert self._made is not None  # there are atoms
        return contacts_in(world, atoms, self._made[3].kept(np.concatenate(self._made[2])))

    def populate_no_collisions(self) -> None:
        """Fill every object with atoms and keep them all."""
        self.populate(check_collisions=False)

    def check_against_object(self, atoms: np.ndarray, idx: int) -> np.ndarray:
        """Tell which atoms lie outside an object, and outside its images where the cell repeats.

        Parameters
        ----------
        atoms
            Positions (n, 3), in angstrom.
        idx
            Index of the object.
        """
        ob, world = self._objects[self._object_index(idx)], self._world
        atoms = np.asarray(atoms, dtype=float).reshape(-1, 3)
        box = ob.outer_box() if hasattr(ob, "outer_box") else None
        around = atoms if box is None else np.vstack([atoms, box])
        inside = np.zeros(len(atoms), dtype=bool)
        for shift in world.shifts(around):
            inside |= np.asarray(ob.check_if_interior(atoms + shift), dtype=bool)
        return ~inside

    def _settings(self) -> Any:
        """Return the content of all but the objects."""
        return content({k: v for k, v in vars(self).items() if k not in ("_objects", "_made")})

    def _is_stale(self) -> bool:
        if self._made is None:
            return True
        return self._made[0] != (self._settings(), [_state(ob) for ob in self._objects])

    def _all_of(self, parts: list[Atoms]) -> tuple[Atoms, list[np.ndarray]]:
        joined = Atoms.joined(parts)
        atoms = Atoms.owned(self._world.folded(joined.positions), joined.numbers, joined.labels)
        return atoms, [np.ones(len(part), dtype=bool) for part in parts]

    def _resolved(self, parts: list[Atoms]) -> tuple[Atoms, list[np.ndarray]]:
        """Return the atoms that stay, and which (n,) of the atoms of each object they are."""
        joined, world = Atoms.joined(parts), self._world
        labels = joined.labels
        assert labels is not None  # they say which part
        shifts = self._shifts(joined.positions)
        masks = kept_atoms(self._objects, parts, shifts)
        if shifts is not None:
            for mask, ob, part in zip(masks, self._objects, parts, strict=True):
                mask &= without_own_images(ob, part, shifts)
        keep = np.concatenate(masks)
        positions = world.folded(joined.positions)
        if world.repeats:
            keep[np.flatnonzero(keep)[world.repeated(positions[keep])]] = False
        if self.clip:
            keep &= world.inside(positions)
        if self.min_distance is not None:
            keep &= kept_apart(
                world,
                Atoms.owned(positions, joined.numbers),
                Groups.of(parts),
                keep,
                priorities=[ob.priority for ob in self._objects],
                min_distance=self.min_distance,
            )
        atoms = Atoms.owned(positions, joined.numbers, labels).kept(keep)
        return atoms, np.split(keep, np.cumsum([len(part) for part in parts])[:-1])

    def _shifts(self, positions: np.ndarray) -> np.ndarray | None:
        """Return the shifts (k, 3) under which objects can meet; None where nothing repeats."""
        world = self._world
        if not world.repeats or len(positions) == 0:
            return None
        boxes = [ob.outer_box() for ob in self._objects if hasattr(ob, "outer_box")]
        known = [box for box in boxes if box is not None and np.isfinite(box).all()]
        return world.shifts(np.vstack([positions, *known]))

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
        """The kept atoms as ASE Atoms, with the array "labels": the object each belongs to."""
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

    def _like(self) -> dict[str, Any]:
        like = self._made_of()
        for name in ("_bounds", "_domain"):
            like.pop(name, None)
        return {**like, "domain": self.domain, "_objects": Unordered(self._objects)}

    def _given(self) -> dict[str, Any]:
        """Return what `min_distance` and `clip` were set to, where they were."""
        given: dict[str, Any] = {}
        if self.min_distance is not None:
            given["min_distance"] = self.min_distance
        return {**given, "clip": True} if self.clip else given

    def copy(self) -> Self:
        """Return a copy with its own objects."""
        return deepcopy(self)


_CORNERS = np.array([[k & 1, k >> 1 & 1, k >> 2 & 1] for k in range(8)], dtype=float)


def as_domain(value: Any) -> Voxel:
    """Return a cell, or say that it is none."""
    if not isinstance(value, Voxel):
        raise TypeError(f"domain must be a Voxel (czone.util.voxel); got {value!r}")
    return value


def _state(ob: Any) -> Any:
    """Return what the atoms of a scene follow from in one object."""
    return ob.state if isinstance(ob, BaseVolume) else content(ob)


def _filled(ob: Any) -> tuple[Any, Atoms]:
    """Populate an object; return its state and its atoms."""
    if isinstance(ob, BaseVolume):
        return ob.filled()
    ob.populate_atoms()
    return content(ob), populated(ob)
