"""Contents of a unit cell, as arrays."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points
from czone.equality import Value
from czone.geometry.elements import SYMBOLS, atomic_numbers

__all__ = ["SAME_SITE", "UnitCell", "lattice_matrix", "merged"]

SAME_SITE = 0.05
"""Points of a crystal closer than this are one site, in angstrom.

Coordinates rounded to three decimals err by up to 0.0005 of an edge, which moves the images of a
site on a mirror or an axis of a 20 angstrom cell by up to 0.03 angstrom; to four decimals, a tenth
of that. Atoms vibrate by 0.05 to 0.1 angstrom, so refinements tell no two positions closer than
that apart, and whole atoms keep ten times as far from each other.
"""


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


def merged(
    numbers: np.ndarray, coords: np.ndarray, matrix: np.ndarray, *, tolerance: float = SAME_SITE
) -> tuple[np.ndarray, np.ndarray]:
    """Return the atoms of a cell, those on one site as one atom in the middle of them.

    Parameters
    ----------
    numbers
        Atomic numbers (n,).
    coords
        Fractional coordinates (n, 3).
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    tolerance
        Atoms closer than this are on one site, in angstrom; images in other cells count.

    Raises
    ------
    ValueError
        If atoms of different elements are on one site.

    Examples
    --------
    >>> merged(np.array([6, 6]), np.array([[0, 0, 0], [0.999, 0, 0]]), 3.0 * np.eye(3))
    (array([6]), array([[-0.0005,  0.    ,  0.    ]]))
    """
    site, first = _sites_of(coords, matrix, tolerance)
    if len(first) == len(coords):
        return numbers, coords
    if (numbers != numbers[first][site]).any():
        other = int(np.flatnonzero(numbers != numbers[first][site])[0])
        one = int(first[site[other]])
        raise ValueError(
            f"coords must be distinct sites; atom {other} ({SYMBOLS[numbers[other]]}, "
            f"{coords[other].tolist()}) is on the site of atom {one} ({SYMBOLS[numbers[one]]})"
        )
    away = coords - coords[first][site]
    away -= np.rint(away)
    middle = np.array([np.bincount(site, axis) for axis in away.T]).T / np.bincount(site)[:, None]
    return numbers[first], coords[first] + middle


def _sites_of(
    coords: np.ndarray, matrix: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the site (n,) of each atom, counted as they first appear, and their first atoms."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    alone = np.arange(len(coords))
    # The distance between opposite faces of the cell bounds how far a fraction can be.
    heights = 1 / np.linalg.norm(np.linalg.inv(matrix), axis=0)
    inside = coords % 1.0
    inside[inside >= 1.0] = 0.0
    pairs = cKDTree(inside, boxsize=1.0).query_pairs(
        min(tolerance / heights.min(), 0.49), p=np.inf, output_type="ndarray"
    )
    away = inside[pairs[:, 0]] - inside[pairs[:, 1]]
    near = np.linalg.norm((away - np.rint(away)) @ matrix, axis=1) < tolerance
    if not near.any():
        return alone, alone
    i, j = pairs[near].T
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(len(coords), len(coords)))
    _, first, site = np.unique(
        connected_components(graph, directed=False)[1], return_index=True, return_inverse=True
    )
    order = np.argsort(first)
    return np.argsort(order)[site], first[order]


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
        """Return the cell of a pymatgen Structure.

        Atoms closer than `SAME_SITE` are one; oxidation states and site properties are left.

        Parameters
        ----------
        structure
            Ordered, one whole atom per site.
        """
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
        numbers = np.array([SYMBOLS.index(_symbol(site.specie)) for site in structure])
        matrix = structure.lattice.matrix
        return cls(*merged(numbers, np.array(structure.frac_coords), matrix), matrix)

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
