"""Plane-wave multislice on one grid: the embedded engine."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.grid import Grid, aperture, propagator
from hrtem_sim.potential.slices import TAPER, SlicedPotential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.kernels import multiply, transmit, transmit_exact

WAVE_BAND = 0.6
"""Fraction of Nyquist at which the wave's band ends. With the potential kept to 0.95 of Nyquist
this errs two to three times less than the customary two thirds for both: what the potential loses
between 0.67 and 0.95 would have scattered into the band, while what folds back is outside most of
it. ARCHITECTURE.md has the measurements."""


class Propagation:
    """Free flight between slices: band-limited propagators, made once per distance."""

    def __init__(self, grid: Grid, energy: float, dtype: np.dtype) -> None:
        self.grid, self.wavelength = grid, wavelength(energy)
        self.dtype = np.result_type(dtype, np.complex64)
        self.band = aperture(grid, WAVE_BAND * grid.nyquist, TAPER * grid.nyquist)
        self._made: dict[float, np.ndarray] = {}

    def factor(self, distance: float) -> np.ndarray:
        """Return the propagator over `distance` angstrom times the band limit."""
        key = round(distance, 9)
        if key not in self._made:
            free = propagator(self.grid, distance, self.wavelength)
            self._made[key] = (self.band * free).astype(self.dtype)
        return self._made[key]


def multislice(
    specimen: Specimen,
    grid: Grid,
    *,
    energy: float,
    slice_thickness: float,
    selections: Sequence[np.ndarray] | None = None,
    parametrization: str = "lobato",
    plane: float = 0.0,
    dtype: type = np.float32,
    fft: Fft | None = None,
) -> np.ndarray:
    """Propagate a plane wave through a specimen at rest.

    Parameters
    ----------
    specimen, grid, slice_thickness, selections, parametrization, dtype, fft
        As in `SlicedPotential`; one wave per selection comes back.
    energy
        In eV.
    plane
        Where to give the wave, in angstrom along the beam from the middle of the cell.

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
    dtype = np.dtype(dtype)
    fft = fft or choose_fft()
    source = SlicedPotential(
        specimen,
        grid,
        slice_thickness,
        parametrization=parametrization,
        selections=selections,
        dtype=dtype,
        fft=fft,
    )
    flight = Propagation(grid, energy, dtype)
    phase = transmit if dtype == np.float32 else transmit_exact
    sigma = dtype.type(interaction_parameter(energy))
    waves = np.ones((source.n_selections, *grid.shape), flight.dtype)
    buffers = [fft.empty(grid.shape, flight.dtype) for _ in waves]
    last = [None] * source.n_selections  # slice of the latest transmission of each wave

    def fly(selection: int, distance: float) -> None:
        wave = buffers[selection]
        fft.forward(wave)
        multiply(wave.view(dtype).ravel(), flight.factor(distance).view(dtype).ravel())
        fft.inverse(wave)

    for buffer in buffers:
        buffer.fill(1)
    for first, potentials in source.pairs():
        for channel in range(min(2, source.n_slices - first)):
            index = first + channel
            for selection, pair in enumerate(potentials):
                if pair is None or not source.atoms_in(index, selection):
                    continue
                if last[selection] is not None:
                    fly(selection, (index - last[selection]) * source.slice_thickness)
                phase(buffers[selection].view(dtype).ravel(), pair[channel].ravel(), sigma)
                last[selection] = index
    for selection, index in enumerate(last):
        if index is not None:
            depth = (index + 0.5) * source.slice_thickness
            fly(selection, specimen.cell[2] / 2 + plane - depth)
        waves[selection] = buffers[selection]
    return waves
