"""Orthorhombic cells for crystals that have none, and rectangular ones for slabs."""

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

    return _along_axes(make_supercell(atoms, axes))


def rectangular(slab: "Atoms") -> "Atoms":
    """Return a slab in the smallest rectangular cell of its plane, the plane across z.

    Parameters
    ----------
    slab
        ASE atoms that are repeated along the first two vectors of their cell; the third gives the
        height of the cell, across the plane.

    Returns
    -------
    slab
        The same atoms, with their distances: a supercell, turned.

    Raises
    ------
    ValueError
        If the cell is flat, or no two vectors of the plane with indices up to 6 are orthogonal.

    Examples
    --------
    >>> from ase.build import graphene
    >>> sheet = rectangular(graphene(a=2.46, vacuum=5.0))
    >>> len(sheet), sheet.cell.lengths().round(3).tolist()
    (4, [2.46, 4.261, 10.0])
    """
    cell = np.asarray(slab.cell[:], dtype=float)
    normal = np.cross(cell[0], cell[1])
    if abs(cell[2] @ normal) < 1e-9:
        raise Refusal(
            "atoms must have a cell with two independent vectors in the plane and a height; got "
            f"{cell.tolist()}: atoms.center(vacuum=5.0, axis=2) gives a slab its height"
        )
    normal *= np.sign(cell[2] @ normal) / np.linalg.norm(normal)
    rows = _orthogonal_in_plane(cell[:2])
    if rows is None:
        raise Refusal(
            "atoms must have two orthogonal lattice vectors in the plane, with indices up to "
            f"{LARGEST_INDEX}; got {cell[:2].tolist()}. Cut a block of the sheet; or, if it is "
            "meant to be hexagonal, give it equal edges at 60 or 120 degrees, to 1e-6"
        )
    from ase.build import make_supercell

    upright = slab.copy()
    upright.set_cell([cell[0], cell[1], (cell[2] @ normal) * normal])
    upright.set_pbc([True, True, False])
    if np.linalg.det([*(rows @ cell[:2]), normal]) < 0:
        rows = rows * np.array([[1], [-1]])
    axes = np.zeros((3, 3), dtype=int)
    axes[:2, :2], axes[2, 2] = rows, 1
    return _along_axes(make_supercell(upright, axes))


def _along_axes(block: "Atoms") -> "Atoms":
    """Return atoms with an orthogonal cell, turned so that it lies along x, y, z."""
    lengths = block.cell.lengths()
    directions = block.cell[:] / lengths[:, None]
    block.set_cell(np.diag(lengths))
    block.set_positions(block.positions @ directions.T)
    block.wrap()
    return block


def _orthogonal_in_plane(cell: np.ndarray) -> np.ndarray | None:
    """Return rows (2, 2) of integers of the smallest orthogonal pair, the shorter vector first."""
    span = range(-LARGEST_INDEX, LARGEST_INDEX + 1)
    indices = np.array([(i, j) for i in span for j in span if i > 0 or (i == 0 and j > 0)])
    indices = indices[np.gcd.reduce(indices, axis=1) == 1]
    vectors = indices @ cell
    lengths = np.linalg.norm(vectors, axis=1)
    areas = np.outer(lengths, lengths)
    areas[np.abs(vectors @ vectors.T) > TOLERANCE * areas] = np.inf
    if not np.isfinite(areas).any():
        return None
    # Of equal areas, up to the last digits, the first in this order counts.
    i, j = np.argwhere(areas < areas.min() * (1 + 1e-9))[0]
    return indices[[i, j] if lengths[i] <= lengths[j] * (1 + 1e-9) else [j, i]]


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
