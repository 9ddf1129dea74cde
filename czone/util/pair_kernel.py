"""Compiled loops over all pairs of points within a cutoff, any cell, any periodicity.

Points are sorted into cells. A pair is visited once: either within one cell, or across one of half
of the neighbour offsets. Wrapping a cell index counts the lattice vectors crossed, so boxes smaller
than the cutoff need no special case.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def sort_into_cells(fractional, n_cells):
    """Return the points ordered by cell, and where every cell starts.

    Parameters
    ----------
    fractional
        Coordinates in [0, 1], (n, 3).
    n_cells
        Cells along each axis, (3,).

    Returns
    -------
    order, start
        Indices of the points, (n,), and offsets into it, (cells + 1,).
    """
    n_points = fractional.shape[0]
    total = n_cells[0] * n_cells[1] * n_cells[2]
    cell = np.empty(n_points, np.int64)
    start = np.zeros(total + 1, np.int64)
    for p in range(n_points):
        index = 0
        for axis in range(3):
            step = int(fractional[p, axis] * n_cells[axis])
            index = index * n_cells[axis] + min(max(step, 0), n_cells[axis] - 1)
        cell[p] = index
        start[index + 1] += 1
    for c in range(total):
        start[c + 1] += start[c]
    filled = start[:-1].copy()
    order = np.empty(n_points, np.int64)
    for p in range(n_points):
        order[filled[cell[p]]] = p
        filled[cell[p]] += 1
    return order, start


@njit(cache=True, nogil=True)
def _neighbor_cell(cell, offset, n_cells, periodic, lattice, shift):
    """Return the index of a neighbour cell, or -1; `shift` becomes the translation crossed."""
    index = 0
    shift[:] = 0.0
    for axis in range(3):
        step = cell[axis] + offset[axis]
        image = step // n_cells[axis]
        if image != 0:
            if not periodic[axis]:
                return -1
            step -= image * n_cells[axis]
            for k in range(3):
                shift[k] += image * lattice[axis, k]
        index = index * n_cells[axis] + step
    return index


@njit(cache=True, nogil=True)
def histogram(points, kinds, start, n_cells, offsets, periodic, lattice, cutoff, n_bins, n_kinds):
    """Count pairs by distance and by the kinds of their two points.

    `points` and `kinds` are ordered by cell; `offsets` is half of the neighbour offsets, without
    (0, 0, 0). Returns (n_kinds, n_kinds, n_bins) with each pair counted once, in either order of
    its kinds.
    """
    counts = np.zeros((n_kinds, n_kinds, n_bins), np.int64)
    square = cutoff * cutoff
    per_bin = n_bins / cutoff
    cell = np.empty(3, np.int64)
    shift = np.zeros(3)
    for i in range(n_cells[0]):
        cell[0] = i
        for j in range(n_cells[1]):
            cell[1] = j
            for k in range(n_cells[2]):
                cell[2] = k
                here = (i * n_cells[1] + j) * n_cells[2] + k
                first, last = start[here], start[here + 1]
                if first == last:
                    continue
                for o in range(-1, offsets.shape[0]):
                    if o < 0:
                        there = here
                        shift[:] = 0.0
                    else:
                        there = _neighbor_cell(cell, offsets[o], n_cells, periodic, lattice, shift)
                        if there < 0:
                            continue
                    begin, end = start[there], start[there + 1]
                    for a in range(first, last):
                        x = points[a, 0] - shift[0]
                        y = points[a, 1] - shift[1]
                        z = points[a, 2] - shift[2]
                        row = counts[kinds[a]]
                        for b in range(a + 1 if o < 0 else begin, end):
                            dx = points[b, 0] - x
                            dy = points[b, 1] - y
                            dz = points[b, 2] - z
                            d = dx * dx + dy * dy + dz * dz
                            if d < square:
                                row[kinds[b], min(int(np.sqrt(d) * per_bin), n_bins - 1)] += 1
    return counts


@njit(cache=True, nogil=True)
def list_pairs(points, start, n_cells, offsets, periodic, lattice, cutoff, first_out, second_out,
               vectors_out):  # fmt: skip
    """Write the pairs closer than `cutoff` as far as there is room; return how many there are."""
    room = first_out.shape[0]
    found = 0
    square = cutoff * cutoff
    cell = np.empty(3, np.int64)
    shift = np.zeros(3)
    for here in range(n_cells[0] * n_cells[1] * n_cells[2]):
        first, last = start[here], start[here + 1]
        if first == last:
            continue
        cell[2] = here % n_cells[2]
        cell[1] = (here // n_cells[2]) % n_cells[1]
        cell[0] = here // (n_cells[1] * n_cells[2])
        for o in range(-1, offsets.shape[0]):
            if o < 0:
                there = here
                shift[:] = 0.0
            else:
                there = _neighbor_cell(cell, offsets[o], n_cells, periodic, lattice, shift)
                if there < 0:
                    continue
            begin, end = start[there], start[there + 1]
            for a in range(first, last):
                for b in range(a + 1 if o < 0 else begin, end):
                    dx = points[b, 0] + shift[0] - points[a, 0]
                    dy = points[b, 1] + shift[1] - points[a, 1]
                    dz = points[b, 2] + shift[2] - points[a, 2]
                    if dx * dx + dy * dy + dz * dz < square:
                        if found < room:
                            first_out[found] = a
                            second_out[found] = b
                            vectors_out[found, 0] = dx
                            vectors_out[found, 1] = dy
                            vectors_out[found, 2] = dz
                        found += 1
    return found
