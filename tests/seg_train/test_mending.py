"""What files hold beside the micrograph costs a network little, and clean images nothing."""

import io
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks.seg_train.blemishes import BLEMISHES, cost, data_bar, found_in, scale_bar
from seg_train import evaluate, load_experimental_sample, load_networks, predict
from seg_train.data import Blemished, Mended, load_simulated, mend


@pytest.fixture(scope="module")
def shipped():
    return load_networks("real_micrographs")


@pytest.fixture(scope="module")
def clean(shipped):
    return found_in(shipped, load_experimental_sample())


@pytest.mark.parametrize("blemish", BLEMISHES, ids=lambda blemish: blemish.__name__)
def test_a_blemish_costs_next_to_nothing(shipped, clean, blemish):
    before, after = cost(shipped, load_experimental_sample(), clean, blemish)
    assert before > 0.6
    assert after > before - BLEMISHES[blemish]


def test_the_sample_comes_back_as_it_is():
    for sample in load_experimental_sample():
        mended = mend(sample.image)
        assert mended.found == () and mended.left_out is None
        np.testing.assert_array_equal(mended.image, sample.image)


def test_simulated_micrographs_come_back_as_they_are(database):
    for sample in load_simulated(database, range(len(database.catalogue))):
        assert mend(sample.image).found == ()


@pytest.mark.parametrize("dose", [0.005, 0.05, 0.3, 1.0, 5.0, 50.0, 5000.0])
def test_shot_noise_is_no_blemish_at_any_dose(dose):
    for seed in range(3):
        counts = np.random.default_rng(seed).poisson(dose, (512, 512))
        assert mend(counts).found == ()


@pytest.mark.parametrize("period", [2.0, 4.0, 8.0, 23.5])
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.3])
def test_fringes_along_the_rows_are_no_blemish(period, noise):
    y, x = np.indices((256, 256))
    rng = np.random.default_rng(1)
    inside = (x > 60) | (noise == 0)  # vacuum without noise is a border of one value
    image = np.cos(2 * np.pi * y / period) * inside + noise * rng.normal(size=y.shape)
    assert mend(image).found == ()
    assert mend(np.round(127 + 50 * image)).found == ()


def test_a_single_atom_in_vacuum_is_no_hot_pixel():
    y, x = np.indices((64, 64)) - 32
    atom = 1 - np.exp(-(x**2 + y**2) / 2.0)
    assert mend(atom).found == ()


def test_the_focus_of_a_particle_is_no_hot_pixel():
    """Particles focus the beam like lenses; this is one of gold, nearly."""
    image = np.random.default_rng(5).normal(0.62, 0.1, (96, 96))
    image[50:55, 40:45] = [
        [0.71, 0.97, 1.05, 0.96, 0.65],
        [0.75, 1.64, 2.24, 1.36, 0.56],
        [0.82, 1.89, 2.66, 1.68, 0.65],
        [0.78, 1.42, 1.86, 1.45, 0.67],
        [0.68, 0.80, 0.68, 0.88, 0.61],
    ]
    assert mend(image).found == ()
    image[20, 20] = 2.66
    assert mend(image).found == ("1 hot or dead pixel mended",)


def test_what_was_done_is_said_and_the_rest_is_untouched():
    image = np.random.default_rng(2).poisson(100, (200, 240)).astype(float)
    dirty = image.copy()
    dirty[-20:] = 0
    dirty[50, 60] = 65535
    dirty[:, 100] = 0
    dirty[150:156, 20:80] = 255
    mended = mend(dirty)
    assert mended.found == (
        "a border or bar of 20 rows at the bottom left out",
        "a column of one value mended",
        "a scale bar of 60 x 6 pixels at x = 20, y = 150 left out",
        "1 hot or dead pixel mended",
    )
    touched = mended.left_out.copy()
    touched[50, 60] = touched[:, 100] = True
    np.testing.assert_array_equal(mended.image[~touched], image[~touched])
    assert mended.left_out[-20:].all() and mended.left_out[150:156, 20:80].all()
    assert mended.left_out.sum() < 20 * 240 + 8 * 62 + 1
    assert 50 < mended.image.min() and mended.image.max() < 150


def test_dead_pixels_of_a_gain_corrected_camera_are_mended():
    image = np.random.default_rng(2).normal(1000, 30, (128, 128))
    image[10, 10] = image[90, 4] = image[90, 5] = 0
    mended = mend(image)
    assert mended.found == ("3 hot or dead pixels mended",)
    assert mended.image.min() > 800


@pytest.mark.parametrize("value", [0.0, 7.0, 65535.0])
def test_images_of_one_value_hold_nothing(shipped, value):
    with pytest.warns(Blemished, match="no micrograph"):
        assert not predict(shipped, np.full((160, 160), value)).mask.any()


def test_bars_are_background_and_said(shipped):
    sample = load_experimental_sample()[0]
    image = sample.image.copy()
    image[-30:] = 0
    with pytest.warns(Blemished, match="30 rows at the bottom"):
        found = predict(shipped, image, pixel_size=sample.pixel_size)
    assert not found.mask[-30:].any() and found.mask[:-30].any()
    assert found.found == ("a border or bar of 30 rows at the bottom left out",)


def test_clean_micrographs_are_predicted_as_without_mending(shipped, monkeypatch):
    samples = load_experimental_sample()
    mended = evaluate(shipped, samples, keep=False).table
    monkeypatch.setattr(sys.modules["seg_train.prediction.predict"], "mend", Mended)
    pd.testing.assert_frame_equal(evaluate(shipped, samples, keep=False).table, mended)


def _through_jpeg(image):
    pillow = pytest.importorskip("PIL.Image")
    stream = io.BytesIO()
    levels = np.round(255 * np.clip(image, 0, 1)).astype(np.uint8)
    pillow.fromarray(levels).save(stream, "JPEG", quality=90)
    return np.array(pillow.open(stream))


def test_bars_are_found_through_a_jpeg_and_nothing_else_is():
    for sample in load_experimental_sample():
        assert mend(_through_jpeg(sample.image)).found == ()
        for blemish, words in ((scale_bar, "a scale bar of"), (data_bar, "rows at the bottom")):
            image = sample.image.copy()
            hidden = blemish(image)
            mended = mend(_through_jpeg(image))
            assert words in mended.found[0] and len(mended.found) < 3
            assert mended.left_out[hidden].mean() > 0.85  # two of 19 rows are blurred
            assert mended.left_out[~hidden].mean() < 0.02


def test_a_black_cube_is_no_bar():
    """Thick gold in counts of 8 bits, or made black by the contrast of the file."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(210, (160, 160)).clip(0, 255)
    counts[60:100, 50:95] = rng.poisson(4, (40, 45))
    assert mend(counts).found == ()
    counts[60:100, 50:95] = 0
    assert mend(counts).found == ()
