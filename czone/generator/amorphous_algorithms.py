"""Random packings of atoms in a box: the algorithms behind `AmorphousGenerator`.

All of them are random sequential addition: atoms are offered one after the other at random places
and kept when they are not closer to any earlier atom than a minimum distance. The result has the
wanted density and no short contact, also across periodic faces; it is a hard-sphere random packing
(Widom, J. Chem. Phys. 44, 3888 (1966)), not a bonded network.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from czone.randomness import Seed, as_rng

__all__ = [
    "atom_count",
    "gen_p_substrate",
    "gen_p_substrate_batched",
    "get_p_dist",
    "get_p_dist_batch",
    "get_tuples",
    "get_voxels",
    "random_sequential_addition",
]

SATURATION = 0.3841
"""Packing fraction at which random sequential addition of equal spheres in three dimensions jams:
0.38413 in Zhang and Torquato, Phys. Rev. E 88, 053312 (2013)."""

CARBON_DENSITY = 0.1103075
"""Atoms per cubic angstrom of amorphous carbon with 2.2 g/cm3."""

_BLOCK = 1 << 16  # trial positions drawn at a time; part of what makes a film reproducible
_MAX_FAILURES = 1_000_000  # refused trials in a row after which the box counts as full
_MAX_TRIALS_PER_ATOM = 2_000


def random_sequential_addition(
    dims: Sequence[float],
    counts: Sequence[int],
    min_dist: float | np.ndarray,
    *,
    periodic: Sequence[bool] = (True, True, False),
    rng: Seed = None,
    progress: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Fill a box with given numbers of atoms, none closer than its minimum distance.

    Parameters
    ----------
    dims
        Edges of the box in angstrom, (3,). One corner is the origin.
    counts
        Number of atoms of every kind, (k,).
    min_dist
        Minimum distance in angstrom: one number, or a symmetric (k, k) array with one for each pair
        of kinds.
    periodic
        Axes that are periodic. The default suits a film in the xy plane.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.
    progress
        Print how many atoms are placed.

    Returns
    -------
    positions : numpy.ndarray
        In angstrom, (n, 3).
    kinds : numpy.ndarray
        Index into `counts` of every atom, (n,).

    Raises
    ------
    ValueError
        If an argument is out of range, or the box cannot take so many atoms.

    Notes
    -----
    Different kinds are added in random order. A cell list makes the cost of a trial independent of
    the number of atoms. A box counts as full after a million refused trials in a row.

    Examples
    --------
    >>> positions, kinds = random_sequential_addition((20, 20, 10), [300], 1.4, rng=5)
    >>> positions.shape
    (300, 3)
    """
    lengths = _box(dims)
    periodic_axes = np.asarray(periodic, dtype=np.bool_)
    if periodic_axes.shape != (3,):
        raise ValueError(f"periodic must hold three booleans, one per axis; got {periodic!r}")
    wanted = np.asarray(counts)
    if wanted.ndim != 1 or wanted.size == 0 or not np.issubdtype(wanted.dtype, np.integer):
        raise ValueError(f"counts must be a list of whole numbers, one per kind; got {counts!r}")
    if (wanted < 0).any():
        raise ValueError(f"counts must not be negative; got {wanted.tolist()}")
    distances = _distance_table(min_dist, len(wanted))
    rng = as_rng(rng)
    n_atoms = int(wanted.sum())
    if n_atoms == 0:
        return np.empty((0, 3)), np.empty(0, dtype=np.int64)
    _check_reachable(lengths, periodic_axes, wanted, distances)

    kinds = np.repeat(np.arange(len(wanted)), wanted)
    if len(wanted) > 1:
        rng.shuffle(kinds)
    return _pack(lengths, periodic_axes, kinds, distances, rng, progress), kinds


def _pack(
    lengths: np.ndarray,
    periodic: Any,
    kinds: np.ndarray,
    distances: np.ndarray,
    rng: np.random.Generator,
    progress: bool,
) -> Any:
    from czone.generator.packing_kernel import add_points  # loads numba

    n_atoms = len(kinds)
    # A cell is never smaller than the largest distance, so that one shell of neighbours is enough
    # (the smallest cell counts: floor, not ceil); and never so small that most cells stay empty.
    edge = max(distances.max(), (lengths.prod() / (4 * n_atoms)) ** (1 / 3))
    n_cells = np.maximum(np.floor(lengths / edge * (1 - 1e-12)).astype(np.int64), 1)
    head = np.full(n_cells.prod(), -1, dtype=np.int64)
    after = np.full(n_atoms, -1, dtype=np.int64)
    points = np.empty((n_atoms, 3))

    placed = trials = failures = 0
    while placed < n_atoms:
        block = rng.random((_BLOCK, 3)) * lengths
        placed_before = placed
        placed, used, run = add_points(
            block, lengths, periodic, kinds, distances**2, n_cells, head, after, points, placed,
            _MAX_FAILURES - failures,
        )  # fmt: skip
        failures = failures + run if placed == placed_before else run
        trials += used
        if progress:
            print(f"{placed} of {n_atoms} atoms placed", flush=True)
        if failures >= _MAX_FAILURES or trials > _MAX_TRIALS_PER_ATOM * n_atoms + _MAX_FAILURES:
            raise ValueError(
                f"density cannot be reached: the box {lengths.tolist()} took {placed} of {n_atoms} "
                f"atoms with min_dist {distances.max():g} angstrom after {trials} trials; lower "
                "density or min_dist"
            )
    return points


