"""Image formation: many micrographs from one forward transform."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from hrtem_sim.fft import Fft, choose_fft
from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.imaging.coherence import angular_envelope, focal_envelope, motion_transfer
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Detector
from hrtem_sim.imaging.focal_modes import BINS, focal_modes
from hrtem_sim.imaging.kernels import accumulate_intensity, product, weight_by_table
from hrtem_sim.potential.passes import Passes
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave

FORMATION = 3
"""Version of what a wave and conditions turn into; part of the id of every micrograph.
1 averaged over 5 to 8 foci, 2 over focal modes on 49 nodes, 3 over rings of k^2."""


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
        Conditions of the microscope.
    """

    counts: np.ndarray
    pixel_size: float
    conditions: ImagingConditions

    def __post_init__(self) -> None:
        freeze(self, "counts")


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

    def __init__(self, wave: ExitWave, detector: Detector, fft: Fft | None = None) -> None:
        self.wave, self.detector, self.fft = wave, detector, fft or choose_fft()
        self.shape, self.binning = _pixels(wave.grid, detector.pixel_size)
        ny, nx = self.shape
        self.grid = wave.grid.resized((ny * self.binning, nx * self.binning))
        spectra = np.stack([self._spectrum(wave) for wave in wave.array])
        self._passes = Passes(self.grid.shape, self.fft, kept=_kept_columns(spectra))
        kept, nx = self._passes.kept, self.grid.shape[1]
        self._kept = np.r_[0:kept, nx - (self._passes.total - kept) : nx]
        # the mean wave and the diffuse ones: a unitary change, so that intensities add up the same
        spectra = np.fft.fft(spectra[:, :, self._kept], axis=0, norm="ortho")
        self._columns = [self._as_columns(spectrum) for spectrum in spectra]
        squared = self.grid.squared_frequency()[:, self._kept].T
        self._power, self._limit, self._position = _power_by_frequency(
            self._columns, squared, int(np.prod(self.grid.shape))
        )
        direct = np.abs(self._columns[0][0, 0]) ** 2 / len(spectra) / np.prod(self.grid.shape) ** 2
        scattered = max(0, self._power.sum() - direct)
        # interference with the direct beam, and of scattered beams with each other
        self._contrast = float(np.sqrt(scattered * (2 * direct + scattered)))
        self._factor, self._work = self._passes.columns(), self._passes.columns()
        self._rows = self.fft.empty(self.grid.shape)

    @property
    def pixel_size(self) -> float:
        """Of the image, in angstrom."""
        return self.grid.pixel_size[0] * self.binning

    def expected(self, conditions: ImagingConditions) -> np.ndarray:
        """Return the mean intensity per detector pixel without noise; float64 (ny, nx).

        1 is the incident beam. The average runs over phonons and over the spread of foci, the
        latter to 0.2 % of the contrast (`hrtem_sim.imaging.focal_modes`).
        """
        intensity = self._average(self._transfer(conditions), conditions.focal_spread)
        return self._recorded(intensity, conditions)

    def quick_look(self, conditions: ImagingConditions) -> np.ndarray:
        """Return a quasi-coherent approximation of `expected`; see `quick_look`."""
        transfer = self._transfer(conditions)
        envelope = focal_envelope(self.grid, self.wave.wavelength, conditions.focal_spread)
        transfer *= envelope[:, self._kept].T.astype(np.float32)
        return self._recorded(self._average(transfer, 0.0), conditions)

    def _spectrum(self, wave: np.ndarray) -> np.ndarray:
        """Spectrum of a wave (ny, nx) on the grid."""
        work = self.fft.empty(wave.shape)
        work[...] = wave
        self.fft.forward(work)
        return fourier_resize(work, self.grid.shape)

    def _transfer(self, conditions: ImagingConditions) -> np.ndarray:
        """Transfer of the lens at the nominal focus, in columns."""
        # zero defocus is the middle of the model, wherever the wave is given
        nominal = conditions.aberrations.defocused(conditions.defocus + self.wave.plane)
        chi = aberration_phase(self.grid, self.wave.wavelength, nominal, self._kept)
        transfer = np.exp(-1j * chi)
        if conditions.convergence:
            envelope = angular_envelope(
                self.grid, self.wave.wavelength, nominal, conditions.convergence
            )
            transfer *= envelope[:, self._kept]
        return self._as_columns(transfer)

    def _recorded(self, intensity: np.ndarray, conditions: ImagingConditions) -> np.ndarray:
        """Mean intensity per detector pixel from that on the grid: motion, pixels, losses."""
        if conditions.vibration or any(conditions.drift):
            moved = motion_transfer(self.grid, conditions.vibration, conditions.drift)
            intensity = np.fft.ifft2(np.fft.fft2(intensity) * moved).real
        b, (ny, nx) = self.binning, self.shape
        image = intensity.reshape(ny, b, nx, b).mean(axis=(1, 3))
        return _plasmon_losses(image, conditions)

    def _average(self, transfer: np.ndarray, focal_spread: float) -> np.ndarray:
        """Mean intensity over phonons and foci about a transfer."""
        modes = focal_modes(
            self._power, self._limit, self._contrast, focal_spread, self.wave.wavelength
        )
        intensity = np.full(self.grid.shape, modes.left_out, np.float32)
        weight = np.float32(1 / len(self._columns))

        def gather(block: slice, rows: np.ndarray) -> None:
            accumulate_intensity(intensity[block].ravel(), rows.ravel(), weight)

        factor = self._factor
        scale = np.float32(modes.scale)
        for table, start, used in zip(modes.tables, modes.starts, modes.used, strict=True):
            weight_by_table(
                transfer.ravel(),
                self._position.ravel(),
                scale,
                np.float32(start),
                table,
                factor.ravel(),
            )
            for wave in np.flatnonzero(used):
                spectrum = self._columns[wave]
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

    def micrograph(
        self, conditions: ImagingConditions, rng: np.random.Generator | int | None = None
    ) -> Micrograph:
        """Return one micrograph; see `form_image`.

        Parameters
        ----------
        conditions
            Conditions of the microscope; with a dose electrons are counted.
        rng
            Source of the noise; needed with a dose.
        """
        image = self.expected(conditions)
        if conditions.dose is None:
            clean = self.detector.blur(image).astype(np.float32)
            return Micrograph(clean, self.pixel_size, conditions)
        if rng is None:
            raise Refusal("rng must be given for shot noise; got None with a dose")
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
    """Yield one micrograph per condition and generator from one forward transform of the wave.

    Parameters
    ----------
    wave
        Exit wave.
    conditions
        Conditions of the microscope, one set for each micrograph.
    detector
        Detector with its pixels, in angstrom, and its noise.
    rngs
        One source of noise for each micrograph; None without a dose.

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> series = [ImagingConditions(defocus=df, dose=500.0) for df in (0.0, 50.0, 100.0)]
    >>> [image.conditions.defocus for image in form_images(wave, series, Detector(0.4), [1, 2, 3])]
    [0.0, 50.0, 100.0]
    """
    former = ImageFormer(wave, detector)
    for condition, rng in zip(conditions, rngs, strict=True):
        yield former.micrograph(condition, rng)


