"""Two-dimensional transforms in two passes, each over a few rows at a time.

Whoever filters a periodic array needs its spectrum only to multiply it. So the rows of the array
are transformed some at a time, while they are in the cache, and written transposed; the transform
along the other axis is then one of rows again, and the filter and the way back follow before
the block leaves the cache. Frequencies that a band limit drops are never transformed along y. For
512 x 512 pixels this takes 0.6 of the time of a library's two-dimensional transform and less in
a band; libraries lose most on rows of a power of two, where columns fall on the same cache lines.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numba import njit
from numpy.typing import DTypeLike

from hrtem_sim.fft import Fft

BLOCK_BYTES = 2**20
"""Of the rows transformed at a time: about a core's level-2 cache."""

TILE = 8
"""Rows of an inner loop of the transposition: a cache line, and not more than a cache has ways, for
rows of a power of two all fall on the same set."""


class Passes:
    """Transforms of arrays (ny, nx) by way of their columns of one kx each.

    Parameters
    ----------
    shape
        Shape of the arrays, (ny, nx).
    fft
        Transforms of rows.
    dtype
        Complex type of the arrays.
    kept
        Number of non-negative kx to keep, from kx = 0 on, and as many less one negative ones;
        default: all.

    Notes
    -----
    Columns are an array (total, ny), row j the frequency kx = j for j < `kept` and j - `total`
    beyond, in units of one over the extent.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        fft: Fft,
        dtype: DTypeLike = np.complex64,
        kept: int | None = None,
    ) -> None:
        self.shape, self.fft, self.dtype = shape, fft, np.dtype(dtype)
        half = shape[1] // 2 + 1
        self.kept = half if kept is None else min(kept, half)
        self.total = min(2 * self.kept - 1, shape[1])

    def columns(self) -> np.ndarray:
        """Return an uninitialised array of columns."""
        return self.fft.empty((self.total, self.shape[0]), self.dtype)

    def blocks(self, start: int, stop: int, length: int) -> Iterator[slice]:
        """Yield ranges of rows of `length` values that fit the cache together."""
        step = max(TILE, BLOCK_BYTES // (length * self.dtype.itemsize) // TILE * TILE)
        for first in range(start, stop, step):
            yield slice(first, min(first + step, stop))

    def enter(
        self, array: np.ndarray, columns: np.ndarray, rows: tuple[int, int] | None = None
    ) -> None:
        """Transform an array along x into columns; the array is used up.

        `rows` is the range outside of which the array is zero, and need not even be set.
        """
        ny, nx = self.shape
        first, last = rows or (0, ny)
        columns[:, :first] = 0
        columns[:, last:] = 0
        for block in self.blocks(first, last, nx):
            part = array[block]
            self.fft.forward_rows(part)
            rows_to_columns(part, columns, block.start, self.kept)

    def column_blocks(self, columns: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield columns some at a time, with their range."""
        for block in self.blocks(0, self.total, self.shape[0]):
            yield block, columns[block]

    def leave(
        self,
        columns: np.ndarray,
        array: np.ndarray,
        finish: Callable[[slice, np.ndarray], None] | None = None,
    ) -> None:
        """Transform columns back along x into an array.

        `finish(range, rows)` is called on every block of rows while it is in the cache.
        """
        ny, nx = self.shape
        for block in self.blocks(0, ny, nx):
            part = array[block]
            columns_to_rows(columns, part, block.start, self.kept)
            self.fft.inverse_rows(part)
            if finish is not None:
                finish(block, part)

    def visit(self, columns: np.ndarray, visitor: Callable[[slice, np.ndarray], None]) -> None:
        """Show the array that columns are the transform of to `visitor(range, rows)`, in blocks.

        The array itself is never written: its blocks stay in the cache, one in place of the other.
        """
        first = next(self.blocks(0, *self.shape))
        rows = self.fft.empty((first.stop, self.shape[1]), self.dtype)
        for block in self.blocks(0, *self.shape):
            part = rows[: block.stop - block.start]
            columns_to_rows(columns, part, block.start, self.kept)
            self.fft.inverse_rows(part)
            visitor(block, part)


@njit(cache=True)
def rows_to_columns(rows: np.ndarray, columns: np.ndarray, first: int, kept: int) -> None:
    """Write transformed rows (n, nx), of which `first` is the first, into columns (total, ny)."""
    n, nx = rows.shape
    total = columns.shape[0]
    whole = n // TILE * TILE
    for begin, end, shift in ((0, kept, 0), (kept, total, nx - total)):
        for start in range(0, whole, TILE):
            for j in range(begin, end):
                for i in range(start, start + TILE):
                    columns[j, first + i] = rows[i, j + shift]
        for j in range(begin, end):
            for i in range(whole, n):
                columns[j, first + i] = rows[i, j + shift]


@njit(cache=True)
def columns_to_rows(columns: np.ndarray, rows: np.ndarray, first: int, kept: int) -> None:
    """Write columns (total, ny) into rows (n, nx) from `first` on, zeros where there is none."""
    n, nx = rows.shape
    total = columns.shape[0]
    whole = n // TILE * TILE
    for begin, end, shift in ((0, kept, 0), (kept, total, nx - total)):
        for start in range(0, whole, TILE):
            for j in range(begin, end):
                for i in range(start, start + TILE):
                    rows[i, j + shift] = columns[j, first + i]
        for j in range(begin, end):
            for i in range(whole, n):
                rows[i, j + shift] = columns[j, first + i]
    for i in range(n):
        for j in range(kept, kept + nx - total):
            rows[i, j] = 0


@njit(cache=True)
def filter_columns(
    columns: np.ndarray,
    first: int,
    kept: int,
    total: int,
    quarter: np.ndarray,
    out: np.ndarray,
    add: bool,
) -> None:
    """Multiply columns by a real filter of |kx| and |ky|, into `out` or on top of it.

    `columns` and `out` are interleaved real views (n, 2 ny) of the columns from `first` on,
    `quarter` holds the filter at non-negative frequencies, (nx // 2 + 1, ny // 2 + 1).
    """
    length = columns.shape[1] // 2
    half = length // 2 + 1
    for row in range(columns.shape[0]):
        j = first + row
        factors = quarter[j if j < kept else total - j]
        source, target = columns[row], out[row]
        if add:
            for i in range(half):
                target[2 * i] += source[2 * i] * factors[i]
                target[2 * i + 1] += source[2 * i + 1] * factors[i]
            for i in range(half, length):
                target[2 * i] += source[2 * i] * factors[length - i]
                target[2 * i + 1] += source[2 * i + 1] * factors[length - i]
        else:
            for i in range(half):
                target[2 * i] = source[2 * i] * factors[i]
                target[2 * i + 1] = source[2 * i + 1] * factors[i]
            for i in range(half, length):
                target[2 * i] = source[2 * i] * factors[length - i]
                target[2 * i + 1] = source[2 * i + 1] * factors[length - i]
