"""Augmentation: noise where it arises, cuts that keep fringes, and what earlier recipes drew."""

import dataclasses

import numpy as np
import pytest
from scipy.special import j1

from hrtem_sim.imaging import Detector, Recorder
from hrtem_sim.provenance import Distribution
from seg_train import AugmentationRecipe, PreprocessingRecipe, TrainingRecipe
from seg_train.data import Batches, Prepared, StoredMicrographs
from seg_train.data.augment import training_patch
from seg_train.data.variations import (
    HOT,
    coloured_noise,
    film_rms,
    low_passed,
    with_gamma,
    with_hot_pixels,
)
from seg_train.recipe import LowPassRecipe, TextureRecipe
from tests.discs import ExpectedDatabase, FakeDatabase


def constant(value):
    return Distribution("constant", (value,))


def uniform(low, high):
    return Distribution("uniform", (low, high))


PLAIN = AugmentationRecipe(symmetries=False)
SHARP = LowPassRecipe(cutoff=constant(0.5), sharpness=constant(100.0))


def correlations(image):
    image = image - image.mean()
    shifted = [(image[:, lag:] * image[:, : image.shape[1] - lag]).mean() for lag in (1, 2)]
    return np.array(shifted) / image.var()


def patch_of(prepared, augmentation, *, patch=None, seed=1):
    recipe = TrainingRecipe(
        seed=1,
        patch=patch,
        augmentation=augmentation,
        preprocessing=PreprocessingRecipe(normalisation="standard"),
    )
    return training_patch(prepared, recipe, pixel_size=0.8, rng=np.random.default_rng(seed))


def test_neighbours_on_the_grid_are_correlated_as_those_of_a_camera_that_cuts_at_half():
    """White noise cut at K has the correlation 2 J1(x) / x, x = 2 pi K r; new pixels average."""
    film = Prepared(
        np.ones((1024, 1024)),
        np.zeros((1024, 1024), np.uint8),
        0.4,
        on_grid=False,
        recorder=Recorder(Detector(0.4), 400.0),
    )
    image, _ = patch_of(film, dataclasses.replace(PLAIN, low_pass=SHARP))
    assert image.shape == (512, 512)
    x = 2 * np.pi * 0.5 * np.arange(-6, 7)[:, None] * 0.4
    y = 2 * np.pi * 0.5 * np.arange(-1, 2) * 0.4
    r = np.hypot(x, y) + 1e-9
    pair = np.array([1.0, 2.0, 1.0])  # pixels of the camera that two new pixels share, by distance
    along = ((2 * j1(r) / r) * pair).sum(axis=1)
    at = [sum(pair * along[6 + 2 * lag + np.arange(-1, 2)]) for lag in (0, 1, 2)]
    np.testing.assert_allclose(correlations(image), np.array(at[1:]) / at[0], atol=0.01)
    white, _ = patch_of(film, PLAIN)
    np.testing.assert_allclose(correlations(white), 0, atol=0.01)


def test_a_sharp_cut_keeps_the_fringes_of_gold_that_a_blur_takes_away():
    x = (np.arange(500) + 0.5) * 0.2
    fringes = np.tile(np.cos(2 * np.pi * x / 2.355), (8, 1))
    for sigma, left in ((0.6, 0.28), (0.9, 0.056), (1.2, 0.006)):
        kept = low_passed(fringes, pixel_size=0.2, sigma=sigma).std() / fringes.std()
        assert kept == pytest.approx(left, abs=0.006)
    for cutoff in (0.45, 0.70):
        kept = low_passed(fringes, pixel_size=0.2, cutoff=cutoff, sharpness=30.0)
        assert kept.std() > 0.8 * fringes.std()


def test_expected_images_are_shown_with_fresh_noise_at_their_dose(recipe):
    plain = dataclasses.replace(recipe, augmentation=PLAIN, batch_size=9)
    source = StoredMicrographs(ExpectedDatabase(), plain)
    example = source.epoch(0).take(np.array([0]))[0]
    assert set(np.unique(example.image)) == {1.0, 1.5}
    batches = Batches(source, dataclasses.replace(plain, epochs=3))
    first, again, later = (batches.batch(epoch, 0) for epoch in (0, 0, 1))
    assert np.array_equal(first[0], again[0])
    assert not np.isin(first[0][0], later[0]).all()
    fixed = [batches.validation_batch(0)[0] for _ in range(2)]
    assert np.array_equal(*fixed)


