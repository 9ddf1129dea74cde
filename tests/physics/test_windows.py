"""Particles in fine windows on coarse films, against the whole cell on the fine grid."""

from dataclasses import replace

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_waves
from hrtem_sim.wave.windows import find_windows
from tests.physics.reference import on_reference_grid, scattered_error

CELL = (64.0, 51.2, 40.0)


def particle(centre, radius=7.0, seed=0):
    """Gold, randomly turned, about a centre."""
    from scipy.spatial.transform import Rotation

    steps = np.stack(np.meshgrid(*[np.arange(-5, 6) * 2.04] * 3), axis=-1).reshape(-1, 3)
    steps = steps[np.round(steps.sum(axis=1) / 2.04) % 2 == 0]
    atoms = steps[np.linalg.norm(steps, axis=1) < radius]
    return Rotation.random(random_state=seed).apply(atoms) + centre


def specimen(particles, film_z):
    rng = np.random.default_rng(1)
    low, high = film_z
    n = round(CELL[0] * CELL[1] * (high - low) * 0.1)
    film = rng.uniform(0, 1, (n, 3)) * [CELL[0], CELL[1], high - low] + [0, 0, low]
    for atoms in particles:
        gaps = np.linalg.norm(film[:, None] - atoms.mean(axis=0), axis=2)[:, 0]
        film = film[gaps > 7.5]
    positions = np.concatenate([film, *particles])
    numbers = np.r_[np.full(len(film), 6), np.full(sum(map(len, particles)), 79)]
    labels = np.repeat(np.arange(1 + len(particles)), [len(film), *map(len, particles)])
    names = ("film", *(f"particle-{i}" for i in range(len(particles))))
    return Specimen(positions, numbers, CELL, labels, names)


CASES = {
    "particle where the beam leaves": ([(30, 26, 28)], (3, 20)),
    "particle where the beam enters": ([(30, 26, 10)], (18, 37)),
    "buried": ([(30, 26, 20)], (12, 30)),
    "across the border of the cell": ([(2, 49, 28)], (3, 20)),
    "two apart": ([(14, 12, 28), (46, 38, 27)], (3, 20)),
    "two side by side": ([(22, 26, 28), (38, 24, 26)], (3, 20)),
    "on both faces": ([(14, 12, 31), (46, 38, 9)], (16, 24)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (8.0, -5.0)])
def test_windows_give_the_waves_of_the_fine_grid(case, tilt):
    centres, film_z = CASES[case]
    atoms = specimen([particle(np.array(c, float), seed=i) for i, c in enumerate(centres)], film_z)
    parts = [atoms.objects, atoms.objects[1:]]
    settings = WaveSettings(particle_pixel=0.1, tilt=tilt, particles=atoms.objects[1:])
    windowed = compute_exit_waves(atoms, parts, settings)
    fine = compute_exit_waves(atoms, parts, WaveSettings(pixel_size=0.1, tilt=tilt))
    for wave, reference, bound in zip(windowed, fine, (0.012, 0.004), strict=True):
        on_grid = on_reference_grid(reference.array[0], wave.array[0])
        # of the scattered amplitude: what the film errs on 0.2 angstrom pixels, and the margins
        assert scattered_error(wave.array[0], on_grid, 1.25) < bound


def test_windows_that_leak_give_way_to_the_whole_cell(monkeypatch):
    centres, film_z = CASES["particle where the beam leaves"]
    atoms = specimen([particle(np.array(centres[0], float))], film_z)
    settings = WaveSettings(particle_pixel=0.1, particles=("particle-0",))
    windowed = compute_exit_waves(atoms, [atoms.objects], settings)[0].array
    monkeypatch.setattr("hrtem_sim.wave.windowed.MOST_AT_EDGE", 1e-6)
    whole = compute_exit_waves(atoms, [atoms.objects], settings)[0].array
    fine = compute_exit_waves(atoms, [atoms.objects], WaveSettings(pixel_size=0.1))[0].array
    np.testing.assert_allclose(whole[0], on_reference_grid(fine[0], whole[0]), atol=1e-5)
    assert np.abs(windowed - whole).max() > 1e-4


def wrapped(atoms):
    """The same atoms, all inside the cell."""
    positions = atoms.positions.copy()
    positions[:, :2] = np.mod(positions[:, :2], atoms.cell[:2])
    return replace(atoms, positions=positions)


