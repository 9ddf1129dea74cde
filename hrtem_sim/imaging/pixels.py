"""The pixels of a camera: from the intensity of a wave to what each pixel has collected.

Why: a pixel counts the electrons on its area, so what it shows is the intensity convolved with a
square and then taken at the pixel's middle.

How: the intensity, sampled finely enough (`hrtem_sim.imaging.samplings`), is multiplied in Fourier
space by the square's transform and by whatever else blurs the image before it is sampled. Detail
beyond the camera's own Nyquist frequency then folds over, as it does in a real camera: taking the
image at the middles of the pixels adds up the frequencies that differ by a multiple of the
pixels' own.
"""

from functools import partial

import numpy as np
import scipy.fft

from hrtem_sim.grid import Grid, nearest_pixel, pixels_over
from hrtem_sim.refusal import Refusal


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
    >>> shown(pixels.folded(pixels.collected(np.ones((8, 8)))), (4, 4)).round(6).tolist()[0]
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

    def folded(self, spectrum: np.ndarray) -> np.ndarray:
        """Return the half spectrum, of (ny, nx) camera pixels, of what they show of a spectrum.

        Spectra of several samplings of one field may be added up so, and shown by one transform.
        """
        rows = _folded_rows(spectrum, self.grid.shape[0], self.shape[0])
        out = _folded_columns(rows, self.grid.shape[1], self.shape[1])
        out *= np.float32(np.prod(self.shape) / np.prod(self.grid.shape))
        return out


def shown(spectrum: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the image, float64 (ny, nx), of a half spectrum as `CameraPixels.folded` returns it.

    Parameters
    ----------
    spectrum
        Half spectrum of the image.
    shape
        Pixels of the camera, (ny, nx).
    """
    image: np.ndarray = scipy.fft.irfft2(spectrum, s=shape)
    return image.astype(float)


def _folded_rows(spectrum: np.ndarray, n: int, m: int) -> np.ndarray:
    """Add up the rows of a spectrum of n rows whose frequencies differ by a multiple of m."""
    if n == m:
        return spectrum
    out = np.zeros((m, spectrum.shape[1]), spectrum.dtype)
    half = (n - 1) // 2  # the highest frequency that has a partner of opposite sign
    for first, last in _periods(-half, half, m):
        stop = n + last + 1 if last < 0 else last + 1
        out[first % m : last % m + 1] += spectrum[first % n : stop]
    if n % 2 == 0:  # Nyquist: half of it has either sign
        for sign in (-1, 1):
            out[sign * (n // 2) % m] += spectrum[n // 2] / 2
    return out


def _periods(first: int, last: int, m: int) -> list[tuple[int, int]]:
    """Cut frequencies first..last at 0 and at the multiples of m."""
    starts = [first, *(k for k in range(-(-first // m) * m, last + 1, m) if k > first)]
    return list(zip(starts, [k - 1 for k in starts[1:]] + [last], strict=True))


def _folded_columns(spectrum: np.ndarray, n: int, m: int) -> np.ndarray:
    """The same of a half spectrum along x: kx = 0 to n // 2 becomes 0 to m // 2."""
    if n == m:
        return spectrum
    half, highest = m // 2, n // 2
    out = np.zeros((spectrum.shape[0], half + 1), spectrum.dtype)
    if n % 2 == 0:
        spectrum = spectrum.copy()
        spectrum[:, highest] /= 2
    opposite = -np.arange(spectrum.shape[0])  # rows of -ky
    for period in range(0, highest + half + 1, m):
        above = spectrum[:, period : period + half + 1]
        out[:, : above.shape[1]] += above
        if period:  # and what stands for frequencies of opposite sign, kx for period - kx
            last = min(period, highest)
            below = spectrum[opposite, period - half : last + 1]
            out[:, period - last :] += np.conj(below[:, ::-1])
    return out


def camera_shape(grid: Grid, pixel_size: float) -> tuple[int, int]:
    """Return the number of camera pixels over a wave, (ny, nx).

    Raises
    ------
    ValueError
        If pixels do not divide the wave's extent.
    """
    shape = pixels_over(grid, pixel_size)
    if shape is None:
        height, width = grid.extent
        raise Refusal(
            f"pixel_size must divide the wave's extent of ({height:.6g}, {width:.6g}) angstrom; "
            f"got {pixel_size}{nearest_pixel(grid, pixel_size, partial(pixels_over, grid))}"
        )
    return shape
