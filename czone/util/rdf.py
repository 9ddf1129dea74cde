"""Radial distribution functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ase.data import chemical_symbols

from czone.checks import as_points, as_positive
from czone.util.cells import CellGrid, as_flags, as_lattice


@dataclass(frozen=True)
class RadialDistribution:
    """A radial distribution function.

    Attributes
    ----------
    r
        Middle of every bin in angstrom, (b,).
    g
        Pair density over that of independent points of the same density in the same cell, (b,).
    counts
        Number of ordered pairs in every bin, (b,): each pair of atoms counts twice.
    coordination
        Mean number of atoms closer than the upper edge of every bin, (b,).
    edges
        Edges of the bins in angstrom, (b + 1,).
    partial
        g(r) of every pair of elements, ``partial["Si", "O"]``; empty unless elements were given.
    """

    r: np.ndarray
    g: np.ndarray
    counts: np.ndarray
    coordination: np.ndarray
    edges: np.ndarray
    partial: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        names = ", ".join("-".join(pair) for pair in self.partial)
        return (
            f"RadialDistribution({len(self.r)} bins to {self.edges[-1]:g} A"
            + (f", partial {names}" if names else "")
            + ")"
        )


def radial_distribution(
    positions: np.ndarray,
    *,
    cutoff: float = 10.0,
    bin_width: float = 0.1,
    cell: np.ndarray | Sequence[float] | None = None,
    periodic: bool | Sequence[bool] = False,
    numbers: Sequence[int] | None = None,
) -> RadialDistribution:
    """Return the normalised radial distribution function g(r) of a set of atoms.

    Parameters
    ----------
    positions
        In angstrom, (n, 3).
    cutoff
        Largest distance in angstrom; may exceed the size of a periodic cell.
    bin_width
        In angstrom; rounded so that whole bins fill the cutoff.
    cell
        Edge lengths (3,) or lattice vectors as rows (3, 3), in angstrom; it holds the atoms along
        axes that do not repeat. None is the extent of the atoms, where nothing repeats.
    periodic
        Whether the cell repeats, for all axes or one by one.
    numbers
        Atomic numbers, (n,); when given the result holds the partial functions too.

    Returns
    -------
    distribution : RadialDistribution

    Raises
    ------
    ValueError
        If an argument has the wrong shape or range.

    Notes
    -----
    The pairs in a bin are divided by those that independent points in the same cell would have.
    Along axes that do not repeat that number falls with distance, because part of every sphere lies
    outside the cell; it is the isotropised set covariance of the cell, the translation edge
    correction of Ohser and Stoyan (Biom. J. 23, 523 (1981)). So g(r) goes to 1 for slabs and boxes
    too. Atoms that do not fill their cell, such as a particle in vacuum, show the shape of the
    particle in g(r).

    Examples
    --------
    Gold in its cubic cell has 12 neighbours at 2.88 angstrom:

    >>> gold = 4.07825 * np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    >>> rdf = radial_distribution(gold, cutoff=3.5, cell=[4.07825] * 3, periodic=True)
    >>> float(rdf.coordination[-1]), round(float(rdf.r[rdf.g.argmax()]), 2)
    (12.0, 2.85)
    """
    points = as_points("positions", positions)
    flags = as_flags(periodic)
    if len(points) < 2 and not flags.any():
        raise ValueError(f"positions must hold at least two atoms; got {len(points)}")
    cutoff, bin_width = as_positive("cutoff", cutoff), as_positive("bin_width", bin_width)
    if bin_width > cutoff:
        raise ValueError(
            f"bin_width must be positive and no larger than cutoff, in angstrom; got {bin_width!r}"
        )
    n_bins = max(1, round(cutoff / bin_width))
    names, kinds = _kinds(numbers, len(points))
    pairs = _pair_counts(points, kinds, len(names), cutoff, n_bins, cell, flags)

    edges = np.linspace(0.0, cutoff, n_bins + 1)
    lattice = _extent(points) if cell is None else _holding(points, as_lattice(cell), flags)
    ideal = _ideal_pairs_per_atom_pair(edges, lattice, flags)
    amounts = np.bincount(kinds, minlength=len(names))
    with np.errstate(invalid="ignore", divide="ignore"):
        partial = {}
        if numbers is not None:
            for a, first in enumerate(names):
                for b, second in enumerate(names):
                    partial[first, second] = pairs[a, b] / (amounts[a] * amounts[b] * ideal)
        counts = pairs.sum(axis=(0, 1))
        g = counts / (len(points) ** 2 * ideal)
    return RadialDistribution(
        r=(edges[1:] + edges[:-1]) / 2,
        g=np.nan_to_num(g, posinf=0.0),
        counts=counts,
        coordination=np.cumsum(counts) / len(points),
        edges=edges,
        partial={pair: np.nan_to_num(values, posinf=0.0) for pair, values in partial.items()},
    )


def calc_rdf(
    coords: np.ndarray,
    cutoff: float = 20.0,
    px: bool = True,
    py: bool = True,
    pz: bool = True,
    *,
    cell: np.ndarray | Sequence[float] | None = None,
) -> np.ndarray:
    """Return the pair distance histogram of Construction Zone's routine of this name.

    Parameters
    ----------
    coords
        In angstrom, (n, 3). Not changed.
    cutoff
        Largest distance in angstrom.
    px, py, pz
        Axes that are periodic.
    cell
        As in `radial_distribution`. The default is the extent of the atoms.

    Returns
    -------
    counts : numpy.ndarray
        Ordered pairs in bins of 0.1 angstrom, (b,); the first bin is set to zero, since atoms on
        opposite faces of the extent meet there. For g(r) see `radial_distribution`.

    Examples
    --------
    >>> calc_rdf(np.array([[0.0, 0, 0], [1.25, 0, 0]]), 2.0, False, False, False).nonzero()[0]
    array([12])
    """
    points = as_points("coords", coords)
    cutoff = as_positive("cutoff", cutoff)
    if cutoff < 0.1:
        raise ValueError(f"cutoff must be at least 0.1, in angstrom; got {cutoff!r}")
    n_bins = int(round(cutoff / 0.1, 9))
    kinds = np.zeros(len(points), dtype=np.int64)
    counts = _pair_counts(points, kinds, 1, 0.1 * n_bins, n_bins, cell, [px, py, pz], extents=True)[
        0, 0
    ]
    counts[0] = 0
    return counts


def _pair_counts(
    points: np.ndarray,
    kinds: np.ndarray,
    n_kinds: int,
    cutoff: float,
    n_bins: int,
    cell: Any,
    periodic: Any,
    *,
    extents: bool = False,
) -> np.ndarray:
    """Return ordered pairs by kinds and distance, (n_kinds, n_kinds, n_bins)."""
    from czone.util.pair_kernel import histogram  # loads numba

    grid = CellGrid.build(points, cutoff, cell, periodic, extents=extents)
    once = histogram(
        grid.points, kinds[grid.order], grid.start, grid.n_cells, grid.offsets, grid.periodic,
        grid.lattice, grid.cutoff, n_bins, n_kinds,
    )  # fmt: skip
    return once + once.transpose(1, 0, 2)


def _kinds(numbers: Any, n_atoms: Any) -> tuple[list[str], np.ndarray]:
    if numbers is None:
        return [""], np.zeros(n_atoms, dtype=np.int64)
    values = np.asarray(numbers)
    if values.shape != (n_atoms,) or not np.issubdtype(values.dtype, np.integer):
        raise ValueError(
            f"numbers must hold one atomic number per atom, ({n_atoms},); "
            f"got shape {values.shape} of {values.dtype}"
        )
    unique, kinds = np.unique(values, return_inverse=True)
    return [chemical_symbols[number] for number in unique], kinds.astype(np.int64)


def _extent(points: np.ndarray) -> np.ndarray:
    extent = np.ptp(points, axis=0)
    return np.diag(np.where(extent > 0, extent, 1.0))


def _holding(points: np.ndarray, lattice: np.ndarray, periodic: np.ndarray) -> np.ndarray:
    """Return the cell, which must hold the atoms where it does not repeat."""
    spread = np.ptp(points @ np.linalg.inv(lattice), axis=0)
    if (spread[~periodic] > 1 + 1e-6).any():
        raise ValueError(
            "cell must hold the atoms along axes that do not repeat; got "
            f"{np.linalg.norm(lattice, axis=1).round(3).tolist()} angstrom, and the atoms reach "
            f"over {spread.round(3).tolist()} of it"
        )
    return lattice


def _ideal_pairs_per_atom_pair(edges: np.ndarray, lattice: Any, periodic: Any) -> np.ndarray:
    """Return the chance of every bin to hold the distance of two independent points, (b,)."""
    shells = 4 / 3 * np.pi * np.diff(edges**3) / abs(np.linalg.det(lattice))
    if periodic.all():
        return shells
    # Average of the overlap of the cell with itself moved by r over all directions (Fibonacci
    # points).
    n_directions = 2000
    z = (np.arange(n_directions) + 0.5) / n_directions
    azimuth = np.pi * (1 + 5**0.5) * np.arange(n_directions)
    in_plane = np.sqrt(1 - z**2)
    directions = np.stack([in_plane * np.cos(azimuth), in_plane * np.sin(azimuth), z], axis=1)
    steps = np.abs(directions @ np.linalg.inv(lattice))[:, ~periodic]
    middles = (edges[1:] + edges[:-1]) / 2
    inside = [np.clip(1 - r * steps, 0, None).prod(axis=1).mean() for r in middles]
    return shells * np.array(inside)
