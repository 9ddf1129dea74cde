"""Wavelength and interaction parameter against published values."""

import numpy as np
import pytest

from hrtem_sim.electron import (
    POTENTIAL_PER_SCATTERING_FACTOR,
    REST_ENERGY,
    interaction_parameter,
    wavelength,
)

# Kirkland, Advanced Computing in Electron Microscopy, 2nd ed. (2010), tables 2.2 and 5.1
KIRKLAND = [
    (100e3, 0.0370, 0.9244e-3),
    (200e3, 0.0251, 0.7288e-3),
    (300e3, 0.0197, 0.6526e-3),
    (400e3, 0.0164, 0.6121e-3),
    (1000e3, 0.0087, 0.5385e-3),
]


@pytest.mark.parametrize(("energy", "lam", "sigma"), KIRKLAND)
def test_wavelength_and_sigma_match_published_tables(energy, lam, sigma):
    assert wavelength(energy) == pytest.approx(lam, abs=6e-5)  # printed digits
    assert interaction_parameter(energy) == pytest.approx(sigma, rel=1e-3)


def test_300_kv_matches_the_constants_of_the_reference_waves():
    assert wavelength(300e3) == pytest.approx(0.01968749, rel=1e-6)
    assert interaction_parameter(300e3) == pytest.approx(6.526161e-4, rel=1e-5)


def test_constants():
    assert pytest.approx(510998.95, abs=0.01) == REST_ENERGY
    assert pytest.approx(47.878, abs=1e-3) == POTENTIAL_PER_SCATTERING_FACTOR


def test_slow_electrons_have_the_nonrelativistic_wavelength():
    # lambda = sqrt(150.412 eV / E) angstrom (de Broglie); 1 eV: relativistic part 5e-7
    assert wavelength(1.0) == pytest.approx(np.sqrt(150.4120), rel=1e-5)
