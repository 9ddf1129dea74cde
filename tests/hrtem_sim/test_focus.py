"""The zero of focus by minimum contrast, where it is known."""

import dataclasses
import warnings

import numpy as np
import pytest
from ase.build import bulk
from scipy.spatial.transform import Rotation

from hrtem_sim.database import open_database
from hrtem_sim.dataset import (
    ConditionStream,
    build_dataset,
    check_dataset,
    plan_structure,
    regenerate,
    simulate_structure,
)
from hrtem_sim.dataset.simulate import micrograph_id
from hrtem_sim.electron import wavelength
from hrtem_sim.grid import Grid, aperture
from hrtem_sim.imaging import Aberrations, UncertainFocus, minimum_contrast_defocus
from hrtem_sim.provenance import identity, to_table
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave, WaveSettings, compute_exit_wave

LAM = wavelength(300e3)
GRID = Grid((96, 96), 0.2)


def phase_object(strength=0.05, cutoff=1.0):
    """A thin phase object with a white spectrum up to a cutoff."""
    noise = np.random.default_rng(2).normal(size=GRID.shape)
    phase = np.fft.ifft2(np.fft.fft2(noise) * aperture(GRID, cutoff)).real
    array = np.exp(1j * strength * phase / phase.std())
    return ExitWave(array[None].astype(np.complex64), GRID, 300e3)


@pytest.mark.parametrize("plane", [0.0, 37.0, -220.0])
def test_a_thin_phase_object_has_its_zero_of_focus_where_it_lies(plane):
    # flown over a distance, it comes into focus by as much the other way; -C10 = defocus
    wave = phase_object().refocused(plane)
    displaced = dataclasses.replace(wave, plane=0.0)
    found = minimum_contrast_defocus(displaced, search=(-300, 300))
    assert found == pytest.approx(plane, abs=0.3)
    # and where a wave is given does not matter
    assert minimum_contrast_defocus(wave) == pytest.approx(0.0, abs=0.3)


def test_spherical_aberration_is_balanced_at_the_frequency_of_a_grating():
    # sin(chi) = 0 at C10 = -Cs lambda^2 k^2 / 2: contrast of a weak grating vanishes there
    order, cs = 8, 2.0e4
    k = order / GRID.extent[1]
    x = np.arange(GRID.shape[1]) / GRID.shape[1]
    array = 1 + 0.01j * np.cos(2 * np.pi * order * x) * np.ones(GRID.shape)
    wave = ExitWave(array[None].astype(np.complex64), GRID, 300e3)
    found = minimum_contrast_defocus(wave, aberrations=Aberrations(C30=cs), search=(-40, 40))
    assert 0.5 * cs * LAM**2 * k**2 > 0.5
    assert found == pytest.approx(0.5 * cs * LAM**2 * k**2, abs=0.2)


def test_with_spherical_aberration_it_is_the_least_of_the_transferred_power():
    # of a weak object the contrast is the root of the sum of |phase|^2 sin^2(chi)
    cs, wave = 1.2e7, phase_object(0.01, cutoff=0.5)
    power = np.abs(np.fft.fft2(wave.array[0] - wave.array.mean())) ** 2
    k2 = GRID.squared_frequency()
    foci = np.arange(0, 800, 1.0)
    linear = [
        np.sum(power * np.sin(np.pi * LAM * k2 * (0.5 * cs * LAM**2 * k2 - f)) ** 2) for f in foci
    ]
    found = minimum_contrast_defocus(wave, aberrations=Aberrations(C30=cs), search=(0, 790))
    assert found == pytest.approx(foci[np.argmin(linear)], abs=2.0)


def test_the_search_goes_on_where_contrast_falls():
    wave = dataclasses.replace(phase_object().refocused(300.0), plane=0.0)
    assert minimum_contrast_defocus(wave, search=(268.0, 280.0)) == pytest.approx(300, abs=0.3)


