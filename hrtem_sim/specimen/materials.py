"""Materials of particles: those known by name, and crystals read from files.

A file is read once, where it comes in; from then on the crystal itself travels, in recipes, plans
and ids. Nothing that was made of it needs the file again, or changes when the file does.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from ase.data import atomic_numbers

from czone.generator import Generator
from hrtem_sim.provenance import Checked, checks, each, identity, that
from hrtem_sim.refusal import Refusal

FCC = {"Ag": 4.0853, "Al": 4.0495, "Au": 4.07825, "Cu": 3.6149, "Ni": 3.5240, "Pd": 3.8907,
       "Pt": 3.9242}  # fmt: skip
"""Lattice constants of fcc metals at room temperature, in angstrom (Kittel (2005), chapter 1)."""

WURTZITE = {"CdSe": (48, 34, 4.2985, 7.0152, 0.376), "ZnO": (30, 8, 3.2498, 5.2066, 0.382)}
"""Numbers of cation and anion, a and c in angstrom, u of wurtzite crystals (R. W. G. Wyckoff,
Crystal Structures, 2nd ed. (1963); CdSe as in the group's later data sets)."""

Vector = tuple[float, float, float]

SYMBOLS = (
    that("a list of at least one symbol", bool),
    each(that("the symbol of an element", lambda symbol: symbol in atomic_numbers)),
)


@dataclass(frozen=True)
class FileCrystal(Checked):
    """A crystal that was read from a file.

    Parameters
    ----------
    name
        Name of the file, without its ending.
    species
        Symbols of the atoms of a cell.
    lattice
        Lattice vectors in angstrom.
    sites
        Fractional coordinates, one for each of `species`.

    Examples
    --------
    >>> FileCrystal("po", ("Po",), ((3.35, 0, 0), (0, 3.35, 0), (0, 0, 3.35)), ((0, 0, 0),)).name
    'po'
    """

    name: str
    species: tuple[str, ...] = field(metadata=checks(*SYMBOLS))
    lattice: tuple[Vector, Vector, Vector]
    sites: tuple[Vector, ...]

    def _check_together(self) -> None:
        if len(self.sites) != len(self.species):
            raise Refusal(
                f"sites must be as many as species, {len(self.species)}; got {len(self.sites)}"
            )
        lattice = tuple(tuple(map(float, vector)) for vector in self.lattice)
        if abs(np.linalg.det(np.array(lattice))) < 1e-6:
            raise Refusal(f"lattice must span a volume, in angstrom; got {lattice}")
        object.__setattr__(self, "lattice", lattice)
        object.__setattr__(self, "sites", tuple(tuple(map(float, site)) for site in self.sites))

    @property
    def identity(self) -> str:
        """Id of the crystal, whatever its name."""
        return identity((self.species, self.lattice, self.sites), "crystal")


Material = str | FileCrystal
"""A name of `FCC` or `WURTZITE`, or a crystal from a file."""


def as_material(material: Material) -> Material:
    """Return a material, read from its file if a path is given.

    Parameters
    ----------
    material
        A name of `FCC` or `WURTZITE`, the path of a CIF file, or a crystal that was read before.

    Raises
    ------
    ValueError
        If it is neither known by name nor a readable CIF file.
    """
    if isinstance(material, FileCrystal) or material in FCC or material in WURTZITE:
        return material
    if not Path(material).is_file():
        known = ", ".join([*FCC, *WURTZITE])
        raise Refusal(f"materials must be of {known} or paths of CIF files; got {material!r}")
    return _read(Path(material))


def name_of(material: Material) -> str:
    """Return the name of a material in tables."""
    return material.name if isinstance(material, FileCrystal) else material


def crystal_of(material: Material) -> Generator:
    """Return the crystal of a material, a new one at every call."""
    return deepcopy(_crystal(material))


@cache
def _crystal(material: Material) -> Generator:
    """The crystal that all others are copies of."""
    if isinstance(material, FileCrystal):
        from pymatgen.core import Lattice, Structure

        lattice = Lattice(np.array(material.lattice))
        return Generator(structure=Structure(lattice, material.species, material.sites))
    if material in FCC:
        cell = [FCC[material]] * 3
        return Generator.from_spacegroup([material], np.zeros((1, 3)), cell, [90.0] * 3, sgn=225)
    if material not in WURTZITE:
        known = ", ".join([*FCC, *WURTZITE])
        raise Refusal(f"material must be one of {known} or a crystal; got {material!r}")
    cation, anion, a, c, u = WURTZITE[material]
    sites = [[1 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0.5], [1 / 3, 2 / 3, u], [2 / 3, 1 / 3, 0.5 + u]]
    numbers = [cation, cation, anion, anion]
    return Generator.from_unit_cell(numbers, sites, [a, a, c], [90.0, 90.0, 120.0])


def _read(path: Path) -> FileCrystal:
    from pymatgen.core import Structure

    try:
        crystal = Generator(structure=Structure.from_file(path))
    except Exception as error:  # parsers raise many kinds
        raise Refusal(f"materials: {str(path)!r} is not a usable CIF: {error}") from None
    structure = crystal.structure
    a, b, c = structure.lattice.matrix
    symbols = [site.specie.symbol for site in structure]
    return FileCrystal(
        path.stem,
        tuple("H" if symbol in ("D", "T") else symbol for symbol in symbols),
        (_vector(a), _vector(b), _vector(c)),
        tuple(map(_vector, structure.frac_coords)),
    )


def _vector(row: np.ndarray) -> Vector:
    x, y, z = row.tolist()
    return x, y, z
