"""The box around a set of points, and its division into cells for neighbour searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from czone.checks import as_points, as_positive


def as_flags(periodic: Any) -> np.ndarray:
    """Return three booleans from one or three."""
    flags = np.asarray(periodic)
    if flags.dtype != bool or flags.shape not in ((), (3,)):
        raise ValueError(f"periodic must be one or three booleans; got {periodic!r}")
    return np.broadcast_to(flags, 3).copy()


def as_lattice(cell: Any) -> np.ndarray:
    """Return lattice vectors as rows, (3, 3), from edge lengths or vectors."""
    lattice = np.array(cell, dtype=float)
    if lattice.shape == (3,):
        lattice = np.diag(lattice)
    if lattice.shape != (3, 3) or not np.isfinite(lattice).all():
        raise ValueError(
            f"cell must be three lengths or three lattice vectors (rows), in angstrom; got {cell!r}"
        )
    if abs(np.linalg.det(lattice)) < 1e-9 or (np.linalg.norm(lattice, axis=1) <= 0).any():
        raise ValueError(f"cell must span a volume; got {cell!r}")
    return lattice


@dataclass(frozen=True)
class CellGrid:
    """Points sorted into the cells of a possibly periodic box.

    Attributes
    ----------
    lattice
        Edges of the box as rows, (3, 3), in angstrom; along free axes it just holds the points.
    periodic
        Axes that repeat, (3,).
    order
        Index of the original point for every sorted point, (n,).
    points
        Sorted points, wrapped into the box along periodic axes, (n, 3).
    start
        First sorted point of every cell, (cells + 1,).
    n_cells
        Cells along each axis, (3,).
    cutoff
        Distance in angstrom the grid is made for.
    """

    lattice: np.ndarray
    periodic: np.ndarray
    order: np.ndarray
    points: np.ndarray
    start: np.ndarray
    n_cells: np.ndarray
    cutoff: float

    @classmethod
    def build(
        cls,
        positions: Any,
        cutoff: float,
        cell: Any = None,
        periodic: bool | Sequence[bool] = False,
        *,
        extents: bool = False,
    ) -> Any:
        """Sort points into cells.

        Parameters
        ----------
        positions
            In angstrom, (n, 3).
        cutoff
            Largest distance of interest in angstrom.
        cell
            Edge lengths (3,) or lattice vectors as rows (3, 3); the extent of the points if None.
        periodic
            Axes that repeat.
        extents
            Whether the extent of the points may stand for a cell that repeats, as in Construction
            Zone.
        """
        from czone.util.pair_kernel import sort_into_cells  # loads numba

        points = as_points("positions", positions)
        flags = as_flags(periodic)
        cutoff = as_positive("cutoff", cutoff)
        low = points.min(axis=0, initial=np.inf) if len(points) else np.zeros(3)
        extent = points.max(axis=0) - low if len(points) else np.zeros(3)
        if cell is None:
            if not extents and flags.any():
                raise ValueError(
                    f"cell must be given where it repeats; got None and periodic {flags.tolist()}. "
                    "The extent of the atoms is no cell: it ends on their outermost planes"
                )
            if (extent[flags] <= 0).any():
                raise ValueError(
                    "cell must be given when the points have no extent along a periodic axis; "
                    f"extent is {extent.tolist()}, periodic {flags.tolist()}"
                )
            lattice = np.diag(np.where(extent > 0, extent, 1.0))
        else:
            lattice = as_lattice(cell)
        fractional = np.linalg.solve(lattice.T, (points - low).T).T
        fractional[:, flags] %= 1.0
        # Along free axes the box is stretched to hold every point.
        for axis in np.flatnonzero(~flags):
            bottom = fractional[:, axis].min(initial=0.0)
            length = max(fractional[:, axis].max(initial=0.0) - bottom, 1e-9)
            fractional[:, axis] = (fractional[:, axis] - bottom) / length
            lattice[axis] *= length
        n_cells = _cell_counts(lattice, cutoff, len(points))
        order, start = sort_into_cells(fractional, n_cells)
        sorted_points = (fractional @ lattice)[order]
        return cls(lattice, flags, order, sorted_points, start, n_cells, cutoff)

    @cached_property
    def offsets(self) -> np.ndarray:
        """Half of the offsets to cells within the cutoff, without the cell itself, (m, 3)."""
        heights = _heights(self.lattice) / self.n_cells
        reach = np.ceil(self.cutoff / heights * (1 - 1e-12)).astype(int)
        reach = np.where(self.periodic, reach, np.minimum(reach, self.n_cells - 1))
        steps = np.indices(2 * reach + 1).reshape(3, -1).T - reach
        directions = self.lattice / np.linalg.norm(self.lattice, axis=1)[:, None]
        if np.allclose(directions @ directions.T, np.eye(3), atol=1e-12):
            gaps = np.maximum(np.abs(steps) - 1, 0) * heights
            steps = steps[np.linalg.norm(gaps, axis=1) < self.cutoff]
        # Of every offset and its opposite keep the one whose first non-zero step is positive.
        first = np.take_along_axis(steps, (steps != 0).argmax(axis=1)[:, None], axis=1)[:, 0]
        return steps[first > 0].astype(np.int64)


def _heights(lattice: np.ndarray) -> np.ndarray:
    """Return the distance between opposite faces of a cell along each axis."""
    return 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)


def _cell_counts(box: Any, cutoff: float, n_points: int) -> np.ndarray:
    heights = _heights(box)
    spacing = (abs(np.linalg.det(box)) / max(n_points, 1)) ** (1 / 3)
    edge = max(cutoff / 2, 1.2 * spacing)
    # A flat or thin set of points must not get a needless number of cells.
    counts = np.maximum(np.floor(heights / edge), 1)
    while counts.prod() > 4 * n_points + 64:
        edge *= 1.3
        counts = np.maximum(np.floor(heights / edge), 1)
    return counts.astype(np.int64)
