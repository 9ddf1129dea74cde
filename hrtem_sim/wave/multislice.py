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
    grid, energy
        Sampling, and energy in eV.
    dtype
        numpy.float32 or numpy.float64, of the real and the imaginary part.
    fft
        Transforms.
    tilt
        Of the incident beam along x and y, in mrad; the wave is given in the tilted frame, where
        the incident wave is constant.
    """

    def __init__(
        self,
        grid: Grid,
        energy: float,
        *,
        dtype: type = np.float32,
        fft: Fft | None = None,
        tilt: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.grid, self.fft = grid, fft or choose_fft()
        self.dtype = np.dtype(dtype)
        self.complex = np.result_type(self.dtype, np.complex64)
        self._wavelength = wavelength(energy)
        self._sigma = self.dtype.type(interaction_parameter(energy))
        self._phase = transmit if self.dtype == np.float32 else transmit_exact
        self._tilt = np.tan(np.asarray(tilt, dtype=float) * 1e-3)
        self._band = aperture(grid, WAVE_BAND * grid.nyquist, TAPER * grid.nyquist)
        self._made: dict[float, np.ndarray] = {}

    def plane_wave(self) -> Beam:
        """Return the incident beam at the entrance face."""
        array = self.fft.empty(self.grid.shape, self.complex)
        array.fill(1)
        return Beam(array, flat=True)

    def fly(self, beam: Beam, depth: float) -> None:
        """Take a beam to another depth through vacuum, within the band."""
        distance, beam.depth = depth - beam.depth, depth
        if beam.flat or distance == 0:
            return
        self.fft.forward(beam.array)
        multiply(self._reals(beam.array), self._reals(self._propagator(distance)))
        self.fft.inverse(beam.array)

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
            Which potential of `source` each beam meets; default: the first meets the first.
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
                    self.fly(beam, middle)
                    self.transmit(beam, pair[index - first])

    def _reals(self, array: np.ndarray) -> np.ndarray:
        return array.view(self.dtype).ravel()

    def _propagator(self, distance: float) -> np.ndarray:
        key = round(distance, 9)
        if key not in self._made:
            factor = self._band * propagator(self.grid, key, self._wavelength)
            if self._tilt.any():
                ky, kx = self.grid.frequencies()
                slope = kx * self._tilt[0] + ky * self._tilt[1]
                factor = factor * np.exp(-2j * np.pi * key * slope)
            self._made[key] = factor.astype(self.complex)
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
    tilt: tuple[float, float] = (0.0, 0.0),
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
    tilt
        Of the incident beam along x and y, in mrad: it moves by tan(tilt) sideways per angstrom of
        depth. The wave is given in the tilted frame.

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
    stepper = Stepper(grid, energy, dtype=dtype, fft=fft, tilt=tilt)
    source = SlicedPotential(
        specimen,
        grid,
        slice_thickness,
        parametrization=parametrization,
        selections=selections,
        dtype=dtype,
        fft=stepper.fft,
    )
    beams = [stepper.plane_wave() for _ in range(source.n_selections)]
    stepper.through(source, beams)
    for beam in beams:
        stepper.fly(beam, specimen.cell[2] / 2 + plane)
    return np.stack([beam.array for beam in beams])
