"""Compiled filling of a body with flat faces by the rows of a crystal; see `rows`."""

import numpy as np
from numba import njit

from czone.geometry.faces_kernel import inside_faces


@njit(cache=True, nogil=True)
def _steps_inside(start, step, slopes, faces):
    """Return the first step of a row that is inside all faces, and the one after the last."""
    size = 1e-12 * np.sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2])
    enter, leave = -np.inf, np.inf
    for f in range(faces.shape[0]):
        height = (
            faces[f, 0] * start[0] + faces[f, 1] * start[1] + faces[f, 2] * start[2] + faces[f, 3]
        )
        if slopes[f] > size:
            leave = min(leave, -height / slopes[f])
        elif slopes[f] < -size:
            enter = max(enter, -height / slopes[f])
        elif height > 0:
            return 0, 0
    if not enter <= leave + 1e-6:
        return 0, 0
    # Rows are opened by a hair; the true test at both ends decides.
    first, stop = int(np.ceil(enter - 1e-6)), int(np.floor(leave + 1e-6)) + 1
    while first < stop and not inside_faces(
        start[0] + first * step[0], start[1] + first * step[1], start[2] + first * step[2], faces
    ):
        first += 1
    while first < stop and not inside_faces(
        start[0] + (stop - 1) * step[0],
        start[1] + (stop - 1) * step[1],
        start[2] + (stop - 1) * step[2],
        faces,
    ):
        stop -= 1
    return first, stop


@njit(cache=True, nogil=True)
def fill_flat_body(bases, origin, offsets, low, high, faces):
    """Return the atoms of a crystal inside flat faces.

    Parameters
    ----------
    bases
        Lattice vectors as columns (3, 3), in angstrom.
    origin
        Origin (3,) of the lattice, in angstrom.
    offsets
        Fractional coordinates (n, 3) of the atoms of a cell.
    low, high
        Fractional coordinates (3,) of the corners between which cells may reach the body.
    faces
        Rows (a, b, c, d) with a x + b y + c z + d <= 0 inside; they enclose the body.

    Returns
    -------
    positions
        Array (m, 3), in angstrom.
    sites
        Index (m,) of the site of the cell that each atom occupies.
    """
    first_cell, last_cell = np.ceil(low - 1e-6), np.floor(high + 1e-6)
    along = 0
    for axis in range(1, 3):
        if last_cell[axis] - first_cell[axis] > last_cell[along] - first_cell[along]:
            along = axis
    one, two = (1, 2) if along == 0 else ((0, 2) if along == 1 else (0, 1))
    rows_one = max(0, int(last_cell[one] - first_cell[one]) + 1)
    rows_two = max(0, int(last_cell[two] - first_cell[two]) + 1)
    step = bases[:, along].copy()
    slopes = np.empty(len(faces))
    for f in range(len(faces)):
        slopes[f] = faces[f, 0] * step[0] + faces[f, 1] * step[1] + faces[f, 2] * step[2]

    rows = len(offsets) * rows_one * rows_two
    starts = np.empty((rows, 3))
    spans = np.empty((rows, 2), np.int64)
    total, row = 0, 0
    for site in range(len(offsets)):
        for i in range(rows_one):
            for j in range(rows_two):
                for axis in range(3):
                    corner = origin[axis]
                    for k in range(3):
                        corner += offsets[site, k] * bases[axis, k]
                    starts[row, axis] = (
                        corner
                        + (first_cell[one] + i) * bases[axis, one]
                        + (first_cell[two] + j) * bases[axis, two]
                    )
                first, stop = _steps_inside(starts[row], step, slopes, faces)
                spans[row, 0], spans[row, 1] = first, stop
                total += stop - first
                row += 1

    positions = np.empty((total, 3))
    sites = np.empty(total, np.int64)
    atom = 0
    for row in range(rows):
        for k in range(spans[row, 0], spans[row, 1]):
            for axis in range(3):
                positions[atom, axis] = starts[row, axis] + k * step[axis]
            sites[atom] = row // (rows_one * rows_two)
            atom += 1
    return positions, sites
