"""A live Prismatic 2: HRTEM_SIM_PRISMATIC must name it (the command, or a Python that has it)."""

import os
from dataclasses import replace

import numpy as np
import pytest

from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import PrismaticEngine, WaveSettings, compute_exit_wave
from hrtem_sim.wave.prismatic import find_prismatic
from hrtem_sim.wave.prismatic.program import VARIABLE
from hrtem_sim.wave.prismatic.run import prismatic_wave
from tests.physics.reference import load_specimen, load_wave, scattered_error

pytestmark = pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} is not set")

SETTINGS = WaveSettings(pixel_size=0.1, parametrization="kirkland")
NOISE = 1e-5
"""Two runs of Prismatic differ by 1e-6, because FFTW plans anew."""


@pytest.mark.parametrize("name", ["a_au_atom", "a2_au_atom_offgrid", "b_au_sphere"])
def test_stored_reference_waves_come_back(name):
    specimen, reference = load_specimen(name), load_wave(name, "wave")
    grid = Grid(reference.shape, 0.2)
    wave = prismatic_wave(specimen, grid, SETTINGS, PrismaticEngine(), find_prismatic())
    assert np.abs(wave.array[0] - reference).max() < NOISE
    assert wave.plane == 1.0


def test_the_engine_gives_our_wave_at_any_slice():
    specimen = load_specimen("a2_au_atom_offgrid")
    for thickness in (2.0, 1.0, 0.5):
        settings = replace(SETTINGS, slice_thickness=thickness)
        theirs = compute_exit_wave(specimen, settings, engine=PrismaticEngine(radius=8.0)).array[0]
        fine = replace(settings, pixel_size=0.05)
        ours = np.fft.fft2(compute_exit_wave(specimen, fine).array[0])
        ours = np.fft.ifft2(fourier_resize(ours, (100, 100)))
        theirs = np.fft.ifft2(fourier_resize(np.fft.fft2(theirs), (100, 100)))
        assert scattered_error(ours, theirs, 1.4) < 0.03


def test_every_potential_runs():
    atom = Specimen([[6.0, 6.0, 4.0]], [79], (12.8, 12.8, 8.0))
    ours = compute_exit_wave(atom, SETTINGS).array[0]
    potentials = ["3d", "2d"] + ["ours"] * find_prismatic().is_module
    for potential in potentials:
        theirs = compute_exit_wave(atom, SETTINGS, engine=PrismaticEngine(potential=potential))
        difference = np.abs(np.fft.fft2(theirs.array[0] - ours))
        grid = theirs.grid
        inside = grid.squared_frequency() < 1.0
        scattered = np.linalg.norm(np.fft.fft2(ours - ours.mean())[inside])
        assert np.linalg.norm(difference[inside]) < 0.1 * scattered
