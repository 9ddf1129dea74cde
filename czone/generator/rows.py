"""Atoms of a crystal as rows: runs of equal steps along one lattice vector.

A region that is convex cuts every row in one piece, so a whole row is kept, shortened or dropped
at once, and only the atoms that stay are ever written out.
"""

import numpy as np

from ..geometry.lines import half_space_chords

__all__ = ["cell_atoms", "row_starts", "written_out"]

# Corners of a cell, in fractional coordinates.
_CORNERS = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)], dtype=float)


def row_starts(
    bases: np.ndarray,
    origin: np.ndarray,
    offsets: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        Lowest and highest fractional coordinates (3,) in the region.

    Returns
    -------
    starts
        Points (k, 3) at step 0 of the rows, in angstrom.
    step
        Vector (3,) from one atom of a row to the next.
    atom
        Index (k,) of the atom of the cell each row repeats.
    """
    first_cell = np.ceil(low - offsets.max(axis=0) - 1e-6).astype(np.int64)
    last_cell = np.floor(high - offsets.min(axis=0) + 1e-6).astype(np.int64)
    along = int(np.argmax(last_cell - first_cell))
    first, second = (k for k in range(3) if k != along)
    i = np.arange(first_cell[first], last_cell[first] + 1.0)
    j = np.arange(first_cell[second], last_cell[second] + 1.0)
    side = i[:, None] * bases[:, first] + origin
    grid = (side[:, None, :] + j[:, None] * bases[:, second]).reshape(-1, 3)
    starts = ((offsets @ bases.T)[:, None, :] + grid).reshape(-1, 3)
    return starts, bases[:, along].copy(), np.repeat(np.arange(len(offsets)), len(grid))


def written_out(
    starts: np.ndarray, step: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the atoms of rows, from their first to their last step.

    Returns
    -------
    positions
        Array (n, 3), in angstrom.
    row
        Index (n,) of the row of each atom.
    """
    counts = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(starts)), counts)
    begins = np.cumsum(counts) - counts
    steps = np.arange(len(row)) + (first - begins)[row]
    positions = starts[row]
    for axis in range(3):
        positions[:, axis] += steps * step[axis]
    return positions, row


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
    hit = leave >= enter
    starts, enter, leave = starts[hit], enter[hit], leave[hit]
    first = np.ceil(enter - 1e-9).astype(np.int64)
    last = np.floor(leave + 1e-9).astype(np.int64)
    cells, _ = written_out(starts, step, first, last)
    positions = (cells[:, None, :] + offsets @ bases.T).reshape(-1, 3)
    return positions, len(cells)
