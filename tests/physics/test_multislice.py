"""Exit waves: reference waves, analytic limits, symmetries."""

import numpy as np
import pytest

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid, propagator
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave, compute_exit_waves
from hrtem_sim.wave.multislice import multislice
from tests.physics.reference import (
    intensity_error,
    load_specimen,
    load_wave,
    on_reference_grid,
    scattered_error,
)

# Our rms intensity error below 1.5 1/angstrom at 0.1 angstrom pixels and 2 angstrom slices, rounded
# up, and the errors of Prismatic 2.0 and abTEM 1.0.11 (finite projection) at the same sampling.
REFERENCES = [
    ("a_au_atom", 3e-4, None),
    ("a2_au_atom_offgrid", 3e-4, None),
    ("b_au_sphere", 0.025, (0.052, 0.070)),
    ("c_au_on_carbon", 0.016, (0.025, 0.055)),
]


@pytest.mark.parametrize(("name", "tolerance", "peers"), REFERENCES)
def test_converged_reference_waves(name, tolerance, peers):
    specimen, reference = load_specimen(name), load_wave(name, "wave_converged")
    (wave,) = multislice(
        specimen,
        Grid.covering(specimen.cell[:2], 0.1),
        WaveSettings(parametrization="kirkland"),
    )
    error = intensity_error(on_reference_grid(wave, reference), reference, 1.5)
    assert error < tolerance
    assert peers is None or error < min(peers)


def test_finer_sampling_comes_closer_to_the_converged_sphere():
    specimen, reference = load_specimen("b_au_sphere"), load_wave("b_au_sphere", "wave_converged")
    errors = []
    for pixel, slice_thickness in ((0.2, 2.0), (0.1, 2.0), (0.05, 1.0)):
        (wave,) = multislice(
            specimen,
            Grid.covering(specimen.cell[:2], pixel),
            WaveSettings(slice_thickness=slice_thickness, parametrization="kirkland"),
        )
        errors.append(scattered_error(on_reference_grid(wave, reference), reference, 1.2))
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_transposed_or_mirrored_specimens_do_not_match():
    # pins x, y and the beam direction on the atom that sits off all symmetric places
    specimen = load_specimen("a2_au_atom_offgrid")
    reference = load_wave("a2_au_atom_offgrid", "wave_converged")
    grid = Grid.covering(specimen.cell[:2], 0.1)

    def error(positions):
        moved = Specimen(positions, specimen.numbers, specimen.cell)
        (wave,) = multislice(moved, grid, WaveSettings(parametrization="kirkland"))
        return scattered_error(on_reference_grid(wave, reference), reference, 1.5)

    assert error(specimen.positions) < 0.02
    assert error(specimen.positions[:, [1, 0, 2]]) > 0.5
    assert error(np.array(specimen.cell) * [1, 0, 0] + specimen.positions * [-1, 1, 1]) > 0.5


def test_beam_enters_at_z_0():
    # behind the last atom a wave only flies; an atom near the exit is seen at its own depth
    cell = (20.0, 20.0, 60.0)
    wave = compute_exit_wave(Specimen([[10.0, 10.0, 51.0]], [6], cell))
    depth = 51.0 - 30.0  # of the atom behind the middle of the model
    sharp = {
        plane: np.abs(np.abs(wave.refocused(plane).array[0]) - 1).max()
        for plane in (depth - 20, depth, depth + 20)
    }
    assert sharp[depth] < 0.3 * min(sharp[depth - 20], sharp[depth + 20])


def test_weak_phase_objects_have_the_phase_of_their_projected_potential():
    specimen = Specimen([[8.0, 7.0, 1.0]], [6], (16.0, 16.0, 2.0))
    grid = Grid((160, 160), 0.1)
    v = projected_potential(specimen, grid, 2.0, dtype=np.float64).array[0]
    (wave,) = multislice(specimen, grid, WaveSettings(), dtype=np.float64)
    phase = interaction_parameter(300e3) * v
    spectrum, expected = np.fft.fft2(wave - 1), np.fft.fft2(1j * phase)
    band = grid.squared_frequency() < 2.0**2
    error = np.linalg.norm((spectrum - expected)[band]) / np.linalg.norm(expected[band])
    assert error < 0.5 * phase.max()  # the next order of exp(i phase)


def test_vacuum_leaves_the_wave_alone():
    empty = Specimen(np.zeros((0, 3)), np.zeros(0, int), (10.0, 10.0, 50.0))
    np.testing.assert_array_equal(compute_exit_wave(empty).array, 1)


def test_electrons_are_conserved_up_to_the_band_limit():
    specimen = load_specimen("b_au_sphere")
    (wave,) = multislice(specimen, Grid((400, 400), 0.1), WaveSettings())
    total = (np.abs(wave) ** 2).mean()
    assert 0.97 < total < 1 + 1e-4  # only scattering beyond the band is lost


def test_single_precision_is_enough():
    specimen = load_specimen("b_au_sphere")
    kinds = [
        multislice(specimen, Grid((400, 400), 0.1), WaveSettings(), dtype=dtype)
        for dtype in (np.float32, np.float64)
    ]
    assert np.abs(kinds[0] - kinds[1]).max() < 3e-4  # of an incident amplitude of 1


