"""Scattering factors and projected potentials."""

import numpy as np
import pytest
from scipy.special import kn

from hrtem_sim.electron import POTENTIAL_PER_SCATTERING_FACTOR
from hrtem_sim.grid import Grid
from hrtem_sim.potential import PARAMETRIZATIONS, projected_potential, scattering_factor
from hrtem_sim.potential.slices import POTENTIAL_BAND, TAPER
from hrtem_sim.specimen import Specimen


@pytest.mark.parametrize("parametrization", PARAMETRIZATIONS)
def test_every_element_to_lawrencium_has_a_positive_falling_factor(parametrization):
    k2 = np.linspace(0, 6, 200) ** 2
    for number in range(1, 104):
        factor = scattering_factor(number, k2, parametrization)
        assert (factor > 0).all()
        assert factor[-1] < 0.2 * factor[0]


def test_the_two_tables_agree_inside_the_band_of_hrtem():
    k2 = np.linspace(0, 2, 50) ** 2
    for number in (6, 8, 14, 29, 47, 79):
        ratio = scattering_factor(number, k2, "lobato") / scattering_factor(number, k2, "kirkland")
        assert np.abs(ratio - 1).max() < 0.05  # fits of the same Hartree-Fock factors


def test_large_angles_follow_mott_and_bethe():
    # f(k) -> Z / (2 pi^2 a0 k^2) where the electrons no longer screen the nucleus
    k = 20.0
    for number in (6, 79):
        bare = number / (2 * np.pi**2 * 0.529177 * k**2)
        assert scattering_factor(number, k**2, "lobato") == pytest.approx(bare, rel=0.05)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-4), (np.float64, 5e-5)])
def test_spectrum_is_the_exact_sum_over_atoms_inside_the_band(dtype, tolerance):
    rng = np.random.default_rng(3)
    cell, n = (20.0, 16.0, 4.0), 60
    positions = rng.uniform(0, 1, (n, 3)) * cell
    numbers = rng.choice([6, 79], n)
    grid = Grid((160, 200), 0.1)
    slices = projected_potential(Specimen(positions, numbers, cell), grid, 1.0, dtype=dtype)
    assert slices.array.shape == (4, 160, 200)
    ky, kx = grid.frequencies()
    flat = grid.squared_frequency() < ((POTENTIAL_BAND - TAPER) * grid.nyquist) ** 2
    for index, array in enumerate(slices.array):
        spectrum = np.fft.fft2(array) * np.prod(grid.pixel_size)
        exact = np.zeros(grid.shape, complex)
        for (x, y, z), number in zip(positions, numbers, strict=True):
            if int(z) == index:
                ramp = np.exp(-2j * np.pi * (kx * x + ky * y))
                exact += scattering_factor(int(number), grid.squared_frequency()) * ramp
        exact *= POTENTIAL_PER_SCATTERING_FACTOR
        error = np.abs(spectrum - exact)[flat].max() / np.abs(exact).max()
        assert error < tolerance


def test_one_atom_has_the_analytic_projected_potential():
    # Kirkland (2010), eq. C.20: v(r) = 4 pi^2 a0 e sum a K0(2 pi r sqrt b) + 2 pi^2 a0 e sum c/d
    # exp(-pi^2 r^2 / d), a0 e = 0.529177 * 14.39964 V A^2
    grid = Grid((800, 800), 0.025)
    atom = Specimen([[10.0, 10.0, 0.5]], [79], (20.0, 20.0, 1.0))
    v = projected_potential(atom, grid, 1.0, parametrization="kirkland", dtype=np.float64).array[0]
    from hrtem_sim.potential.scattering import _table

    table = _table("kirkland")[79].reshape(3, 4)
    a0e = 0.529177 * 14.39964
    for r in (0.25, 0.5, 1.0, 2.0):
        analytic = sum(
            4 * np.pi**2 * a0e * a * kn(0, 2 * np.pi * r * np.sqrt(b))
            + 2 * np.pi**2 * a0e * c / d * np.exp(-((np.pi * r) ** 2) / d)
            for a, b, c, d in table
        )
        # the band limit makes the potential ring about the analytic one
        assert v[400, 400 + round(r / 0.025)] == pytest.approx(analytic, rel=0.03)


def test_partial_occupancy_weighs_the_potential():
    cell, grid = (10.0, 10.0, 2.0), Grid((100, 100), 0.1)
    full = projected_potential(Specimen([[5, 5, 1.0]], [79], cell), grid, 2.0).array
    half = projected_potential(
        Specimen([[5, 5, 1.0]], [79], cell, occupancies=[0.5]), grid, 2.0
    ).array
    np.testing.assert_allclose(half, full / 2, atol=1e-4 * full.max())
