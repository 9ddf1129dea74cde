"""Thermal displacements."""

import numpy as np
import pytest

from hrtem_sim.specimen import Specimen, debye_rms, displaced, rms_displacements, u_from_b
from hrtem_sim.specimen.thermal import b_from_u, u_from_total, u_from_uiso

CELL = (50.0, 50.0, 50.0)


@pytest.mark.parametrize(
    # B of metals at room temperature from diffraction, in angstrom^2, to two digits
    ("symbol", "b"),
    [("Au", 0.62), ("Ag", 0.74), ("Cu", 0.55), ("Al", 0.83), ("Pt", 0.38)],
)
def test_debye_model_is_near_measured_factors(symbol, b):
    assert 8 * np.pi**2 * debye_rms(symbol) ** 2 == pytest.approx(b, rel=0.2)


def test_displacements_are_normal_per_axis():
    specimen = Specimen(np.full((20000, 3), 25.0), np.full(20000, 79), CELL)
    moved = displaced(specimen, np.random.default_rng(1), rms=0.1)
    shift = moved.positions - specimen.positions
    np.testing.assert_allclose(shift.std(axis=0), 0.1, rtol=0.03)  # 4 sigma of 20000 draws
    np.testing.assert_allclose(shift.mean(axis=0), 0, atol=0.003)


def test_b_and_u():
    assert u_from_b(8 * np.pi**2 * 0.085**2) == pytest.approx(0.085)


def test_named_conversions_mean_the_same_displacement():
    u = 0.0853
    assert u_from_b(b_from_u(u)) == pytest.approx(u)
    assert u_from_uiso(u**2) == pytest.approx(u)
    shift = np.random.default_rng(0).standard_normal((100000, 3)) * u
    total = np.sqrt((shift**2).sum(axis=1).mean())
    assert u_from_total(total) == pytest.approx(u, rel=5e-3)  # 100000 draws
    for convert in (u_from_b, b_from_u, u_from_uiso, u_from_total):
        with pytest.raises(ValueError, match="must be a number >= 0"):
            convert(-0.1)


def test_partial_occupancy_is_sampled():
    n = 10000
    specimen = Specimen(np.full((n, 3), 25.0), np.full(n, 6), CELL, occupancies=np.full(n, 0.3))
    kept = len(displaced(specimen, np.random.default_rng(2), rms=0.0))
    assert abs(kept - 3000) < 5 * np.sqrt(n * 0.3 * 0.7)


def test_elements_without_a_value_are_refused():
    oxygen = Specimen([[1.0, 1.0, 1.0]], [8], CELL)
    with pytest.raises(ValueError, match="no tabulated value for O"):
        rms_displacements(oxygen)
    assert rms_displacements(oxygen, {"O": 0.07})[0] == 0.07
    with pytest.raises(ValueError, match="rms must hold a value for O"):
        rms_displacements(oxygen, {"Au": 0.07})
