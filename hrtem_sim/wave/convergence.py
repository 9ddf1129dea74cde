"""How far a wave is from its limit in pixels and slices, and the cheapest that come near enough."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from operator import itemgetter
from typing import Any, overload

import numpy as np
import pandas as pd

from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.compute import compute_exit_wave
from hrtem_sim.wave.exit_wave import ExitWave
from hrtem_sim.wave.settings import WaveSettings

CUTOFF = 1.25
"""1/angstrom; what aberration-corrected microscopes pass."""

NAMES = ["pixel_size", "particle_pixel", "slice_thickness", "wave_error", "image_error", "lost"]
NAMES += ["cpu_seconds"]

SLICES = (4.0, 2.0, 1.0)
"""Angstrom."""


PIXELS, FINE_PIXELS = (0.2, 0.1), (0.2, 0.133, 0.1, 0.067)
"""Angstrom: to report on, and to choose from."""

WINDOWED = 0.25
"""Of the cell that windows are taken to cover when costs are guessed, before they are measured."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The cheapest settings that keep an error, and what was tried to find them.

    Parameters
    ----------
    settings
        The settings asked about, with the pixels and slices that were chosen.
    table
        A row for each pair of pixel and slice that was tried, see `converge`.
    """

    settings: WaveSettings
    table: pd.DataFrame


@overload
@typed
def converge(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    error: None = None,
    pixel_sizes: Sequence[float] | None = None,
    slice_thicknesses: Sequence[float] = SLICES,
    cutoff: float = CUTOFF,
) -> pd.DataFrame: ...


@overload
@typed
def converge(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    error: float,
    pixel_sizes: Sequence[float] | None = None,
    slice_thicknesses: Sequence[float] = SLICES,
    cutoff: float = CUTOFF,
) -> Choice: ...


@typed
def converge(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    error: float | None = None,
    pixel_sizes: Sequence[float] | None = None,
    slice_thicknesses: Sequence[float] = SLICES,
    cutoff: float = CUTOFF,
) -> pd.DataFrame | Choice:
    """Report the error of the exit wave against finer sampling, or choose the sampling by it.

    Parameters
    ----------
    specimen
        Atoms; taken at rest.
    settings
        Everything but sampling and phonons, `engine` included; default `WaveSettings()`. Where it
        names `particles`, those on finer pixels than the rest are tried too.
    error
        Largest `wave_error` to accept, such as 0.05: samplings are tried from the cheapest on until
        one keeps it. None tries all.
    pixel_sizes, slice_thicknesses
        To try, each with each, in angstrom. The reference has half the finest of both. By default
        pixels of 0.2 and 0.1, and to choose from also 0.133 and 0.067.
    cutoff
        Frequency in 1/angstrom up to which errors count.

    Returns
    -------
    table
        A row per pair: `pixel_size`, `particle_pixel` (NaN where all pixels are alike) and
        `slice_thickness` asked for, `wave_error` (rms error over rms of the scattered wave, global
        phase removed), `image_error` (rms error of the intensity in focus over its standard
        deviation), `lost` (`ExitWave.lost`, electrons beyond the band) and `cpu_seconds`, those of
        other programs included. With `error` a `Choice` of settings and table.

    Raises
    ------
    ValueError
        If a pixel is too coarse for waves up to `cutoff`, or nothing that was tried keeps `error`.

    Notes
    -----
    An error is that of one specimen at rest: take the largest particle of a data set, near a zone
    axis if it may lie there. Thermal motion makes waves easier. The reference errs itself, by about
    a quarter of what its neighbour in the table does.

    Examples
    --------
    >>> atom = Specimen([[4.0, 4.0, 2.0]], [79], (8.0, 8.0, 4.0))
    >>> table = converge(atom, pixel_sizes=[0.2, 0.1], slice_thicknesses=[2.0])
    >>> bool(table.wave_error[0] > table.wave_error[1])
    True
    >>> choice = converge(atom, error=0.05, slice_thicknesses=[2.0])
    >>> choice.settings.pixel_size, len(choice.table)
    (0.133, 2)
    """
    if error is not None and not 0 < error < 1:
        raise Refusal(f"error must be between 0 and 1, such as 0.05; got {error!r}")
    asked = settings or WaveSettings()
    settings = replace(asked, phonons=0, particle_pixel=None)
    pixels = pixel_sizes or (PIXELS if error is None else FINE_PIXELS)
    finest = replace(
        settings,
        pixel_size=min(pixels) / 2,
        slice_thickness=min(slice_thicknesses) / 2,
    )
    shape = Grid.covering(specimen.cell[:2], max(pixels)).shape
    band = band_below(specimen, shape, cutoff)
    right = _spectrum(compute_exit_wave(specimen, finest), shape) * band
    rows: list[tuple] = []
    for tried in _samplings(settings, pixels, slice_thicknesses, sort=error is not None):
        start = _cpu_seconds()
        wave = compute_exit_wave(specimen, tried)
        seconds = _cpu_seconds() - start
        errors = _errors(_spectrum(wave, shape) * band, right)
        sampling = (getattr(tried, name) for name in NAMES[:3])
        rows.append((*sampling, *errors, wave.lost, seconds))
        if error is not None and errors[0] <= error:
            chosen = {name: getattr(tried, name) for name in NAMES[:3]}
            return Choice(replace(asked, **chosen), _table(rows))
    table = _table(rows)
    if error is None:
        return table
    best = table.loc[table.wave_error.idxmin()]
    raise Refusal(
        f"error must be {best.wave_error:.2g} or more of this specimen with pixel_sizes down to "
        f"{min(pixels):g} and slice_thicknesses down to {min(slice_thicknesses):g} angstrom; got "
        f"{error:g}. Give finer ones"
    )


def _table(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NAMES).astype({"particle_pixel": float})


def _samplings(
    settings: WaveSettings,
    pixels: Sequence[float],
    slices: Sequence[float],
    *,
    sort: bool,
) -> list[WaveSettings]:
    """Return settings of every sampling, those first that are likely to be cheap if asked for."""
    found: list[tuple[float, WaveSettings]] = []
    for pixel, thickness in product(pixels, slices):
        finer = [p for p in pixels if p < pixel] if settings.particles else []
        for fine in [None, *finer]:
            work = 1 / pixel**2 + (WINDOWED / fine**2 if fine else 0)
            sampling: dict[str, Any] = dict(zip(NAMES, (pixel, fine, thickness), strict=False))
            try:
                found.append((work / thickness, replace(settings, **sampling)))
            except Refusal:
                if fine is None:
                    raise  # else it is an engine without windows
    return [tried for _, tried in (sorted(found, key=itemgetter(0)) if sort else found)]


def _cpu_seconds() -> float:
    """Processor time of this process and of those that it has started and that have ended."""
    return sum(os.times()[:4])


def band_below(specimen: Specimen, shape: tuple[int, int], cutoff: float) -> np.ndarray:
    """Return which frequencies of an array (ny, nx) over a specimen lie below a cutoff."""
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
