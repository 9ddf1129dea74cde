"""Sampling of waves and images: pixels, spatial frequencies, Fourier cropping, propagation.

Arrays are indexed [y, x]; pixel (i, j) stands for the point y = i * pixel, x = j * pixel; spatial
frequencies are in 1/angstrom and in the order of `numpy.fft.fftfreq`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hrtem_sim.refusal import Refusal


@dataclass(frozen=True)
class Grid:
    """A periodic two-dimensional sampling.

    Parameters
    ----------
    shape
        Pixels along y and x.
    pixel_size
        Edge of a pixel along y and x, in angstrom; one number for square pixels.

    Examples
    --------
    >>> grid = Grid((512, 512), 0.2)
    >>> grid.extent
    (102.4, 102.4)
    >>> grid.nyquist
    2.5
    """

    shape: tuple[int, int]
    pixel_size: tuple[float, float]

    def __post_init__(self) -> None:
        shape: Any = self.shape
        pixel_size: Any = self.pixel_size
        if np.ndim(pixel_size) == 0:
            pixel_size = (pixel_size, pixel_size)
        if len(shape) != 2 or any(n != int(n) or n < 1 for n in shape):
            raise Refusal(f"shape must be two positive integers (y, x); got {self.shape!r}")
        if len(pixel_size) != 2 or not all(np.isfinite(p) and p > 0 for p in pixel_size):
            raise Refusal(f"pixel_size must be positive, in angstrom; got {self.pixel_size!r}")
        object.__setattr__(self, "shape", tuple(int(n) for n in shape))
        object.__setattr__(self, "pixel_size", tuple(float(p) for p in pixel_size))

    def __str__(self) -> str:
        (ny, nx), (py, px) = self.shape, self.pixel_size
        pixel = f"{px:.4g}" if abs(py - px) < 1e-4 * px else f"{py:.4g} x {px:.4g}"
        return f"{ny} x {nx} of {pixel} angstrom"

    @classmethod
    def covering(cls, cell: tuple[float, float], pixel_size: float) -> "Grid":
        """Return the grid of even, fast-FFT shape whose pixels are at most `pixel_size`.

        Parameters
        ----------
        cell
            Lengths along x and y in angstrom; the grid covers them exactly.
        pixel_size
            Largest allowed pixel in angstrom.

        Examples
        --------
        >>> Grid.covering((102.4, 102.4), 0.2).shape
        (512, 512)
        """
        if not np.isfinite(pixel_size) or pixel_size <= 0:
            raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
        if len(cell) != 2 or not all(np.isfinite(length) and length > 0 for length in cell):
            raise Refusal(f"cell must be two positive lengths (x, y), in angstrom; got {cell!r}")
        width, height = map(float, cell)
        ny, nx = fast_even_length(height / pixel_size), fast_even_length(width / pixel_size)
        return cls((ny, nx), (height / ny, width / nx))

    @property
    def extent(self) -> tuple[float, float]:
        """Length of the period along y and x, in angstrom."""
        (ny, nx), (y, x) = self.shape, self.pixel_size
        return ny * y, nx * x

    @property
    def nyquist(self) -> float:
        """Largest frequency sampled in every direction, in 1/angstrom."""
        return 0.5 / max(self.pixel_size)

    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ky of shape (ny, 1) and kx of shape (1, nx), in 1/angstrom."""
        (ny, nx), (py, px) = self.shape, self.pixel_size
        return np.fft.fftfreq(ny, py)[:, None], np.fft.fftfreq(nx, px)[None, :]

    def squared_frequency(self) -> np.ndarray:
        """Return k^2, shape (ny, nx), in 1/angstrom^2."""
        ky, kx = self.frequencies()
        return ky**2 + kx**2

    def quarter(self) -> np.ndarray:
        """Return k^2 at non-negative frequencies as [kx, ky], shape (nx // 2 + 1, ny // 2 + 1).

        Filters that depend on |kx| and |ky| alone are known from these.
        """
        (ny, nx), (height, width) = self.shape, self.extent
        kx, ky = np.arange(nx // 2 + 1) / width, np.arange(ny // 2 + 1) / height
        return kx[:, None] ** 2 + ky**2

    def resized(self, shape: tuple[int, int]) -> "Grid":
        """Return the grid of the same extent with another number of pixels."""
        (ny, nx), (height, width) = shape, self.extent
        return Grid(shape, (height / ny, width / nx))


def fast_even_length(minimum: float) -> int:
    """Return the smallest even number of prime factors 2, 3, 5 that is not below `minimum`.

    Parameters
    ----------
    minimum
        Any positive number.

    Examples
    --------
    >>> fast_even_length(97.3)
    100
    """
    number = max(2, int(np.ceil(minimum - 1e-6)))
    while True:
        rest = number
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1 and number % 2 == 0:
            return number
        number += 1


def pixels_over(grid: Grid, pixel_size: float) -> tuple[int, int] | None:
    """Return how many pixels (y, x) of a size an extent has, or None if not a whole number.

    Parameters
    ----------
    grid
        Sampling of the extent.
    pixel_size
        In angstrom; a thousandth of it may be missing.

    Examples
    --------
    >>> pixels_over(Grid((20, 40), 0.2), 0.4), pixels_over(Grid((20, 40), 0.2), 0.3)
    ((10, 20), None)
    """
    exact = [extent / pixel_size for extent in grid.extent]
    ny, nx = map(round, exact)
    whole = all(abs(n - e) <= 1e-3 * e + 1e-9 for n, e in zip((ny, nx), exact, strict=True))
    return (ny, nx) if whole and min(ny, nx) >= 1 else None


def nearest_pixel(grid: Grid, asked: float, fits: Callable[[float], Any]) -> str:
    """Return the end of a message: the pixel nearest to one asked for that fits an extent.

    Parameters
    ----------
    grid
        Sampling of the extent, which the pixel divides along x.
    asked
        Pixel size in angstrom that does not fit.
    fits
        Whether a pixel size does.

    Returns
    -------
    words
        Empty if none fits.

    Examples
    --------
    >>> nearest_pixel(Grid((20, 20), 0.2), 0.3, lambda pixel: pixel > 0.1)
    '. Nearest that works: 0.307692'
    """
    width = grid.extent[1]
    counts = range(1, 2 * max(grid.shape[1], math.ceil(width / asked)) + 1)
    pixels = [float(f"{width / count:.6g}") for count in counts]
    near = (p for p in sorted(pixels, key=lambda p: abs(p - asked)) if fits(p))
    return next((f". Nearest that works: {pixel}" for pixel in near), "")


def aperture(grid: Grid, cutoff: float, taper: float = 0.0) -> np.ndarray:
    """Return a circular low-pass filter, shape (ny, nx), float64 in [0, 1].

    Parameters
    ----------
    grid
        Sampling.
    cutoff
        Frequency in 1/angstrom at and beyond which the filter is zero.
    taper
        Width in 1/angstrom of the cosine edge inside the cutoff.

    Examples
    --------
    >>> int(aperture(Grid((8, 8), 0.5), 0.3).sum())  # frequencies below 0.3 1/angstrom
    5
    """
    return low_pass(grid.squared_frequency(), cutoff, taper)


def low_pass(squared_frequency: np.ndarray, cutoff: float, taper: float = 0.0) -> np.ndarray:
    """Return the filter of `aperture` at given k^2 (1/angstrom^2), of the same shape.

    Parameters
    ----------
    squared_frequency
        k^2 in 1/angstrom^2, of any shape.
    cutoff, taper
        In 1/angstrom, as in `aperture`.

    Examples
    --------
    >>> low_pass(np.array([0.0, 0.9, 4.0]), 1.0)
    array([1., 1., 0.])
    """
    k = np.sqrt(squared_frequency)
    if taper <= 0:
        return (k < cutoff).astype(float)
    edge = np.clip((k - (cutoff - taper)) / taper, 0.0, 1.0)
    return 0.5 * (1 + np.cos(np.pi * edge))


def propagator(grid: Grid, distance: float, wavelength: float) -> np.ndarray:
    """Return the Fresnel propagator exp(-i pi lambda z k^2), complex128 of shape (ny, nx).

    Parameters
    ----------
    grid
        Sampling.
    distance
        Along the beam in angstrom; negative goes back towards the source.
    wavelength
        In angstrom.

    Notes
    -----
    Kirkland (2010), eq. 6.65; the sign goes with plane waves exp(+2 pi i k r).

    Examples
    --------
    >>> there = propagator(Grid((8, 8), 0.5), 100.0, 0.0197)
    >>> back = propagator(Grid((8, 8), 0.5), -100.0, 0.0197)
    >>> bool(np.allclose(there * back, 1))
    True
    """
    return np.exp(-1j * np.pi * wavelength * distance * grid.squared_frequency())


def fourier_resize(spectrum: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Crop or zero-pad a spectrum to another number of pixels of the same extent.

    Parameters
    ----------
    spectrum
        Values of `numpy.fft.fft2`, shape (..., ny, nx).
    shape
        New (ny, nx).

    Returns
    -------
    spectrum
        Scaled so that its `ifft2` samples the same band-limited function. Where the smaller
        of two lengths is even, its Nyquist row or column is dropped: it has no partner of opposite
        sign.

    Examples
    --------
    >>> spectrum = np.fft.fft2(np.ones((8, 8)))
    >>> np.fft.ifft2(fourier_resize(spectrum, (4, 6))).real.round(6).tolist()[0]
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    out = np.zeros((*spectrum.shape[:-2], *shape), spectrum.dtype)
    rows, columns = (
        _common_indices(old, new) for old, new in zip(spectrum.shape[-2:], shape, strict=True)
    )
    out[..., rows[:, None], columns] = spectrum[..., rows[:, None], columns]
    scale = np.prod(shape) / np.prod(spectrum.shape[-2:])
    out *= np.asarray(scale, out.real.dtype)
    return out


def _common_indices(old: int, new: int) -> np.ndarray:
    """Signed indices of the frequencies that both lengths hold."""
    if old == new:
        return np.arange(old)
    half = (min(old, new) - 1) // 2
    return np.arange(-half, half + 1)
