"""Surface atoms and surface normals."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from czone.checks import as_points, as_positive
from czone.util.neighbors import coordination_numbers

PROBE_RADIUS = 2.5
"""Default radius of the probe in angstrom: larger than the octahedral holes of the metals (2.04 in
gold, the distance from their middle to the atoms), so that no atom inside a crystal is touched."""


def surface_atoms(positions: np.ndarray, probe_radius: float = PROBE_RADIUS) -> np.ndarray:
    """Return the atoms that a probe sphere can touch without holding any other atom.

    Parameters
    ----------
    positions
        In angstrom, (n, 3).
    probe_radius
        Radius in angstrom. It must be larger than the holes inside the structure, measured from
        their middle to the middles of the atoms around them, and smaller than the features of the
        surface that are to be seen.

    Returns
    -------
    indices : numpy.ndarray
        Indices of the surface atoms, in increasing order.

    Raises
    ------
    ValueError
        If an argument has the wrong shape or range.

    Notes
    -----
    These are the vertices of the alpha shape with alpha = `probe_radius`, by its definition
    (Edelsbrunner and Mücke, ACM Trans. Graph. 13, 43 (1994), section 3): points on an empty open
    ball of that radius. The test is made atom by atom among the neighbours within two radii instead
    of through a Delaunay triangulation. It is exact, needs no noise against degenerate tetrahedra,
    and its time and memory grow with the number of atoms. Atoms around inner voids count as
    surface.

    Examples
    --------
    The middle of a 3 x 3 x 3 block is the only atom inside:

    >>> block = np.indices((3, 3, 3)).reshape(3, -1).T * 2.5
    >>> np.setdiff1d(np.arange(27), surface_atoms(block)).tolist()
    [13]
    """
    from czone.surface.exposure_kernel import exposed  # loads numba

    points = as_points("positions", positions)
    radius = as_positive("probe_radius", probe_radius)
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    grid = _Grid(points, 2 * radius)
    directions, gap = _directions()
    touched = exposed(*grid.arrays, radius, directions, gap)
    return np.sort(grid.order[touched])


def surface_normals(
    positions: np.ndarray, indices: np.ndarray | None = None, *, cutoff: float = 8.0
) -> np.ndarray:
    """Return outward unit normals at surface atoms.

    Parameters
    ----------
    positions
        All atoms in angstrom, (n, 3).
    indices
        Atoms to give a normal to, (k,); the surface atoms for the default probe if None.
    cutoff
        Radius in angstrom of the neighbourhood. Larger is smoother: on a gold ball of radius 25
        angstrom the normals deviate from the radius by 3 degrees (median) for 8, by 10 for 5. At
        the edge of a facet they tilt from this distance on.

    Returns
    -------
    normals : numpy.ndarray
        (k, 3); zero where the neighbourhood prefers no direction, as inside a crystal.

    Notes
    -----
    Opposite to the sum of unit vectors to all neighbours, with a weight that falls linearly to zero
    at the cutoff: the direction in which the density of atoms falls. On a flat facet it is exact by
    symmetry.

    Examples
    --------
    >>> block = np.indices((9, 9, 3)).reshape(3, -1).T * 2.5
    >>> middle = 4 * 27 + 4 * 3 + 2
    >>> surface_normals(block, [middle], cutoff=6.0).round(6).tolist() == [[0, 0, 1]]
    True
    """
    from czone.surface.exposure_kernel import outward_sums

    points = as_points("positions", positions)
    chosen = surface_atoms(points) if indices is None else _indices(indices, len(points))
    cutoff = as_positive("cutoff", cutoff)
    if len(chosen) == 0:
        return np.empty((0, 3))
    grid = _Grid(points, cutoff)
    place = np.empty(len(points), dtype=np.int64)
    place[grid.order] = np.arange(len(points))
    sums = outward_sums(*grid.arrays, place[chosen])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    # Inside a crystal the sum cancels to rounding.
    return np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 1e-9)


def undercoordinated_atoms(positions: np.ndarray, cutoff: float, bulk: int) -> np.ndarray:
    """Return the atoms with fewer neighbours than in the bulk.

    Parameters
    ----------
    positions
        In angstrom, (n, 3).
    cutoff
        Distance between the first and second neighbour shell, in angstrom.
    bulk
        Coordination number in the bulk, 12 in fcc and hcp.

    Returns
    -------
    indices : numpy.ndarray
        In increasing order.

    Examples
    --------
    >>> undercoordinated_atoms(np.indices((3, 3, 3)).reshape(3, -1).T, 1.2, 6).size
    26
    """
    return np.flatnonzero(coordination_numbers(positions, cutoff) < bulk)


class _Grid:
    """Points sorted into cubic cells."""

    def __init__(self, points: np.ndarray, edge: float):
        from czone.util.pair_kernel import sort_into_cells

        low = points.min(axis=0)
        extent = np.ptp(points, axis=0)
        # Few points spread far apart: larger cells cost nothing and save memory.
        while np.prod(np.floor(extent / edge) + 1) > 8 * len(points) + 64:
            edge *= 1.5
        n_cells = (np.floor(extent / edge) + 1).astype(np.int64)
        self.order, start = sort_into_cells((points - low) / (edge * n_cells), n_cells)
        self.arrays = (points[self.order], start, n_cells, low, edge)


@lru_cache
def _directions(count: int = 96) -> tuple[np.ndarray, float]:
    """Return directions spread evenly (a Fibonacci lattice) as columns, and their largest gap."""
    from scipy.spatial import ConvexHull

    z = 1 - (2 * np.arange(count) + 1) / count
    azimuth = np.pi * (1 + 5**0.5) * np.arange(count)
    in_plane = np.sqrt(1 - z**2)
    points = np.stack([in_plane * np.cos(azimuth), in_plane * np.sin(azimuth), z])
    # The point furthest from all directions is the pole of the hull's nearest facet.
    nearest_facet = -ConvexHull(points.T).equations[:, 3].max()
    return points, float(np.arccos(nearest_facet)) + 1e-9


def _indices(indices: Any, n_atoms: int) -> np.ndarray:
    chosen = np.atleast_1d(np.asarray(indices))
    if chosen.size == 0:
        return np.empty(0, dtype=np.int64)
    if chosen.ndim != 1 or not np.issubdtype(chosen.dtype, np.integer):
        raise ValueError(f"indices must be a list of whole numbers; got {indices!r}")
    if chosen.min() < 0 or chosen.max() >= n_atoms:
        raise ValueError(f"indices must be from 0 to {n_atoms - 1}; got {indices!r}")
    return chosen.astype(np.int64)