@pytest.mark.parametrize("shift", [(0.05, 0.0), (0.13, -0.07)])
@pytest.mark.parametrize(("number", "tolerance"), [(6, 5e-4), (79, 0.01)])
def test_shifting_the_specimen_by_part_of_a_pixel_shifts_the_wave(shift, number, tolerance):
    rng = np.random.default_rng(0)
    positions = rng.uniform(5, 11, (40, 3)) * [1, 1, 0.5]
    cell, grid = (16.0, 16.0, 6.0), Grid((160, 160), 0.1)

    def run(p):
        specimen = Specimen(p, np.full(40, number), cell)
        return multislice(specimen, grid, WaveSettings(), dtype=np.float64)[0]

    ky, kx = grid.frequencies()
    ramp = np.exp(-2j * np.pi * (kx * shift[0] + ky * shift[1]))
    still = run(positions)
    difference = run(positions + [*shift, 0]) - np.fft.ifft2(np.fft.fft2(still) * ramp)
    # what folds back beyond the band is all that knows of the grid
    assert np.linalg.norm(difference) < tolerance * np.linalg.norm(still - 1)


def test_thinner_slices_converge():
    specimen = load_specimen("b_au_sphere").keep(slice(0, 200))
    grid = Grid.covering(specimen.cell[:2], 0.2)

    def run(slices):
        thickness = specimen.cell[2] / slices
        settings = WaveSettings(slice_thickness=thickness)
        return multislice(specimen, grid, settings, dtype=np.float64)[0]

    fine = run(640)
    errors = [np.linalg.norm(run(n) - fine) / np.linalg.norm(fine - 1) for n in (10, 20, 40, 80)]
    # an atom moves by up to half a slice, so single atoms err in first order and crowds less
    assert errors[0] > errors[1] > 2 * errors[2] > 4 * errors[3]
    assert errors[1] < 0.04  # 2 angstrom, the default


def test_parts_of_a_specimen_match_specimens_of_the_parts():
    specimen = load_specimen("c_au_on_carbon")
    labels = (specimen.numbers == 6).astype(int)
    specimen = Specimen(
        specimen.positions, specimen.numbers, specimen.cell, labels, ("particle", "film")
    )
    settings = WaveSettings(phonons=2, rms=0.1)
    whole, particle = compute_exit_waves(
        specimen, [("particle", "film"), ("particle",)], settings, rng=5
    )
    alone = compute_exit_wave(specimen, settings, rng=5)
    np.testing.assert_allclose(whole.array, alone.array, atol=2e-6)
    still = WaveSettings()
    _, still_particle = compute_exit_waves(specimen, [("film",), ("particle",)], still)
    expected = compute_exit_wave(specimen.only("particle"), still)
    np.testing.assert_allclose(still_particle.array, expected.array, atol=2e-5)
    assert np.abs(whole.array[0] - whole.array[1]).max() > 0.01  # phonons differ
    assert np.abs(particle.array - whole.array).max() > 0.1


def test_thickness_fringes_follow_the_two_beam_formula():
    # A sinusoidal potential at its Bragg condition: I_g = sin^2(pi t / xi_g) with
    # xi_g = pi / (sigma V_g), L. Reimer and H. Kohl, Transmission Electron Microscopy, 5th ed.
    # (2008), section 7.3. A row of atoms every 2 angstrom, weighed down by its occupancy, is made
    # sinusoidal by pixels too coarse for its second order.
    spacing, n_atoms = 2.0, 6
    x = (np.arange(n_atoms) + 0.5) * spacing
    grid = Grid((8, 24), 0.5)
    energy, sigma = 300e3, interaction_parameter(300e3)
    row = Specimen(
        np.stack([x, np.full(n_atoms, 2.0), np.full(n_atoms, 0.5)], axis=1),
        np.full(n_atoms, 79),
        (12.0, 4.0, 1.0),
        occupancies=np.full(n_atoms, 0.1),
    )
    v = projected_potential(row, grid, 1.0, dtype=np.float64).array[0].mean(axis=0)
    order = round(12.0 / spacing)
    v_g = abs(np.fft.fft(v)[order]) / v.size  # volt, per angstrom of depth
    kx = np.fft.fftfreq(24, 0.5)
    tilted = np.exp(-1j * np.pi * wavelength(energy) * (kx - 0.5 / spacing) ** 2)
    wave, found, expected = np.ones(24, complex), [], []
    depths = np.arange(1, round(2 * np.pi / (sigma * v_g)))
    for depth in depths:
        wave = np.fft.ifft(np.fft.fft(wave * np.exp(1j * sigma * v)) * tilted)
        found.append(abs(np.fft.fft(wave)[order] / 24) ** 2)
        expected.append(np.sin(sigma * v_g * depth) ** 2)
    np.testing.assert_allclose(found, expected, atol=0.05)  # the other beams take 1 / (s xi)^2
    assert max(found) > 0.95


def test_propagating_there_and_back_is_the_identity():
    specimen = load_specimen("a2_au_atom_offgrid")
    wave = compute_exit_wave(specimen)
    back = wave.refocused(100.0).refocused(0.0)
    np.testing.assert_allclose(back.array, wave.array, atol=2e-6)


def test_propagator_is_unitary():
    factor = propagator(Grid((64, 64), 0.2), 123.0, wavelength(300e3))
    np.testing.assert_allclose(np.abs(factor), 1, rtol=1e-12)