@pytest.mark.parametrize(("dose", "means"), [(None, 100.0), (constant(400.0), 400.0)])
def test_noise_is_that_of_the_dose(dose, means):
    """Film of 1 and a half of 2 incident beams: the contrast in noise rms says the dose."""
    mask = np.zeros((512, 512), np.uint8)
    mask[:, 256:] = 1
    scene = Prepared(1.0 + mask, mask, 0.8, on_grid=False, recorder=Recorder(Detector(0.8), 100.0))
    image, seen = patch_of(scene, dataclasses.replace(PLAIN, dose=dose))
    film, particle = image[seen == 0], image[seen == 1]
    ratio = (particle.mean() - film.mean()) / film.std()
    assert ratio == pytest.approx(np.sqrt(means * 0.64), rel=0.02)  # mean over its own root


def test_shading_of_the_film_is_a_share_of_its_rms():
    rng = np.random.default_rng(2)
    mask = np.zeros((128, 128), np.uint8)
    mask[30:70, 30:70] = 1
    image = rng.normal(400, 10, mask.shape) + 300.0 * mask
    assert film_rms(image, mask) == pytest.approx(10, rel=0.03)
    shaded = dataclasses.replace(PLAIN, shading=constant(0.5), shading_of="film")
    given = Prepared(image, mask, 0.8)
    flat, shown = (patch_of(given, augmentation)[0] for augmentation in (PLAIN, shaded))
    scale = image.std()
    added = shown * np.std(image) - flat * scale  # both standardised: nearly the same scale
    assert added[mask == 0].std() == pytest.approx(0.5 * 10, rel=0.15)


def test_texture_is_correlated_over_its_length():
    noise = coloured_noise((512, 512), 2.0, np.random.default_rng(1))
    assert noise.std() == pytest.approx(1, abs=1e-3)
    want = np.exp(-((np.array([1, 2]) / 4.0) ** 2))
    np.testing.assert_allclose(correlations(noise), want, atol=0.02)
    texture = TextureRecipe(amplitude=constant(1.0), length=constant(1.6))
    film = Prepared(np.random.default_rng(3).normal(size=(256, 256)), np.zeros((256, 256)), 0.8)
    image, _ = patch_of(film, dataclasses.replace(PLAIN, texture=texture))
    np.testing.assert_allclose(correlations(image), want / 2, atol=0.03)  # half of the variance


def test_hot_pixels_are_as_many_as_asked_and_a_median_takes_them_away():
    flat = np.random.default_rng(1).normal(100, 1, (400, 400))
    hot = with_hot_pixels(flat, 0.001, np.random.default_rng(2))
    found = hot - flat > 0.01
    assert 120 < found.sum() < 200  # 160 are expected
    assert (hot - flat).max() <= HOT * 1.01
    both = dataclasses.replace(PLAIN, hot_pixels=constant(0.001), median=1.0)
    given = Prepared(flat, np.zeros(flat.shape, np.uint8), 0.8, on_grid=False)
    only = dataclasses.replace(PLAIN, hot_pixels=constant(0.001), median=0.0)
    spikes = [np.abs(patch_of(given, augmentation)[0]).max() for augmentation in (only, both)]
    assert spikes[0] > 10 and spikes[1] < 7


def test_grey_values_keep_their_order_under_gamma():
    image = np.sort(np.random.default_rng(1).random(1000)).reshape(20, 50)
    for gamma in (0.5, 2.0):
        shown = with_gamma(image, gamma)
        assert (np.diff(shown.ravel()) >= 0).all()
        assert abs(np.median(shown) - 0.5**gamma) < 0.03


def test_a_part_of_the_patches_passes_the_low_pass():
    film = Prepared(np.random.default_rng(1).normal(size=(64, 64)), np.zeros((64, 64)), 0.8, False)
    some = dataclasses.replace(PLAIN, low_pass=dataclasses.replace(SHARP, share=0.75))
    lags = [correlations(patch_of(film, some, seed=seed)[0])[0] for seed in range(80)]
    assert 48 <= sum(lag > 0.2 for lag in lags) <= 72


def test_recipes_of_earlier_runs_draw_the_patches_they_drew(recipe):
    earlier = dataclasses.replace(
        recipe,
        pixel_size=0.8,
        patch=24,
        augmentation=AugmentationRecipe(
            blur=uniform(0.0, 1.2), magnification=uniform(0.8, 1.3), shading=uniform(0.0, 0.03)
        ),
        preprocessing=PreprocessingRecipe(median=3, normalisation="standard"),
    )
    batches = Batches(StoredMicrographs(FakeDatabase(), earlier), earlier)
    images, masks = batches.batch(1, 1)
    known = [[-0.6942, -0.7084, -0.5585], [-0.8003, -0.7045, -0.5697], [-0.7615, 1.0802, 1.9028]]
    np.testing.assert_allclose(images[0, ::8, ::8, 0], known, atol=2e-4)  # as printed
    assert masks.sum() == 521 and batches.validation_batch(0)[1].sum() == 916