def _check_reachable(
    lengths: np.ndarray, periodic: Any, counts: Any, distances: np.ndarray
) -> None:
    """Refuse at once what is far beyond the known saturation of random sequential addition."""
    if (lengths < distances.max())[periodic].any():
        raise ValueError(
            f"dims must be at least min_dist ({distances.max():g} angstrom) along periodic axes; "
            f"got {lengths.tolist()} with periodic {periodic.tolist()}"
        )
    # Half a sphere sticks out of every free face.
    room = np.prod(lengths + np.where(periodic, 0.0, distances.min()))
    fraction = np.sum(counts * np.pi / 6 * np.diag(distances) ** 3) / room
    # The limit holds for one size; mixtures pack a little denser and are left to the trials.
    alike = np.allclose(distances, distances.flat[0])
    if counts.sum() >= 1000 and alike and fraction > SATURATION:
        highest = SATURATION * 6 / (np.pi * distances.max() ** 3)
        raise ValueError(
            f"density cannot be reached: random sequential addition with min_dist "
            f"{distances.max():g} angstrom saturates near {highest:.4f} atoms per cubic angstrom; "
            f"got {counts.sum() / lengths.prod():.4f}"
        )


def _box(dims: Any) -> np.ndarray:
    lengths = np.asarray(dims, dtype=float)
    if lengths.shape != (3,) or not np.isfinite(lengths).all() or (lengths <= 0).any():
        raise ValueError(f"dims must be three positive lengths in angstrom; got {dims!r}")
    return lengths


def _distance_table(min_dist: Any, n_kinds: int) -> np.ndarray:
    table = np.asarray(min_dist, dtype=float)
    if table.ndim == 0:
        table = np.full((n_kinds, n_kinds), table)
    if table.shape != (n_kinds, n_kinds) or not np.array_equal(table, table.T):
        raise ValueError(
            f"min_dist must be a number or a symmetric ({n_kinds}, {n_kinds}) table; "
            f"got {min_dist!r}"
        )
    if not np.isfinite(table).all() or (table <= 0).any():
        raise ValueError(f"min_dist must be positive, in angstrom; got {min_dist!r}")
    return table


def atom_count(dims: Sequence[float], density: float) -> int:
    """Return the number of atoms a box holds at a density: density times volume, rounded.

    Parameters
    ----------
    dims
        Edges of the box in angstrom, (3,).
    density
        Atoms per cubic angstrom.

    Examples
    --------
    >>> atom_count((100, 100, 50), 0.1103075)
    55154
    """
    if not np.isfinite(density) or density < 0:
        raise ValueError(
            f"density must be zero or more, in atoms per cubic angstrom; got {density}"
        )
    return round(float(density) * float(np.prod(_box(dims))))


def gen_p_substrate(
    dims: Sequence[float],
    min_dist: float = 1.4,
    density: float = CARBON_DENSITY,
    print_progress: bool = False,
    seed: Seed = None,
    *,
    rng: Seed = None,
) -> np.ndarray:
    """Return atoms of an amorphous slab, periodic in x and y.

    Parameters
    ----------
    dims
        Edges of the slab in angstrom, (3,).
    min_dist
        Smallest distance between two atoms in angstrom. 1.4 is the bond length of sp2 carbon.
    density
        Atoms per cubic angstrom. The default is carbon with 2.2 g/cm3.
    print_progress
        Print how many atoms are placed.
    seed
        Construction Zone's name for `rng`.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    positions : numpy.ndarray
        In angstrom, (n, 3) with n = round(density * volume).

    Raises
    ------
    ValueError
        If the density cannot be reached, or both `seed` and `rng` are given.

    Examples
    --------
    >>> gen_p_substrate((30, 30, 10), rng=1).shape
    (993, 3)
    """
    if seed is not None and rng is not None:
        raise ValueError(f"give seed or rng, not both; got seed={seed!r} and rng={rng!r}")
    positions, _ = random_sequential_addition(
        dims,
        [atom_count(dims, density)],
        min_dist,
        rng=seed if rng is None else rng,
        progress=print_progress,
    )
    return positions


