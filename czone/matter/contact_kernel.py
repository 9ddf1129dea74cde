"""A compiled search for the atoms of a scene that are closer than atoms can be.

In a sound scene there are none, so what counts is how fast atoms are passed over. Space is divided
into cubes no smaller than the longest contact, and the points are put in the order of their cubes:
then the three cubes that follow each other along z are one stretch of points, and of the 26 cubes
around one, half (each pair is met once) are four stretches and the rest of its own.
"""

import numpy as np
from numba import njit

from czone.util.pair_kernel import sort_into_cells


@njit(cache=True, nogil=True)
def _cubes(points, edge):
    """Return the fractional coordinates (n, 3) of points in their box, and its cubes (3,)."""
    low, high = points[0].copy(), points[0].copy()
    for p in range(points.shape[0]):
        for axis in range(3):
            low[axis] = min(low[axis], points[p, axis])
            high[axis] = max(high[axis], points[p, axis])
    size = high - low
    # No more cubes than eight per point: empty space is passed over as well.
    roomy = ((size[0] + edge) * (size[1] + edge) * (size[2] + edge)) / (8 * points.shape[0])
    edge = max(edge, roomy ** (1 / 3))
    counts = np.empty(3, np.int64)
    for axis in range(3):
        counts[axis] = max(1, int(size[axis] / edge))
        size[axis] = max(size[axis], edge)  # cubes of a flat set of points are no flatter
    return (points - low) / size, counts


@njit(cache=True, nogil=True)
def _list_pairs(points, reaches, order, start, counts, least, out):
    """Write the close pairs as far as there is room; return how many there are."""
    found, room = 0, out.shape[0]
    for here in range(counts[0] * counts[1] * counts[2]):
        first, last = start[here], start[here + 1]
        if first == last:
            continue
        i, rest = divmod(here, counts[1] * counts[2])
        j, k = divmod(rest, counts[2])
        before, after = max(k - 1, 0), min(k + 1, counts[2] - 1)
        for stretch in range(5):
            if stretch == 0:
                begin, end = first, start[here - k + after + 1]
            else:
                step = 0 if stretch == 1 else 1
                side = 1 if stretch == 1 else stretch - 3
                if i + step >= counts[0] or j + side < 0 or j + side >= counts[1]:
                    continue
                column = ((i + step) * counts[1] + j + side) * counts[2]
                begin, end = start[column + before], start[column + after + 1]
            for a in range(first, last):
                for b in range(a + 1 if stretch == 0 else begin, end):
                    dx = points[b, 0] - points[a, 0]
                    dy = points[b, 1] - points[a, 1]
                    dz = points[b, 2] - points[a, 2]
                    far = max(reaches[a] + reaches[b], least)
                    if dx * dx + dy * dy + dz * dz < far * far:
                        if found < room:
                            out[found, 0], out[found, 1] = order[a], order[b]
                        found += 1
    return found


def close_pairs(points: np.ndarray, reaches: np.ndarray, least: float) -> np.ndarray:
    """Return the pairs (p, 2) of points that are closer than their reaches add up to.

    Parameters
    ----------
    points
        Positions (n, 3), in angstrom; at least one.
    reaches
        Reach (n,) of each point: its share of the contact, in angstrom.
    least
        Distance in angstrom below which any two points are a pair.

    Returns
    -------
    pairs
        Indices, in no order; pairs a billionth further apart are among them.
    """
    reaches, least = reaches * (1 + 1e-9), least * (1 + 1e-9)
    fractions, counts = _cubes(points, max(2 * reaches.max(), least))
    order, start = sort_into_cells(fractions, counts)
    sorted_points, sorted_reaches = points[order], reaches[order]
    out = np.empty((1000, 2), dtype=np.int64)
    while True:
        found = _list_pairs(sorted_points, sorted_reaches, order, start, counts, least, out)
        if found <= len(out):
            return out[:found]
        out = np.empty((found, 2), dtype=np.int64)
