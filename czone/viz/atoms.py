"""What there is to draw: positions, elements, colours and radii."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase.data import chemical_symbols, covalent_radii
from ase.data.colors import jmol_colors

from czone.checks import as_positive
from czone.matter.atoms import populated

__all__ = ["DrawnAtoms", "drawn_atoms"]


@dataclass(frozen=True)
class DrawnAtoms:
    """Atoms with the look they get.

    Attributes
    ----------
    positions
        In angstrom, (n, 3).
    numbers
        Atomic numbers, (n,).
    colors
        Red, green, blue from 0 to 1, (n, 3).
    radii
        In angstrom, (n,).
    box
        Two corners of the cell, (2, 3), or None.
    """

    positions: np.ndarray
    numbers: np.ndarray
    colors: np.ndarray
    radii: np.ndarray
    box: np.ndarray | None = None

    @property
    def symbols(self) -> dict[str, np.ndarray]:
        """Colour of every element there is, by symbol, in the order of atomic numbers."""
        numbers, first = np.unique(self.numbers, return_index=True)
        return {chemical_symbols[n]: self.colors[i] for n, i in zip(numbers, first, strict=True)}


def drawn_atoms(
    source: Any, colors: Mapping[str, Any] | None = None, radius_scale: float = 1.0
) -> DrawnAtoms:
    """Return the atoms of an object with their look.

    Parameters
    ----------
    source
        A populated Scene or Volume, a Molecule, ASE Atoms, or a pair of positions (n, 3) and atomic
        numbers (n,).
    colors
        Colours by element symbol, anything matplotlib takes; the others are those of Jmol.
    radius_scale
        Factor on the covalent radii.
    """
    radius_scale = as_positive("radius_scale", radius_scale, "covalent radii")
    positions, numbers = _positions_and_numbers(source)
    positions = np.asarray(positions, dtype=float)
    numbers = np.asarray(numbers).astype(np.int64)
    if positions.ndim != 2 or positions.shape != (len(numbers), 3):
        raise ValueError(
            f"source must hold positions (n, 3) and atomic numbers (n,); "
            f"got shapes {positions.shape} and {numbers.shape}"
        )
    palette = jmol_colors.copy()
    for symbol, color in (colors or {}).items():
        from czone.viz.extras import optional

        if symbol not in chemical_symbols:
            raise ValueError(f"colors keys must be element symbols; got {symbol!r}")
        palette[chemical_symbols.index(symbol)] = optional("matplotlib.colors").to_rgb(color)
    bounds = getattr(source, "bounds", None)
    box = None if bounds is None else np.asarray(bounds, dtype=float)
    radii = covalent_radii[numbers] * radius_scale
    return DrawnAtoms(positions, numbers, palette[numbers], radii, box)


def _positions_and_numbers(source: Any) -> tuple:
    for positions, numbers in (("all_atoms", "all_species"), ("positions", "numbers")):
        if hasattr(type(source), positions):
            return getattr(source, positions), getattr(source, numbers)
    if hasattr(type(source), "atoms"):
        atoms = populated(source)
        return atoms.positions, atoms.numbers
    if isinstance(source, (tuple, list)) and len(source) == 2:
        return source[0], source[1]
    raise TypeError(
        "source must be a Scene, Volume, Molecule, ASE Atoms, or a pair of positions and atomic "
        f"numbers; got {source!r}"
    )
