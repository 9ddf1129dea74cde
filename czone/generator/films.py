"""Amorphous films as they are: density, and how near their atoms come, by material."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from czone.checks import as_positive
from czone.generator.composition import number_density, parse_composition

__all__ = [
    "FILMS",
    "Film",
    "ImplausibleDensity",
    "as_density",
    "film_of",
    "mass_density",
    "too_dense",
]


class ImplausibleDensity(UserWarning):
    """A film is denser than its densest crystal."""


@dataclass(frozen=True)
class Film:
    """What is known of an amorphous material.

    Parameters
    ----------
    density
        Atoms per cubic angstrom.
    min_dist
        Smallest distance in angstrom between two atoms, one number or one for every pair of
        elements.
    crystal
        Density of the densest crystal at ambient pressure in g/cm3; no film is denser.
    source
        Source of the numbers.
    """

    density: float
    min_dist: float | Mapping[tuple[str, str], float]
    crystal: float
    source: str


def _pairs(**distances: float) -> Mapping[tuple[str, str], float]:
    """Return distances by pairs of elements, named as in ``Si_O=1.55``."""
    return MappingProxyType({(a, b): d for ab, d in distances.items() for a, b in [ab.split("_")]})


FILMS: Mapping[str, Film] = MappingProxyType(
    {
        "C": Film(
            0.1103075,
            1.4,
            3.515,
            "2.2 g/cm3 and 1.4 A as in Construction Zone; evaporated films have been measured at "
            "1.75 g/cm3, mean inner potential 9.09 V (M. Wanner et al., Ultramicroscopy 106, 341 "
            "(2006)); crystal: diamond",
        ),
        "Si": Film(
            0.0490,
            2.35,
            2.329,
            "4.90e22 atoms/cm3, 1.8 % below the crystal: J. S. Custer et al., Appl. Phys. Lett. "
            "64, 437 (1994); first neighbours at 2.35 A: K. Laaziri et al., Phys. Rev. Lett. 82, "
            "3460 (1999)",
        ),
        "Ge": Film(
            number_density("Ge", 5.05),
            2.45,
            5.323,
            "5.05 g/cm3 +- 1 % of sputtered films; first neighbours at 2.45 A, annealed films of "
            "0.97 of the crystal's density by electron diffraction, Phys. Stat. Sol. (b) (1973)",
        ),
        "SiO2": Film(
            number_density("SiO2", 2.2),
            _pairs(Si_O=1.54, O_O=2.52, Si_Si=2.94),
            2.648,
            "2.2 g/cm3: S. M. Sze, Physics of Semiconductor Devices; Si-O 1.62, O-O 2.65, Si-Si "
            "3.1 A: R. L. Mozzi and B. E. Warren, J. Appl. Cryst. 2, 164 (1969), times 0.95; "
            "crystal: quartz",
        ),
        "Si3N4": Film(
            number_density("Si3N4", 3.1),
            _pairs(Si_N=1.38, N_N=2.24, Si_Si=2.4),
            3.19,
            "3.1 g/cm3: S. M. Sze, Physics of Semiconductor Devices; Si-N 1.73, N-N 2.8, Si-Si 3.0 "
            "A, times 0.8 (N-N: R. M. Hagenmayer et al., J. Mater. Chem. 9, 2865 (1999))",
        ),
        "Al2O3": Film(
            number_density("Al2O3", 3.0),
            _pairs(Al_O=1.44, O_O=2.24, Al_Al=2.48),
            3.987,
            "3.0 g/cm3 of films by atomic layer deposition at 177 C: M. D. Groner et al., Chem. "
            "Mater. 16, 639 (2004); Al-O 1.8, O-O 2.8, Al-Al 3.1 A, times 0.8; crystal: corundum",
        ),
    }
)
"""Common films. Distances between neighbours are those of diffraction; where random sequential
addition cannot pack so many atoms so far apart, they are shortened by the factor that is named."""


def film_of(species: Any) -> Film | None:
    """Return what is known of an amorphous material; None if it is none of `FILMS`.

    Parameters
    ----------
    species
        Material as in `AmorphousGenerator`: element, formula, or mapping of elements to amounts.

    Examples
    --------
    >>> film_of({"O": 2, "Si": 1}) is FILMS["SiO2"], film_of("Fe") is None
    (True, True)
    """
    shares = parse_composition(species)
    for formula, film in FILMS.items():
        known = parse_composition(formula)
        if known.keys() == shares.keys() and all(
            abs(share - shares[number]) < 1e-6 for number, share in known.items()
        ):
            return film
    return None


def mass_density(species: Any, density: float) -> float:
    """Return the mass density in g/cm3 of so many atoms per cubic angstrom.

    Parameters
    ----------
    species
        Material as in `AmorphousGenerator`.
    density
        Atoms per cubic angstrom.

    Examples
    --------
    >>> round(mass_density("Si", 0.1103075), 1)  # silicon with as many atoms as carbon
    5.1
    """
    return density / number_density(species, 1.0)


def too_dense(species: Any, density: float) -> str:
    """Return what is wrong with a density that no film of this material has; "" if nothing.

    Parameters
    ----------
    species
        Material as in `AmorphousGenerator`; only those of `FILMS` are known.
    density
        Atoms per cubic angstrom.
    """
    film = film_of(species)
    if film is None or mass_density(species, density) <= 1.1 * film.crystal:
        return ""
    return (
        f"density must be at most that of the crystal, {film.crystal:g} g/cm3; got {density:g} "
        f"atoms per cubic angstrom, {mass_density(species, density):.3g} g/cm3. Likely cause: the "
        "density of another material"
    )


def as_density(species: Any, value: Any) -> float:
    """Return atoms per cubic angstrom from a number of them, or from a text in g/cm3.

    Parameters
    ----------
    species
        Material as in `AmorphousGenerator`.
    value
        Atoms per cubic angstrom, or a mass density such as ``"2.2 g/cm3"`` or ``"2200 kg/m3"``.

    Examples
    --------
    >>> round(as_density("SiO2", "2.2 g/cm3"), 4)
    0.0662
    """
    if not isinstance(value, str):
        return as_positive("density", value, "atoms per cubic angstrom")
    units = {"g/cm3": 1.0, "g/cm^3": 1.0, "g/cc": 1.0, "kg/m3": 1e-3, "kg/m^3": 1e-3}
    found = re.fullmatch(r"\s*([0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(\S+)\s*", value)
    if found is None or found[2] not in units:
        raise ValueError(
            "density must be atoms per cubic angstrom, or a text such as '2.2 g/cm3' or "
            f"'2200 kg/m3'; got {value!r}"
        )
    return number_density(species, as_positive("density", float(found[1])) * units[found[2]])