@pytest.fixture(scope="module")
def focused(tiny):
    imaging = dataclasses.replace(tiny.imaging, focus_reference="minimum_contrast")
    return dataclasses.replace(tiny, imaging=imaging)


@pytest.fixture(scope="module")
def focused_database(focused, tmp_path_factory):
    return build_dataset(focused, tmp_path_factory.mktemp("focused"), progress=False)


def test_recipes_that_do_not_ask_keep_their_table_and_their_id(tiny, focused):
    assert "focus_reference" not in to_table(tiny)["imaging"]
    assert to_table(focused)["imaging"]["focus_reference"] == "minimum_contrast"
    assert identity(tiny, "recipe") == "recipe-42892c1f6e0816cd"
    plan = plan_structure(tiny, 0)
    assert plan == plan_structure(focused, 0)
    assert micrograph_id(tiny, plan, 0) != micrograph_id(focused, plan, 0)


def test_the_catalogue_holds_the_drawn_defocus_and_the_zero(
    tiny_database, focused, focused_database
):
    plain, table = tiny_database.catalogue, focused_database.catalogue
    assert "focus_zero" not in plain
    np.testing.assert_array_equal(plain["defocus"], table["defocus"])
    for index in range(focused.structures):
        rows = table[table["structure_index"] == index]
        simulated = simulate_structure(focused, plan_structure(focused, index))
        zero = minimum_contrast_defocus(simulated.particle_wave)
        assert rows["focus_zero"].nunique() == 1
        assert rows["focus_zero"].iloc[0] == pytest.approx(zero, abs=0.5)
        atoms = simulated.built.specimen.only("particle-0").positions
        depth = simulated.built.specimen.cell[2] / 2 - atoms[:, 2].mean()
        assert rows["focus_zero"].iloc[0] == pytest.approx(depth, abs=4.0)
        for drawn, micrograph in zip(rows["defocus"], simulated.micrographs, strict=True):
            assert micrograph.conditions.defocus == drawn + rows["focus_zero"].iloc[0]


def test_micrographs_about_the_zero_are_made_again_bit_for_bit(focused_database):
    check_dataset(focused_database)
    row = 4
    again = regenerate(focused_database, focused_database.catalogue["micrograph"][row])
    np.testing.assert_array_equal(again.counts, focused_database.counts([row])[0])


def test_streams_count_defocus_from_the_zero_too(focused_database, tiny_database):
    about_zero, about_middle = (
        ConditionStream(database).epoch(0)[0] for database in (focused_database, tiny_database)
    )
    assert (focused_database.catalogue["focus_zero"] != 0).all()
    assert (about_zero != about_middle).any(axis=(1, 2)).all()  # drawn and noisy alike otherwise
    assert open_database(focused_database.folder).identity == focused_database.identity


def gold_sphere(radius, seed):
    crystal = bulk("Au", a=4.08, cubic=True) * ([int(2 * radius / 4.08) + 4] * 3)
    places = crystal.positions - crystal.positions.mean(axis=0)
    places = Rotation.random(random_state=seed).apply(places)
    places = places[np.linalg.norm(places, axis=1) < radius]
    edge = 2 * radius + 12
    places += [edge / 2, edge / 2, radius + 3]
    specimen = Specimen(places, [79] * len(places), (edge, edge, 2 * radius + 6))
    return compute_exit_wave(specimen, WaveSettings(phonons=2, rms=0.08), rng=1)


def test_the_zero_of_a_small_sphere_is_its_middle_and_of_a_large_one_uncertain():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UncertainFocus)
        for seed in range(3):
            assert abs(minimum_contrast_defocus(gold_sphere(15.0, seed))) < 5
    with pytest.warns(UncertainFocus, match="contrast is within 5 % of its least from"):
        zero = minimum_contrast_defocus(gold_sphere(40.0, 2))
    assert abs(zero) > 50  # measured: -78 angstrom, far from the middle
