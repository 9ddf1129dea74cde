"""What an amorphous solid is made of: kinds of atoms, their shares and minimum distances."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement
from numbers import Integral
from typing import Any

import numpy as np
from ase.data import atomic_masses, atomic_numbers, chemical_symbols
from ase.formula import Formula

from czone.checks import as_positive

_AVOGADRO_PER_A3 = 0.602214076  # atoms of 1 g/mol in 1 g/cm3, per cubic angstrom

_DENSEST = 25.0  # g/cm3; osmium, the densest of all, has 22.6


def atomic_number(element: int | str) -> int:
    """Return the atomic number of an element given by number or symbol.

    Examples
    --------
    >>> atomic_number("Si")
    14
    """
    if isinstance(element, Integral) and 0 < element < len(chemical_symbols):
        return int(element)
    if isinstance(element, str) and element in atomic_numbers and element != "X":
        return atomic_numbers[element]
    raise ValueError(
        f"species must be atomic numbers from 1 to {len(chemical_symbols) - 1} or element symbols; "
        f"got {element!r}"
    )


def parse_composition(species: Any) -> dict[int, float]:
    """Return the share of every element, by atomic number, adding up to one.

    Parameters
    ----------
    species
        Atomic number, element symbol, formula such as ``"SiO2"``, or a mapping of elements to
        amounts such as ``{"Si": 1, "O": 2}``.

    Examples
    --------
    >>> parse_composition("Si3N4") == {14: 3 / 7, 7: 4 / 7}
    True
    """
    if isinstance(species, Mapping):
        amounts = dict(species)
    elif isinstance(species, str) and species not in atomic_numbers:
        try:
            amounts = Formula(species).count()
        except ValueError as error:
            raise ValueError(
                f"species must be an element, a formula or a mapping of elements to amounts; "
                f"got {species!r}"
            ) from error
    else:
        amounts = {species: 1}
    shares: dict[int, float] = {}
    for element, amount in amounts.items():
        if not np.isfinite(amount) or amount <= 0:
            raise ValueError(f"species amounts must be positive; got {amount} for {element!r}")
        number = atomic_number(element)
        shares[number] = shares.get(number, 0.0) + float(amount)
    if not shares:
        raise ValueError(f"species must name at least one element; got {species!r}")
    total = sum(shares.values())
    return {number: amount / total for number, amount in shares.items()}


def split_count(n_atoms: int, shares: Mapping[int, float]) -> list[int]:
    """Return whole numbers of atoms that add up to `n_atoms` and follow the shares.

    The largest remainders are rounded up.

    Examples
    --------
    >>> split_count(100, {14: 1 / 3, 8: 2 / 3})
    [33, 67]
    """
    wanted = n_atoms * np.array(list(shares.values()))
    counts = np.floor(wanted).astype(int)
    rest = n_atoms - counts.sum()
    counts[np.argsort(counts - wanted, kind="stable")[:rest]] += 1
    return counts.tolist()


def distance_table(min_dist: float | Mapping, numbers: list[int]) -> np.ndarray:
    """Return the (k, k) minimum distances of k elements in angstrom.

    Parameters
    ----------
    min_dist
        One distance for all pairs, or a mapping of pairs, ``{("Si", "O"): 1.5, ...}``, that names
        every pair.
    numbers
        The elements.
    """
    if not isinstance(min_dist, Mapping):
        return np.full((len(numbers), len(numbers)), as_positive("min_dist", min_dist))
    given = {
        frozenset(atomic_number(element) for element in pair): as_positive("min_dist", value)
        for pair, value in min_dist.items()
    }
    table = np.empty((len(numbers), len(numbers)))
    for i, j in combinations_with_replacement(range(len(numbers)), 2):
        pair = frozenset((numbers[i], numbers[j]))
        if pair not in given:
            names = tuple(chemical_symbols[n] for n in (numbers[i], numbers[j]))
            raise ValueError(f"min_dist must name every pair of elements; {names} is missing")
        table[i, j] = table[j, i] = given[pair]
    return table


def number_density(species: Any, mass_density: float) -> float:
    """Return atoms per cubic angstrom of a solid from its mass density.

    Parameters
    ----------
    species
        As in `AmorphousGenerator`: element, formula, or mapping of elements to amounts.
    mass_density
        In g/cm3.

    Returns
    -------
    density : float
        Atoms per cubic angstrom.

    Examples
    --------
    >>> round(number_density("C", 2.2), 4)
    0.1103
    >>> round(number_density("SiO2", 2.2), 4)
    0.0662
    """
    if not 0 < mass_density < np.inf:
        raise ValueError(f"mass_density must be positive, in g/cm3; got {mass_density}")
    if mass_density > _DENSEST:
        raise ValueError(
            f"mass_density must be at most {_DENSEST:g}, in g/cm3; got {mass_density}. Is it in "
            "kg/m3, a thousand times as much?"
        )
    shares = parse_composition(species)
    mean_mass = sum(share * atomic_masses[number] for number, share in shares.items())
    return float(_AVOGADRO_PER_A3 * mass_density / mean_mass)
