"""A crystal in words: its formula, its cell, and the expression that makes its structure."""

from typing import Any

import numpy as np

from czone.geometry.elements import SYMBOLS
from czone.matter.cell import UnitCell
from czone.shown import shown

__all__ = ["Written", "edges_and_angles", "formula_of"]


class Written:
    """A structure as the expression that makes it, in the lattice of now."""

    def __init__(self, cell: UnitCell, matrix: np.ndarray) -> None:
        self.cell, self.matrix = cell, matrix

    def __repr__(self) -> str:
        species: list[Any] = [SYMBOLS[n] for n in self.cell.numbers]
        if self.cell.contents is not None:
            species = [{SYMBOLS[n]: share for n, share in site} for site in self.cell.contents]
        return f"Structure(Lattice({shown(self.matrix)}), {species}, {shown(self.cell.coords)})"


def edges_and_angles(bases: np.ndarray) -> str:
    """Return edges and angles of a cell in words.

    Parameters
    ----------
    bases
        Lattice vectors as columns (3, 3), in angstrom.

    Examples
    --------
    >>> edges_and_angles(2 * np.eye(3))
    'a=2 b=2 c=2, alpha=90 beta=90 gamma=90'
    """
    lengths = np.linalg.norm(bases, axis=0)
    unit = bases / lengths
    angles = np.degrees(
        np.arccos(
            np.clip(
                [unit[:, 1] @ unit[:, 2], unit[:, 0] @ unit[:, 2], unit[:, 0] @ unit[:, 1]],
                -1,
                1,
            )
        )
    )
    text = " ".join(f"{n}={v:.6g}" for n, v in zip("abc", lengths, strict=True))
    names = ("alpha", "beta", "gamma")
    text += ", " + " ".join(f"{n}={v:.6g}" for n, v in zip(names, angles, strict=True))
    return text


def formula_of(cell: UnitCell) -> str:
    """Return the formula of a cell; shares of sites that elements share add up."""
    counts: dict[int, float] = {}
    for content in cell.contents or [((number, 1.0),) for number in cell.numbers.tolist()]:
        for number, share in content:
            counts[number] = counts.get(number, 0.0) + share
    return "".join(f"{SYMBOLS[number]}{counts[number]:.6g}" for number in sorted(counts))
