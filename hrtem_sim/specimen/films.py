"""What amorphous films are made of: what a recipe says, and what tables say in its place."""

from collections.abc import Mapping
from typing import Any

from czone.generator.composition import distance_table, parse_composition
from czone.generator.films import as_density, film_of, too_dense
from hrtem_sim.refusal import Refusal

Distances = float | tuple[tuple[str, str, float], ...]
"""Smallest distance between atoms in angstrom, or one for every pair of elements."""


def film_matter(
    material: str, density: float | str | None, min_distance: Distances | None
) -> tuple[float, Distances]:
    """Return the density and the smallest distances of a film.

    Parameters
    ----------
    material
        Symbol or formula.
    density
        Atoms per cubic angstrom, or a text such as ``"2.2 g/cm3"``; None for that of a table.
    min_distance
        Smallest distance in angstrom, one number or one for every pair of elements; None for those
        of a table.

    Returns
    -------
    density
        Atoms per cubic angstrom.
    min_distance
        Smallest distances, in angstrom.

    Raises
    ------
    Refusal
        If no table knows the material and something is missing, if the film is denser than its
        crystal, or if a pair of elements has no distance.

    Examples
    --------
    >>> film_matter("SiO2", "2.1 g/cm3", None)[1]
    (('Si', 'O', 1.54), ('O', 'O', 2.52), ('Si', 'Si', 2.94))
    """
    known = film_of(material)
    for name, value in (("density", density), ("min_distance", min_distance)):
        if value is None and known is None:
            raise Refusal(
                f"{name} must be given for films other than C, Si, Ge, SiO2, Si3N4 and Al2O3; got "
                f"none for {material!r}"
            )
    try:
        found = known.density if density is None and known else as_density(material, density)
        distances = _as_distances(
            known.min_dist if min_distance is None and known else min_distance
        )
        distance_table(by_pairs(distances), list(parse_composition(material)))
    except ValueError as error:
        raise Refusal(str(error)) from None
    wrong = too_dense(material, found)
    if wrong:
        raise Refusal(wrong)
    return found, distances


def by_pairs(distances: Distances) -> float | dict[tuple[str, str], float]:
    """Return distances as `AmorphousGenerator` takes them.

    Parameters
    ----------
    distances
        Smallest distances, in angstrom.
    """
    if isinstance(distances, tuple):
        return {(first, second): length for first, second, length in distances}
    return distances


def _as_distances(value: Any) -> Distances:
    if isinstance(value, Mapping):
        return tuple((first, second, length) for (first, second), length in value.items())
    return value
