"""Contents of a unit cell, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from ase.data import covalent_radii
from numpy.typing import ArrayLike

from czone.checks import as_matrix, as_points
from czone.equality import Value
from czone.geometry.elements import SYMBOLS, atomic_numbers
from czone.matter.contacts import BUILT, SHORT, Contacts, find_contacts
from czone.matter.occupancy import Content, as_contents, is_whole, merged
from czone.matter.sharing import Sharing, shared_sites

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
        Atomic numbers (n,); of the most frequent element where several share a site.
    coords
        Fractional coordinates (n, 3).
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    contents
        Atomic numbers and shares of what stands on each site by chance; None if every site always
        holds its one atom.

    Examples
    --------
    >>> wustite = UnitCell.of_contents([((26, 0.95),)], [[0, 0, 0]], 3.04 * np.eye(3))
    >>> wustite.numbers, wustite.contents
    (array([26]), (((26, 0.95),),))
    """

    numbers: np.ndarray
    coords: np.ndarray
    matrix: np.ndarray
    contents: tuple[Content, ...] | None = None

    def __post_init__(self) -> None:
        numbers = atomic_numbers("Z", self.numbers)
        coords = as_points("coords", self.coords)
        if len(numbers) != len(coords) or len(numbers) == 0:
            raise ValueError(
                "Z and coords must have the same length, at least 1; "
                f"got {len(numbers)} and {len(coords)}"
            )
        matrix = _spanning(self.matrix)
        for name, array in (("numbers", numbers), ("coords", coords), ("matrix", matrix)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def of_contents(
        cls, contents: Sequence[Content], coords: ArrayLike, matrix: ArrayLike
    ) -> "UnitCell":
        """Return a cell from what stands on each site.

        Parameters
        ----------
        contents
            Atomic numbers with their shares, for each site; see `czone.matter.occupancy`.
        coords, matrix
            As for the class.
        """
        numbers = [max(content, key=lambda part: part[1])[0] for content in contents]
        by_chance = None if all(map(is_whole, contents)) else tuple(contents)
        return cls(
            np.array(numbers, dtype=np.int64),
            coords,  # type: ignore[arg-type]
            matrix,  # type: ignore[arg-type]
            by_chance,
        )

    @classmethod
    def of_listed(cls, contents: list[Content], coords: ArrayLike, matrix: ArrayLike) -> "UnitCell":
        """Return a cell from sites as somebody listed them: those at one place are one.

        Parameters
        ----------
        contents, coords, matrix
            As for `of_contents`.
        """
        lattice = _spanning(matrix)
        return cls.of_contents(*merged(contents, as_points("coords", coords), lattice), lattice)

    @cached_property
    def contacts(self) -> Contacts:
        """Atoms of the crystal that are closer than atoms can be."""
        return self._closer_than(self.numbers, SHORT, self._filled)

    @cached_property
    def apart(self) -> float:
        """Share of the sum of their covalent radii that all atoms of the crystal keep."""
        largest, filled = self.numbers, self._filled
        if self.contents is not None:
            elements = [[number for number, _ in content] for content in self.contents]
            largest = np.array([max(site, key=covalent_radii.__getitem__) for site in elements])
        found = self._closer_than(largest, BUILT, None)
        # Sites that hold one atom together share one draw, see `czone.matter.sharing`.
        together = (found.shares < SHORT) & (filled[found.first] + filled[found.second] < 1 + 1e-9)
        return float(found.shares[~together].min(initial=BUILT))

    @property
    def _filled(self) -> np.ndarray:
        """How often (n,) the sites are filled."""
        if self.contents is None:
            return np.ones(len(self.numbers))
        return np.array([sum(share for _, share in content) for content in self.contents])

    def _closer_than(
        self, numbers: np.ndarray, share: float, filled: np.ndarray | None
    ) -> Contacts:
        return find_contacts(
            self.coords @ self.matrix,
            numbers,
            cell=self.matrix,
            periodic=True,
            occupancies=filled,
            share=share,
        )

    @cached_property
    def inverse(self) -> np.ndarray:
        """Matrix (3, 3) that takes the vectors of the cell, as columns, to the unit matrix."""
        return np.linalg.inv(self.matrix.T)

    @cached_property
    def lowest(self) -> np.ndarray:
        """Lowest fractional coordinates (3,) in the cell."""
        return self.coords.min(axis=0)

    @cached_property
    def highest(self) -> np.ndarray:
        """Highest fractional coordinates (3,) in the cell."""
        return self.coords.max(axis=0)

    @cached_property
    def sharing(self) -> Sharing | None:
        """How chance decides what stands where; None if nothing is left to chance."""
        if self.contents is None:
            return None
        return shared_sites(self.contents, self.coords, self.matrix)

    @classmethod
    def from_structure(cls, structure: Any) -> "UnitCell":
        """Return the cell of a pymatgen Structure.

        Sites closer than `SAME_SITE` are one; oxidation states and site properties are left.

        Parameters
        ----------
        structure
            Ordered, or with shares of elements on its sites.
        """
        if len(structure) == 0:
            raise ValueError("structure must hold at least one site; got none")
        contents = [as_contents("structure", _shares(site.species))[0] for site in structure]
        return cls.of_listed(contents, structure.frac_coords, structure.lattice.matrix)

    def to_structure(self) -> Any:
        """Return a pymatgen Structure."""
        from pymatgen.core import Lattice, Structure

        species: list[Any] = [SYMBOLS[n] for n in self.numbers]
        if self.contents is not None:
            species = [{SYMBOLS[n]: share for n, share in content} for content in self.contents]
        return Structure(Lattice(self.matrix), species, self.coords)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UnitCell):
            return NotImplemented
        return (
            np.array_equal(self.numbers, other.numbers)
            and np.array_equal(self.coords, other.coords)
            and np.array_equal(self.matrix, other.matrix)
            and self.contents == other.contents
        )


def _spanning(matrix: ArrayLike) -> np.ndarray:
    rows = as_matrix("lattice", matrix, regular=False)
    if not abs(np.linalg.det(rows)) > 1e-6 * np.linalg.norm(rows, axis=1).prod():
        raise ValueError(
            "lattice must be three vectors that span a volume, as rows, in angstrom; "
            f"got {rows.tolist()}"
        )
    return rows


def _shares(composition: Any) -> dict[str, float]:
    """Return the share of each element; two oxidation states of one element are that element."""
    shares: dict[str, float] = {}
    for specie, share in composition.items():
        symbol = _symbol(specie)
        shares[symbol] = shares.get(symbol, 0.0) + float(share)
    return shares


def _symbol(specie: Any) -> str:
    """Return the element symbol of an Element or of a Species with an oxidation state."""
    symbol = getattr(getattr(specie, "element", specie), "symbol", None)
    if symbol in ("D", "T"):
        return "H"
    if symbol not in SYMBOLS[1:]:
        raise ValueError(f"structure must hold chemical elements only; got {specie!r}")
    return symbol
