"""Fresh micrographs are new in every epoch, repeatable, and hold structures apart."""

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Detector, ImagingConditions
from hrtem_sim.wave import ExitWave
from seg_train.data.fresh import FreshMicrographs


def conditions(rng):
    return ImagingConditions(defocus=rng.uniform(-100, 100), dose=200.0)


@pytest.fixture
def stream():
    grid = Grid((32, 32), 0.5)
    rng = np.random.default_rng(1)
    waves = [
        ExitWave(np.exp(0.2j * rng.random((1, 32, 32))).astype(np.complex64), grid, 300e3)
        for _ in range(4)
    ]
    masks = [np.full((16, 16), k % 2, np.uint8) for k in range(4)]
    return FreshMicrographs(
        waves, masks, draw=conditions, detector=Detector(1.0), seed=5, per_wave=2
    )


def test_epochs_differ_and_repeat_themselves(stream):
    first, second = stream.epoch(0)[0], stream.epoch(1)[0]
    assert first.shape == (6, 16, 16)  # three of four structures, two images each
    assert not np.array_equal(first, second)
    assert np.array_equal(first, stream.epoch(0)[0])


def test_validation_never_changes_and_names_the_stream(stream):
    assert np.array_equal(stream.validation()[0], stream.validation()[0])
    assert len(stream.validation()[0]) == 2
    assert stream.identity.startswith("stream-")


def test_the_mean_is_the_dose_on_a_pixel(stream):
    # 200 electrons per square angstrom on 1536 pixels of one: 4 standard errors of Poisson counts
    counts = stream.epoch(3)[0]
    assert counts.mean() == pytest.approx(200, abs=4 * np.sqrt(200 / counts.size))