def scattered_errors(atoms, settings):
    """Of the whole and of the particles alone, against the whole cell on the fine grid."""
    parts = [atoms.objects, atoms.objects[1:]]
    windowed = compute_exit_waves(atoms, parts, settings)
    exact = replace(settings, pixel_size=settings.particle_pixel, particle_pixel=None)
    fine = compute_exit_waves(atoms, parts, exact)
    return [
        scattered_error(a.array[0], on_reference_grid(b.array[0], a.array[0]), 1.25)
        for a, b in zip(windowed, fine, strict=True)
    ]


@pytest.mark.parametrize("centre", [(2, 49, 28), (63, 1, 28), (0, 26, 28)])
def test_a_particle_that_wraps_round_the_border_gets_its_window(centre):
    # its atoms stand in all corners and span the cell: taken for a film, it ran on coarse pixels
    atoms = wrapped(specimen([particle(np.array(centre, float))], (3, 20)))
    settings = WaveSettings(particle_pixel=0.1, particles=("particle-0",))
    windows = find_windows(atoms, atoms.selection("film"), Grid.covering(CELL[:2], 0.2), settings)
    assert len(windows) == 1
    whole, alone = scattered_errors(atoms, settings)
    assert whole < 0.012 and alone < 0.004
    coarse = compute_exit_waves(atoms, [atoms.objects[1:]], WaveSettings())[0].array[0]
    fine = compute_exit_waves(atoms, [atoms.objects[1:]], WaveSettings(pixel_size=0.1))[0].array[0]
    assert scattered_error(coarse, on_reference_grid(fine, coarse), 1.25) > 0.05  # what it is worth


def test_neighbours_across_the_border_share_a_window():
    centres = [(4, 26, 28), (52, 24, 26)]  # 16 angstrom apart, the short way
    atoms = specimen([particle(np.array(c, float), seed=i) for i, c in enumerate(centres)], (3, 20))
    settings = WaveSettings(particle_pixel=0.1, particles=atoms.objects[1:])
    for each in (atoms, wrapped(atoms)):
        windows = find_windows(each, each.selection("film"), Grid.covering(CELL[:2], 0.2), settings)
        assert len(windows) == 1
        whole, alone = scattered_errors(each, settings)
        assert whole < 0.012 and alone < 0.004


def test_nobody_guesses_which_object_is_a_particle():
    atoms = specimen([particle(np.array([30.0, 26, 28]))], (3, 20))
    settings = WaveSettings(particle_pixel=0.1)  # none is named: the exact way
    (found,) = compute_exit_waves(atoms, [atoms.objects], settings)
    (fine,) = compute_exit_waves(atoms, [atoms.objects], WaveSettings(pixel_size=0.1))
    right = on_reference_grid(fine.array[0], found.array[0])
    np.testing.assert_allclose(found.array[0], right, atol=1e-5)
    with pytest.raises(ValueError, match=r"objects must be among .*; got 'gold'"):
        compute_exit_waves(atoms, [atoms.objects], replace(settings, particles=("gold",)))
    with pytest.raises(ValueError, match="particles must be a list of values; got 'gold'"):
        WaveSettings(particles="gold")


def test_a_film_that_does_not_span_the_cell_is_no_particle():
    # an island of carbon over a part of the cell, with a particle on it
    atoms = specimen([particle(np.array([30.0, 26, 28]))], (3, 20))
    kept = (atoms.numbers == 79) | (atoms.positions[:, 0] < 48)
    atoms = atoms.keep(kept)
    whole, alone = scattered_errors(
        atoms, WaveSettings(particle_pixel=0.1, particles=("particle-0",))
    )
    assert whole < 0.012 and alone < 0.004


def test_windows_are_found_about_the_particles():
    atoms = specimen(
        [particle(np.array([14.0, 12, 28])), particle(np.array([46.0, 38, 27]))], (3, 20)
    )
    support = atoms.selection("film")
    settings = WaveSettings(particle_pixel=0.1)
    grid = Grid.covering(CELL[:2], 0.2)
    windows = find_windows(atoms, support, grid, settings)
    assert len(windows) == 2
    assert all(max(window.fine_grid(grid).pixel_size) < 0.1 + 1e-9 for window in windows)
    near = specimen(
        [particle(np.array([22.0, 26, 28])), particle(np.array([38.0, 24, 26]))], (3, 20)
    )
    assert len(find_windows(near, near.selection("film"), grid, settings)) == 1
    wide = specimen([particle(np.array([32.0, 26, 20.0]), radius=12)], (3, 5))
    big = wide.positions.copy()
    big[wide.numbers == 79, :2] = [32, 26] + 1.9 * (big[wide.numbers == 79, :2] - [32, 26])
    stretched = Specimen(big, wide.numbers, CELL, wide.labels, wide.objects)
    assert find_windows(stretched, stretched.selection("film"), grid, settings) is None
