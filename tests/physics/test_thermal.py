"""Thermal displacements."""

import ast
import re

import numpy as np
import pytest

from hrtem_sim.provenance import from_table, identity, rng_for, to_table
from hrtem_sim.specimen import (
    Specimen,
    debye_rms,
    displaced,
    displacements_in,
    rms_displacements,
    u_from_b,
)
from hrtem_sim.specimen.displacements import table
from hrtem_sim.specimen.thermal import b_from_u, u_from_total, u_from_uiso
from hrtem_sim.wave import WaveSettings, compute_exit_wave

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


@pytest.mark.parametrize(
    # B in angstrom^2 near 293 K, of independent measurements or lattice dynamics beside those of
    # the table: V. F. Sears and S. A. Shelley, Acta Cryst. A 47, 441 (1991), calculated values
    ("symbol", "b"),
    [
        ("Li", 4.9), ("Na", 6.6), ("Al", 0.81), ("Si", 0.52), ("K", 10.7), ("V", 0.58),
        ("Cr", 0.263), ("Fe", 0.34), ("Ni", 0.34), ("Cu", 0.56), ("Ge", 0.61), ("Nb", 0.45),
        ("Mo", 0.22), ("Pd", 0.45), ("Ag", 0.73), ("Ta", 0.32), ("W", 0.161), ("Pt", 0.37),
        ("Au", 0.62), ("Pb", 2.11),
    ],
)  # fmt: skip
def test_measured_values_of_elements_agree_with_lattice_dynamics(symbol, b):
    u = displacements_in({symbol: 1}, "measured")[symbol]
    assert b_from_u(u) == pytest.approx(b, rel=0.2)  # sources differ by 5 to 15 %


def test_elements_vibrate_as_their_compound_does():
    # A. W. Stevenson and Z. Barnea, and Freeman, Mair and Barnea, Acta Cryst. A 33, 355 (1977)
    found = displacements_in({"Cd": 1, "Se": 1}, "measured")
    assert found == pytest.approx({"Cd": 0.141, "Se": 0.119}, abs=1.5e-3)
    assert displacements_in({"Se": 1}, "measured")["Se"] > 0.2  # the element: twice as far
    oxides = (
        displacements_in({"Fe": 2, "O": 3}, "measured"),
        displacements_in({"Fe": 3, "O": 4}, "measured"),
    )
    assert oxides[0]["Fe"] < 0.75 * oxides[1]["Fe"]  # hematite and magnetite


def test_a_cut_particle_is_still_of_its_material():
    assert displacements_in({"Cd": 52, "Se": 48}, "measured") == displacements_in(
        {"Cd": 1, "Se": 1}, "measured"
    )


def test_objects_of_a_specimen_have_displacements_of_their_own():
    """A CdSe particle on carbon: neither takes the other's values."""
    specimen = Specimen(
        np.full((4, 3), 5.0), [48, 34, 6, 6], CELL, labels=[0, 0, 1, 1], objects=("dot", "film")
    )
    u = rms_displacements(specimen)
    np.testing.assert_allclose(u, [0.1406, 0.1196, 0.0804, 0.0804], atol=2e-4)


def test_alloys_of_metals_take_those_of_their_elements():
    found = displacements_in({"Pt": 3, "Co": 1}, "measured")
    assert found["Pt"] == displacements_in({"Pt": 1}, "measured")["Pt"]
    assert found["Co"] == debye_rms("Co")


def test_compounds_without_values_are_refused_and_the_advice_works():
    with pytest.raises(ValueError, match="no measured values for Ce-O; give") as told:
        displacements_in({"Ce": 1, "O": 2}, "measured")
    advice = ast.literal_eval(re.search(r"\{.*\}", str(told.value))[0])
    assert displacements_in({"Ce": 1, "O": 2}, advice) == {"Ce": 0.08, "O": 0.08}
    with pytest.raises(ValueError, match="does not hold for Cd-Se"):
        displacements_in({"Cd": 1, "Se": 1}, "debye")


def test_every_value_of_the_table_is_plausible_and_has_its_source():
    for material, entries in table().items():
        soft = set(material) & {"K"} or material in ("Na", "Rb", "Cs", "Kr", "Xe")
        for element, (u, source) in entries.items():
            assert 0.03 < u < (0.5 if soft else 0.27), (material, element)
            assert re.search(r"\((19|20)\d\d\)|stiffness", source), (material, source)


def test_displacements_do_not_pile_up_at_the_faces():
    positions = np.zeros((20000, 3)) + [25.0, 25.0, 0.0]
    moved = displaced(Specimen(positions, np.full(20000, 79), CELL), rng_for(3, "t"), rms=0.1)
    assert moved.positions[:, 2].std() == pytest.approx(0.1, rel=0.03)
    assert moved.positions[:, 2].mean() == pytest.approx(0, abs=0.003)
    assert len(moved.only("specimen")) == 20000


def test_atoms_beyond_a_face_scatter_as_those_at_it():
    """They belong to the first slice, or the last one."""
    cell = (12.0, 12.0, 6.0)
    at_rest = Specimen([[6.0, 6.0, 0.0], [4.0, 6.0, 6.0]], [79, 79], cell)
    beyond = at_rest.displaced(np.array([[0, 0, -0.2], [0, 0, 0.2]]), np.ones(2, bool))
    settings = WaveSettings(pixel_size=0.1)
    waves = [compute_exit_wave(one, settings).array for one in (at_rest, beyond)]
    np.testing.assert_array_equal(*waves)


def test_settings_and_recipes_take_displacements_by_element():
    settings = WaveSettings(phonons=2, rms={"Se": 0.119, "Cd": 0.141})
    assert settings.rms == (("Cd", 0.141), ("Se", 0.119))
    written = to_table(settings)
    assert written["rms"] == {"Cd": 0.141, "Se": 0.119}
    assert from_table(WaveSettings, written) == settings
    assert identity(settings, "wave") != identity(WaveSettings(phonons=2), "wave")
    for wrong in ({"Qq": 0.1}, {"Cd": 1.4}, {}, 0.9, "einstein"):
        with pytest.raises(ValueError, match="rms must be"):
            WaveSettings(rms=wrong)
