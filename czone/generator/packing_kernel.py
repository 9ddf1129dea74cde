"""Compiled inner loop of random sequential addition.

Kept apart from `amorphous_algorithms` so that numba is loaded only when a packing is made. The
random numbers come in as an argument, so a film depends on NumPy's generator alone and not on the
numba version.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_points(
    trials, lengths, periodic, kinds, min_square, n_cells, head, after, points, placed, max_failures
):
    """Offer `trials` one by one to the packing; return how far the packing and the trials got.

    Parameters
    ----------
    trials
        Trial positions, (m, 3).
    lengths, periodic
        Box edges and whether each axis is periodic, (3,).
    kinds
        Kind of every atom in the order of addition, (n,).
    min_square
        Squared minimum distance of every pair of kinds, (k, k).
    n_cells, head, after
        Linked cell list: cells per axis, first atom of each cell, next atom in the same cell.
    points
        Positions, (n, 3); the first `placed` rows are filled and the rest is filled here.
    placed
        Number of atoms already in the packing.
    max_failures
        Stop after so many refused trials in a row.

    Returns
    -------
    placed, used, failures
        Atoms now placed, trials consumed, refused trials in a row at the end.
    """
    n_atoms = kinds.shape[0]
    nx, ny, nz = n_cells[0], n_cells[1], n_cells[2]
    cell = np.empty(3, np.int64)
    failures = 0
    for t in range(trials.shape[0]):
        if placed == n_atoms or failures >= max_failures:
            return placed, t, failures
        x, y, z = trials[t, 0], trials[t, 1], trials[t, 2]
        for axis in range(3):
            cell[axis] = min(
                int(trials[t, axis] / lengths[axis] * n_cells[axis]), n_cells[axis] - 1
            )
        kind = kinds[placed]
        free = True
        # With fewer than three cells along an axis the neighbours -1 and +1 are the same cell.
        for i in range(-1 if nx > 2 else 0, 2 if nx > 1 else 1):
            ci = cell[0] + i
            if ci < 0 or ci >= nx:
                if not periodic[0] and nx > 2:
                    continue
                ci %= nx
            for j in range(-1 if ny > 2 else 0, 2 if ny > 1 else 1):
                cj = cell[1] + j
                if cj < 0 or cj >= ny:
                    if not periodic[1] and ny > 2:
                        continue
                    cj %= ny
                for k in range(-1 if nz > 2 else 0, 2 if nz > 1 else 1):
                    ck = cell[2] + k
                    if ck < 0 or ck >= nz:
                        if not periodic[2] and nz > 2:
                            continue
                        ck %= nz
                    other = head[(ci * ny + cj) * nz + ck]
                    while other >= 0:
                        dx = abs(points[other, 0] - x)
                        dy = abs(points[other, 1] - y)
                        dz = abs(points[other, 2] - z)
                        if periodic[0]:
                            dx = min(dx, lengths[0] - dx)
                        if periodic[1]:
                            dy = min(dy, lengths[1] - dy)
                        if periodic[2]:
                            dz = min(dz, lengths[2] - dz)
                        if dx * dx + dy * dy + dz * dz < min_square[kind, kinds[other]]:
                            free = False
                            break
                        other = after[other]
                    if not free:
                        break
                if not free:
                    break
            if not free:
                break
        if free:
            index = (cell[0] * ny + cell[1]) * nz + cell[2]
            points[placed, 0], points[placed, 1], points[placed, 2] = x, y, z
            after[placed] = head[index]
            head[index] = placed
            placed += 1
            failures = 0
        else:
            failures += 1
    return placed, trials.shape[0], failures
