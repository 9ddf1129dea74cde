"""The gap report measures what it says, and finds trainings that hide what they should teach."""

import dataclasses

import numpy as np
import pytest

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.provenance import Distribution
from seg_train import AugmentationRecipe, load_experimental_sample, read_training_recipe
from seg_train.cli import main
from seg_train.data.variations import coloured_noise
from seg_train.gap import (
    Patch,
    compare,
    gap_figure,
    measure_gap,
    micrographs_of,
    patch_statistics,
    real_patches,
    training_patches,
)
from seg_train.gap.statistics import spectrum

PIXEL = 0.8


@pytest.fixture
def halves():
    """A mask of particle below and film above."""
    return (np.arange(128)[:, None] // 64 * np.ones(128)).astype(np.uint8)


def test_fringes_of_gold_inside_particles_are_measured_there_and_nowhere_else(halves):
    """A wave of amplitude a has the variance a^2 / 2, white noise 0.165 of its own in the band."""
    y = np.arange(128) * PIXEL
    wave = np.sin(2 * np.pi * y / 2.34)[:, None] * np.ones(128)
    noise = np.random.default_rng(1).normal(size=(128, 128))
    inside = noise + 2 * wave * halves
    outside = noise + 2 * wave * (1 - halves)
    found = [patch_statistics(i, halves, pixel_size=PIXEL).fringes for i in (inside, outside)]
    variance = inside.var()
    assert found[0] == pytest.approx((2**2 / 2 + 0.165) / variance, rel=0.12)  # the edge leaks
    assert found[1] == pytest.approx(0.165 / variance, rel=0.4)


def test_slow_background_is_that_of_the_film_alone(halves):
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(128, 128)) + 8.0 * halves  # particles are no background
    x = (np.arange(128) + 0.5) * PIXEL
    wave = np.cos(2 * np.pi * x / 102.4)  # passes the Gaussian of 20 angstrom by half
    flat = patch_statistics(noise, halves, pixel_size=PIXEL).background
    shaded = patch_statistics(noise + wave, halves, pixel_size=PIXEL).background
    assert flat < 0.05
    passed = np.exp(-2 * np.pi**2 * 20.0**2 / 102.4**2) / np.sqrt(2)
    assert shaded == pytest.approx(passed / np.sqrt(1.5), rel=0.1)


def test_correlations_are_those_of_the_film(halves):
    noise = coloured_noise((128, 128), 1.5, np.random.default_rng(3))
    image = np.where(halves > 0, np.random.default_rng(4).normal(size=noise.shape), noise)
    found = patch_statistics(image, halves, pixel_size=PIXEL)
    assert found.lag_1 == pytest.approx(np.exp(-((1 / 3) ** 2)), abs=0.03)
    assert found.lag_2 == pytest.approx(np.exp(-((2 / 3) ** 2)), abs=0.06)


def test_patches_without_film_or_particle_have_no_numbers_of_them():
    noise = np.random.default_rng(5).normal(size=(64, 64))
    film = patch_statistics(noise, np.zeros((64, 64)), pixel_size=PIXEL)
    particle = patch_statistics(noise, np.ones((64, 64)), pixel_size=PIXEL)
    assert np.isnan(film.fringes) and not np.isnan(film.background)
    assert np.isnan([particle.lag_1, particle.lag_2, particle.background]).all()


def test_the_spectrum_of_white_noise_is_one():
    powers = [
        spectrum(np.random.default_rng(k).normal(size=(64, 64)), pixel_size=PIXEL)
        for k in range(40)
    ]
    np.testing.assert_allclose(np.mean(powers, axis=0)[4:], 1, atol=0.12)


