"""How far a wave is from its limit: in pixels, slices and frozen phonons."""

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.compute import compute_exit_wave
from hrtem_sim.wave.exit_wave import ExitWave
from hrtem_sim.wave.settings import WaveSettings

CUTOFF = 1.25
"""1/angstrom; what aberration-corrected microscopes pass."""


def converge(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    pixel_sizes: Sequence[float] = (0.2, 0.1),
    slice_thicknesses: Sequence[float] = (4.0, 2.0, 1.0),
    cutoff: float = CUTOFF,
) -> pd.DataFrame:
    """Report the error of the exit wave against finer sampling.

    Parameters
    ----------
    specimen
        Atoms; taken at rest.
    settings
        Everything but sampling and phonons, `engine` included; default `WaveSettings()`.
    pixel_sizes, slice_thicknesses
        To try, each with each, in angstrom. The reference has half the finest of both.
    cutoff
        Frequency in 1/angstrom up to which errors count.

    Returns
    -------
    table
        A row per pair: `pixel_size` and `slice_thickness` asked for, `wave_error` (rms error over
        rms of the scattered wave, global phase removed), `image_error` (rms error of the intensity
        in focus over its standard deviation), `lost` (`ExitWave.lost`, electrons beyond the band)
        and `cpu_seconds`, those of other programs included.

    Raises
    ------
    ValueError
        If a pixel is too coarse for waves up to `cutoff`.

    Examples
    --------
    >>> atom = Specimen([[4.0, 4.0, 2.0]], [79], (8.0, 8.0, 4.0))
    >>> table = converge(atom, pixel_sizes=[0.2, 0.1], slice_thicknesses=[2.0])
    >>> bool(table.wave_error[0] > table.wave_error[1])
    True
    """
    settings = replace(settings or WaveSettings(), phonons=0, particle_pixel=None)
    finest = replace(
        settings,
        pixel_size=min(pixel_sizes) / 2,
        slice_thickness=min(slice_thicknesses) / 2,
    )
    shape = Grid.covering(specimen.cell[:2], max(pixel_sizes)).shape
    band = _band(specimen, shape, cutoff)
    right = _spectrum(compute_exit_wave(specimen, finest), shape) * band
    rows = []
    for pixel_size in pixel_sizes:
        for slice_thickness in slice_thicknesses:
            tried = replace(settings, pixel_size=pixel_size, slice_thickness=slice_thickness)
            start = _cpu_seconds()
            wave = compute_exit_wave(specimen, tried)
            seconds = _cpu_seconds() - start
            errors = _errors(_spectrum(wave, shape) * band, right)
            rows.append((pixel_size, slice_thickness, *errors, wave.lost, seconds))
    names = ["pixel_size", "slice_thickness", "wave_error", "image_error", "lost", "cpu_seconds"]
    return pd.DataFrame(rows, columns=names)


def phonon_convergence(
    specimen: Specimen,
    settings: WaveSettings,
    *,
    rng: np.random.Generator | int,
    plane: float = 0.0,
    cutoff: float = CUTOFF,
) -> pd.DataFrame:
    """Report how the image's error falls with the number of frozen phonons.

    Parameters
    ----------
    specimen
        Atoms at rest.
    settings
        Settings with `phonons` configurations to judge from, 2 or more, and the `engine`.
    rng
        Source of the displacements.
    plane
        Plane of the image, in angstrom along the beam from the middle of the model.
    cutoff
        Frequency in 1/angstrom up to which the wave forms the image.

    Returns
    -------
    table
        For every number of `phonons` the `image_error` to expect, rms over the standard deviation
        of the mean image: sqrt(variance between configurations / phonons), and the `difference` of
        that many from all of them, found in the same measure.

    Raises
    ------
    ValueError
        If `settings.phonons` is below 2.

    Examples
    --------
    >>> gold = Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0))
    >>> table = phonon_convergence(gold, WaveSettings(phonons=4, rms=0.1), rng=1)
    >>> len(table), bool(table["image_error"].is_monotonic_decreasing)
    (4, True)
    """
    if settings.phonons < 2:
        raise Refusal(f"phonons must be 2 or more to compare; got {settings.phonons}")
    wave = compute_exit_wave(specimen, settings, rng=rng).refocused(plane)
    band = _band(specimen, wave.grid.shape, cutoff)
    images = np.abs(np.fft.ifft2(np.fft.fft2(wave.array) * band)) ** 2
    contrast = images.mean(axis=0).std()
    numbers = np.arange(1, settings.phonons + 1)
    spread = np.sqrt(images.var(axis=0, ddof=1).mean())
    means = images.cumsum(axis=0) / numbers[:, None, None]
    difference = np.sqrt(((means - means[-1]) ** 2).mean(axis=(1, 2)))
    return pd.DataFrame(
        {
            "phonons": numbers,
            "image_error": spread / np.sqrt(numbers) / contrast,
            "difference": difference / contrast,
        }
    )


def _cpu_seconds() -> float:
    """Processor time of this process and of those that it has started and that have ended."""
    return sum(os.times()[:4])


def _band(specimen: Specimen, shape: tuple[int, int], cutoff: float) -> np.ndarray:
    width, height = specimen.cell[:2]
    grid = Grid(shape, (height / shape[0], width / shape[1]))
    if not 0 < cutoff < np.inf:
        raise Refusal(f"cutoff must be positive, in 1/angstrom; got {cutoff!r}")
    if cutoff >= grid.nyquist:
        raise Refusal(
            f"pixel_size must be below {0.5 / cutoff:.3g} angstrom for frequencies up to {cutoff} "
            f"1/angstrom; got {max(grid.pixel_size):.3g}"
        )
    return grid.squared_frequency() < cutoff**2


def _spectrum(wave: ExitWave, shape: tuple[int, int]) -> np.ndarray:
    return fourier_resize(np.fft.fft2(wave.array[0].astype(complex)), shape)


def _errors(spectrum: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Relative errors of the scattered wave and of the image in focus."""
    overlap = np.vdot(spectrum, right)
    spectrum = spectrum * (overlap / abs(overlap))
    scattered = right.copy()
    scattered[0, 0] = 0
    wave_error = np.linalg.norm(spectrum - right) / np.linalg.norm(scattered)
    image, exact = (np.abs(np.fft.ifft2(each)) ** 2 for each in (spectrum, right))
    return float(wave_error), float(np.sqrt(np.mean((image - exact) ** 2)) / exact.std())
