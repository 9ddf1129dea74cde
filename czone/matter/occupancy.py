"""What stands on the sites of a crystal: one element, several by chance, or nothing at times."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from czone.geometry.elements import SYMBOLS, atomic_numbers

__all__ = ["SAME_SITE", "Content", "as_contents", "formula", "is_whole", "joined", "merged"]

Content = tuple[tuple[int, float], ...]
"""Atomic numbers of what may stand on a site, each with its share; the rest is vacant."""

SAME_SITE = 0.05
"""Points of a crystal closer than this are one site, in angstrom.

Coordinates rounded to three decimals err by up to 0.0005 of an edge, which moves the images of a
site on a mirror or an axis of a 20 angstrom cell by up to 0.03 angstrom; to four decimals, a tenth
of that. Atoms vibrate by 0.05 to 0.1 angstrom, so refinements tell no two positions closer than
that apart, and whole atoms keep ten times as far from each other.
"""


def as_contents(name: str, value: Any) -> list[Content]:
    """Return what stands on each site, from elements or mappings of elements to shares.

    Parameters
    ----------
    name
        Of the argument, for errors.
    value
        A symbol, an atomic number, a mapping such as ``{"Pt": 0.75, "Co": 0.25}``, or a sequence of
        these, one for each site. Shares that add up to less than 1 leave the site vacant at times.

    Examples
    --------
    >>> as_contents("Z", ["O", {"Fe": 0.95}])
    [((8, 1.0),), ((26, 0.95),)]
    """
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, (list, tuple)) and any(isinstance(item, Mapping) for item in value):
        return [
            _content(name, list(item.items())) if isinstance(item, Mapping) else _whole(name, item)
            for item in value
        ]
    return [((number, 1.0),) for number in atomic_numbers(name, value).tolist()]


def _whole(name: str, item: Any) -> Content:
    return ((int(atomic_numbers(name, item)[0]), 1.0),)


def _content(name: str, items: Sequence[tuple[Any, Any]]) -> Content:
    shares: dict[int, float] = {}
    for element, share in items:
        if isinstance(share, (bool, str)) or not np.isreal(share) or not 0 < share <= 1.01:
            raise ValueError(
                f"{name} must give each element a share between 0 and 1; got {dict(items)}"
            )
        number = int(atomic_numbers(name, element)[0])
        shares[number] = shares.get(number, 0.0) + float(share)
    if not shares:
        raise ValueError(f"{name} must name at least one element for each site; got {dict(items)}")
    total = sum(shares.values())
    if total > 1.01:
        raise ValueError(
            f"{name} must give shares that add up to at most 1 on each site; got {dict(items)}"
        )
    # Shares come rounded: three thirds of 0.333 fill a site.
    full = total > 1 or (len(items) > 1 and total > 0.998)
    return tuple(
        sorted((number, share / total if full else share) for number, share in shares.items())
    )


def is_whole(content: Content) -> bool:
    """Tell whether one element always stands on a site.

    Parameters
    ----------
    content
        Of the site.
    """
    return len(content) == 1 and content[0][1] == 1.0


def formula(content: Content) -> str:
    """Return a content in words, such as ``Co0.25 Pt0.75``.

    Parameters
    ----------
    content
        Of the site.
    """
    return " ".join(
        SYMBOLS[number] + ("" if share == 1.0 else f"{share:.4g}") for number, share in content
    )


def joined(one: Content, other: Content, *, again: bool) -> Content | None:
    """Return the content of a site that is given twice; None if there is no room for both.

    Parameters
    ----------
    one, other
        Contents of the two.
    again
        Whether the same content, where half a site would have room for it, is the same atoms given
        again (images of one site) or others of their kind (two oxidation states, in a list).
    """
    if one == other and (again or sum(share for _, share in one + other) > 1.01):
        return one
    if sum(share for _, share in one + other) > 1.01:
        return None
    return _content("occupancies", one + other)


def merged(
    contents: list[Content], coords: np.ndarray, matrix: np.ndarray, *, tolerance: float = SAME_SITE
) -> tuple[list[Content], np.ndarray]:
    """Return the sites of a cell, those at one place as one site in the middle of them.

    Parameters
    ----------
    contents
        What stands on each of n sites.
    coords
        Fractional coordinates (n, 3).
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    tolerance
        Sites closer than this are one, in angstrom; images in other cells count.

    Raises
    ------
    ValueError
        If what is given for one place does not fit there together.

    Examples
    --------
    >>> merged([((6, 1.0),)] * 2, np.array([[0, 0, 0], [0.999, 0, 0]]), 3.0 * np.eye(3))
    ([((6, 1.0),)], array([[-0.0005,  0.    ,  0.    ]]))
    """
    site, first = _sites_of(coords, matrix, tolerance)
    if len(first) == len(coords):
        return contents, coords
    together = [contents[k] for k in first]
    for atom in np.flatnonzero(first[site] != np.arange(len(site))).tolist():
        both = joined(together[site[atom]], contents[atom], again=True)
        if both is None:
            raise ValueError(
                f"coords must be distinct sites; atom {atom} ({formula(contents[atom])}, "
                f"{coords[atom].round(5).tolist()}) is on the site of atom {first[site[atom]]} "
                f"({formula(contents[first[site[atom]]])}). If elements share the site, give their "
                "shares, such as {'Pt': 0.75, 'Co': 0.25}"
            )
        together[site[atom]] = both
    away = coords - coords[first][site]
    away -= np.rint(away)
    middle = np.array([np.bincount(site, axis) for axis in away.T]).T / np.bincount(site)[:, None]
    return together, coords[first] + middle


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
