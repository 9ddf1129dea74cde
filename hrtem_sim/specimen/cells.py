"""Orthorhombic cells for crystals that have none."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.refusal import Refusal

if TYPE_CHECKING:
    from ase import Atoms

LARGEST_INDEX = 6
TOLERANCE = 1e-6  # cosine


def orthorhombic(atoms: "Atoms") -> "Atoms":
    """Return a periodic structure in the smallest orthorhombic cell of its lattice.

    Parameters
    ----------
    atoms
        ASE atoms with a full cell, repeated along all three vectors.

    Returns
    -------
    atoms
        The same crystal with its cell along x, y, z: a supercell, turned so that the cell's third
        vector keeps to z as closely as a right-handed set allows.

    Raises
    ------
    ValueError
        If the cell is flat, or no three lattice vectors with indices up to 6 are orthogonal.

    Notes
    -----
    All lattice vectors with indices up to 6 are compared; among the orthogonal triples the one of
    the smallest volume wins. Triclinic crystals have none in general: cut a block of them instead.

    Examples
    --------
    >>> from ase.build import bulk
    >>> hexagonal = bulk("Ti", "hcp", a=2.95, c=4.68)
    >>> orthorhombic(hexagonal).cell.lengths().round(3).tolist()
    [2.95, 5.11, 4.68]
    """
    cell = np.asarray(atoms.cell[:], dtype=float)
    if abs(np.linalg.det(cell)) < 1e-9:
        raise Refusal(f"atoms must have a cell of three independent vectors; got {cell.tolist()}")
    axes = _orthogonal_indices(cell)
    if axes is None:
        raise Refusal(
            "atoms must have three orthogonal lattice vectors with indices up to "
            f"{LARGEST_INDEX}; got the cell {cell.tolist()}: cut a block of the crystal instead"
        )
    from ase.build import make_supercell

    block = make_supercell(atoms, axes)
    lengths = block.cell.lengths()
    directions = block.cell[:] / lengths[:, None]
    block.set_cell(np.diag(lengths))
    block.set_positions(block.positions @ directions.T)
    block.wrap()
    return block


def _orthogonal_indices(cell: np.ndarray) -> np.ndarray | None:
    """Rows of integers of the smallest right-handed orthogonal triple, z nearest to the last."""
    span = np.arange(-LARGEST_INDEX, LARGEST_INDEX + 1)
    indices = np.stack(np.meshgrid(span, span, span, indexing="ij"), axis=-1).reshape(-1, 3)
    first = np.array([row[np.flatnonzero(row)[0]] > 0 if row.any() else False for row in indices])
    indices = indices[first]
    indices = indices[np.gcd.reduce(indices, axis=1) == 1]
    vectors = indices @ cell
    lengths = np.linalg.norm(vectors, axis=1)
    order = np.argsort(lengths, kind="stable")[:400]
    indices, vectors, lengths = indices[order], vectors[order], lengths[order]
    square = np.abs(vectors @ vectors.T) < TOLERANCE * np.outer(lengths, lengths)
    best, volume = None, np.inf
    for i in range(len(indices)):
        partners = [j for j in np.flatnonzero(square[i]) if j > i]
        for j, k in combinations(partners, 2):
            size = lengths[i] * lengths[j] * lengths[k]
            if square[j, k] and size < volume * (1 - 1e-9):
                best, volume = (i, j, k), size
    return None if best is None else _right_handed(indices[list(best)], cell)


def _right_handed(triple: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Order three index rows: the one nearest to the third vector last, the shorter first."""
    vectors = triple @ cell
    lengths = np.linalg.norm(vectors, axis=1)
    along = np.abs(vectors @ cell[2]) / lengths
    last = int(along.argmax())
    x, y = sorted((i for i in range(3) if i != last), key=lambda i: lengths[i])
    rows = triple[[x, y, last]] * np.array([[1], [1], [1 if vectors[last] @ cell[2] >= 0 else -1]])
    if np.linalg.det(rows @ cell) < 0:
        rows[1] *= -1
    return rows
