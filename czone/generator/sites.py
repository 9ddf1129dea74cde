"""All atoms of a cell from those of its asymmetric unit.

Coordinates come rounded: a third is written 0.3333, which the operations of the group turn into
three points a hundredth of an angstrom apart instead of one. Points that close are one site, which
stands where the operations that leave it in place agree.
"""

import numpy as np

from czone.generator.spacegroup import SpaceGroup, settings_of
from czone.matter.occupancy import SAME_SITE, Content, formula, joined

__all__ = ["fill_cell"]

_EQUAL = 1e5
"""Steps of a cell edge within which fractional coordinates are equal."""

_PLACES = np.array([_EQUAL**2, _EQUAL, 1.0])  # three coordinates as one whole number below 2^53


def fill_cell(
    contents: list[Content],
    coords: np.ndarray,
    matrix: np.ndarray,
    group: SpaceGroup,
    *,
    tolerance: float = SAME_SITE,
) -> tuple[list[Content], np.ndarray]:
    """Return all sites of a unit cell.

    Parameters
    ----------
    contents
        What stands on each of the n sites of the asymmetric unit.
    coords
        Fractional coordinates (n, 3) of the asymmetric unit.
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    group
        Space group.
    tolerance
        Points closer than this are one site, in angstrom.

    Returns
    -------
    contents, coords
        What stands on each of m sites, and fractional coordinates (m, 3), in [0, 1).

    Raises
    ------
    ValueError
        If the lattice does not have the symmetry of the group, or two whole atoms of different
        elements fall on one site.
    """
    _check_fit(matrix, group)
    found: list[Content] = []
    orbits: list[np.ndarray] = []
    for content, site in zip(contents, coords, strict=True):
        orbit = _orbit(_at_rest(site, matrix, group, tolerance), matrix, group, tolerance)
        for k, points in enumerate(orbits):
            if (_apart(points, orbit[0], matrix) < tolerance).any():
                both = joined(found[k], content, again=False)
                if both is None:
                    raise ValueError(
                        f"coords must be distinct sites; {site.tolist()} ({formula(content)}) "
                        f"falls on one of {formula(found[k])}. If elements share the site, give "
                        "their shares, such as {'Pt': 0.75, 'Co': 0.25}"
                    )
                found[k] = both
                break
        else:
            found.append(content)
            orbits.append(orbit)
    return [c for c, orbit in zip(found, orbits, strict=True) for _ in orbit], np.vstack(orbits)


def _check_fit(matrix: np.ndarray, group: SpaceGroup) -> None:
    if group.fits(matrix):
        return
    lengths = np.linalg.norm(matrix, axis=1)
    unit = matrix / lengths[:, None]
    angles = np.degrees(np.arccos([unit[1] @ unit[2], unit[0] @ unit[2], unit[0] @ unit[1]]))
    fitting = [other.symbol for other in settings_of(group.number) if other.fits(matrix)]
    named = f"space group {group.number} ({group.symbol})" if group.number else group.symbol
    raise ValueError(
        f"cell_dims and cell_angs must fit {named}; got "
        f"lengths {lengths.round(4).tolist()} and angles {angles.round(3).tolist()} that its "
        "operations change" + (f"; this cell suits {', '.join(fitting[:4])}" if fitting else "")
    )


def _at_rest(
    site: np.ndarray, matrix: np.ndarray, group: SpaceGroup, tolerance: float
) -> np.ndarray:
    """Return a site where the operations that bring it back within the tolerance leave it."""
    for _ in range(100):
        away = group.rotations @ site + group.translations - site
        away -= np.rint(away)
        distances = np.linalg.norm(away @ matrix, axis=1)
        near = distances < tolerance
        if distances[near].max() < 1e-12:
            break
        site = site + away[near].mean(axis=0)
    return site


def _orbit(site: np.ndarray, matrix: np.ndarray, group: SpaceGroup, tolerance: float) -> np.ndarray:
    """Return the equivalent points (m, 3) of a site, in [0, 1), in the order they first appear."""
    points = (group.rotations @ site + group.translations) % 1.0
    # Most operations that meet do so to the last digits: these need no distances.
    _, first = np.unique(np.rint(points * _EQUAL) @ _PLACES, return_index=True)
    points = points[np.sort(first)]
    same = _apart(points[:, None], points, matrix) < tolerance / 2
    points = points[same.argmax(axis=1) == np.arange(len(points))]
    # 0.9999999999 is 0: an atom on a cell face belongs to the near face.
    return np.where(points > 1 - 1e-9, 0.0, points)


def _apart(points: np.ndarray, point: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return the distances of fractional points from the nearest images of others."""
    away = points - point
    return np.linalg.norm((away - np.rint(away)) @ matrix, axis=-1)
