"""Atoms of a crystal as rows: runs of equal steps along one lattice vector.

A region that is convex cuts every row in one piece, so a whole row is kept, shortened or dropped
at once, and only the atoms that stay are ever written out.
"""

import numpy as np

from czone.geometry.lines import half_space_chords

__all__ = ["cell_atoms", "cut_rows", "row_starts", "written_out"]

# Corners of a cell, in fractional coordinates.
_CORNERS = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)], dtype=float)


def row_starts(
    bases: np.ndarray,
    origin: np.ndarray,
    offsets: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return one point on every row that may reach a region.

    Parameters
    ----------
    bases
        Lattice vectors as columns (3, 3), in angstrom.
    origin
        Origin (3,) of the lattice, in angstrom.
    offsets
        Fractional coordinates (n, 3) of the atoms of a cell.
    low, high
        Fractional coordinates (3,) of the corners between which cells may reach the region.

    Returns
    -------
    starts
        Points (k, 3) at step 0 of the rows, in angstrom.
    step
        Vector (3,) from one atom of a row to the next.
    per_atom
        Number of rows per atom of the cell: row k repeats atom k // per_atom.
    """
    first_cell = np.ceil(low - 1e-6)
    last_cell = np.floor(high + 1e-6)
    along = int((last_cell - first_cell).argmax())
    first, second = ((1, 2), (0, 2), (0, 1))[along]
    i = np.arange(first_cell[first], last_cell[first] + 1)
    j = np.arange(first_cell[second], last_cell[second] + 1)
    sites = offsets @ bases.T + origin
    sides = sites[:, None, :] + i[:, None] * bases[:, first]
    starts = (sides[:, :, None, :] + j[:, None] * bases[:, second]).reshape(-1, 3)
    return starts, bases[:, along], len(i) * len(j)


def written_out(
    starts: np.ndarray, step: np.ndarray, first: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Return the atoms (n, 3) of rows, row after row, in angstrom.

    Parameters
    ----------
    starts
        Points (k, 3) at step 0, in angstrom.
    step
        Vector (3,) from one atom to the next, in angstrom.
    first, counts
        First step (k,) and number of steps (k,) of each row.
    """
    steps = np.arange(int(counts.sum())) - np.repeat(counts.cumsum() - counts - first, counts)
    positions = np.repeat(starts, counts, axis=0)
    for axis in range(3):
        positions[:, axis] += steps * step[axis]
    return positions


def cut_rows(
    starts: np.ndarray, enter: np.ndarray, leave: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows with whole steps between `enter` and `leave`.

    Returns
    -------
    starts, first, counts
        Points (k, 3), first steps (k,) and numbers of steps (k,) of the rows that are left.
    rows
        Index (k,) of each of these rows among the rows handed in.
    """
    first = np.ceil(enter)
    rows = np.flatnonzero(np.floor(leave) >= first)
    begin = first[rows].astype(np.int64)
    return starts[rows], begin, np.floor(leave[rows]).astype(np.int64) - begin + 1, rows


def cell_atoms(
    bases: np.ndarray, origin: np.ndarray, offsets: np.ndarray, box: np.ndarray
) -> tuple[np.ndarray, int]:
    """Return the atoms of all cells that reach a box, cell after cell.

    Returns
    -------
    positions
        Array (n, 3), in angstrom.
    count
        Number of cells.
    """
    corner = _CORNERS @ bases.T
    reach = np.vstack([corner, offsets @ bases.T])
    # A cell at x reaches the box if x lies in the box widened by the cell itself.
    low = np.min(box, axis=0) - reach.max(axis=0)
    high = np.max(box, axis=0) - reach.min(axis=0)
    fractions = (np.where(_CORNERS > 0, high, low) - origin) @ np.linalg.inv(bases).T
    starts, step, _ = row_starts(
        bases, origin, np.zeros((1, 3)), fractions.min(axis=0), fractions.max(axis=0)
    )
    faces = np.vstack([np.column_stack([np.eye(3), -high]), np.column_stack([-np.eye(3), low])])
    enter, leave = half_space_chords(starts, step, faces, 1e-9)
    starts, first, counts, _ = cut_rows(starts, enter - 1e-9, leave + 1e-9)
    cells = written_out(starts, step, first, counts)
    positions = (cells[:, None, :] + offsets @ bases.T).reshape(-1, 3)
    return positions, len(cells)
