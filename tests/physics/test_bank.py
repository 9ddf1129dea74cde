"""Banked film waves against films computed anew."""

import numpy as np
import pytest

from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave, compute_exit_waves
from hrtem_sim.wave.bank import FilmBank, move_film, waves_behind_film
from tests.physics.reference import scattered_error
from tests.physics.test_windows import particle

CELL = (40.0, 40.0, 36.0)
THICKNESS = 14.0


@pytest.fixture(scope="module")
def film():
    rng = np.random.default_rng(4)
    positions = rng.uniform(0, 1, (2200, 3)) * [40, 40, THICKNESS]
    positions[0, 2] = THICKNESS  # the exit face
    return Specimen(positions, np.full(2200, 6), CELL, objects=("film",))


def with_particle(film):
    gold = particle(np.array([19.0, 22.0, 24.0]), radius=7.0, seed=2)
    labels = np.repeat([0, 1], [len(film), len(gold)])
    numbers = np.where(labels, 79, 6)
    positions = np.concatenate([film.positions, gold])
    return Specimen(positions, numbers, CELL, labels, ("film", "particle"))


@pytest.mark.parametrize("symmetry", range(8))
def test_moved_film_waves_are_the_waves_of_moved_films(film, symmetry):
    settings = WaveSettings()
    bank = FilmBank.compute([film], settings)
    # shifts of whole pixels and of parts of one
    for shift, tolerance in (((3.2, -7.4), 1e-4), ((3.27, 1.01), 5e-3)):
        anew = FilmBank.compute([move_film(film, shift=shift, symmetry=symmetry)], settings)
        moved = bank.film(0, shift=shift, symmetry=symmetry)
        error = np.linalg.norm(moved.array[0] - anew.array[0, 0])
        # sub-pixel shifts change what folds back beyond the band
        assert error < tolerance * np.linalg.norm(anew.array[0, 0] - 1)


@pytest.mark.parametrize("particle_pixel", [None, 0.1])
def test_a_particle_behind_a_banked_film_is_the_whole_specimen(film, particle_pixel):
    settings = WaveSettings(particle_pixel=particle_pixel, particles=("particle",))
    bank = FilmBank.compute([film], settings)
    moved = with_particle(move_film(film, shift=(5.0, 2.2), symmetry=6))
    parts = [("film", "particle"), ("particle",)]
    expected = compute_exit_waves(moved, parts, settings)
    found = waves_behind_film(
        moved.only("particle"),
        bank.film(0, shift=(5.0, 2.2), symmetry=6),
        settings,
        surface=THICKNESS,
        particles_alone=True,
    )
    for a, b in zip(found, expected, strict=True):
        # the margins of windows, for so small a particle in vacuum
        assert scattered_error(a.array[0], b.array[0], 1.25) < 8e-3


def test_particles_too_wide_for_windows_run_in_the_whole_cell(film):
    row = np.array([[2.0 + 4.0 * i, 20.0, 20.0] for i in range(10)])
    gold = Specimen(row, np.full(10, 79), CELL, objects=("particle",))
    positions = np.concatenate([film.positions, row])
    labels = np.repeat([0, 1], [len(film), 10])
    whole = Specimen(positions, np.where(labels, 79, 6), CELL, labels, ("film", "particle"))
    settings = WaveSettings()
    bank = FilmBank.compute([film], settings)
    (found,) = waves_behind_film(gold, bank.film(0), settings, surface=THICKNESS)
    expected = compute_exit_wave(whole, settings)
    assert scattered_error(found.array[0], expected.array[0], 1.25) < 1e-3


def test_phonons_of_film_and_particle(film):
    settings = WaveSettings(phonons=2, rms=0.1)
    bank = FilmBank.compute([film], settings, rng=1)
    assert bank.array.shape == (1, 2, 200, 200)
    gold = with_particle(film).only("particle")
    (wave,) = waves_behind_film(gold, bank.film(0), settings, surface=THICKNESS, rng=2)
    assert wave.array.shape == (2, 200, 200)
    assert scattered_error(wave.array[0], wave.array[1], 1.0) > 0.05
