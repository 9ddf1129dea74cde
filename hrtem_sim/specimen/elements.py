"""Crystals of the elements that amorphous films are of: graphite, silicon, germanium."""

import numpy as np

from czone.generator import Generator

DIAMOND = {"Si": 5.4310, "Ge": 5.6579}
"""Lattice constants at room temperature, in angstrom (Kittel (2005), chapter 1)."""

GRAPHITE = (2.461, 6.708)
"""a and c at room temperature, in angstrom (Trucano and Chen, Nature 258 (1975) 136)."""

ELEMENTS = ("C", *DIAMOND)
"""Elements whose crystal is known here. That of carbon is graphite: films are mostly sp2 bonded,
and as dense."""


def element_crystal(symbol: str) -> Generator:
    """Return the crystal of an element of `ELEMENTS`.

    Parameters
    ----------
    symbol
        Chemical symbol.

    Examples
    --------
    >>> len(element_crystal("C").species), len(element_crystal("Si").species)
    (4, 8)
    """
    if symbol in DIAMOND:
        edge = DIAMOND[symbol]
        return Generator.from_spacegroup(
            [symbol], np.zeros((1, 3)), [edge] * 3, [90.0] * 3, sgn=227
        )
    a, c = GRAPHITE
    sites = [[0.0, 0.0, 0.25], [1 / 3, 2 / 3, 0.25]]
    return Generator.from_spacegroup(["C", "C"], sites, [a, a, c], [90.0, 90.0, 120.0], sgn=194)
