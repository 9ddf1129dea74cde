"""Image formation: many micrographs from one forward transform."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.imaging.coherence import (
    angular_envelope,
    focal_series_weights,
    motion_transfer,
    number_of_foci,
)
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Detector
from hrtem_sim.imaging.kernels import accumulate_intensity, multiply, product
from hrtem_sim.potential.passes import Passes
from hrtem_sim.wave import ExitWave

COHERENCE_CUTOFF = 1.25
"""1/angstrom; frequencies beyond it do not count when the number of foci is chosen."""


@dataclass(frozen=True, eq=False)
class Micrograph:
    """A recorded image.

    Parameters
    ----------
    counts
        Shape (ny, nx), read-only: what the detector recorded, electrons per pixel for a perfect
        one (uint16, uint32 where needed); without a dose the mean-1 intensity as float32.
    pixel_size
        In angstrom.
    conditions
        How it was taken.
    """

    counts: np.ndarray
    pixel_size: float
    conditions: ImagingConditions

    def __post_init__(self) -> None:
        self.counts.flags.writeable = False


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
    """

    def __init__(self, wave: ExitWave, detector: Detector, fft: Fft | None = None) -> None:
        self.wave, self.detector, self.fft = wave, detector, fft or choose_fft()
        self.shape, self.binning = _pixels(wave.grid, detector.pixel_size)
        self.grid = wave.grid.resized(tuple(n * self.binning for n in self.shape))
        spectra = fourier_resize(np.fft.fft2(wave.array), self.grid.shape)
        self._passes = Passes(self.grid.shape, self.fft, kept=_kept_columns(spectra))
        kept, nx = self._passes.kept, self.grid.shape[1]
        self._kept = np.r_[0:kept, nx - (self._passes.total - kept) : nx]
        self._columns = [self._as_columns(spectrum[:, self._kept]) for spectrum in spectra]
        self._work = self._passes.columns()
        self._rows = self.fft.empty(self.grid.shape)

    @property
    def pixel_size(self) -> float:
        """Of the image, in angstrom."""
        return self.grid.pixel_size[0] * self.binning

    def expected(self, conditions: ImagingConditions) -> np.ndarray:
        """Return the mean intensity per detector pixel without noise; float64 (ny, nx).

        1 is the incident beam. The average runs over phonons and over the spread of foci.
        """
        cutoff = min(COHERENCE_CUTOFF, self.grid.nyquist)
        number = number_of_foci(conditions.focal_spread, self.wave.wavelength, cutoff)
        foci, weights = focal_series_weights(conditions.focal_spread, number)
        # zero defocus is the middle of the model, wherever the wave is given
        defocus = conditions.defocus + self.wave.plane + foci[0]
        aberrations = conditions.aberrations.defocused(defocus)
        chi = aberration_phase(self.grid, self.wave.wavelength, aberrations, self._kept)
        transfer = np.exp(-1j * chi)
        if conditions.convergence:
            nominal = conditions.aberrations.defocused(conditions.defocus + self.wave.plane)
            envelope = angular_envelope(
                self.grid, self.wave.wavelength, nominal, conditions.convergence
            )
            transfer *= envelope[:, self._kept]
        intensity = self._average(transfer, foci, weights)
        if conditions.vibration or any(conditions.drift):
            moved = motion_transfer(self.grid, conditions.vibration, conditions.drift)
            intensity = np.fft.ifft2(np.fft.fft2(intensity) * moved).real
        b, (ny, nx) = self.binning, self.shape
        image = intensity.reshape(ny, b, nx, b).mean(axis=(1, 3))
        return _plasmon_losses(image, conditions)

    def _average(self, transfer: np.ndarray, foci: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Mean intensity over phonons and foci from the first focus's transfer (ny, kept)."""
        factor = self._as_columns(transfer)
        step = self._focus_step(foci)
        intensity = np.zeros(self.grid.shape, np.float32)
        for i, weight in enumerate(weights):
            if i:
                multiply(factor.ravel(), step.ravel())
            share = np.float32(weight / len(self._columns))

            def gather(block: slice, rows: np.ndarray, share: np.float32 = share) -> None:
                accumulate_intensity(intensity[block].ravel(), rows.ravel(), share)

            for spectrum in self._columns:
                for block, work in self._passes.column_blocks(self._work):
                    product(spectrum[block].ravel(), factor[block].ravel(), work.ravel())
                    self.fft.inverse_rows(work)
                self._passes.leave(self._work, self._rows, gather)
        return intensity.astype(float)

    def _as_columns(self, spectrum: np.ndarray) -> np.ndarray:
        """Turn the kept part of a spectrum, (ny, kept), into columns."""
        columns = self._passes.columns()
        columns[...] = spectrum.T
        return columns

    def _focus_step(self, foci: np.ndarray) -> np.ndarray | None:
        """Transfer from one focus of the series to the next, in columns: separable in x and y."""
        if len(foci) == 1:
            return None
        phase = 1j * np.pi * self.wave.wavelength * (foci[1] - foci[0])
        along_y, along_x = (np.exp(phase * k.ravel() ** 2) for k in self.grid.frequencies())
        return self._as_columns(np.outer(along_y, along_x[self._kept]))

    def micrograph(
        self, conditions: ImagingConditions, rng: np.random.Generator | int | None = None
    ) -> Micrograph:
        """Return one micrograph; see `form_image`."""
        image = self.expected(conditions)
        if conditions.dose is None:
            clean = self.detector.blur(image).astype(np.float32)
            return Micrograph(clean, self.pixel_size, conditions)
        if rng is None:
            raise ValueError("rng must be given for shot noise; got None with a dose")
        area = np.prod(self.wave.grid.extent) / np.prod(self.shape)
        electrons = np.maximum(image, 0) * conditions.dose * area
        counts = self.detector.record(electrons, np.random.default_rng(rng))
        return Micrograph(counts, self.pixel_size, conditions)


def form_image(
    wave: ExitWave,
    conditions: ImagingConditions,
    detector: Detector,
    *,
    rng: np.random.Generator | int | None = None,
) -> Micrograph:
    """Form one micrograph from an exit wave.

    Parameters
    ----------
    wave
        Exit wave; its configurations are averaged incoherently.
    conditions
        Defocus, aberrations, focal spread, losses and dose.
    detector
        Pixels.
    rng
        Source of the shot noise; needed with a dose.

    Returns
    -------
    micrograph
        Poisson counts, or the mean-1 intensity without a dose.

    Raises
    ------
    ValueError
        If the detector's pixels do not divide the wave's extent, or noise has no `rng`.

    Examples
    --------
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> image = form_image(wave, ImagingConditions(defocus=100.0, dose=400.0), Detector(0.4), rng=1)
    >>> image.counts.shape
    (40, 40)
    """
    return ImageFormer(wave, detector).micrograph(conditions, rng)


def form_images(
    wave: ExitWave,
    conditions: Iterable[ImagingConditions],
    detector: Detector,
    rngs: Iterable[np.random.Generator | int | None],
) -> Iterator[Micrograph]:
    """Yield one micrograph per condition and generator from one forward transform of the wave."""
    former = ImageFormer(wave, detector)
    for condition, rng in zip(conditions, rngs, strict=True):
        yield former.micrograph(condition, rng)


def expected_image(wave: ExitWave, conditions: ImagingConditions, detector: Detector) -> np.ndarray:
    """Return the intensity that a micrograph scatters about, without noise; float64 (ny, nx)."""
    return ImageFormer(wave, detector).expected(conditions)


def _pixels(grid: Grid, pixel_size: float) -> tuple[tuple[int, int], int]:
    """Number of detector pixels, and finer pixels per detector pixel and axis."""
    exact = [extent / pixel_size for extent in grid.extent]
    shape = tuple(round(n) for n in exact)
    if min(shape) < 1 or any(
        abs(n - e) > 1e-3 * e + 1e-9 for n, e in zip(shape, exact, strict=True)
    ):
        raise ValueError(
            f"pixel_size must divide the wave's extent of {grid.extent} angstrom; got {pixel_size}"
        )
    return shape, max(1, int(np.ceil(pixel_size / min(grid.pixel_size) - 1e-3)))


def _kept_columns(spectra: np.ndarray) -> int:
    """Number of kx >= 0 that a wave fills, both signs together."""
    strength = np.abs(spectra).max(axis=(0, 1))
    filled = np.flatnonzero(strength > 1e-6 * strength.max())
    n = len(strength)
    return int(np.minimum(filled, n - filled).max()) + 1


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
