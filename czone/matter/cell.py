"""Contents of a unit cell, as arrays."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points
from czone.equality import Value
from czone.geometry.elements import SYMBOLS, atomic_numbers

__all__ = ["UnitCell", "lattice_matrix"]


def lattice_matrix(cell_dims: ArrayLike, cell_angs: ArrayLike) -> np.ndarray:
    """Return lattice vectors as rows (3, 3), in angstrom, oriented as pymatgen does.

    c lies along z and a in the x-z plane.

    Parameters
    ----------
    cell_dims
        Lengths a, b, c, in angstrom.
    cell_angs
        Angles alpha, beta, gamma, in degrees.

    Examples
    --------
    >>> lattice_matrix([3, 3, 5], [90, 90, 120]).round(4)
    array([[ 3.    ,  0.    ,  0.    ],
           [-1.5   ,  2.5981,  0.    ],
           [ 0.    ,  0.    ,  5.    ]])
    """
    lengths = _three_positive("cell_dims", cell_dims, "lengths, in angstrom")
    angles = _three_positive("cell_angs", cell_angs, "angles between 0 and 180, in degrees")
    if (angles >= 180).any():
        raise ValueError(
            f"cell_angs must be angles between 0 and 180, in degrees; got {cell_angs!r}"
        )
    a, b, c = lengths
    cos_a, cos_b, cos_g = np.cos(np.radians(angles))
    sin_a, sin_b, _ = np.sin(np.radians(angles))
    # gamma* of the reciprocal lattice
    cos_gs = (cos_a * cos_b - cos_g) / (sin_a * sin_b)
    if abs(cos_gs) >= 1 - 1e-10:
        raise ValueError(f"cell_angs must span a cell with volume; got {cell_angs!r}")
    sin_gs = np.sqrt(1 - cos_gs**2)
    matrix = np.array(
        [
            [a * sin_b, 0.0, a * cos_b],
            [-b * sin_a * cos_gs, b * sin_a * sin_gs, b * cos_a],
            [0.0, 0.0, c],
        ]
    )
    # cos(90 degrees) is 6e-17 in floating point: right angles are made exact.
    return np.where(np.abs(matrix) < 1e-14 * lengths[:, None], 0.0, matrix)


def _three_positive(name: str, value: ArrayLike, wanted: str) -> np.ndarray:
    array = np.array(value, dtype=float).reshape(-1)
    if array.shape != (3,) or not np.isfinite(array).all() or not (array > 0).all():
        raise ValueError(f"{name} must be 3 positive {wanted}; got {value!r}")
    return array


@dataclass(frozen=True, eq=False)
class UnitCell(Value):
    """Atoms of one cell.

    Parameters
    ----------
    numbers
        Atomic numbers (n,).
    coords
        Fractional coordinates (n, 3).
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    """

    numbers: np.ndarray
    coords: np.ndarray
    matrix: np.ndarray

    def __post_init__(self) -> None:
        numbers = atomic_numbers("Z", self.numbers)
        coords = as_points("coords", self.coords)
        if len(numbers) != len(coords) or len(numbers) == 0:
            raise ValueError(
                "Z and coords must have the same length, at least 1; "
                f"got {len(numbers)} and {len(coords)}"
            )
        matrix = np.array(self.matrix, dtype=float)
        for name, array in (("numbers", numbers), ("coords", coords), ("matrix", matrix)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @cached_property
    def lowest(self) -> np.ndarray:
        """Lowest fractional coordinates (3,) in the cell."""
        return self.coords.min(axis=0)

    @cached_property
    def highest(self) -> np.ndarray:
        """Highest fractional coordinates (3,) in the cell."""
        return self.coords.max(axis=0)

    @classmethod
    def from_structure(cls, structure: Any) -> "UnitCell":
        """Take the atoms of a pymatgen Structure; oxidation states and site properties are left."""
        if not (hasattr(structure, "lattice") and hasattr(structure, "frac_coords")):
            raise TypeError(f"structure must be a pymatgen Structure; got {structure!r}")
        if len(structure) == 0:
            raise ValueError("structure must hold at least one site; got none")
        if not structure.is_ordered:
            raise ValueError(
                "structure must be ordered, one whole atom per site; got one with partial or mixed "
                f"occupancies ({structure.composition}). Order it first (pymatgen's "
                "OrderDisorderedStructureTransformation), or build the ordered parent and apply a "
                "ChemicalSubstitution"
            )
        symbols = [_symbol(site.specie) for site in structure]
        return cls(
            np.array([SYMBOLS.index(s) for s in symbols]),
            structure.frac_coords,
            structure.lattice.matrix,
        )

    def to_structure(self) -> Any:
        """Return a pymatgen Structure."""
        from pymatgen.core import Lattice, Structure

        return Structure(Lattice(self.matrix), [SYMBOLS[n] for n in self.numbers], self.coords)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UnitCell):
            return NotImplemented
        return (
            np.array_equal(self.numbers, other.numbers)
            and np.array_equal(self.coords, other.coords)
            and np.array_equal(self.matrix, other.matrix)
        )


def _symbol(specie: Any) -> str:
    """Return the element symbol of an Element or of a Species with an oxidation state."""
    symbol = getattr(getattr(specie, "element", specie), "symbol", None)
    if symbol in ("D", "T"):
        return "H"
    if symbol not in SYMBOLS[1:]:
        raise ValueError(f"structure must hold chemical elements only; got {specie!r}")
    return symbol
