"""Materials of particles: those known by name, and crystals read from files.

A file is read once, where it comes in; from then on the crystal itself travels, in recipes, plans
and ids. Nothing that was made of it needs the file again, or changes when the file does.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from ase.data import atomic_numbers, chemical_symbols

from czone.generator import Generator
from czone.generator.written import formula_of
from czone.matter import UnitCell
from czone.matter.occupancy import as_contents
from hrtem_sim.provenance import Checked, between, checked, checks, each, identity, that
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
    occupancies: tuple[float, ...] = checked((), each(between(0, 1, open_low=True)), added=True)

    def _check_together(self) -> None:
        if self.occupancies and len(self.occupancies) != len(self.species):
            raise Refusal(
                f"occupancies must be none, or as many as species, {len(self.species)}; "
                f"got {len(self.occupancies)}"
            )
        if len(self.sites) != len(self.species):
            raise Refusal(
                f"sites must be as many as species, {len(self.species)}; got {len(self.sites)}"
            )
        lattice = tuple(tuple(map(float, vector)) for vector in self.lattice)
        if abs(np.linalg.det(np.array(lattice))) < 1e-6:
            raise Refusal(f"lattice must span a volume, in angstrom; got {lattice}")
        object.__setattr__(self, "lattice", lattice)
        object.__setattr__(self, "sites", tuple(tuple(map(float, site)) for site in self.sites))
        try:
            _cell(self)
        except ValueError as error:
            raise Refusal(f"{self.name}: {error}") from None

    @property
    def identity(self) -> str:
        """Id of the crystal, whatever its name."""
        content = (self.species, self.lattice, self.sites)
        return identity((*content, self.occupancies) if self.occupancies else content, "crystal")


Material = str | FileCrystal

AnyMaterial = Annotated[Material, "as_material"]
"""Field that takes whatever `as_material` reads, and holds what came of it."""
"""A name of `FCC` or `WURTZITE`, or a crystal from a file."""


def as_material(material: Any) -> Material:
    """Return a material, read from its file if a path is given.

    Parameters
    ----------
    material
        A name of `FCC` or `WURTZITE`, the path of a file that `czone.generator.Generator` reads
        (CIF, POSCAR, whatever ASE reads), periodic ASE Atoms, a pymatgen Structure, or a crystal
        that was read before.

    Raises
    ------
    ValueError
        If it is neither known by name nor a crystal.
    """
    if isinstance(material, FileCrystal):
        return material
    if not isinstance(material, (str, Path)):
        return _crystal_in(material)
    if str(material) in FCC or str(material) in WURTZITE:
        return str(material)
    if not Path(material).is_file():
        known = ", ".join([*FCC, *WURTZITE])
        raise Refusal(
            f"materials must be of {known} or paths of CIF files and the like; got {material!r}"
        )
    return _crystal_in(Path(material))


def name_of(material: Material) -> str:
    """Return the name of a material in tables."""
    return material.name if isinstance(material, FileCrystal) else material


def amounts_in(material: Material) -> dict[str, float]:
    """Return the amounts of the elements of a material."""
    if not isinstance(material, FileCrystal):
        numbers = WURTZITE[material][:2] if material in WURTZITE else (atomic_numbers[material],)
        return {chemical_symbols[int(number)]: 1.0 for number in numbers}
    amounts: dict[str, float] = {}
    shares = material.occupancies or (1.0,) * len(material.species)
    for symbol, share in zip(material.species, shares, strict=True):
        amounts[symbol] = amounts.get(symbol, 0.0) + share
    return amounts


def crystal_of(material: Material, rng: np.random.Generator | None = None) -> Generator:
    """Return the crystal of a material, a new one at every call.

    Parameters
    ----------
    material
        A name of `FCC` or `WURTZITE`, or a crystal that was read from a file.
    rng
        Source of what stands on sites that elements share; only crystals with such sites draw from
        it. None where the atoms themselves do not matter.
    """
    crystal = deepcopy(_crystal(material))
    if rng is not None and crystal.seed is not None:
        crystal.seed = int(rng.integers(2**63))
    return crystal


@cache
def _crystal(material: Material) -> Generator:
    """The crystal that all others are copies of."""
    if isinstance(material, FileCrystal):
        return Generator(structure=_cell(material))
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


def _cell(material: FileCrystal) -> UnitCell:
    if not material.occupancies:
        contents = as_contents("species", list(material.species))
        return UnitCell.of_listed(contents, material.sites, material.lattice)
    shares: dict[Vector, dict[str, float]] = {}
    rows = zip(material.sites, material.species, material.occupancies, strict=True)
    for site, symbol, share in rows:
        shares.setdefault(site, {})[symbol] = share
    contents = as_contents("occupancies", list(shares.values()))
    return UnitCell.of_listed(contents, list(shares), material.lattice)


def _crystal_in(given: Any) -> FileCrystal:
    """Return the crystal of a path, of ASE Atoms or of a pymatgen Structure."""
    try:
        cell = Generator(structure=given).crystal.cell
    except Exception as error:  # parsers raise many kinds
        raise Refusal(f"materials: {str(given)!r} is no usable crystal: {error}") from None
    sites = cell.contents or [((number, 1.0),) for number in cell.numbers.tolist()]
    rows = [
        (chemical_symbols[number], _vector(coords), share)
        for content, coords in zip(sites, cell.coords, strict=True)
        for number, share in content
    ]
    species, coords, occupancies = zip(*rows, strict=True)
    a, b, c = cell.matrix
    return FileCrystal(
        given.stem if isinstance(given, Path) else formula_of(cell),
        species,
        (_vector(a), _vector(b), _vector(c)),
        coords,
        () if cell.contents is None else occupancies,
    )


def _vector(row: np.ndarray) -> Vector:
    x, y, z = row.tolist()
    return x, y, z
