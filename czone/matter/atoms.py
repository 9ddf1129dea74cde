"""Atoms that are there: positions and elements, and which object each belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from czone.checks import as_points, read_only
from czone.equality import Value
from czone.geometry.elements import atomic_numbers
from czone.geometry.region import Body

__all__ = ["Atoms", "cut_out", "populated"]


@dataclass(frozen=True, eq=False)
class Atoms(Value):
    """Atoms, copied in and read-only.

    Parameters
    ----------
    positions
        Array (n, 3), in angstrom.
    numbers
        Atomic numbers or symbols (n,).
    labels
        Index (n,) of the object each atom belongs to; None if there is one object only.
    apart
        Share of the sum of their covalent radii that every two atoms of one label are known to
        keep, for each label (one share for atoms without labels), see `czone.matter.contacts`; 0,
        or nothing, if it is not known. Not compared.

    Examples
    --------
    >>> atoms = Atoms([[0, 0, 0], [0, 0, 1.13]], ["C", "O"])
    >>> atoms.kept(atoms.numbers == 8).positions
    array([[0.  , 0.  , 1.13]])
    """

    positions: np.ndarray
    numbers: np.ndarray
    labels: np.ndarray | None = None
    apart: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        positions = as_points("positions", self.positions)
        numbers = atomic_numbers("numbers", self.numbers)
        labels = None if self.labels is None else np.array(self.labels, dtype=np.int64)
        lengths = [len(array) for array in (positions, numbers, labels) if array is not None]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"positions, numbers and labels must have the same length; got {lengths}"
            )
        self._set(positions, numbers, labels, tuple(self.apart))

    def _set(
        self,
        positions: np.ndarray,
        numbers: np.ndarray,
        labels: np.ndarray | None,
        apart: tuple[float, ...],
    ) -> None:
        labels = None if labels is None else read_only(labels)
        self.__dict__.update(
            positions=read_only(positions), numbers=read_only(numbers), labels=labels, apart=apart
        )

    @classmethod
    def owned(
        cls,
        positions: np.ndarray,
        numbers: np.ndarray,
        labels: np.ndarray | None = None,
        apart: tuple[float, ...] = (),
    ) -> "Atoms":
        """Return atoms in arrays that the caller hands over and does not change any more.

        Parameters
        ----------
        positions, numbers, labels, apart
            As for the class; `numbers` are integers already, nothing is checked.
        """
        atoms = object.__new__(cls)
        atoms._set(positions, numbers, labels, apart)
        return atoms

    @classmethod
    def joined(cls, parts: Sequence["Atoms"]) -> "Atoms":
        """Return the atoms of several parts, part after part; labels say which part."""
        return cls.owned(
            np.vstack([np.zeros((0, 3)), *[part.positions for part in parts]]),
            np.concatenate([np.zeros(0, dtype=np.int64), *[part.numbers for part in parts]]),
            np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
            tuple(part.apart[0] if part.labels is None and part.apart else 0.0 for part in parts),
        )

    def kept(self, mask: np.ndarray) -> "Atoms":
        """Return the atoms of a mask (n,) of booleans."""
        labels = None if self.labels is None else self.labels[mask]
        return Atoms.owned(self.positions[mask], self.numbers[mask], labels, self.apart)

    def to_ase(self) -> Any:
        """Return ASE Atoms, without cell."""
        from ase import Atoms as AseAtoms

        return AseAtoms(numbers=self.numbers, positions=self.positions)

    def __len__(self) -> int:
        return len(self.numbers)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Atoms):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("positions", "numbers", "labels")
        )


def cut_out(body: Body, supply: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Atoms:
    """Return those atoms inside a body that a function supplies for its bounding box.

    Parameters
    ----------
    body
        Region to fill.
    supply
        Function of points (m, 3) around the body that returns positions (n, 3) and atomic numbers
        (n,).
    """
    box = body.get_bounding_box()
    if len(box) == 0:
        return Atoms.owned(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    positions, numbers = supply(box)
    positions = np.asarray(positions, dtype=float).reshape(-1, 3)
    inside = body.check_if_interior(positions)
    return Atoms.owned(positions[inside], np.asarray(numbers)[inside].astype(np.int64))


def populated(ob: Any) -> Atoms:
    """Return the atoms of a populated object: a volume, a molecule, or a user's own.

    Parameters
    ----------
    ob
        Has `atoms` (n, 3), in angstrom, and `species` (n,).

    Raises
    ------
    RuntimeError
        If it holds none: it was not populated, or was changed since.
    """
    positions, numbers = ob.atoms, ob.species
    if positions is None or numbers is None:
        raise RuntimeError(
            f"this {type(ob).__name__} holds no atoms yet (or was changed since); "
            "call populate_atoms() first"
        )
    positions = np.asarray(positions, dtype=float).reshape(-1, 3)
    return Atoms.owned(positions, np.asarray(numbers).astype(np.int64, copy=False))
