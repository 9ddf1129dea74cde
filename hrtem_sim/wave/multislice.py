"""Plane-wave multislice on one grid: the embedded engine."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.grid import Grid, low_pass
from hrtem_sim.potential.passes import Passes
from hrtem_sim.potential.slices import TAPER, SlicedPotential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.kernels import propagate, transmit, transmit_exact

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings

WAVE_BAND = 0.6
"""Fraction of Nyquist at which the wave's band ends. With the potential kept to 0.95 of Nyquist
this errs two to three times less than the customary two thirds for both: what the potential loses
between 0.67 and 0.95 would have scattered into the band, while what folds back is outside most of
it. ARCHITECTURE.md has the measurements."""


class Beam:
    """One wave on its way: an array that changes, and where along the beam it is.

    Parameters
    ----------
    array
        Complex (ny, nx), made by `Fft.empty`; taken over, not copied.
    depth
        In angstrom from the entrance face.
    flat
        Whether the wave is still a constant, which flies without changing.
    """

    def __init__(self, array: np.ndarray, depth: float = 0.0, *, flat: bool = False) -> None:
        self.array, self.depth, self.flat = array, depth, flat


class Stepper:
    """Free flight and transmission on one grid; propagators are made once per distance.

    Parameters
    ----------
    grid
        Sampling.
    settings
        Energy, and tilt: waves are given in the tilted frame, where the incident wave is constant.
    dtype
        numpy.float32 or numpy.float64, of the real and the imaginary part.
    fft
        Transforms.
    """

    def __init__(
        self,
        grid: Grid,
        settings: "WaveSettings",
        *,
        dtype: type = np.float32,
        fft: Fft | None = None,
    ) -> None:
        self.grid, self.fft = grid, fft or choose_fft()
        self.dtype = np.dtype(dtype)
        self.complex = np.result_type(self.dtype, np.complex64)
        self._wavelength = wavelength(settings.energy)
        self._sigma = self.dtype.type(interaction_parameter(settings.energy))
        self._phase = transmit if self.dtype == np.float32 else transmit_exact
        self._tilt = np.tan(np.asarray(settings.tilt, dtype=float) * 1e-3)
        self._band = wave_band(grid, self.dtype.name)
        kept = int(np.count_nonzero(self._band[:, 0]))
        self._passes = Passes(grid.shape, self.fft, self.complex, kept)
        self._columns = self._passes.columns()
        self._made: dict[float, tuple[np.ndarray, np.ndarray]] = {}

    def plane_wave(self) -> Beam:
        """Return the incident beam at the entrance face."""
        array = self.fft.empty(self.grid.shape, self.complex)
        array.fill(1)
        return Beam(array, flat=True)

    def fly(self, beam: Beam, depth: float, potential: np.ndarray | None = None) -> None:
        """Take a beam to another depth through vacuum, within the band.

        There it is multiplied by exp(i sigma V) if a potential V is given, real (ny, nx), V
        angstrom.
        """
        distance, beam.depth = depth - beam.depth, depth
        if beam.flat or distance == 0:
            if potential is not None:
                self.transmit(beam, potential)
            return
        passes, columns = self._passes, self._columns
        passes.enter(beam.array, columns)
        along_x, along_y = self._propagator(distance)
        for block, part in passes.column_blocks(columns):
            self.fft.forward_rows(part)
            propagate(
                part.view(self.dtype),
                block.start,
                passes.kept,
                passes.total,
                along_x,
                along_y,
                self._band,
            )
            self.fft.inverse_rows(part)

        if potential is None:
            passes.leave(columns, beam.array, None)
            return
        values = potential

        def meet(rows: slice, part: np.ndarray) -> None:
            self._phase(self._reals(part), values[rows].ravel(), self._sigma)

        passes.leave(columns, beam.array, meet)

    def transmit(self, beam: Beam, potential: np.ndarray) -> None:
        """Multiply a beam by exp(i sigma V); V is real (ny, nx) in V angstrom."""
        self._phase(self._reals(beam.array), potential.ravel(), self._sigma)
        beam.flat = False

    def through(
        self,
        source: SlicedPotential,
        beams: Sequence[Beam],
        selections: Sequence[int] | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> None:
        """Take beams through slices; each stops in the middle of its last filled slice.

        Parameters
        ----------
        source
            Potential on this grid.
        beams
            Changed in place.
        selections
            Index of the potential of `source` that each beam meets; default: the first meets the
            first.
        start, stop
            Range of slices; default: all.
        """
        selections = range(len(beams)) if selections is None else selections
        stop = source.n_slices if stop is None else stop
        for first, potentials in source.pairs(start, stop):
            for index in range(first, min(first + 2, stop)):
                middle = (index + 0.5) * source.slice_thickness
                for beam, selection in zip(beams, selections, strict=True):
                    pair = potentials[selection]
                    if pair is None or not source.atoms_in(index, selection):
                        continue
                    self.fly(beam, middle, pair[index - first])

    def _reals(self, array: np.ndarray) -> np.ndarray:
        return array.view(self.dtype).ravel()

    def _propagator(self, distance: float) -> tuple[np.ndarray, np.ndarray]:
        """Factors of the propagator along x and y, interleaved."""
        key = round(distance, 9)
        if key not in self._made:
            kept, total = self._passes.kept, self._passes.total
            index = np.arange(total)
            ny, (height, width) = self.grid.shape[0], self.grid.extent
            kx = np.where(index < kept, index, index - total) / width
            ky = np.fft.fftfreq(ny, height / ny)
            along_x, along_y = (
                np.exp(-1j * np.pi * key * (self._wavelength * k**2 + 2 * slope * k))
                for k, slope in zip((kx, ky), self._tilt, strict=True)
            )
            self._made[key] = tuple(
                factor.astype(self.complex).view(self.dtype) for factor in (along_x, along_y)
            )
        return self._made[key]


@lru_cache(maxsize=16)
def wave_band(grid: Grid, dtype: str) -> np.ndarray:
    """Return the band limit of waves at non-negative frequencies, see `Grid.quarter`."""
    return low_pass(grid.quarter(), WAVE_BAND * grid.nyquist, TAPER * grid.nyquist).astype(dtype)


def potential_of(
    specimen: Specimen,
    grid: Grid,
    settings: "WaveSettings",
    *,
    selections: Sequence[np.ndarray] | None = None,
    dtype: type = np.float32,
    fft: Fft | None = None,
) -> SlicedPotential:
    """Return the slices of a specimen that some settings ask for; see `SlicedPotential`."""
    return SlicedPotential(
        specimen,
        grid,
        settings.slice_thickness,
        parametrization=settings.parametrization,
        selections=selections,
        dtype=dtype,
        fft=fft,
    )


def multislice(
    specimen: Specimen,
    grid: Grid,
    settings: "WaveSettings",
    *,
    selections: Sequence[np.ndarray] | None = None,
    plane: float = 0.0,
    dtype: type = np.float32,
    fft: Fft | None = None,
) -> np.ndarray:
    """Propagate a plane wave through a specimen at rest.

    Parameters
    ----------
    specimen, grid, selections, dtype, fft
        As in `SlicedPotential`; one wave per selection comes back.
    settings
        Energy, slices, scattering factors and tilt: the beam moves by tan(tilt) sideways per
        angstrom of depth, and the wave is given in the tilted frame.
    plane
        Plane in which to give the wave, in angstrom along the beam from the middle of the cell.

    Returns
    -------
    waves
        Shape (selections, ny, nx), complex64 (complex128 for float64); 1 in vacuum.

    Notes
    -----
    Each slice is a thin phase object exp(i sigma V) at its mid-plane, with band-limited Fresnel
    propagation between mid-planes (J. M. Cowley and A. F. Moodie, Acta Cryst. 10, 609 (1957);
    Kirkland (2010), chapter 6), which is symmetric and so of second order in the thickness. Empty
    slices are flown through in one step, and nothing happens before the first atom.
    """
    stepper = Stepper(grid, settings, dtype=dtype, fft=fft)
    source = potential_of(
        specimen, grid, settings, selections=selections, dtype=dtype, fft=stepper.fft
    )
    beams = [stepper.plane_wave() for _ in range(source.n_selections)]
    stepper.through(source, beams)
    for beam in beams:
        stepper.fly(beam, specimen.cell[2] / 2 + plane)
    return np.stack([beam.array for beam in beams])
