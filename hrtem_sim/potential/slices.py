"""Projected potential of a specimen, slice by slice."""

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass
from functools import lru_cache, partial

import numpy as np

from hrtem_sim.electron import POTENTIAL_PER_SCATTERING_FACTOR
from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, low_pass
from hrtem_sim.potential.passes import TILE, Passes, filter_columns
from hrtem_sim.potential.scattering import scattering_factor
from hrtem_sim.potential.spreading import (
    WIDTH,
    kernel_polynomials,
    kernel_transform,
    separate,
    spread,
)
from hrtem_sim.provenance.classes import refuse_other_classes
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

POTENTIAL_BAND = 0.95
"""Fraction of Nyquist at which the potential's band ends."""

TAPER = 0.05
"""Width of the cosine edge of a band, as a fraction of Nyquist."""


@dataclass(frozen=True, eq=False)
class PotentialSlices:
    """Projected potential of consecutive slices.

    Parameters
    ----------
    array
        Shape (slices, ny, nx), V angstrom, copied and read-only; slice 0 is the first that the beam
        meets.
    slice_thickness
        In angstrom.
    grid
        Sampling of a slice.
    owned
        Whether `array` is handed over instead of copied; see `hrtem_sim.frozen`.
    """

    array: np.ndarray
    slice_thickness: float
    grid: Grid
    _: KW_ONLY
    owned: InitVar[bool] = False

    def __post_init__(self, owned: bool) -> None:
        freeze(self, "array", owned=owned)
        refuse_other_classes(self)
        ny, nx = self.grid.shape
        if self.array.ndim != 3 or self.array.shape[1:] != (ny, nx):
            raise Refusal(f"array must have shape (slices, {ny}, {nx}); got {self.array.shape}")


def slice_count(height: float, slice_thickness: float) -> int:
    """Return the number of equal slices of a cell that are at most as thick as asked for.

    Parameters
    ----------
    height
        Height of the cell along the beam, in angstrom.
    slice_thickness
        Largest thickness in angstrom. What exceeds a whole number by rounding makes no slice more.

    Examples
    --------
    >>> slice_count(40.0, 2.0), slice_count(41.0, 2.0)
    (20, 21)
    """
    return max(1, int(np.ceil(height / slice_thickness - 1e-6)))