def test_the_sample_is_cut_into_patches_of_the_training(recipe):
    wide = dataclasses.replace(recipe, patch=112, pixel_size=PIXEL)
    patches = real_patches(load_experimental_sample(), wide, pixel_size=PIXEL)
    assert len(patches) == 16 and {patch.image.shape for patch in patches} == {(112, 112)}
    small = dataclasses.replace(recipe, patch=64, pixel_size=PIXEL)
    assert len(real_patches(load_experimental_sample(), small, pixel_size=PIXEL)) == 64


def test_a_training_that_blurs_what_it_should_teach_does_not_fit(halves):
    rng = np.random.default_rng(6)
    wave = np.sin(2 * np.pi * np.arange(128) * PIXEL / 2.34)[:, None]

    def patches(number, sigma):
        from scipy.ndimage import gaussian_filter

        made = [rng.normal(size=(128, 128)) + 1.5 * wave * halves for _ in range(number)]
        return [Patch(gaussian_filter(image, sigma / PIXEL), halves) for image in made]

    real = patches(8, 0.2)
    assert compare(real, patches(20, 0.25), pixel_size=PIXEL).failures == []
    words = compare(real, patches(20, 1.0), pixel_size=PIXEL).failures
    assert any(line.startswith("fringes inside particles: 0.") for line in words)
    bare = [Patch(patch.image, np.zeros_like(halves)) for patch in real[:2]]
    assert compare(real + bare, real, pixel_size=PIXEL).failures == [
        "bare film: 20% of the real patches, 0% of those of the training"
    ]


def test_training_patches_are_those_of_the_batches_and_figures_show_both(recipe, database):
    varied = dataclasses.replace(
        recipe,
        augmentation=AugmentationRecipe(magnification=Distribution("uniform", (0.8, 1.2))),
    )
    patches = training_patches(varied, database, number=11)
    assert len(patches) == 11 and patches[0].image.shape == (64, 64)
    gap = compare(patches[:5], patches, pixel_size=0.5)
    figure = gap_figure(gap, shown=3)
    assert sum(len(sub.axes) for sub in figure.subfigs) == 2 * 3 + 6


def test_micrographs_without_masks_get_them_from_a_network(network, database, tmp_path):
    np.save(tmp_path / "one.npy", database.counts([0])[0])
    (found,) = micrographs_of([tmp_path / "one.npy"], network, pixel_size=0.5)
    assert (found.mask == database.masks([0])[0]).mean() > 0.9


def test_the_command_fails_where_the_training_does_not_hold_the_real(tmp_path, capsys, tiny_file):
    """Particles of 1 nm with nothing but turns are not what the sample shows."""
    recipe = tmp_path / "small.toml"
    recipe.write_text(
        tiny_file.read_text().replace("structures = 4", "structures = 2")
        + "\n[training]\nseed = 1\nvalidation = 0.5\npatch = 32\n"
    )
    out = str(tmp_path / "out")
    assert main(["gap", str(recipe), "--out", out, "--structures", "2", "--quiet"]) == 1
    assert "does not fit:" in capsys.readouterr().out
    assert (tmp_path / "out" / "gap.csv").is_file() and (tmp_path / "out" / "gap.png").is_file()


FORMER = AugmentationRecipe(
    blur=Distribution("uniform", (0.0, 1.2)),
    magnification=Distribution("uniform", (0.8, 1.3)),
    shading=Distribution("uniform", (0.0, 0.03)),
)
"""What `real_micrographs` did before: blurs that leave no fringes, shading of three film's rms."""


def test_the_shipped_recipe_trains_on_what_the_sample_shows_and_the_former_did_not(tmp_path):
    training = read_training_recipe("real_micrographs")
    few = dataclasses.replace(
        read_dataset_recipe("real_micrographs"), structures=16, images_per_structure=3
    )
    database = build_dataset(few, tmp_path, progress=False)
    sample = load_experimental_sample()
    assert measure_gap(training, database, sample).failures == []
    former = dataclasses.replace(training, augmentation=FORMER)
    failures = " ".join(measure_gap(former, database, sample).failures)
    assert "fringes inside particles" in failures and "neighbours" in failures
