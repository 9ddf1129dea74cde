"""Power spectra of the film in a micrograph, particles left out.

Windows of one size slide over the micrograph. Each is weighted by a cosine bell and, smoothly, by
how far its pixels are from particles, so that neither borders nor particles leave streaks. What is
averaged is the power of the contrast, in angstrom^2: white noise of a dose D has the power 1 / D
at every frequency, whatever the pixel.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from hrtem_sim.frozen import freeze
from hrtem_sim.measure.given import checked_image
from hrtem_sim.refusal import Refusal

__all__ = ["FilmSpectrum", "NoFilm", "film_spectrum", "ring_contrast"]

WINDOW = 77.0
"""Edge of a window, in angstrom: Thon rings of 1200 angstrom are still told apart at 0.4 1/A."""

GROW, TAPER = 8.0, 10.0
"""Distance from particles at which the film begins, and over which it fades in, in angstrom."""

LEAST = 0.15
"""Share of a window that must be film."""


class NoFilm(Refusal):
    """A micrograph that shows hardly any film."""


@dataclass(frozen=True, eq=False)
class FilmSpectrum:
    """Mean power of the film's contrast.

    Parameters
    ----------
    power
        (n, n // 2 + 1), as `numpy.fft.rfft2` orders it, in angstrom^2.
    pixel_size
        In angstrom.
    mean
        Mean of the film, in the unit of the micrograph.
    windows
        Number of whole windows that the film amounts to.
    """

    power: np.ndarray
    pixel_size: float
    mean: float
    windows: float

    def __post_init__(self) -> None:
        freeze(self, "power")

    @property
    def window(self) -> float:
        """Edge of the windows, in angstrom."""
        return len(self.power) * self.pixel_size

    @property
    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequencies along y, (n, 1), and x, (1, n // 2 + 1), in 1/angstrom."""
        n = len(self.power)
        ky = np.fft.fftfreq(n, self.pixel_size)[:, None]
        return ky, np.fft.rfftfreq(n, self.pixel_size)[None]

    def profile(
        self, azimuth: float | None = None, width: float = np.pi / 8
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the power by frequency.

        Parameters
        ----------
        azimuth
            Middle of a sector, in rad from the x axis towards y; default: all directions.
        width
            Width of the sector in rad.

        Returns
        -------
        frequencies
            In 1/angstrom, below Nyquist.
        power
            Mean over the ring, in angstrom^2.
        weights
            Number of values in the mean.
        """
        n = len(self.power)
        ky, kx = self.frequencies
        ring = np.rint(np.hypot(ky, kx) * n * self.pixel_size).astype(int)
        twice = np.where((kx > 0) & (kx < kx.max()), 2.0, 1.0) * np.ones_like(ky)
        if azimuth is not None:
            away = np.arctan2(ky, kx) - azimuth
            twice = twice * (np.abs((away + np.pi / 2) % np.pi - np.pi / 2) <= width / 2)
        count = np.bincount(ring.ravel(), twice.ravel())[: n // 2]
        total = np.bincount(ring.ravel(), (twice * self.power).ravel())[: n // 2]
        k = np.bincount(ring.ravel(), (twice * np.hypot(ky, kx)).ravel())[: n // 2]
        full = count > 0
        return k[full] / count[full], total[full] / count[full], count[full]


def ring_contrast(lag: np.ndarray, window: float) -> np.ndarray:
    """Return how much contrast of rings is left by windows.

    Parameters
    ----------
    lag
        Change of the rings' phase with frequency, over 2 pi, in angstrom.
    window
        Edge of a window in angstrom.

    Notes
    -----
    A window multiplies the correlation of the image by its own, and rings whose phase changes by 2
    pi x per unit of frequency are correlations at the distance x. For the cosine bell that is
    [2/3 (1 - u) (1 + cos(2 pi u) / 2) + sin(2 pi u) / (2 pi)] at u = x / window, 0 beyond 1.

    Examples
    --------
    >>> ring_contrast(np.array([0.0, 20.0, 40.0]), 80.0).round(3).tolist()
    [1.0, 0.659, 0.167]
    """
    u = np.minimum(np.abs(lag) / window, 1.0)
    turn = 2 * np.pi * u
    return 2 / 3 * (1 - u) * (1 + np.cos(turn) / 2) + np.sin(turn) / (2 * np.pi)


def film_spectrum(
    image: np.ndarray, pixel_size: float, particles: np.ndarray | None = None
) -> FilmSpectrum:
    """Return the power spectrum of the film in a micrograph.

    Parameters
    ----------
    image
        Micrograph, (ny, nx), in any unit whose mean is not zero.
    pixel_size
        In angstrom.
    particles
        Mask of the particles, (ny, nx), not 0 inside; default: none.

    Raises
    ------
    NoFilm
        If hardly any film is left.
    Refusal
        If the micrograph is smaller than 40 angstrom, is no image of finite numbers with a positive
        mean, is the same everywhere, or the particles have another shape.

    Examples
    --------
    >>> noise = np.random.default_rng(1).poisson(64, (256, 256))
    >>> spectrum = film_spectrum(noise, 0.4)  # 64 electrons on 0.16 square angstrom
    >>> bool(abs(spectrum.power[:, 5:].mean() * 400 - 1) < 0.05)
    True
    """
    image = checked_image(image, pixel_size, particles)
    film = _film(image.shape, pixel_size, particles)
    n = min(round(WINDOW / pixel_size), *image.shape) // 2 * 2
    if n * pixel_size < 40:
        raise Refusal(
            f"image must be at least 40 angstrom wide to show rings; got {n * pixel_size:.3g}"
        )
    if not film.any():
        raise NoFilm("image must show film beside its particles; got none")
    mean = float((image * film).sum() / film.sum())
    if mean <= 0:
        raise Refusal(f"image must have a positive mean beside its particles; got {mean:.4g}")
    if np.ptp(image[film > 0]) == 0:
        raise Refusal(f"image must vary from pixel to pixel in its film; got {mean:g} everywhere")
    contrast = image / mean - 1
    bell = np.hanning(n + 1)[:n, None] * np.hanning(n + 1)[None, :n]
    power, weight = np.zeros((n, n // 2 + 1)), 0.0
    whole = float((bell**2).sum())
    for y in _starts(image.shape[0], n):
        for x in _starts(image.shape[1], n):
            window = bell * film[y : y + n, x : x + n]
            energy = float((window**2).sum())
            if energy < LEAST * whole:
                continue
            part = contrast[y : y + n, x : x + n]
            part = part - (part * window).sum() / window.sum()
            power += np.abs(np.fft.rfft2(part * window)) ** 2
            weight += energy
    if not weight:
        raise NoFilm("image must show film beside its particles; got hardly any")
    return FilmSpectrum(power * pixel_size**2 / weight, pixel_size, mean, weight / whole)


def _film(shape: tuple[int, ...], pixel_size: float, particles: np.ndarray | None) -> np.ndarray:
    if particles is None or not np.any(particles):
        return np.ones(shape)
    away = distance_transform_edt(np.asarray(particles) == 0) * pixel_size
    return 0.5 - 0.5 * np.cos(np.pi * np.clip((away - GROW) / TAPER, 0, 1))


def _starts(length: int, n: int) -> list[int]:
    """Return where windows begin: a quarter of a window apart, from border to border."""
    number = 1 + int(np.ceil(4 * (length - n) / n))
    return sorted({round(start) for start in np.linspace(0, length - n, number)})
