"""On which samples the intensities of waves are formed.

Why: the intensity of a wave has twice the wave's band, more than the wave's own pixels can hold:
sampled there and summed up, fine detail comes back as coarse detail that is not in the image,
and where the camera's pixels are as small as the wave's nothing is summed at all.

How: what folds over is estimated from the power spectrum of the waves, and the samples are as
coarse as they may be (`intensity_grids`). Where waves ask for finer ones than the camera does,
few of the images that make up the average over phonons and foci need them (`needs_finer`).
"""

import math
from collections.abc import Callable

import numpy as np
import scipy.fft

from hrtem_sim.grid import Grid, fast_even_length
from hrtem_sim.imaging.focal_modes import FocalModes

FOLDED = 1e-2
"""Of the contrast that may fold over with another weight than its own, by an estimate that is 1 to
10 times what images are wrong by (gold on and off zone axes, 80 and 300 kV, white noise; 1 for
windows of fine pixels, whose waves go on to the Nyquist frequency)."""

LADDER = 16
"""Sizes that are tried between the wave's own and that which holds all of its intensity."""

WORTH = 1.6
"""How many times as much a multiple of the camera's pixels may cost, being more accurate."""

SPLIT = 1.3
"""How many times the samples of the diffuse waves the mean wave must need to be formed apart."""

STAYS = FOLDED / 3
"""Of the contrast that may fold over in all that is formed on the samples of the diffuse waves."""

POWER = 0.87
"""Cost of a sample along an axis whose length is a power of two, over that of other lengths."""

RINGS, STEPS = 24, 2**9
"""Rings of k, and steps of k^2, by which it is estimated what one mode of one wave folds over."""

COARSE = 64
"""Frequencies of either sign by which the estimate knows a wave's power."""


def intensity_grid(
    grid: Grid, shape: tuple[int, int], density: np.ndarray, contrast: float
) -> Grid:
    """Return the coarsest sampling of the intensity that spoils no camera pixel.

    Parameters
    ----------
    grid
        Sampling of the wave.
    shape
        Pixels of the camera.
    density
        Mean intensity of the wave at each of its frequencies, (ny, nx).
    contrast
        Standard deviation that the image may have.

    Notes
    -----
    It holds the wave's band, at twice its highest frequency, and all of the intensity at four
    times. In between some folds over, by what `folded_over` estimates. On a multiple of the
    camera's pixels it comes to the frequency at which the camera shows it anyway, with another
    weight of the pixel's transform, by at most a half; half of the estimate must then be below
    `FOLDED` times the contrast. Elsewhere it comes to a wrong place, and the estimate must be below
    half of that.
    """
    highest = [_highest(density.max(axis=axis)) for axis in (1, 0)]
    folded = folded_over(grid, density, highest)
    allowed = FOLDED * contrast
    first = max(1, *(math.ceil(2 * m / n) for m, n in zip(highest, shape, strict=True)))
    multiples = [(n * shape[0], n * shape[1]) for n in range(first, 2 * first + 2)]
    multiple = next((m for m in multiples if 0.5 * folded(m) <= allowed), multiples[-1])
    for part in range(LADDER + 1):  # from the wave's own samples to four times its frequencies
        y, x = (
            _quick_length(max(n, 2 * m * (1 + part / LADDER) + 1))
            for m, n in zip(highest, grid.shape, strict=True)
        )
        if folded((y, x)) <= 0.5 * allowed:
            break
    return grid.resized((y, x) if WORTH * _cost(y, x) < _cost(*multiple) else multiple)


def intensity_grids(
    grid: Grid, shape: tuple[int, int], mean: np.ndarray, diffuse: np.ndarray, waves: int
) -> tuple[Grid, Grid]:
    """Return the coarsest samplings of the intensities of the mean wave and of the diffuse ones.

    Parameters
    ----------
    grid
        Sampling of the waves.
    shape
        Pixels of the camera.
    mean, diffuse
        Mean intensity of the mean wave, and of all others together, at each frequency, (ny, nx).
    waves
        Number of waves.

    Notes
    -----
    Diffuse waves are weak and have nothing to do with each other: of n equal ones the rms of what
    folds over is sqrt(n) times that of one, where one wave of their intensity would have n times.
    """
    density = mean + diffuse
    contrast = contrast_of(density)
    whole = intensity_grid(grid, shape, density, contrast)
    if waves == 1:
        return whole, whole
    weak = intensity_grid(grid, shape, diffuse, math.sqrt(waves - 1) * contrast)
    coarser = all(few <= many for few, many in zip(weak.shape, whole.shape, strict=True))
    pays = coarser and SPLIT * np.prod(weak.shape) < np.prod(whole.shape)
    return whole, weak if pays else whole


def contrast_of(density: np.ndarray) -> float:
    """Return the standard deviation that an image of waves may have.

    That is of the interference with the direct beam, and of scattered beams with each other.

    Parameters
    ----------
    density
        Mean intensity at each frequency, the direct beam first.
    """
    direct = float(density.flat[0])
    scattered = max(0.0, float(density.sum(dtype=float)) - direct)
    return float(np.sqrt(scattered * (2 * direct + scattered)))


