"""How amorphous films scatter, by frequency: what Thon rings are drawn on."""

from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter1d

from hrtem_sim.electron import interaction_parameter
from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen.bare_film import bare_film

__all__ = ["film_power"]

EDGE, THICKNESS, PIXEL = 204.8, 40.0, 0.2
STEP = 0.01


def film_power(material: str, energy: float, frequencies: np.ndarray) -> np.ndarray:
    """Return the power of the phase that one angstrom of an amorphous film gives to the wave.

    Parameters
    ----------
    material
        Symbol or formula of a film that the table of films knows.
    energy
        In eV.
    frequencies
        In 1/angstrom.

    Returns
    -------
    power
        Of sigma V per angstrom of thickness, in rad^2 angstrom, shape of `frequencies`.

    Notes
    -----
    Mean of |sigma V(k)|^2 over rings, of the projected potential of a film of 205 x 205 x 40
    angstrom as data sets have it: scattering factors of atoms times the structure factor of random
    sequential addition.

    Examples
    --------
    >>> round(float(film_power("C", 300e3, np.array([0.5]))[0]), 5)
    0.00013
    """
    known, power = _measured(material)
    return interaction_parameter(energy) ** 2 * np.interp(frequencies, known, power)


@cache
def _measured(material: str) -> tuple[np.ndarray, np.ndarray]:
    grid = Grid.covering((EDGE, EDGE), PIXEL)
    slab = bare_film(material, EDGE, THICKNESS, rng=20240603)
    volts = projected_potential(slab, grid, THICKNESS).array.sum(axis=0).astype(float)
    spectrum = np.abs(np.fft.rfft2(volts - volts.mean())) ** 2 / volts.size
    ny, nx = grid.shape
    ky, kx = np.fft.fftfreq(ny, grid.pixel_size[0]), np.fft.rfftfreq(nx, grid.pixel_size[1])
    ring = np.rint(np.hypot(ky[:, None], kx[None]) / STEP).astype(int)
    mean = np.bincount(ring.ravel(), spectrum.ravel()) / np.bincount(ring.ravel())
    area = grid.pixel_size[0] * grid.pixel_size[1]
    return np.arange(len(mean)) * STEP, gaussian_filter1d(mean * area / THICKNESS, 3)
