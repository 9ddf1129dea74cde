"""The pixels of a camera: from the intensity of a wave to what each pixel has collected.

Why: a pixel counts the electrons on its area, so what it shows is the intensity convolved with a
square and then taken at the pixel's middle. The intensity of a wave has twice the wave's band, more
than the wave's own pixels can hold: sampled there and summed up, fine detail comes back as coarse
detail that is not in the image, and where the pixels are as small as the wave's nothing is summed
at all.

How: the intensity is formed on pixels fine enough that what still folds over does no harm
(`intensity_grid`), multiplied in Fourier space by the square's transform and by whatever else blurs
the image before it is sampled, and taken at the middles of the camera's pixels. Detail beyond the
camera's own Nyquist frequency folds over there, as it does in a real camera.
"""

import math
from collections.abc import Callable

import numpy as np
import scipy.fft

from hrtem_sim.grid import Grid, fast_even_length
from hrtem_sim.refusal import Refusal

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

POWER = 0.87
"""Cost of a sample along an axis whose length is a power of two, over that of other lengths."""

COARSE = 64
"""Frequencies of either sign by which the estimate knows a wave's power."""


class CameraPixels:
    """Pixels of a camera over an intensity that is sampled more finely.

    Parameters
    ----------
    grid
        Sampling of the intensity; its samples, not its corners, lie at the middles of pixels: the
        first sample is the middle of the first pixel.
    shape
        Pixels of the camera, (ny, nx), over the same extent.

    Examples
    --------
    >>> pixels = CameraPixels(Grid((8, 8), 0.2), (4, 4))
    >>> pixels.image(pixels.collected(np.ones((8, 8)))).round(6).tolist()[0]
    [1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, grid: Grid, shape: tuple[int, int]) -> None:
        self.grid, self.shape = grid, shape
        self.pixel_size = tuple(e / n for e, n in zip(grid.extent, shape, strict=True))
        ky, kx = grid.frequencies()
        self._ky, self._kx = ky, np.abs(kx[:, : grid.shape[1] // 2 + 1])
        self._along_y, self._along_x = (
            np.sinc(k * p).astype(np.float32)
            for k, p in zip((self._ky, self._kx), self.pixel_size, strict=True)
        )
        # a multiple of the camera's pixels, to take every b-th
        self._steps = [math.ceil(n / m - 1e-9) for n, m in zip(grid.shape, shape, strict=True)]
        self._full = tuple(b * m for b, m in zip(self._steps, shape, strict=True))

    @property
    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequencies ky (ny, 1) and kx (1, nx // 2 + 1) of spectra, in 1/angstrom."""
        return self._ky, self._kx

    @property
    def in_nyquist(self) -> np.ndarray:
        """Frequencies of spectra in units of the camera's Nyquist frequency."""
        py, px = self.pixel_size
        return np.hypot(2 * py * self._ky, 2 * px * self._kx)

    def collected(self, intensity: np.ndarray) -> np.ndarray:
        """Return the spectrum, kx >= 0, of an intensity (ny, nx) integrated over pixels."""
        spectrum: np.ndarray = scipy.fft.rfft2(intensity)
        spectrum *= self._along_y * self._along_x
        return spectrum

    def image(self, spectrum: np.ndarray) -> np.ndarray:
        """Return what the pixels show of a spectrum as `collected` returns it; (ny, nx)."""
        (ny, nx), (by, bx) = self._full, self._steps
        if (ny, nx) != self.grid.shape:
            spectrum = _padded(spectrum, self.grid.shape[0], (ny, nx // 2 + 1))
        scale = ny * nx / np.prod(self.grid.shape)
        fine: np.ndarray = scipy.fft.irfft2(spectrum, s=(ny, nx))
        return fine[::by, ::bx] * scale


def _padded(spectrum: np.ndarray, ny: int, shape: tuple[int, int]) -> np.ndarray:
    """A half spectrum with zeros beyond what it holds."""
    out = np.zeros(shape, spectrum.dtype)
    half, columns = (ny + 1) // 2, spectrum.shape[1]
    out[:half, :columns] = spectrum[:half]
    out[shape[0] - ny // 2 :, :columns] = spectrum[half:]
    return out


def camera_shape(grid: Grid, pixel_size: float) -> tuple[int, int]:
    """Return the number of camera pixels over a wave, (ny, nx).

    Raises
    ------
    ValueError
        If pixels do not divide the wave's extent.
    """
    exact = [extent / pixel_size for extent in grid.extent]
    shape = round(exact[0]), round(exact[1])
    if min(shape) < 1 or any(
        abs(n - e) > 1e-3 * e + 1e-9 for n, e in zip(shape, exact, strict=True)
    ):
        raise Refusal(
            f"pixel_size must divide the wave's extent of {grid.extent} angstrom; got {pixel_size}"
        )
    return shape


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