def expected_image(wave: ExitWave, conditions: ImagingConditions, detector: Detector) -> np.ndarray:
    """Return the intensity that a micrograph scatters about, without noise; float64 (ny, nx).

    Parameters
    ----------
    wave
        Exit wave.
    conditions
        Conditions of the microscope.
    detector
        Detector with its pixels, in angstrom, and its transfer.

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> image = expected_image(wave, ImagingConditions(defocus=100.0), Detector(0.4))
    >>> image.shape, round(float(image.mean()), 3)
    ((40, 40), 1.0)
    """
    return ImageFormer(wave, detector).expected(conditions)


def quick_look(wave: ExitWave, conditions: ImagingConditions, detector: Detector) -> np.ndarray:
    """Return a quasi-coherent approximation of `expected_image`: one transform per phonon.

    The focal spread becomes an envelope of the lens's transfer, as is often done. That is right for
    weak objects alone, where every scattered beam interferes with the direct one: it damps the
    intensity of what is scattered as well as its interference. For gold particles on carbon it is
    wrong by 8 to 38 % of the contrast at focal spreads of 5 to 30 angstrom: good enough to choose
    a focus by, not to train on.

    Parameters
    ----------
    wave, conditions, detector
        As for `expected_image`.

    Returns
    -------
    image
        Float64 (ny, nx), 1 is the incident beam.

    Notes
    -----
    Envelope exp(-(pi lambda sigma k^2)^2 / 2): P. L. Fejes, Acta Cryst. A 33, 109 (1977).

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> quick_look(wave, ImagingConditions(defocus=100.0, focal_spread=20.0), Detector(0.4)).shape
    (40, 40)
    """
    return ImageFormer(wave, detector).quick_look(conditions)


def _pixels(grid: Grid, pixel_size: float) -> tuple[tuple[int, int], int]:
    """Number of detector pixels, and finer pixels per detector pixel and axis."""
    exact = [extent / pixel_size for extent in grid.extent]
    shape = round(exact[0]), round(exact[1])
    if min(shape) < 1 or any(
        abs(n - e) > 1e-3 * e + 1e-9 for n, e in zip(shape, exact, strict=True)
    ):
        raise Refusal(
            f"pixel_size must divide the wave's extent of {grid.extent} angstrom; got {pixel_size}"
        )
    return shape, max(1, int(np.ceil(pixel_size / min(grid.pixel_size) - 1e-3)))


def _kept_columns(spectra: np.ndarray) -> int:
    """Number of kx >= 0 that a wave fills, both signs together."""
    strength = np.abs(spectra).max(axis=(0, 1))
    filled = np.flatnonzero(strength > 1e-6 * strength.max())
    n = len(strength)
    return int(np.minimum(filled, n - filled).max()) + 1


def _power_by_frequency(
    columns: list[np.ndarray], squared: np.ndarray, pixels: int
) -> tuple[np.ndarray, float, np.ndarray]:
    """Mean intensity of each wave by k^2, the largest k^2 it has, and k^2 over it of columns."""
    powers = [np.abs(column).astype(float) ** 2 / pixels**2 for column in columns]
    total = np.sum(powers, axis=0)
    limit = float(squared[total > 1e-12 * total.max()].max()) or float(squared.max())
    position = np.minimum(squared / limit, 1)
    bins = np.rint(position * BINS).astype(int).ravel()
    power = [np.bincount(bins, power.ravel(), BINS + 1) for power in powers]
    return np.array(power) / len(columns), limit, position.astype(np.float32)


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
