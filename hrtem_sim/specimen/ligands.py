"""Ligands: molecules with a head that binds to a particle and a stretched alkyl tail."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from czone.molecule import Molecule
from hrtem_sim.provenance import Checked, between, checked, checks

Head = Literal["thiolate", "amine", "carboxylate"]

HEADS = {"thiolate": ("S", 1.82), "amine": ("N", 1.47), "carboxylate": ("O", 1.27)}
"""Atom that binds, and its distance from the first carbon in angstrom."""

CARBON, HYDROGEN, CARBONYL, AMINE = 1.53, 1.09, 1.25, 1.01
"""Lengths of C-C, C-H, C=O and N-H in angstrom (F. H. Allen et al., J. Chem. Soc. Perkin Trans. II
(1987) S1)."""

ANGLE = math.radians(113.0)
"""Between the bonds of a stretched chain, as in crystals of alkanes."""

SPREAD = math.radians(107.0) / 2
"""Half of the angle between the two hydrogens of a CH2."""

SPACING = 4.3
"""angstrom between two heads: they are 5.0 apart on flat Au(111) (J. C. Love et al., Chem. Rev. 105
(2005) 1103) and closer on curved particles (M. J. Hostetler et al., Langmuir 14 (1998) 17)."""

ROOM = 3.0
"""angstrom beyond the length of a ligand that its bond takes."""


@dataclass(frozen=True)
class LigandShell(Checked):
    """Ligands on the particles of a structure, in numbers.

    Parameters
    ----------
    head
        Group that binds.
    carbons
        Carbon atoms of the tail, that of a carboxylate's head included.
    coverage
        Part of the densest shell, 4.3 angstrom between heads, that is there.
    """

    head: Head
    carbons: int = dataclasses.field(metadata=checks(between(1, 30)))
    coverage: float = checked(1.0, between(0, 1))

    @property
    def reach(self) -> float:
        """How far ligands reach beyond the atoms that they stand on, in angstrom."""
        return float(ligand(self.head, self.carbons).atoms[:, 2].max()) + ROOM

    @property
    def amounts(self) -> dict[str, float]:
        """Amounts of the elements."""
        symbols = _atoms(self.head, self.carbons)[0]
        return {symbol: float(symbols.count(symbol)) for symbol in dict.fromkeys(symbols)}


def ligand(head: Head, carbons: int) -> Molecule:
    """Return a ligand, its binding atom at the origin and its tail along z.

    Parameters
    ----------
    head, carbons
        As in `LigandShell`.

    Notes
    -----
    The tail is all-trans, the carboxylate binds by one oxygen. Unsaturated tails such as that of
    oleate, kinks and mixed shells are not there.

    Examples
    --------
    >>> round(float(ligand("thiolate", 12).atoms[:, 2].max()), 1)  # dodecanethiolate
    16.5
    """
    symbols, positions = _atoms(head, carbons)
    return Molecule(symbols, np.array(positions))


def _atoms(head: Head, carbons: int) -> tuple[list[str], list[np.ndarray]]:
    symbol, length = HEADS[head]
    along, aside = math.sin(ANGLE / 2), math.cos(ANGLE / 2)
    chain = [np.zeros(3), np.array([length * aside, 0.0, length * along])]
    for i in range(1, carbons):
        side = -1.0 if i % 2 else 1.0
        chain.append(chain[-1] + CARBON * np.array([side * aside, 0.0, along]))
    symbols, positions = [symbol, *["C"] * carbons], list(chain)
    for i, middle in enumerate(chain):
        out = np.array([1.0 if i % 2 else -1.0, 0.0, 0.0])
        if i == 0 and head != "amine":
            continue
        if i == 1 and head == "carboxylate":
            symbols.append("O")
            positions.append(middle + CARBONYL * out)
            if carbons > 1:
                continue
        elif i or head == "amine":
            bond = HYDROGEN if i else AMINE
            for sign in (1.0, -1.0):
                shift = math.cos(SPREAD) * out + [0.0, sign * math.sin(SPREAD), 0.0]
                symbols.append("H")
                positions.append(middle + bond * shift)
        if i == carbons:  # the end of the tail: one hydrogen where the next carbon would be
            step = np.array([-out[0] * aside, 0.0, along])
            symbols.append("H")
            positions.append(middle + HYDROGEN * step)
    return symbols, positions
