"""Forms many images of one exit wave from one forward transform."""

import numpy as np

from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.grid import fourier_resize
from hrtem_sim.imaging.aberrations import Aberrations, aberration_gradient, aberration_phase
from hrtem_sim.imaging.aperture import aperture_transmission
from hrtem_sim.imaging.coherence import focal_envelope, motion_transfer
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Detector
from hrtem_sim.imaging.focal_modes import BINS, FocalModes, focal_modes
from hrtem_sim.imaging.kernels import delay, weight_by_table
from hrtem_sim.imaging.pixels import CameraPixels, camera_shape, shown
from hrtem_sim.imaging.raster import Raster
from hrtem_sim.imaging.samplings import STAYS, contrast_of, intensity_grids, needs_finer
from hrtem_sim.imaging.source import TRUSTED, tilts_of_source
from hrtem_sim.potential.passes import Passes
from hrtem_sim.provenance.doors import typed
from hrtem_sim.wave import ExitWave


class ImageFormer:
    """Forms images of one exit wave; transforms the wave once, whatever the number of images.

    Parameters
    ----------
    wave
        Exit wave, focused at the middle of the model or at any plane.
    detector
        Pixels of the image.
    fft
        Transforms; default `choose_fft()`.

    Notes
    -----
    Camera pixel (i, j) collects what falls on y from i to i + 1 and x from j to j + 1 pixels: the
    intensity is formed on `grid`, whose first sample is the middle of the first pixel; what would
    fold over there, of the mean wave mostly, on a finer one.

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> former = ImageFormer(wave, Detector(0.4))
    >>> former.expected(ImagingConditions(defocus=100.0)).shape
    (40, 40)
    """

    @typed
    def __init__(self, wave: ExitWave, detector: Detector, fft: Fft | None = None) -> None:
        self.wave, self.detector, self.fft = wave, detector, fft or choose_fft()
        self.shape = camera_shape(wave.grid, detector.pixel_size)
        spectra = [self._spectrum(array) for array in wave.array]
        mean, diffuse = _densities(spectra)
        density = mean + diffuse
        self._direct, self._contrast = float(density[0, 0]), contrast_of(density)
        fine, self.grid = intensity_grids(wave.grid, self.shape, mean, diffuse, len(spectra))
        self._passes = Passes(self.grid.shape, self.fft, kept=_kept_columns(density))
        self.rasters = [Raster(self.grid, self._passes, self.shape, self.fft)]
        if fine != self.grid:
            self.rasters.append(Raster(fine, self._passes, self.shape, self.fft))
        kept, nx = self._passes.kept, self.grid.shape[1]
        self._kept = np.r_[0:kept, nx - (self._passes.total - kept) : nx]
        self._columns = self._phonon_modes(spectra)
        squared = self.grid.squared_frequency()[:, self._kept].T
        powers = _powers(self._columns, int(np.prod(self.grid.shape)))
        self._density = np.sum(powers, axis=0).astype(np.float32)
        filled = self._density > 1e-12 * self._density.max()
        self._limit = float(squared[filled].max()) or float(squared.max())
        self._position = np.minimum(self._squared(), 1)
        self._power = _power_by_frequency(powers, self._position)
        self._factor = self._passes.columns()

    @property
    def pixel_size(self) -> float:
        """Of the image, in angstrom."""
        return self.pixels.pixel_size[0]

    @property
    def pixels(self) -> CameraPixels:
        """Pixels of the camera over `grid`."""
        return self.rasters[0].pixels

    @typed
    def expected(self, conditions: ImagingConditions) -> np.ndarray:
        """Return the mean of what the detector shows, without noise; float64 (ny, nx).

        1 is the incident beam. The average runs over phonons and over the spread of foci, the
        latter to 0.2 % of the contrast (`hrtem_sim.imaging.focal_modes`).
        """
        return self.recorded(conditions)[1]

    @typed
    def recorded(self, conditions: ImagingConditions) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean intensity that arrives at each pixel, and what the detector makes of it.

        Both are float64 (ny, nx), 1 is the incident beam. They differ by the detector's modulation
        transfer, which blurs the image before pixels sample it.
        """
        return self._on_camera(self._intensity(conditions), conditions)

    @typed
    def quick_look(self, conditions: ImagingConditions) -> np.ndarray:
        """Return a quasi-coherent approximation of `expected`; see `quick_look`."""
        transfer = self._transfer(conditions)
        if conditions.convergence:
            shift = self._shift(self._lens(conditions), conditions.convergence)
            transfer *= np.exp(-0.5 * shift**2)
        envelope = focal_envelope(self.grid, self.wave.wavelength, conditions.focal_spread)
        transfer *= envelope[:, self._kept].T.astype(np.float32)
        return self._on_camera(self._sharp(transfer), conditions)[1]

    def _sharp(self, transfer: np.ndarray) -> list[np.ndarray]:
        """Mean intensity on each raster without a spread of foci."""
        modes = focal_modes(self._power, self._limit, self._contrast, 0.0, self.wave.wavelength)
        intensities, finer = self._blank(0.0), self._finer(modes, self._power, self._contrast)
        self._add(intensities, modes, finer, transfer)
        return intensities

    def _finer(self, modes: FocalModes, power: np.ndarray, contrast: float) -> np.ndarray:
        """Which modes of which waves are formed on the finest raster, bool (modes, waves)."""
        if len(self.rasters) == 1:
            return np.zeros(modes.used.shape, bool)
        nyquist = min(n / e for n, e in zip(self.grid.shape, self.grid.extent, strict=True)) / 2
        return needs_finer(modes, power, self._limit, nyquist, STAYS * contrast)

    def _blank(self, value: float) -> list[np.ndarray]:
        """Intensities on all rasters that add up to a constant."""
        blank = [np.zeros(raster.grid.shape, np.float32) for raster in self.rasters]
        blank[0] += np.float32(value)
        return blank

    def _spectrum(self, wave: np.ndarray) -> np.ndarray:
        """Spectrum of a wave (ny, nx)."""
        work = self.fft.empty(wave.shape)
        work[...] = wave
        self.fft.forward(work)
        return work

    def _phonon_modes(self, spectra: list[np.ndarray]) -> list[np.ndarray]:
        """Columns of the mean wave and the diffuse ones, moved to the middle of the first pixel.

        The transform over phonons is a unitary change, so that intensities add up the same.
        """
        ky, kx = self.grid.frequencies()
        py, px = self.pixels.pixel_size
        shift = np.exp(1j * np.pi * (ky * py + kx[:, self._kept] * px)).astype(np.complex64)
        kept = np.stack([fourier_resize(s, self.grid.shape)[:, self._kept] for s in spectra])
        modes = np.fft.fft(kept * shift, axis=0, norm="ortho")
        return [self._as_columns(mode) for mode in modes]

    def _lens(self, conditions: ImagingConditions) -> Aberrations:
        """Aberrations at the nominal focus: 0 is the middle of the model, wherever the wave is."""
        return conditions.aberrations.defocused(conditions.defocus + self.wave.plane)

    def _transfer(
        self, conditions: ImagingConditions, tilt: tuple[float, float] = (0.0, 0.0)
    ) -> np.ndarray:
        """Transfer of lens and aperture for a beam of some frequency, in columns."""
        lens = self._lens(conditions)
        chi = aberration_phase(self.grid, self.wave.wavelength, lens, self._kept, tilt=tilt)
        transfer = np.empty(chi.shape, np.complex64)
        delay(chi.ravel(), transfer.ravel())
        if conditions.aperture is not None:
            transfer *= self._aperture(conditions, tilt)
        return self._as_columns(transfer)

    def _aperture(
        self, conditions: ImagingConditions, tilt: tuple[float, float] = (0.0, 0.0)
    ) -> np.ndarray:
        """Amplitude that the aperture lets pass, float32 (ny, kept)."""
        passed = aperture_transmission(
            self.grid, self.wave.wavelength, conditions, self._kept, tilt=tilt
        )
        return passed.astype(np.float32)

    def _passed(self, conditions: ImagingConditions) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Power by k^2 and by frequency, direct beam and contrast behind the aperture."""
        if conditions.aperture is None:
            return self._power, self._density, self._direct, self._contrast
        passed = self._aperture(conditions).T.astype(float) ** 2
        powers = [power * passed for power in _powers(self._columns, int(np.prod(self.grid.shape)))]
        density = np.sum(powers, axis=0).astype(np.float32)
        direct = self._direct * float(passed[0, 0])
        power = _power_by_frequency(powers, self._position)
        return power, density, direct, contrast_of(density)

    def _shift(self, lens: Aberrations, convergence: float) -> np.ndarray:
        """How far a tilt by the source's standard deviation turns each beam, float32 columns."""
        dy, dx = aberration_gradient(self.grid, self.wave.wavelength, lens, self._kept)
        shift = convergence * 1e-3 / self.wave.wavelength * np.hypot(dx, dy)
        return np.ascontiguousarray(shift.T.astype(np.float32))

    def _intensity(self, conditions: ImagingConditions) -> list[np.ndarray]:
        """Mean intensity on each raster over phonons, foci and angles of the illumination."""
        lens = self._lens(conditions)
        power, density, direct, contrast = self._passed(conditions)
        modes = focal_modes(
            power, self._limit, contrast, conditions.focal_spread, self.wave.wavelength
        )
        intensities, finer = self._blank(modes.left_out), self._finer(modes, power, contrast)
        transfer = self._transfer(conditions)
        if not conditions.convergence:
            self._add(intensities, modes, finer, transfer)
            return intensities
        shift = self._shift(lens, conditions.convergence)
        taken = float(np.sum(density * -np.expm1(-(shift**2)), dtype=float))
        if taken < TRUSTED * contrast:
            self._add(intensities, modes, finer, transfer * np.exp(-0.5 * shift**2))
            intensities[0] += np.float32(taken)
            return intensities
        tilts, weights = tilts_of_source(shift, density, direct, contrast)
        per_deviation = conditions.convergence * 1e-3 / self.wave.wavelength
        for (x, y), weight in zip((tilts * per_deviation).tolist(), weights, strict=True):
            self._add(
                intensities, modes, finer, self._transfer(conditions, (x, y)), weight, tilt=(x, y)
            )
        return intensities

    def _on_camera(
        self, intensities: list[np.ndarray], conditions: ImagingConditions
    ) -> tuple[np.ndarray, np.ndarray]:
        """Images before and after the modulation transfer from the intensity on each raster."""
        collected = np.zeros((self.shape[0], self.shape[1] // 2 + 1), np.complex64)
        blurred = np.zeros_like(collected)
        for raster, intensity in zip(self.rasters, intensities, strict=True):
            pixels = raster.pixels
            spectrum = pixels.collected(intensity)
            if conditions.vibration or any(conditions.drift):
                moved = motion_transfer(*pixels.frequencies, conditions.vibration, conditions.drift)
                spectrum *= moved
            collected += pixels.folded(spectrum)
            if self.detector.blurs:
                spectrum *= self.detector.mtf(pixels.in_nyquist)
                blurred += pixels.folded(spectrum)
        image = _plasmon_losses(shown(collected, self.shape), conditions)
        if not self.detector.blurs:
            return image, image
        return image, _plasmon_losses(shown(blurred, self.shape), conditions)

    def _add(
        self,
        intensities: list[np.ndarray],
        modes: FocalModes,
        finer: np.ndarray,
        transfer: np.ndarray,
        weight: float = 1.0,
        *,
        tilt: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Add the images of all waves in all modes about a transfer, some on the finest raster."""
        each = weight / len(self._columns)
        position = self._squared(tilt) if any(tilt) else self._position
        factor, scale = self._factor, np.float32(modes.scale)
        for mode, (table, start) in enumerate(zip(modes.tables, modes.starts, strict=True)):
            weight_by_table(
                transfer.ravel(),
                position.ravel(),
                scale,
                np.float32(start),
                table,
                factor.ravel(),
            )
            for wave in np.flatnonzero(modes.used[mode]):
                where = -1 if finer[mode, wave] else 0
                self.rasters[where].add(intensities[where], self._columns[wave], factor, each)

    def _squared(self, tilt: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """|k + tilt|^2 over the largest k^2 of the wave, float32 columns."""
        ky, kx = self.grid.frequencies()
        squared = (kx[:, self._kept] + tilt[0]).T ** 2 + (ky + tilt[1]).T ** 2
        return (squared / self._limit).astype(np.float32)

    def _as_columns(self, spectrum: np.ndarray) -> np.ndarray:
        """Turn the kept part of a spectrum, (ny, kept), into columns."""
        columns = self._passes.columns()
        columns[...] = spectrum.T
        return columns


def _densities(spectra: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean intensity at each frequency, (ny, nx), of the mean wave and of all diffuse ones."""
    total = np.zeros(spectra[0].shape, np.float32)
    for spectrum in spectra:
        total += spectrum.real**2 + spectrum.imag**2
    mean = np.abs(np.sum(spectra, axis=0)) ** 2 / np.float32(len(spectra))
    scale = np.float32(len(spectra) * float(total.size) ** 2)
    return mean / scale, np.maximum(total - mean, 0) / scale


def _kept_columns(density: np.ndarray) -> int:
    """Number of kx >= 0 that a wave fills, both signs together."""
    strength = density.max(axis=0)
    filled = np.flatnonzero(strength > 1e-12 * strength.max())
    n = len(strength)
    return int(np.minimum(filled, n - filled).max()) + 1


def _powers(columns: list[np.ndarray], pixels: int) -> list[np.ndarray]:
    """Share of each wave in the mean intensity at each frequency."""
    return [np.abs(column).astype(float) ** 2 / (pixels**2 * len(columns)) for column in columns]


def _power_by_frequency(powers: list[np.ndarray], position: np.ndarray) -> np.ndarray:
    """Mean intensity of each wave in steps of k^2 from 0 to the largest."""
    bins = np.rint(position * BINS).astype(int).ravel()
    return np.array([np.bincount(bins, power.ravel(), BINS + 1) for power in powers])


def _plasmon_losses(image: np.ndarray, conditions: ImagingConditions) -> np.ndarray:
    """Dilute the contrast, keeping the mean.

    I' = (1 - w) I + w (I + b <I>) / (1 + b): the weighted mean of the image and the image on a
    constant background b, renormalised (Rangel DaCosta et al., npj Comput. Mater. 10 (2024),
    Methods; the paper does not give w and b).
    """
    w, b = conditions.plasmon_weight, conditions.plasmon_background
    if w == 0 or b == 0:
        return image
    return (1 - w) * image + w * (image + b * image.mean()) / (1 + b)
