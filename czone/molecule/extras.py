"""What ASE Atoms carry besides elements and positions: charges and other arrays, a cell, notes."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from czone.equality import Compared

__all__ = ["Extras"]


@dataclass(eq=False)
class Extras(Compared):
    """Arrays by name (n, ...), cell, pbc and info of ASE Atoms; nothing by default."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    cell: Any = None
    pbc: Any = False
    info: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, atoms: Any) -> "Extras":
        """Return copies of what ASE Atoms carry."""
        plain = ("numbers", "positions")
        arrays = {name: v.copy() for name, v in atoms.arrays.items() if name not in plain}
        return cls(arrays, np.array(atoms.cell), np.array(atoms.pbc), deepcopy(atoms.info))

    def kept(self, mask: np.ndarray) -> "Extras":
        """Return what belongs to the atoms of a mask (n,)."""
        arrays = {name: values[mask] for name, values in self.arrays.items()}
        return Extras(arrays, self.cell, self.pbc, self.info)

    def to_ase(self, numbers: np.ndarray, positions: np.ndarray) -> Any:
        """Return ASE Atoms with all of it."""
        from ase import Atoms

        atoms = Atoms(numbers=numbers, positions=positions, cell=self.cell, pbc=self.pbc)
        atoms.info.update(deepcopy(self.info))
        for name, values in self.arrays.items():
            atoms.set_array(name, values)
        return atoms