class SlicedPotential:
    """The slices of a specimen, made as they are asked for.

    Parameters
    ----------
    specimen
        Atoms; the cell is divided along z into equal slices.
    grid
        Sampling in x and y; periodic, covering the specimen's cell.
    slice_thickness
        Largest allowed thickness in angstrom; the cell is divided into equal slices.
    parametrization
        Scattering factors; see `scattering_factor`.
    selections
        For each potential wanted, a boolean mask (n,) of the atoms it holds. Potentials of one
        object share the transforms of the atoms they have in common. Default: one, of all atoms.
    dtype
        numpy.float32 or numpy.float64.
    fft
        Transforms to use; default: `choose_fft()`.

    Notes
    -----
    V(k) = h^2 / (2 pi m e) sum_j f_j(k) exp(-2 pi i k r_j) inside the band, exactly zero
    outside. Each atom lies whole in the slice that holds its centre. Two slices travel
    through one complex FFT as its real and imaginary part.

    Examples
    --------
    >>> atom = Specimen([[5.0, 5.0, 1.0]], [79], (10.0, 10.0, 4.0))
    >>> potential = SlicedPotential(atom, Grid((100, 100), 0.1), 2.0)
    >>> potential.n_slices, [potential.atoms_in(i) for i in range(2)]
    (2, [1, 0])
    """

    def __init__(
        self,
        specimen: Specimen,
        grid: Grid,
        slice_thickness: float,
        *,
        parametrization: str = "lobato",
        selections: Sequence[np.ndarray] | None = None,
        dtype: type = np.float32,
        fft: Fft | None = None,
    ) -> None:
        height = specimen.cell[2]
        if not np.isfinite(slice_thickness) or slice_thickness <= 0:
            raise Refusal(f"slice_thickness must be positive, in angstrom; got {slice_thickness!r}")
        if not np.allclose(grid.extent, specimen.cell[1::-1], rtol=1e-6):
            raise Refusal(
                f"grid must cover the specimen's cell {specimen.cell[1::-1]} (y, x) in angstrom; "
                f"got an extent of {grid.extent}"
            )
        self.grid = grid
        self.n_slices = slice_count(height, slice_thickness)
        self.slice_thickness = height / self.n_slices
        self.dtype = np.dtype(dtype)
        self.fft = fft or choose_fft()
        everything = np.ones(len(specimen.numbers), bool)
        self.n_selections = 1 if selections is None else len(selections)
        self._sort(specimen, [everything] if selections is None else selections)
        self._filters = {
            number: atom_filter(grid, number, parametrization, self.dtype.name)
            for number in sorted({number for number, _ in self._groups})
        }

        edge = POTENTIAL_BAND * grid.nyquist
        self._kept = int(np.ceil(edge * grid.extent[1]))  # kx below the edge of the band

    def _sort(self, specimen: Specimen, selections: Sequence[np.ndarray]) -> None:
        """Sort atoms by slice and by group: an element and the selections it belongs to."""
        (ny, nx), (py, px) = self.grid.shape, self.grid.pixel_size
        y = np.mod(specimen.positions[:, 1] / py, ny)
        x = np.mod(specimen.positions[:, 0] / px, nx)
        y[y >= ny] = 0.0  # np.mod of a tiny negative number rounds up to the modulus
        x[x >= nx] = 0.0
        slices = np.floor(specimen.positions[:, 2] / self.slice_thickness).astype(int)
        slices = np.clip(slices, 0, self.n_slices - 1)
        codes = sum(mask * (1 << bit) for bit, mask in enumerate(selections))
        used = codes > 0
        kinds = specimen.numbers << len(selections) | codes
        keys, group = np.unique(kinds[used], return_inverse=True)
        self._groups = [
            (int(key) >> len(selections), tuple(s for s in range(len(selections)) if key >> s & 1))
            for key in keys
        ]
        n_groups = max(len(self._groups), 1)
        y, place = y[used], slices[used] * n_groups + group
        order = np.argsort(place * ny + y.astype(int), kind="stable")  # neighbours in memory
        self._y, self._x = y[order], x[used][order]
        self._weights = specimen.occupancies[used][order]
        self._starts = np.searchsorted(place[order], np.arange(self.n_slices * n_groups + 1))

    def atoms_in(self, index: int, selection: int = 0) -> int:
        """Return the number of atoms of a selection in one slice.

        Parameters
        ----------
        index
            Index of the slice, from 0.
        selection
            Index of the potential, from 0.
        """
        n_groups = len(self._groups)
        counts = np.diff(self._starts)[index * n_groups : (index + 1) * n_groups]
        return sum(int(c) for c, (_, s) in zip(counts, self._groups, strict=True) if selection in s)

    def atoms_of_pair(
        self, index: int
    ) -> Iterator[tuple[int, tuple[int, ...], int, np.ndarray, np.ndarray, np.ndarray]]:
        """Yield the atoms of the slices `index` and `index` + 1, group by group.

        Yields
        ------
        number, selections, channel
            Atomic number, the selections that hold the atoms, and 0 or 1 for the slice.
        y, x, weights
            Positions in pixels and occupancies.
        """
        for group, (number, selections) in enumerate(self._groups):
            for channel, each in self._group_atoms(index, group):
                yield (
                    number,
                    selections,
                    channel,
                    self._y[each],
                    self._x[each],
                    self._weights[each],
                )

    def pairs(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[int, list[np.ndarray | None]]]:
        """Yield slices two by two along the beam.

        Parameters
        ----------
        start, stop
            Range of slices; default: all.

        Yields
        ------
        index
            Number of the first slice of the pair.
        potentials
            For each selection an array (2, ny, nx) in V angstrom, overwritten by the next pair, or
            None if the pair holds none of its atoms. The second slice of the last pair is
            meaningless when the number of slices is odd.
        """
        stop = self.n_slices if stop is None else stop
        shape = self.grid.shape
        complex_type = np.result_type(self.dtype, np.complex64)
        passes = Passes(shape, self.fft, complex_type, self._kept)
        density = self.fft.empty(shape, complex_type)
        columns = passes.columns()
        spectra = [passes.columns() for _ in range(self.n_selections)]
        slices = [np.empty((2, *shape), self.dtype) for _ in range(self.n_selections)]
        for index in range(start, stop, 2):
            filled = self._accumulate(index, passes, density, columns, spectra)
            out: list[np.ndarray | None] = []
            for selection, sources in enumerate(filled):
                twin = filled.index(sources)
                if not sources:
                    out.append(None)
                elif twin < selection:
                    out.append(out[twin])
                else:
                    pair = slices[selection]
                    passes.leave(spectra[selection], density, partial(_separate, pair))
                    out.append(pair)
            yield index, out

    def _accumulate(
        self,
        index: int,
        passes: Passes,
        density: np.ndarray,
        columns: np.ndarray,
        spectra: list[np.ndarray],
    ) -> list[tuple[int, ...]]:
        """Sum columns of a pair of slices, transformed along x; return each selection's groups."""
        present = [self._group_atoms(index, group) for group in range(len(self._groups))]
        filled = [
            tuple(g for g, (_, wanted) in enumerate(self._groups) if s in wanted and present[g])
            for s in range(self.n_selections)
        ]
        wanted = [s for s in range(self.n_selections) if filled.index(filled[s]) == s]
        for group, (number, _) in enumerate(self._groups):
            if not present[group]:
                continue
            rows = self._spread(present[group], density)
            passes.enter(density, columns, rows)
            for block, part in passes.column_blocks(columns):
                self.fft.forward_rows(part)
                for selection in wanted:
                    if group in filled[selection]:
                        total = spectra[selection][block]
                        filter_columns(
                            part.view(self.dtype),
                            block.start,
                            passes.kept,
                            passes.total,
                            self._filters[number],
                            total.view(self.dtype),
                            group != filled[selection][0],
                        )
                        if group == filled[selection][-1]:
                            self.fft.inverse_rows(total)
        return filled

    def _spread(
        self, atoms: list[tuple[int, slice]], density: np.ndarray
    ) -> tuple[int, int] | None:
        """Spread atoms on a grid; return the rows that they touch, None for all."""
        low = min(self._y[each.start] for _, each in atoms)  # sorted along y
        high = max(self._y[each.stop - 1] for _, each in atoms)
        first = (int(low) - WIDTH // 2) // TILE * TILE
        last = -(-(int(high) + WIDTH // 2 + 2) // TILE) * TILE
        rows = (first, last) if first >= 0 and last <= self.grid.shape[0] else None
        density[slice(*rows) if rows else slice(None)] = 0
        for channel, each in atoms:
            spread(
                density.view(self.dtype),
                channel,
                self._y[each],
                self._x[each],
                self._weights[each],
                kernel_polynomials(),
            )
        return rows

    def _group_atoms(self, index: int, group: int) -> list[tuple[int, slice]]:
        """Channels and atom ranges of a group in the pair of slices that starts at `index`."""
        ranges = []
        for channel in range(min(2, self.n_slices - index)):
            place = (index + channel) * len(self._groups) + group
            start, stop = self._starts[place], self._starts[place + 1]
            if stop > start:
                ranges.append((channel, slice(start, stop)))
        return ranges


def _separate(pair: np.ndarray, rows: slice, packed: np.ndarray) -> None:
    """Take two slices out of the real and the imaginary part of some rows."""
    separate(packed.view(pair.dtype).ravel(), pair[0, rows].ravel(), pair[1, rows].ravel())


@lru_cache(maxsize=16)
def atom_filter(grid: Grid, number: int, parametrization: str, dtype: str) -> np.ndarray:
    """Return what makes the transform of spread atoms their potential; real, see `Grid.quarter`.

    It is V(k) of one atom inside the band, over the kernel's transform and the area of a pixel.
    """
    k2, nyquist = grid.quarter(), grid.nyquist
    band = low_pass(k2, POTENTIAL_BAND * nyquist, TAPER * nyquist)
    kernel_y, kernel_x = (kernel_transform(n) for n in grid.shape)
    scale = POTENTIAL_PER_SCATTERING_FACTOR / np.prod(grid.pixel_size)
    factor = scattering_factor(number, k2, parametrization)
    return (scale * factor * band / (kernel_x[:, None] * kernel_y)).astype(dtype)


@typed
def projected_potential(
    specimen: Specimen,
    grid: Grid,
    slice_thickness: float,
    *,
    parametrization: str = "lobato",
    dtype: type = np.float32,
) -> PotentialSlices:
    """Return the projected potential of every slice of a specimen.

    Parameters are those of `SlicedPotential`; `compute_exit_wave` never holds all slices at once.

    Parameters
    ----------
    specimen, grid, slice_thickness, parametrization, dtype
        As in `SlicedPotential`: lengths in angstrom.

    Examples
    --------
    >>> import numpy as np
    >>> atom = Specimen([[5.0, 5.0, 1.0]], [79], (10.0, 10.0, 2.0))
    >>> slices = projected_potential(atom, Grid((100, 100), 0.1), 2.0)
    >>> round(float(slices.array.sum()) * 0.1**2, 1)  # h^2 / (2 pi m e) f(0), V angstrom^3
    506.3
    """
    source = SlicedPotential(
        specimen, grid, slice_thickness, parametrization=parametrization, dtype=dtype
    )
    array: np.ndarray = np.zeros((source.n_slices, *grid.shape), dtype)
    for index, (pair,) in source.pairs():
        if pair is not None:
            stop = min(index + 2, source.n_slices)
            array[index:stop] = pair[: stop - index]
    return PotentialSlices(array, source.slice_thickness, grid, owned=True)
