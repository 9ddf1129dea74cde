"""Electrons that leave the wave's band: counted, told, and part of reports."""

import warnings

import numpy as np
import pytest

from hrtem_sim.electron import interaction_parameter
from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import (
    ExitWave,
    LostElectrons,
    WaveSettings,
    compute_exit_wave,
    converge,
    thickness_series,
)
from tests.physics.reference import load_specimen


def gold(cells):
    """Perfect gold on its [001] axis, two cells wide."""
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    steps = np.stack(np.meshgrid(*map(np.arange, (2, 2, cells)), indexing="ij"), -1).reshape(-1, 3)
    sites = (steps[:, None] + basis).reshape(-1, 3) * 4.08 + [0, 0, 0.5]
    return Specimen(sites, np.full(len(sites), 79), (8.16, 8.16, 4.08 * cells))


def test_a_wave_knows_what_is_missing():
    array = np.full((3, 8, 10), np.sqrt([1.0, 0.9, 0.5])[:, None, None], np.complex64)
    wave = ExitWave(array * np.exp(0.7j), Grid((8, 10), 0.2), 300e3)
    assert wave.lost == pytest.approx(0.2, abs=1e-6)
    assert wave.refocused(30.0).lost == pytest.approx(0.2, abs=1e-6)


@pytest.mark.follows("take a smaller pixel_size")
def test_losses_of_gold_on_its_zone_axis_are_counted_and_told():
    # 6.5 nm at rest: an eighth is scattered beyond 3 1/angstrom, where waves of 0.1 angstrom end
    with pytest.warns(LostElectrons, match=r"1\d\.\d% of the electrons were scattered beyond"):
        wave = compute_exit_wave(gold(16), WaveSettings(pixel_size=0.1))
    assert 0.1 < wave.lost < 0.15
    # the advice works: of finer pixels less is lost, and then nothing is said
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        finest = compute_exit_wave(gold(16), WaveSettings(pixel_size=0.03, slice_thickness=1.0))
    assert finest.lost < 0.03


def test_the_exact_share_of_one_atom():
    # what its transmission function scatters beyond the band, by Parseval's theorem
    atom = Specimen([[4.0, 4.0, 1.0]], [79], (8.0, 8.0, 4.0))
    grid = Grid((80, 80), 0.1)
    v = projected_potential(atom, grid, 2.0, dtype=np.float64).array[0]
    spectrum = np.abs(np.fft.fft2(np.exp(1j * interaction_parameter(300e3) * v)) / v.size) ** 2
    k = np.sqrt(grid.squared_frequency())
    edge = np.clip((k - 0.55 * 5.0) / (0.05 * 5.0), 0, 1)  # the band: 0.6 of Nyquist, soft by 0.05
    band = 0.5 * (1 + np.cos(np.pi * edge))
    exact = 1 - (spectrum * band**2).sum()
    wave = compute_exit_wave(atom, WaveSettings(pixel_size=0.1))
    assert exact > 1e-4
    assert wave.lost == pytest.approx(exact, rel=0.01)  # single precision of numbers near 1


def test_particles_of_the_paper_lose_little():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wave = compute_exit_wave(load_specimen("b_au_sphere"), WaveSettings(pixel_size=0.1))
    assert 0 < wave.lost < 0.03


def test_series_and_reports_count_losses():
    with pytest.warns(LostElectrons):
        waves = thickness_series(gold(16), [20.4, 65.28], WaveSettings(pixel_size=0.1))
    assert waves[0].lost < waves[1].lost
    with pytest.warns(LostElectrons):
        table = converge(gold(16), pixel_sizes=[0.2, 0.1], slice_thicknesses=[2.04])
    assert list(table.lost) == sorted(table.lost, reverse=True)
    assert table.lost[1] == pytest.approx(waves[1].lost, abs=0.01)
