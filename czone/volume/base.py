"""The interface of everything that occupies space and holds atoms."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from czone.checks import as_integer
from czone.equality import Compared
from czone.files import write_atoms
from czone.spelling import Spelled, keywords

__all__ = ["BaseVolume"]


class BaseVolume(Compared, Spelled, ABC):
    """A region of space filled with atoms.

    A new kind of volume needs `transform`, `populate_atoms` (which sets `_atoms` and `_species`)
    and `check_if_interior`.

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
    _transient: ClassVar[tuple[str, ...]] = ("_atoms", "_species")

    def __init__(self, priority: int = 0, **kwargs: Any) -> None:
        if kwargs:
            raise TypeError(f"{type(self).__name__} takes no argument {sorted(kwargs)}")
        self._forget_atoms()
        self.priority = priority

    def _forget_atoms(self) -> None:
        """Drop the atoms of an earlier `populate_atoms`: the volume has changed since."""
        self._atoms: np.ndarray | None = None
        self._species: np.ndarray | None = None

    def _populated(self, name: str) -> np.ndarray:
        value = getattr(self, name, None)
        if value is None:
            raise RuntimeError(
                f"this {type(self).__name__} holds no atoms yet (or was changed since); "
                "call populate_atoms() first"
            )
        return value

    @property
    def atoms(self) -> np.ndarray:
        """Positions (n, 3) after `populate_atoms`, in angstrom."""
        return self._populated("_atoms")

    @property
    def species(self) -> np.ndarray:
        """Atomic numbers (n,) after `populate_atoms`."""
        return self._populated("_species")

    @property
    def ase_atoms(self) -> Any:
        """The atoms as ASE Atoms, without cell."""
        from ase import Atoms

        return Atoms(numbers=self.species, positions=self.atoms)

    @property
    def priority(self) -> int:
        """Precedence: the smaller number keeps its atoms where objects overlap."""
        return getattr(self, "_priority", 0)

    @priority.setter
    def priority(self, value: int) -> None:
        self._priority = as_integer("priority", value)

    @abstractmethod
    def transform(self, transformation: Any) -> None:
        """Move the volume by a transform or a list of them."""

    @abstractmethod
    def populate_atoms(self) -> None:
        """Fill the volume with atoms."""

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

    def from_volume(self, **kwargs: Any) -> "BaseVolume":
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
