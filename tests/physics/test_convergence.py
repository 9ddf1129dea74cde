"""Reports of convergence, the cheapest settings for an error, thickness series."""

from dataclasses import replace

import numpy as np
import pytest

from czone.matter import contact_rule
from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import (
    WaveSettings,
    compute_exit_wave,
    converge,
    phonon_convergence,
    thickness_series,
)
from tests.physics.test_windows import particle


@pytest.fixture(scope="module")
def gold():
    atoms = particle(np.array([10.0, 10.0, 10.0]), radius=7.0)
    return Specimen(atoms, np.full(len(atoms), 79), (20.0, 20.0, 20.0))


def test_errors_fall_with_pixels_and_slices(gold):
    table = converge(gold, pixel_sizes=[0.2, 0.1], slice_thicknesses=[4.0, 2.0])
    errors = table.pivot(index="pixel_size", columns="slice_thickness", values="wave_error")
    assert (errors.loc[0.2] > errors.loc[0.1]).all()
    assert (errors[4.0] > errors[2.0]).all()
    assert errors.loc[0.1, 2.0] < 0.05
    assert (table.image_error > 0).all()


def test_the_cheapest_settings_that_keep_an_error(gold):
    asked = WaveSettings(phonons=3, energy=200e3)
    choice = converge(gold, asked, error=0.05)
    table = choice.table
    assert (table.wave_error[:-1] > 0.05).all()
    last = table.iloc[-1]
    assert last.wave_error <= 0.05
    assert choice.settings == replace(
        asked, pixel_size=last.pixel_size, slice_thickness=last.slice_thickness
    )
    # Against a finer reference than its own, at rest, it errs no more.
    sampling = [last.pixel_size], [last.slice_thickness]
    alone = converge(gold, WaveSettings(energy=200e3), pixel_sizes=[*sampling[0], 0.05],
                     slice_thicknesses=[*sampling[1], 0.8])  # fmt: skip
    assert alone.wave_error[0] < 0.055
    # Coarser ones that were tried cost less: what is tried goes by cost.
    pixels = table.pixel_size.to_numpy() ** -2 / table.slice_thickness
    assert (np.diff(pixels) >= 0).all()


def test_windows_are_chosen_where_particles_are_named():
    rng = np.random.default_rng(1)
    atoms = particle(np.array([32.0, 32.0, 24.0]), radius=8.0)
    film = rng.uniform(0, 1, (300, 3)) * [64, 64, 12]
    specimen = Specimen(
        np.vstack([atoms, film]),
        np.repeat([79, 6], [len(atoms), len(film)]),
        (64.0, 64.0, 36.0),
        labels=np.repeat([0, 1], [len(atoms), len(film)]),
        objects=("particle", "film"),
    )
    settings = WaveSettings(particles=("particle",))
    tried = dict(pixel_sizes=[0.2, 0.1], slice_thicknesses=[3.0])
    with contact_rule(impossible="ignore", short="ignore"):
        table = converge(specimen, settings, **tried)
        fine, windowed, coarse = (
            table[(table.pixel_size == pixel) & (table.particle_pixel.isna() == whole)].iloc[0]
            for pixel, whole in [(0.1, True), (0.2, False), (0.2, True)]
        )
        bound = 1.1 * max(fine.wave_error, windowed.wave_error)
        assert bound < coarse.wave_error
        choice = converge(specimen, settings, error=bound, **tried)
    assert (choice.settings.pixel_size, choice.settings.particle_pixel) == (0.2, 0.1)


def test_image_error_falls_with_the_root_of_the_number_of_phonons(gold):
    table = phonon_convergence(gold, WaveSettings(phonons=6, rms=0.1), rng=3)
    np.testing.assert_allclose(table.image_error * np.sqrt(table.phonons), table.image_error[0])
    # the mean of 3 of 6 misses the mean of all by sqrt(1/3 - 1/6) of the error of one
    expected = table.image_error[0] * np.sqrt(1 / 3 - 1 / 6)
    assert table.difference[2] == pytest.approx(expected, rel=0.3)
    assert table.difference[5] == 0
    with pytest.raises(ValueError, match="phonons must be 2 or more"):
        phonon_convergence(gold, WaveSettings(phonons=1), rng=0)


def test_series_gives_the_waves_of_cut_specimens(gold):
    waves = thickness_series(gold, [0.0, 8.0, 20.0])
    np.testing.assert_array_equal(waves[0].array, 1)
    cut = gold.keep(gold.positions[:, 2] < 8.0)
    for wave, atoms in ((waves[1], cut), (waves[2], gold)):
        alone = compute_exit_wave(atoms).refocused(wave.plane)
        np.testing.assert_allclose(wave.array, alone.array, atol=2e-5)
    with pytest.raises(ValueError, match="depths must ascend between 0 and 20"):
        thickness_series(gold, [8.0, 4.0])


def test_two_beams_exchange_their_intensity_with_the_extinction_length():
    """Thickness fringes of the engine, tilted to a Bragg condition.

    Rows of thin carbon 1 angstrom apart along x and so dense along y that nothing is diffracted
    there: tilted by half the Bragg angle, I_g = sin^2(sigma V_g z) (L. Reimer and H. Kohl,
    Transmission Electron Microscopy, 5th ed. (2008), section 7.3).
    """
    energy, spacing, layer = 200e3, 1.0, 1.0
    lam, sigma = wavelength(energy), interaction_parameter(energy)
    cell, layers = (12.0, 4.0, 900.0), 900
    column = np.array([(i * spacing, j * 0.5) for i in range(12) for j in range(8)])
    n, thin = len(column), 0.1
    positions = np.concatenate(
        [np.column_stack([column, np.full(n, (i + 0.5) * layer)]) for i in range(layers)]
    )
    crystal = Specimen(
        positions, np.full(n * layers, 6), cell, occupancies=np.full(n * layers, thin)
    )
    sheet = Specimen(positions[:n], np.full(n, 6), (12.0, 4.0, layer), occupancies=np.full(n, thin))
    grid = Grid.covering(cell[:2], 0.2)
    v = projected_potential(sheet, grid, layer, dtype=np.float64).array[0]
    v_g = abs(np.fft.fft2(v)[0, 12]) / v.size / layer
    tilt = 1e3 * np.arctan(-lam / (2 * spacing))
    settings = WaveSettings(
        energy=energy, slice_thickness=layer, pixel_size=0.2, tilt=(float(tilt), 0.0)
    )
    depths = np.arange(50.0, 900.0, 50.0)
    waves = thickness_series(crystal, depths, settings)
    found = [abs(np.fft.fft2(w.array[0])[0, 12] / w.array[0].size) ** 2 for w in waves]
    expected = np.sin(sigma * v_g * depths) ** 2
    # the third beam takes 1 / (s xi)^2
    np.testing.assert_allclose(found, expected, atol=0.03)
    assert max(found) > 0.9
