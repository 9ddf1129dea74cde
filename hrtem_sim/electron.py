"""The electron beam: relativistic wavelength and interaction parameter."""

import math

from scipy import constants

from hrtem_sim.refusal import Refusal

REST_ENERGY = constants.m_e * constants.c**2 / constants.e
"""Rest energy of the electron in eV, m c^2 (CODATA)."""

HC = constants.h * constants.c / constants.e * 1e10
"""Planck's constant times the speed of light, in eV angstrom (CODATA)."""

POTENTIAL_PER_SCATTERING_FACTOR = (
    constants.h**2 / (2 * math.pi * constants.m_e * constants.e) * 1e20
)
"""h^2 / (2 pi m e) in V angstrom^2: times a scattering factor (angstrom) gives V(k) in V A^3."""


def wavelength(energy: float) -> float:
    """Return the relativistic electron wavelength.

    Parameters
    ----------
    energy
        Kinetic energy in eV.

    Returns
    -------
    wavelength
        In angstrom.

    Raises
    ------
    ValueError
        If the energy is not positive and finite.

    Notes
    -----
    lambda = h c / sqrt(E (E + 2 m c^2)); E. J. Kirkland, Advanced Computing in Electron
    Microscopy, 2nd ed. (2010), eq. 2.5.

    Examples
    --------
    >>> round(wavelength(300e3), 5)
    0.01969
    """
    energy = _checked(energy)
    return HC / math.sqrt(energy * (energy + 2 * REST_ENERGY))


def interaction_parameter(energy: float) -> float:
    """Return sigma, the phase shift per volt and angstrom of projected potential.

    Parameters
    ----------
    energy
        Kinetic energy in eV.

    Returns
    -------
    sigma
        In rad / (V angstrom).

    Raises
    ------
    ValueError
        If the energy is not positive and finite.

    Notes
    -----
    sigma = 2 pi / (lambda E) (m c^2 + E) / (2 m c^2 + E); Kirkland (2010), eq. 5.6.

    Examples
    --------
    >>> round(interaction_parameter(300e3) * 1e4, 4)
    6.5262
    """
    energy = _checked(energy)
    ratio = (REST_ENERGY + energy) / (2 * REST_ENERGY + energy)
    return 2 * math.pi / (wavelength(energy) * energy) * ratio


def _checked(energy: float) -> float:
    if isinstance(energy, bool) or not math.isfinite(energy) or energy <= 0:
        raise Refusal(f"energy must be positive, in eV; got {energy!r}")
    return float(energy)
