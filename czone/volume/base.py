"""The interface of everything that occupies space and holds atoms."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from czone.checks import Checked, as_integer
from czone.equality import Compared, content
from czone.files import write_atoms
from czone.matter.atoms import Atoms, populated
from czone.quick import Quick
from czone.saved import Saved
from czone.spelling import Spelled, keywords

__all__ = ["BaseVolume"]


class BaseVolume(Compared, Saved, Quick, Spelled, ABC):
    """A region of space filled with atoms.

    A new kind of volume needs `transform`, `populate_atoms` (which sets `_atoms` and `_species`)
    and `check_if_interior`. The atoms it sets are handed out for as long as it stays what it was
    then: its attributes, and all that they hold, are compared whenever someone asks.

    Parameters
    ----------
    priority
        Precedence where objects overlap: the smaller number keeps its atoms; objects of equal
        priority empty their overlap.
    **kwargs
        None is taken: a misspelt one is refused here.

    Examples
    --------
    >>> from czone.volume import MultiVolume, Volume
    >>> issubclass(Volume, BaseVolume), issubclass(MultiVolume, BaseVolume)
    (True, True)
    """

    _spellings: ClassVar[dict[str, str]] = {"checkIfInterior": "check_if_interior"}
    _transient: ClassVar[tuple[str, ...]] = ("_filled", "_half_filled")

    priority = Checked(as_integer, "Precedence: the smaller number keeps its atoms in overlaps.")

    # The content the atoms were made from, and the atoms; None before.
    _filled: tuple[Any, Atoms] | None = None
    _half_filled: tuple[str, np.ndarray] | None = None

    def __init__(self, priority: int = 0, **kwargs: Any) -> None:
        if kwargs:
            raise TypeError(f"{type(self).__name__} takes no argument {sorted(kwargs)}")
        self.priority = priority

    def _makes_atoms(self) -> Any:
        """Return the content that the atoms follow from: all but the priority."""
        made_of = self._made_of()
        made_of.pop("_priority", None)
        return content(made_of)

    def _keep(self, atoms: Atoms) -> None:
        """Keep the atoms of what this volume is now."""
        self._filled = (self._makes_atoms(), atoms)

    @property
    def state(self) -> Any:
        """What a scene's atoms follow from; compare it with ``==``, now or later."""
        return self.priority, self._makes_atoms()

    def filled(self) -> tuple[Any, Atoms]:
        """Return the `state` of the volume and its atoms, after filling it."""
        self.populate_atoms()
        if self._filled is None:
            return self.state, populated(self)
        return (self.priority, self._filled[0]), self._filled[1]

    @property
    def filling(self) -> Atoms | None:
        """The atoms as a value; None before `populate_atoms` and after any change since."""
        if self._filled is None or self._filled[0] != self._makes_atoms():
            return None
        return self._filled[1]

    # `| Any`: a script that has just populated need not rule out None for its type checker.

    @property
    def atoms(self) -> np.ndarray | Any:
        """Positions (n, 3), in angstrom, read-only; None before `populate_atoms` and when stale."""
        return self._atoms

    @property
    def species(self) -> np.ndarray | Any:
        """Atomic numbers (n,), read-only; None if `atoms` is."""
        return self._species

    # By these names classes of users hand over their atoms, one array after the other.

    @property
    def _atoms(self) -> np.ndarray | None:
        filling = self.filling
        return None if filling is None else filling.positions

    @_atoms.setter
    def _atoms(self, positions: np.ndarray | None) -> None:
        self._take("positions", positions)

    @property
    def _species(self) -> np.ndarray | None:
        filling = self.filling
        return None if filling is None else filling.numbers

    @_species.setter
    def _species(self, numbers: np.ndarray | None) -> None:
        self._take("numbers", numbers)

    def _take(self, name: str, array: np.ndarray | None) -> None:
        if array is None:
            self._filled = self._half_filled = None
        elif self._half_filled is None or self._half_filled[0] == name:
            self._half_filled = (name, array)
        else:
            both = {name: array, self._half_filled[0]: self._half_filled[1]}
            self._half_filled = None
            self._keep(Atoms(both["positions"], both["numbers"]))

    @property
    def ase_atoms(self) -> Any:
        """The atoms as ASE Atoms, without cell."""
        return populated(self).to_ase()

    @abstractmethod
    def transform(self, transformation: Any) -> None:
        """Move the volume by a transform or a list of them."""

    @abstractmethod
    def populate_atoms(self, **kwargs: Any) -> None:
        """Fill the volume with atoms.

        Parameters
        ----------
        **kwargs
            Passed to `supply_atoms` of the generators.
        """

    @abstractmethod
    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points (n, 3) are inside."""

    def outer_box(self) -> np.ndarray | None:
        """Return two corners (2, 3) of a box around the volume and its atoms; None if not known."""
        return None

    def get_bounding_box(self) -> np.ndarray:
        """Return points (m, 3) around the volume, in angstrom; two corners of `outer_box`."""
        box = self.outer_box()
        if box is None:
            raise NotImplementedError(f"{type(self).__name__} must offer outer_box; got None")
        return box

    def from_volume(self, **kwargs: Any) -> Self:
        """Return a copy with other properties, such as `transformation=[...]`."""
        raise NotImplementedError(f"{type(self).__name__} must offer from_volume; got {kwargs}")

    def to_file(self, fname: Any, **kwargs: Any) -> None:
        """Write the atoms through ASE; `kwargs` (such as `format`) go to ase.io.write.

        Parameters
        ----------
        fname
            Path or open file.
        **kwargs
            Passed to ase.io.write, such as `format`.
        """
        write_atoms(fname, self.ase_atoms, **kwargs)
