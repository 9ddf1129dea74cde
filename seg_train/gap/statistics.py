"""What a network can tell real patches from simulated ones by: a few numbers of each patch.

Why these: a network sees standardised patches on its training grid. What it takes for a particle
hangs on the fringes inside particles, on what is slow in the film, on the grain of the noise, and
on how much of a patch is particle. Training that does not hold the real values of one of them
teaches another world.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

FRINGES = (0.41, 0.50)
"""Band in 1/angstrom: {111} of gold and silver, 0.42 to 0.43, and {200}, 0.49."""

SLOW = 20.0
"""Standard deviation in angstrom of the Gaussian that leaves what is slow."""

LEAST = 0.02
"""Share of a patch that particles, or film, must take for their numbers to mean anything."""


@dataclass(frozen=True)
class PatchStatistics:
    """Numbers of one patch, standardised to mean 0 and standard deviation 1; NaN: not defined.

    Parameters
    ----------
    fringes
        Variance inside particles of what lies in the band `FRINGES`.
    background
        Standard deviation of the film after a Gaussian of `SLOW`, over that of the film itself.
    lag_1, lag_2
        Correlation of film pixels with their first and second neighbours along x and y.
    coverage
        Share of the patch that is particle.
    """

    fringes: float
    background: float
    lag_1: float
    lag_2: float
    coverage: float


def patch_statistics(image: np.ndarray, mask: np.ndarray, *, pixel_size: float) -> PatchStatistics:
    """Measure one patch.

    Parameters
    ----------
    image, mask
        Patch on the training grid and its classes, (ny, nx).
    pixel_size
        In angstrom.

    Returns
    -------
    statistics

    Notes
    -----
    The film is smoothed by a convolution normalised to the film's pixels, so that particles do not
    count as slow background (H. Knutsson and C.-F. Westin, CVPR 1993, 515).

    Examples
    --------
    Of white noise the band holds pi (0.5^2 - 0.41^2) 0.8^2 = 0.165 of the variance, and neighbours
    are independent:

    >>> noise = np.random.default_rng(1).normal(size=(256, 256))
    >>> found = patch_statistics(noise, np.arange(256)[:, None] // 128 + 0 * noise, pixel_size=0.8)
    >>> round(found.fringes, 2), abs(found.lag_1) < 0.01, abs(found.lag_2) < 0.01, found.coverage
    (0.17, True, True, 0.5)
    """
    image = np.asarray(image, float)
    image = (image - image.mean()) / max(float(image.std()), 1e-12)
    particle = np.asarray(mask) > 0
    film = ~particle
    coverage = float(particle.mean())
    fringes = np.nan
    if coverage >= LEAST:
        fringes = float((in_band(image, FRINGES, pixel_size=pixel_size)[particle] ** 2).mean())
    background = lag_1 = lag_2 = np.nan
    if 1 - coverage >= LEAST:
        spread = max(float(image[film].std()), 1e-12)
        background = float(_slow(image, film, SLOW / pixel_size)[film].std()) / spread
        lag_1, lag_2 = (_correlation(image, film, lag) for lag in (1, 2))
    return PatchStatistics(fringes, background, lag_1, lag_2, coverage)


def in_band(image: np.ndarray, band: tuple[float, float], *, pixel_size: float) -> np.ndarray:
    """Return the part of an image whose frequencies lie in a band, (ny, nx).

    Parameters
    ----------
    image
        (ny, nx), taken as periodic.
    band
        Lowest and highest frequency, in 1/angstrom.
    pixel_size
        In angstrom.
    """
    ky, kx = (np.fft.fftfreq(n, pixel_size) for n in image.shape)
    k = np.hypot(ky[:, None], kx[: image.shape[1] // 2 + 1])
    kept = np.fft.rfft2(image) * ((k >= band[0]) & (k < band[1]))
    return np.fft.irfft2(kept, s=image.shape)


def spectrum(image: np.ndarray, *, pixel_size: float, bins: int = 40) -> np.ndarray:
    """Return the power of a standardised patch in rings up to Nyquist, its mean 1 for white noise.

    Parameters
    ----------
    image
        (ny, nx).
    pixel_size
        In angstrom.
    bins
        Number of rings of equal width from 0 to Nyquist.
    """
    image = np.asarray(image, float)
    window = np.outer(*(np.hanning(n) for n in image.shape))
    image = (image - image.mean()) / max(float(image.std()), 1e-12) * window
    power = np.abs(np.fft.fft2(image)) ** 2 / (window**2).sum()
    ky, kx = (np.fft.fftfreq(n, pixel_size) for n in image.shape)
    ring = (np.hypot(ky[:, None], kx) * 2 * pixel_size * bins).astype(int).ravel()
    total = np.bincount(ring, power.ravel(), minlength=bins)[:bins]
    return total / np.maximum(np.bincount(ring, minlength=bins)[:bins], 1)


def _slow(image: np.ndarray, film: np.ndarray, sigma: float) -> np.ndarray:
    weight = gaussian_filter(film.astype(float), sigma, mode="reflect")
    return gaussian_filter(image * film, sigma, mode="reflect") / np.maximum(weight, 1e-6)


def _correlation(image: np.ndarray, film: np.ndarray, lag: int) -> float:
    values = np.where(film, image - image[film].mean(), 0.0)
    pairs = total = 0.0
    for axis in (0, 1):
        n = image.shape[axis] - lag
        first = np.take(values, range(n), axis), np.take(film, range(n), axis)
        second = (
            np.take(values, range(lag, n + lag), axis),
            np.take(film, range(lag, n + lag), axis),
        )
        pairs += float((first[0] * second[0]).sum())
        total += float((first[1] & second[1]).sum())
    return pairs / max(total, 1.0) / max(float((values[film] ** 2).mean()), 1e-12)
