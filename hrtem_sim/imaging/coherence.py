"""Partial coherence: spread of foci, and motion during the exposure; angles are in `source`."""

import math

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.refusal import Refusal


def number_of_foci(focal_spread: float, wavelength: float, cutoff: float) -> int:
    """Return how many foci average a focal spread to better than 0.3 % of the image contrast.

    For focal series of one's own: `ImageFormer` needs no series, see
    `hrtem_sim.imaging.focal_modes`.

    Parameters
    ----------
    focal_spread
        Standard deviation of the focus in angstrom.
    wavelength
        In angstrom.
    cutoff
        Largest frequency of the wave, in 1/angstrom.

    Returns
    -------
    number
        Number of foci, at least 1.

    Notes
    -----
    A sum over equal steps within +-3 sigma converges spectrally until it aliases: with X = pi
    lambda sigma cutoff^2 (the largest phase per sigma) it needs about 6 (X + 3.7) / (2 pi) + 1
    points; the constant is a fit to images of gold on carbon (errors 0.03 to 0.2 % of the contrast
    for X up to 14).

    Examples
    --------
    >>> number_of_foci(15.0, 0.01969, 1.25)
    6
    """
    units = (("wavelength", wavelength, "angstrom"), ("cutoff", cutoff, "1/angstrom"))
    for name, value, unit in units:
        if not 0 < value < math.inf:
            raise Refusal(f"{name} must be positive, in {unit}; got {value!r}")
    if not 0 <= focal_spread < math.inf:
        raise Refusal(f"focal_spread must be >= 0, in angstrom; got {focal_spread!r}")
    if focal_spread == 0:
        return 1
    x = math.pi * wavelength * focal_spread * cutoff**2
    return math.ceil(6 * (x + 3.7) / (2 * math.pi)) + 1


def focal_series_weights(focal_spread: float, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return foci and weights of equal steps for a Gaussian spread of foci.

    Parameters
    ----------
    focal_spread
        Standard deviation in angstrom. (The 1/e half-width that some programs call focal spread
        is sqrt(2) times this.)
    number
        Points over +-3 standard deviations; 1 gives no spread.

    Returns
    -------
    foci
        Shape (number,), in angstrom about the nominal focus.
    weights
        Shape (number,), sum 1.

    Notes
    -----
    The two outermost foci have their full weight, which makes up for the variance that is cut off
    beyond 3 standard deviations: the damping is right to 0.1 to 0.4 % for any number of foci.

    Examples
    --------
    >>> foci, weights = focal_series_weights(20.0, 5)
    >>> round(float(weights @ foci**2) ** 0.5, 1)
    19.9
    """
    if number < 1 or (number > 1 and focal_spread <= 0):
        raise Refusal(
            f"number must be at least 1, and 1 without focal spread; got {number} for a "
            f"focal_spread of {focal_spread}"
        )
    if number == 1:
        return np.zeros(1), np.ones(1)
    foci = np.linspace(-3, 3, number) * focal_spread
    weights = np.exp(-0.5 * (foci / focal_spread) ** 2)
    return foci, weights / weights.sum()


def focal_envelope(grid: Grid, wavelength: float, focal_spread: float) -> np.ndarray:
    """Return the damping of a weak object's transfer by a focal spread, (ny, nx) in 0..1.

    Parameters
    ----------
    grid
        Sampling of the image.
    wavelength
        In angstrom.
    focal_spread
        Standard deviation of the focus in angstrom.

    Notes
    -----
    exp(-(pi lambda sigma k^2)^2 / 2): P. L. Fejes, Acta Cryst. A 33, 109 (1977). Exact for the
    interference with the direct beam, wrong for that of two scattered beams.
    """
    return np.exp(-0.5 * (np.pi * wavelength * focal_spread * grid.squared_frequency()) ** 2)


def sigma_from_1_over_e(width: float) -> float:
    """Return the standard deviation of a Gaussian whose 1/e half-width is `width`.

    Parameters
    ----------
    width
        The focal spread of programs that quote it so, in angstrom.

    Examples
    --------
    >>> round(sigma_from_1_over_e(30.0), 2)
    21.21
    """
    return width / math.sqrt(2)


def motion_transfer(
    ky: np.ndarray, kx: np.ndarray, vibration: float, drift: tuple[float, float]
) -> np.ndarray:
    """Return the damping of the image's spectrum by motion during the exposure, (ny, nx).

    Parameters
    ----------
    ky, kx
        Frequencies, (ny, 1) and (1, nx), in 1/angstrom.
    vibration
        Standard deviation of random shifts along each axis, in angstrom.
    drift
        Uniform shift along x and y over the exposure, in angstrom.

    Notes
    -----
    exp(-2 pi^2 vibration^2 k^2) sinc(k . drift): the Fourier transforms of a Gaussian and of a
    line; about the middle of the exposure.
    """
    blur = np.exp(-2 * np.pi**2 * vibration**2 * (kx**2 + ky**2))
    return blur * np.sinc(kx * drift[0] + ky * drift[1])