def folded_over(
    grid: Grid, density: np.ndarray, highest: list[int]
) -> Callable[[tuple[int, int]], float]:
    """Return a function that estimates the rms intensity beyond the Nyquist of (ny, nx) pixels.

    Parameters
    ----------
    grid
        Sampling of the wave.
    density
        Mean intensity of the wave at each of its frequencies, (ny, nx).
    highest
        Highest frequency along y and x that the wave has, in units of one over the extent.

    Notes
    -----
    The intensity at a frequency g is the sum over all pairs of beams that differ by g; with phases
    at random its square is the autocorrelation of the wave's power. The direct beam is left out:
    its interference never leaves the wave's band.
    """
    widths = [max(1, math.ceil((m + 1) / COARSE)) for m in highest]
    indices = [
        np.rint(np.fft.fftfreq(n, 1 / n) / w).astype(int) + COARSE
        for n, w in zip(density.shape, widths, strict=True)
    ]
    inside = [(i >= 0) & (i <= 2 * COARSE) for i in indices]
    rows, columns = (i[k] for i, k in zip(indices, inside, strict=True))
    size = 2 * COARSE + 1
    scattered = density[np.ix_(*inside)].copy()
    scattered[0, 0] = 0
    flat = (rows[:, None] * size + columns).ravel()
    power = np.bincount(flat, scattered.ravel(), size**2).reshape(size, size)
    spectrum = np.abs(scipy.fft.rfft2(power, s=(2 * size, 2 * size))) ** 2
    pairs = np.maximum(scipy.fft.irfft2(spectrum, s=(2 * size, 2 * size)), 0)
    distance = np.abs(np.fft.fftfreq(2 * size, 1 / (2 * size)))

    def rms(shape: tuple[int, int]) -> float:
        beyond = [w * distance > n / 2 for w, n in zip(widths, shape, strict=True)]
        return float(np.sqrt(pairs[beyond[0][:, None] | beyond[1]].sum()))

    return rms


def needs_finer(
    modes: FocalModes, power: np.ndarray, limit: float, nyquist: float, allowed: float
) -> np.ndarray:
    """Return which images of waves in modes fold over too much on coarse samples, bool.

    Parameters
    ----------
    modes
        Modes of the focal spread.
    power
        Mean intensity of each wave, the direct beam in the first step, as `focal_modes` takes it.
    limit
        Largest k^2, in 1/angstrom^2.
    nyquist
        Of the coarse samples, in 1/angstrom.
    allowed
        Rms intensity that may fold over, of all images that stay coarse.

    Returns
    -------
    numpy.ndarray
        Shape (modes, waves), as `modes.used`.

    Notes
    -----
    Two beams interfere at no higher frequency than |k| + |k'|. With phases at random the squares of
    what all pairs beyond the Nyquist frequency add are added up, as in `folded_over`. Images of
    different waves and modes have nothing to do with each other, so their squares add as well, and
    those that fold over most are the ones to be formed on finer samples.
    """
    steps = (np.arange(STEPS) + 0.5) / STEPS
    first = np.searchsorted(np.sqrt(steps), np.arange(RINGS) / RINGS)
    beams = power[:, 1:].reshape(len(power), STEPS, -1).sum(axis=2)
    radius = (np.arange(RINGS) + 0.5) / RINGS * math.sqrt(limit)
    beyond = (radius[:, None] + radius > nyquist).astype(float)
    squares = np.zeros(modes.used.shape)
    for each, table, start in zip(squares, modes.tables, modes.starts, strict=True):
        amplitude = np.interp(steps * modes.scale + start, np.arange(table.size), table, 0, 0)
        rings = np.add.reduceat(beams * amplitude**2, first, axis=1)
        each[:] = np.einsum("wi,ij,wj->w", rings, beyond, rings)
    squares[~modes.used] = 0
    order = np.argsort(squares, axis=None, kind="stable")
    finer = np.zeros(squares.shape, bool)
    finer.ravel()[order] = np.cumsum(squares.ravel()[order]) > allowed**2
    return finer


def _quick_length(minimum: float) -> int:
    """Return a length of transforms that is not below `minimum` and costs least."""
    length = fast_even_length(minimum)
    power = 2 ** math.ceil(math.log2(length))
    return power if _cost(power, power) < _cost(length, length) else length


def _cost(ny: int, nx: int) -> float:
    """Return what a transform of (ny, nx) samples costs, in samples of one of odd factors."""
    return float(ny * nx * np.prod([POWER if n & (n - 1) == 0 else 1.0 for n in (ny, nx)]))


def _highest(power: np.ndarray) -> int:
    """Highest frequency that power (n,) reaches, in units of one over the extent."""
    filled = np.flatnonzero(power > 1e-12 * power.max())
    return int(np.minimum(filled, len(power) - filled).max())
