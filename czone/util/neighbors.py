"""Neighbour pairs and coordination numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from czone.util.cells import CellGrid


@dataclass(frozen=True)
class NeighborPairs:
    """Pairs of atoms closer than a cutoff, each pair once.

    Attributes
    ----------
    first, second
        Indices of the two atoms, (p,).
    vectors
        Vectors from the first to the second atom, across the seam where that is shorter, in
        angstrom, (p, 3).
    n_atoms
        Number of atoms.
    """

    first: np.ndarray
    second: np.ndarray
    vectors: np.ndarray
    n_atoms: int

    @property
    def distances(self) -> np.ndarray:
        """Lengths of the vectors in angstrom, (p,)."""
        return np.linalg.norm(self.vectors, axis=1)

    @property
    def coordination(self) -> np.ndarray:
        """Number of neighbours of every atom, (n,)."""
        return np.bincount(self.first, minlength=self.n_atoms) + np.bincount(
            self.second, minlength=self.n_atoms
        )

    def lists(self) -> list[np.ndarray]:
        """Return the neighbours of every atom, in increasing order.

        Returns
        -------
        neighbors : list of numpy.ndarray
            n arrays of indices.
        """
        source = np.concatenate([self.first, self.second])
        target = np.concatenate([self.second, self.first])
        order = np.lexsort((target, source))
        ends = np.cumsum(np.bincount(source, minlength=self.n_atoms))
        return np.split(target[order], ends[:-1]) if self.n_atoms else []

    def __repr__(self) -> str:
        return f"NeighborPairs({len(self.first)} pairs of {self.n_atoms} atoms)"


def neighbor_pairs(
    positions: np.ndarray,
    cutoff: float,
    *,
    cell: np.ndarray | Sequence[float] | None = None,
    periodic: bool | Sequence[bool] = False,
) -> NeighborPairs:
    """Return all pairs of atoms closer than a cutoff.

    Parameters
    ----------
    positions
        In angstrom, (n, 3).
    cutoff
        In angstrom; may exceed the size of a periodic cell, then an atom has several images.
    cell
        Edge lengths (3,) or lattice vectors as rows (3, 3), in angstrom; needed where it repeats.
    periodic
        Whether the cell repeats, for all axes or one by one.

    Returns
    -------
    pairs : NeighborPairs

    Examples
    --------
    >>> pairs = neighbor_pairs(np.array([[0.0, 0, 0], [1, 0, 0], [2.5, 0, 0]]), 1.2)
    >>> pairs.coordination
    array([1, 1, 0])
    """
    from czone.util.pair_kernel import list_pairs  # loads numba

    grid = CellGrid.build(positions, cutoff, cell, periodic)
    room = 16 * len(grid.points)
    while True:
        first, second = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        vectors = np.empty((room, 3))
        found = list_pairs(
            grid.points, grid.start, grid.n_cells, grid.offsets, grid.periodic, grid.lattice,
            grid.cutoff, first, second, vectors,
        )  # fmt: skip
        if found <= room:
            break
        room = found
    return NeighborPairs(
        grid.order[first[:found]], grid.order[second[:found]], vectors[:found], len(grid.points)
    )


def coordination_numbers(
    positions: np.ndarray,
    cutoff: float,
    *,
    cell: np.ndarray | Sequence[float] | None = None,
    periodic: bool | Sequence[bool] = False,
) -> np.ndarray:
    """Return the number of neighbours of every atom.

    Parameters
    ----------
    positions, cutoff, cell, periodic
        As in `neighbor_pairs`. A good cutoff lies halfway between the first two neighbour shells.

    Returns
    -------
    coordination : numpy.ndarray
        (n,).

    Examples
    --------
    >>> coordination_numbers(np.zeros((1, 3)), 3.0, cell=[2.5, 2.5, 2.5], periodic=True)
    array([6])
    """
    return neighbor_pairs(positions, cutoff, cell=cell, periodic=periodic).coordination
