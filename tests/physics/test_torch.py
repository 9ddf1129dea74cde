"""The engine on PyTorch against the embedded one."""

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave, compute_exit_waves
from hrtem_sim.wave.torch_multislice import torch_multislice
from tests.physics.test_windows import particle


def specimen():
    rng = np.random.default_rng(2)
    film = rng.uniform(0, 1, (300, 3)) * [24, 20, 8]
    gold = particle(np.array([12.0, 10.0, 14.0]), radius=5.0)
    positions = np.concatenate([film, gold])
    labels = np.repeat([0, 1], [len(film), len(gold)])
    return Specimen(
        positions, np.where(labels, 79, 6), (24.0, 20.0, 21.0), labels, ("film", "particle")
    )


SINGLE_PRECISION = 3e-5  # of an incident amplitude of 1, over ten slices


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (5.0, -8.0)])
def test_torch_gives_the_waves_of_the_embedded_engine(tilt):
    pytest.importorskip("torch")
    parts = [("film", "particle"), ("particle",)]
    settings = WaveSettings(phonons=3, rms=0.1, tilt=tilt)
    ours = compute_exit_waves(specimen(), parts, settings, rng=4)
    theirs = compute_exit_waves(specimen(), parts, settings, rng=4, engine="torch")
    for a, b in zip(ours, theirs, strict=True):
        assert a.array.dtype == b.array.dtype == np.complex64
        np.testing.assert_allclose(b.array, a.array, atol=SINGLE_PRECISION)


def test_batches_change_nothing():
    pytest.importorskip("torch")
    whole = specimen()
    several = [whole, whole.only("particle"), whole.only("film")]
    settings = WaveSettings(energy=200e3)
    grid = Grid.covering(whole.cell[:2], 0.2)
    one = torch_multislice(several, grid, settings, batch=1, device="cpu")
    all_three = torch_multislice(several, grid, settings, batch=3, device="cpu")
    np.testing.assert_allclose(one, all_three, atol=SINGLE_PRECISION)


def test_vacuum_stays_one():
    pytest.importorskip("torch")
    empty = Specimen(np.zeros((0, 3)), np.zeros(0, int), (10.0, 10.0, 50.0))
    np.testing.assert_array_equal(compute_exit_wave(empty, engine="torch").array, 1)
