"""Molecules: explicit atoms with an origin, an orientation and a precedence."""

from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_integer, as_points, as_positive
from czone.equality import Unordered
from czone.files import write_atoms
from czone.generator.base import BaseGenerator
from czone.geometry.elements import SYMBOLS, atomic_numbers
from czone.molecule.extras import Extras
from czone.molecule.placed import Placed
from czone.molecule.reach import Reach
from czone.molecule.torn import tell_torn
from czone.shown import call
from czone.spelling import keywords

__all__ = ["BaseMolecule", "Molecule"]


class BaseMolecule(Placed, BaseGenerator):
    """Explicit atoms: an object of a scene, or the generator that fills a `Volume`.

    The arrays `atoms` and `species` are the molecule's own and may be changed in place.

    Parameters
    ----------
    species
        Elements (n,), as atomic numbers or symbols.
    positions
        Array (n, 3), in angstrom.
    origin
        Reference of the molecule: None is (0, 0, 0), a point (3,) in angstrom is that point, an
        integer is the atom of that index, wherever it goes.
    orientation
        Rotation matrix (3, 3) that says how the atoms, as they are given, are turned already; it
        moves none of them, and follows `transform`, which does.
    priority
        Precedence where objects overlap: the smaller number keeps its atoms.
    exclusion_radius
        Distance below which another atom counts as inside, from the nearest atom of the molecule,
        in angstrom. None takes the covalent radius of each element.
    print_warnings
        Whether to warn when a transform cannot leave the origin in place.

    Examples
    --------
    >>> class Water(BaseMolecule):
    ...     def __init__(self):
    ...         super().__init__(["O", "H", "H"], [[0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]])
    >>> Water().species.tolist()
    [8, 1, 1]
    """

    _spellings: ClassVar[dict[str, str]] = {"checkIfInterior": "check_if_interior"}

    priority = Checked(as_integer, "Precedence in overlaps: the smaller number keeps its atoms.")

    def __init__(
        self,
        species: Any,
        positions: ArrayLike,
        origin: int | ArrayLike | None = None,
        *,
        orientation: ArrayLike | None = None,
        priority: int = 0,
        exclusion_radius: float | None = None,
        print_warnings: bool = True,
    ) -> None:
        self.print_warnings = print_warnings
        self._tracked: int | None = None
        self._origin = np.zeros(3)
        self.set_atoms(species, positions)
        if origin is None:
            pass
        elif np.ndim(origin) == 0:
            self._tracked = self._index("origin", origin)
        else:
            self.set_origin(point=origin)
        self.orientation = np.eye(3) if orientation is None else orientation
        self.priority = priority
        self.exclusion_radius = exclusion_radius

    # The atoms.

    @property
    def atoms(self) -> np.ndarray:
        """Positions (n, 3), in angstrom; the molecule's own array."""
        return self._positions

    @property
    def species(self) -> np.ndarray:
        """Atomic numbers (n,); the molecule's own array."""
        return self._species

    def set_atoms(self, species: Any, positions: ArrayLike) -> None:
        """Replace all atoms.

        Parameters
        ----------
        species, positions
            As for the class, positions in angstrom.
        """
        numbers, points = atomic_numbers("species", species), _positions(positions)
        if len(numbers) != len(points):
            raise ValueError(
                "species and positions must have the same length; "
                f"got {len(numbers)} and {len(points)}"
            )
        if self._tracked is not None and self._tracked >= len(points):
            raise ValueError(
                f"positions must keep atom {self._tracked}, which is the origin; got {len(points)} "
                "atoms. Set another origin first"
            )
        self._species, self._positions = numbers, points
        self._extras = Extras()

    def update_positions(self, positions: ArrayLike) -> None:
        """Replace the positions by as many others (n, 3), in angstrom."""
        points = _positions(positions)
        if points.shape != self._positions.shape:
            raise ValueError(
                f"positions must have shape {self._positions.shape}; got {points.shape}"
            )
        self._positions = points

    def update_species(self, species: Any) -> None:
        """Replace the elements by as many others (n,)."""
        numbers = atomic_numbers("species", species)
        if numbers.shape != self._species.shape:
            raise ValueError(f"species must have length {len(self._species)}; got {len(numbers)}")
        self._species = numbers

    def remove_atoms(self, indices: Any, new_origin_idx: int | None = None) -> None:
        """Delete atoms; an origin that is an atom stays that atom.

        Parameters
        ----------
        indices
            Index or indices of the atoms to delete.
        new_origin_idx
            Atom, in the numbering before the deletion, that becomes the origin. Needed when the
            present origin is deleted.
        """
        count = len(self._species)
        gone = np.unique([self._index("indices", k) for k in np.atleast_1d(indices)])
        tracked = self._tracked
        if new_origin_idx is not None:
            tracked = self._index("new_origin_idx", new_origin_idx)
        if tracked is not None and tracked in gone:
            raise ValueError(
                f"new_origin_idx must name an atom that stays: atom {tracked}, the origin, is "
                f"one of the deleted {gone.tolist()}; got new_origin_idx={new_origin_idx}"
            )
        stays = np.ones(count, dtype=bool)
        stays[gone.astype(int)] = False
        self._species, self._positions = self._species[stays], self._positions[stays]
        self._extras = self._extras.kept(stays)
        if tracked is not None:
            self._tracked = int(np.count_nonzero(stays[:tracked]))

    @property
    def ase_atoms(self) -> Any:
        """The molecule as ASE Atoms, with the cell and charges it may have come with."""
        return self._extras.to_ase(self._species, self._positions)

    def to_file(self, fname: Any, **kwargs: Any) -> None:
        """Write the molecule through ASE; `kwargs` (such as `format`) go to ase.io.write.

        Parameters
        ----------
        fname
            Path or open file.
        **kwargs
            Passed to ase.io.write, such as `format`.
        """
        write_atoms(fname, self.ase_atoms, **kwargs)

    # What a volume asks of its generator.

    def supply_atoms(self, *args: Any, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return positions (n, 3), in angstrom, and atomic numbers (n,) as they are.

        Parameters
        ----------
        *args, **kwargs
            Taken and ignored: the atoms lie where they lie, whatever box is asked for.
        """
        return self.atoms, self.species

    def from_generator(self, **kwargs: Any) -> Self:
        """Return a copy, as `from_molecule` does; the name that generators are copied by."""
        return self.from_molecule(**kwargs)

    @property
    def body(self) -> Reach:
        """The space that the atoms take up: that of a volume with no other bounds."""
        return self._reach()

    # What a scene asks of its objects.

    @property
    def exclusion_radius(self) -> float | None:
        """Reach of each atom, in angstrom; None for the covalent radius of its element."""
        return self._exclusion_radius

    @exclusion_radius.setter
    def exclusion_radius(self, value: float | None) -> None:
        self._exclusion_radius = None if value is None else as_positive("exclusion_radius", value)

    def _reach(self) -> Reach:
        return Reach.of(self._positions, self._species, self.exclusion_radius)

    def populate_atoms(self, **kwargs: Any) -> None:
        """Do nothing: the atoms are there.

        Parameters
        ----------
        **kwargs
            Taken and ignored, as by `supply_atoms`.
        """

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points lie within reach of an atom: (n, 3) gives (n,) booleans."""
        return self._reach().check_if_interior(points)

    def outer_box(self) -> np.ndarray:
        """Return two corners (2, 3) of the box around the reach of all atoms, in angstrom."""
        return self._reach().outer_box()

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (8, 3) of the box around the reach of all atoms, in angstrom."""
        return self._reach().corners()

    # Coming from elsewhere.

    @classmethod
    def from_ase_atoms(cls, atoms: Any, **kwargs: Any) -> Self:
        """Make a molecule from ASE Atoms; cell, charges and other arrays are kept.

        Parameters
        ----------
        atoms
            Atoms to copy.
        **kwargs
            Passed to the class: `origin`, `orientation`, `priority`, ...
        """
        if not (hasattr(atoms, "numbers") and hasattr(atoms, "arrays")):
            raise TypeError(f"atoms must be ASE Atoms; got {type(atoms).__name__}")
        tell_torn(atoms)
        molecule = cls(atoms.numbers, atoms.positions, **kwargs)
        molecule._extras = Extras.of(atoms)
        return molecule

    @classmethod
    def from_pmg_molecule(cls, atoms: Any, **kwargs: Any) -> Self:
        """Make a molecule from a pymatgen Molecule or IMolecule.

        Parameters
        ----------
        atoms
            Molecule to copy.
        **kwargs
            Passed to the class: `origin`, `orientation`, `priority`, ...
        """
        if not (hasattr(atoms, "cart_coords") and hasattr(atoms, "is_ordered")):
            raise TypeError(f"atoms must be a pymatgen Molecule; got {type(atoms).__name__}")
        if not atoms.is_ordered:
            raise ValueError(
                f"atoms must be ordered, one element per site; got {atoms.composition}"
            )
        return cls(np.array(atoms.atomic_numbers), atoms.cart_coords, **kwargs)

    def from_molecule(self, **kwargs: Any) -> Self:
        """Return a copy.

        Parameters
        ----------
        **kwargs
            `transformation` (a transform or a list), and `origin`, `orientation`, `priority`,
            `exclusion_radius` as in the constructor.
        """
        copy = deepcopy(self)
        transformation = kwargs.pop("transformation", None)
        origin = kwargs.pop("origin", None)
        if origin is not None:
            copy.set_origin(**({"idx": origin} if np.ndim(origin) == 0 else {"point": origin}))
        for name in ("orientation", "priority", "exclusion_radius"):
            if name in kwargs:
                setattr(copy, name, kwargs.pop(name))
        if kwargs:
            raise TypeError(f"from_molecule takes no argument {sorted(kwargs)}")
        if transformation is not None:
            copy.transform(transformation)
        return copy

    def from_volume(self, **kwargs: Any) -> Self:
        """Return a copy, as `from_molecule` does; the name a MultiVolume calls its members by."""
        return self.from_molecule(**kwargs)

    def __len__(self) -> int:
        return len(self._species)

    def _like(self) -> dict[str, Any]:
        # The atoms in any order; an origin that is an atom is the place of that atom.
        like = self._made_of()
        for name in ("_species", "_positions", "_tracked", "_origin", "_extras", "print_warnings"):
            like.pop(name, None)
        like.pop("_print_warnings", None)
        names = sorted(self._extras.arrays)
        extra = [np.reshape(self._extras.arrays[name], (len(self), -1)) for name in names]
        like["atoms"] = Unordered(zip(self._positions, self._species, *extra, strict=True))
        rest = (names, self._extras.cell, self._extras.pbc, self._extras.info)
        return {**like, "origin": (self.origin, self._tracked is not None), "rest": rest}

    def __repr__(self) -> str:
        given: dict[str, Any] = {"species": self._species, "positions": self._positions}
        given["origin"] = self._origin if self._tracked is None else self._tracked
        given |= {"orientation": self._orientation, "priority": self.priority}
        if self.exclusion_radius is not None:
            given["exclusion_radius"] = self.exclusion_radius
        return call(self, **given)

    def __str__(self) -> str:
        found, counts = np.unique(self._species, return_counts=True)
        formula = "".join(f"{SYMBOLS[n]}{c}" for n, c in zip(found, counts, strict=True))
        return f"{type(self).__name__}({formula}, priority={self.priority})"


class Molecule(BaseMolecule):
    """Explicit atoms, see `BaseMolecule`.

    Parameters
    ----------
    species, positions, origin, orientation, priority, exclusion_radius, print_warnings
        As in `BaseMolecule`: lengths in angstrom.

    Examples
    --------
    >>> carbon_monoxide = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]], origin=0)
    >>> print(carbon_monoxide)
    Molecule(C1O1, priority=0)
    >>> carbon_monoxide.check_if_interior([[0, 0, 0.5], [0, 0, 5]])
    array([ True, False])
    """


def _positions(value: ArrayLike) -> np.ndarray:
    """Return positions (n, 3); one atom may come as a column (3, 1)."""
    return as_points("positions", np.reshape(value, 3) if np.shape(value) == (3, 1) else value)
