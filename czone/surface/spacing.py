"""How far atoms of molecules on a surface keep from others, by their elements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ase.data import covalent_radii
from scipy.spatial import cKDTree

from czone.matter.contacts import BUILT

__all__ = ["BOND", "CONTACT", "NO_BOND", "Obstacles", "Spacing"]


@dataclass(frozen=True)
class Spacing:
    """A distance of two atoms, by their elements.

    Attributes
    ----------
    share
        Share of the sum of the covalent radii (B. Cordero et al., Dalton Trans. 2832 (2008)).
    more
        Length to add, in angstrom.
    """

    share: float
    more: float

    def between(self, first: int | np.ndarray, second: int | np.ndarray) -> np.ndarray:
        """Return the distances of elements, given as atomic numbers, in angstrom."""
        sums = covalent_radii[first] + covalent_radii[second]
        return np.asarray(self.share * sums + self.more)


BOND = Spacing(1.0, 0.0)

NO_BOND = Spacing(1.0, 0.45)
"""Atoms nearer than this are bonded by Open Babel's rule (N. M. O'Boyle et al., J. Cheminf. 3, 33
(2011))."""

CONTACT = Spacing(BUILT, 0.0)
"""What objects of a scene keep with ``min_distance="contact"``."""


class Obstacles:
    """Atoms that others must not come too near to, ready for the search.

    Parameters
    ----------
    atoms
        Positions (n, 3), in angstrom.
    numbers
        Atomic numbers (n,).
    """

    def __init__(self, atoms: np.ndarray, numbers: np.ndarray) -> None:
        self.trees: Mapping[int, cKDTree] = {
            int(number): cKDTree(atoms[numbers == number]) for number in np.unique(numbers)
        }

    def clear(
        self, positions: np.ndarray, numbers: np.ndarray, spacings: Sequence[Spacing]
    ) -> np.ndarray:
        """Return which copies of a molecule keep their distances, (m,).

        Parameters
        ----------
        positions
            Atoms (m, k, 3) of the copies, in angstrom.
        numbers
            Atomic numbers (k,).
        spacings
            Distance that each of the k atoms keeps.
        """
        clear = np.ones(len(positions), dtype=bool)
        for number, tree in self.trees.items():
            least = np.array(
                [
                    spacing.between(own, number)
                    for spacing, own in zip(spacings, numbers, strict=True)
                ]
            )
            distances, _ = tree.query(positions, distance_upper_bound=least.max())
            clear &= (distances >= least).all(axis=1)
        return clear
