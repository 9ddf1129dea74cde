"""Filling a unit cell from its asymmetric unit by the operations of a space group.

The operations come from spglib's database, each group in its first listed setting (unique axis b,
origin choice 1, hexagonal axes), which are the settings pymatgen uses as well.
"""

import warnings
from functools import cache

import numpy as np

__all__ = ["fill_cell", "operations", "spacegroup_number"]


@cache
def _database() -> tuple[dict[int, int], dict[str, int]]:
    """Return the first Hall number of each group, and the group number of each symbol."""
    import spglib

    first: dict[int, int] = {}
    numbers: dict[str, int] = {}
    for hall in range(1, 531):
        group = spglib.get_spacegroup_type(hall)
        assert group is not None  # all of 1 to 530 are there
        number, short = group.number, group.international_short
        first.setdefault(number, hall)
        for symbol in (short, group.international_full, group.international.split("=")[0]):
            numbers.setdefault(symbol.replace(" ", ""), number)
    return first, numbers


@cache
def operations(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rotations (n, 3, 3) and translations (n, 3) of a space group.

    Examples
    --------
    >>> rotations, translations = operations(225)
    >>> len(rotations)
    192
    """
    import spglib

    hall = _database()[0][number]
    found = spglib.get_symmetry_from_database(hall)
    assert found is not None  # a Hall number of spglib's own
    return found["rotations"].astype(int), found["translations"].astype(float)


def spacegroup_number(sgn: int | None = None, sym: str | None = None) -> int:
    """Return the number of a space group given by number, symbol or both; the number counts.

    Examples
    --------
    >>> spacegroup_number(sym="P6_3/mmc")
    194
    """
    if sgn is None and sym is None:
        raise ValueError("sgn (1 to 230) or sym (such as 'Fm-3m') must be given; got neither")
    if sgn is None:
        return _number_of_symbol(str(sym))
    if isinstance(sgn, bool) or not isinstance(sgn, (int, np.integer)) or not 1 <= sgn <= 230:
        raise ValueError(f"sgn must be a space group number, 1 to 230; got {sgn!r}")
    if sym is not None and (named := _number_of_symbol(sym)) != sgn:
        warnings.warn(f"sgn={sgn} is used; sym={sym!r} is group {named}", stacklevel=3)
    return int(sgn)


def _number_of_symbol(sym: str) -> int:
    known = _database()[1].get(str(sym).replace(" ", ""))
    if known is not None:
        return known
    from pymatgen.symmetry.groups import SpaceGroup

    try:
        return int(SpaceGroup(sym).int_number)
    except ValueError as error:
        raise ValueError(
            f"sym must be an international symbol such as 'Fm-3m'; got {sym!r}"
        ) from error


def fill_cell(
    numbers: np.ndarray, coords: np.ndarray, matrix: np.ndarray, group: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return all atoms of a unit cell.

    Parameters
    ----------
    numbers
        Atomic numbers (n,) of the asymmetric unit.
    coords
        Fractional coordinates (n, 3) of the asymmetric unit.
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    group
        Space group number.

    Returns
    -------
    numbers, coords
        Atomic numbers (m,) and fractional coordinates (m, 3), in [0, 1).

    Raises
    ------
    ValueError
        If the lattice does not have the symmetry of the group, or two sites fall together.
    """
    rotations, translations = operations(group)
    metric = matrix @ matrix.T
    turned = np.einsum("nji,jk,nkl->nil", rotations, metric, rotations)
    if np.abs(turned - metric).max() > 1e-2 * np.abs(metric).max():
        lengths = np.linalg.norm(matrix, axis=1).round(4).tolist()
        raise ValueError(
            f"cell_dims and cell_angs must fit space group {group}; got lattice vectors of lengths "
            f"{lengths} that its operations change"
        )
    found_numbers: list[int] = []
    found: list[np.ndarray] = []
    for number, site in zip(numbers, coords, strict=True):
        orbit = _distinct((rotations @ site + translations) % 1.0)
        for other, taken in zip(found_numbers, found, strict=True):
            if (_apart(taken, orbit[0]) < 1e-5).any():
                raise ValueError(
                    f"coords must be distinct sites; {site.tolist()} (Z = {number}) falls on "
                    f"one of Z = {other}"
                )
        found_numbers.append(number)
        found.append(orbit)
    counts = [len(orbit) for orbit in found]
    return np.repeat(np.asarray(found_numbers), counts), np.vstack(found)


def _apart(points: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the largest periodic difference of fractional coordinates."""
    difference = points - point
    return np.abs(difference - np.rint(difference)).max(axis=-1)


def _distinct(points: np.ndarray) -> np.ndarray:
    """Return fractional points without repetitions, in the order they first appear."""
    kept = np.empty((0, 3))
    for point in points:
        if not (_apart(kept, point) < 1e-5).any():
            kept = np.vstack([kept, point])
    # 0.9999999999 is 0: an atom on a cell face belongs to the near face.
    return np.where(kept > 1 - 1e-9, 0.0, kept)