def gen_p_substrate_batched(
    dims: Sequence[float],
    min_dist: float = 1.4,
    density: float = CARBON_DENSITY,
    print_progress: bool = False,
    voxel_scale: float = 2.0,
    batch_size: int = 16,
    seed: Seed = None,
    *,
    rng: Seed = None,
) -> np.ndarray:
    """Return the same slab as `gen_p_substrate`.

    Construction Zone has a second, batched routine to save time. Here one compiled routine does
    both; `voxel_scale` and `batch_size` are accepted and have no effect.
    """
    return gen_p_substrate(dims, min_dist, density, print_progress, seed, rng=rng)


def get_p_dist(coords: np.ndarray, new_coord: np.ndarray, dims: Sequence[float]) -> np.ndarray:
    """Return squared distances of one point to many, periodic in x and y.

    Parameters
    ----------
    coords
        Points, (n, 3), in angstrom.
    new_coord
        One point, (3,) or (1, 3).
    dims
        Edges of the box, (3,).

    Returns
    -------
    square_distances : numpy.ndarray
        In square angstrom, (n,).

    Examples
    --------
    >>> get_p_dist([[0.0, 0.0, 0.0]], [4.5, 0.0, 0.0], (5, 5, 3))
    array([0.25])
    """
    lengths = _box(dims)
    difference = np.abs(np.asarray(coords, dtype=float) - np.asarray(new_coord, dtype=float))
    in_plane = difference[..., :2] % lengths[:2]
    in_plane = np.minimum(in_plane, lengths[:2] - in_plane)
    return (in_plane**2).sum(axis=-1) + difference[..., 2] ** 2


def get_p_dist_batch(
    compare_coords: np.ndarray, new_coords: np.ndarray, dims: Sequence[float], min_dist_2: float
) -> np.ndarray:
    """Return which of many points are far enough from their own neighbours.

    Parameters
    ----------
    compare_coords
        Neighbours of every point, (m, k, 3), in angstrom; rows with a coordinate of -1000 or less
        are padding.
    new_coords
        Points, (m, 3).
    dims
        Edges of the box, (3,); x and y are periodic.
    min_dist_2
        Squared minimum distance in square angstrom.

    Returns
    -------
    far_enough : numpy.ndarray
        Booleans, (m,).
    """
    compare = np.asarray(compare_coords, dtype=float)
    squares = get_p_dist(compare, np.asarray(new_coords, dtype=float)[:, None, :], dims)
    padding = (compare <= -1000).any(axis=-1)
    return np.asarray(((squares > min_dist_2) | padding).all(axis=1))


def get_tuples(tx: Sequence[int], ty: Sequence[int], tz: Sequence[int]) -> list[tuple]:
    """Return all combinations of three index lists.

    Examples
    --------
    >>> get_tuples([0, 1], [2], [3, 4])
    [(0, 2, 3), (0, 2, 4), (1, 2, 3), (1, 2, 4)]
    """
    return list(product(tx, ty, tz))


def get_voxels(min_dist: float, dims: Sequence[float]) -> tuple[list, list]:
    """Return an empty cell grid and, for every cell, the indices of its neighbours.

    Parameters
    ----------
    min_dist
        Smallest allowed edge of a cell in angstrom.
    dims
        Edges of the box, (3,); x and y are periodic.

    Returns
    -------
    voxels : list
        Nested lists, ``voxels[i][j][k]`` is an empty list to fill.
    neighbors : list
        ``neighbors[i][j][k]`` lists the (i, j, k) of the cell itself and all cells around it.

    Notes
    -----
    No cell is narrower than `min_dist`, so the neighbours hold everything within `min_dist`.
    """
    nx, ny, nz = np.maximum(np.floor(_box(dims) / min_dist).astype(int), 1).tolist()
    voxels: list = [[[[] for _ in range(nz)] for _ in range(ny)] for _ in range(nx)]

    def around(i: int, n: int, wraps: bool) -> list[int]:
        steps = [i, i - 1, i + 1]
        inside = [s % n for s in steps] if wraps else [s for s in steps if 0 <= s < n]
        return list(dict.fromkeys(inside))

    neighbors = [
        [
            [
                get_tuples(around(i, nx, True), around(j, ny, True), around(k, nz, False))
                for k in range(nz)
            ]
            for j in range(ny)
        ]
        for i in range(nx)
    ]
    return voxels, neighbors
