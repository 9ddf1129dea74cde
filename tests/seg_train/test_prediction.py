"""A network sees the same in a tile, in the whole and in a turned micrograph."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from hrtem_sim import Implausible, Refusal
from seg_train import (
    evaluate,
    load_experimental_sample,
    particle_table,
    predict,
    summarise,
    write_mask,
)
from seg_train.data import LabelledMicrograph, Prepared, apply_symmetry, halves, resample
from seg_train.data.augment import validation_patch
from seg_train.model import Network, build_model, receptive_radius
from seg_train.particles import instance_table
from seg_train.prediction import Prediction, plan_tiles, prepare_image


@pytest.fixture(scope="module")
def micrograph(make_database):
    database = make_database(structures=4, per_structure=1, shape=(128, 128), seed=11)
    return database.counts([0])[0], database.masks([0])[0]


@pytest.mark.parametrize("shape", [(64, 64), (256, 128), (4096, 4096), (160, 1056)])
def test_cores_cover_every_pixel_once_and_keep_their_distance(shape):
    covered = np.zeros(shape, int)
    for tile in plan_tiles(shape, window=128, overlap=20, stride=32):
        y0, y1, x0, x1 = tile.core
        top, bottom, left, right = tile.window
        covered[y0:y1, x0:x1] += 1
        assert top % 32 == left % 32 == 0
        assert y0 - top >= 20 or top == 0
        assert bottom - y1 >= 20 or bottom == shape[0]
        assert x0 - left >= 20 or left == 0
        assert right - x1 >= 20 or right == shape[1]
        assert (bottom - top, right - left) == tuple(min(n, 128) for n in shape)
    assert (covered == 1).all()


def test_tiles_equal_the_whole(network):
    image = np.random.default_rng(5).random((256, 320))
    whole = predict(network, image, window=1024).probabilities
    tiled = predict(network, image, window=128).probabilities
    # the same sums in another order: float32 rounding only
    assert np.abs(whole - tiled).max() < 1e-5


def test_no_pixel_beyond_the_receptive_radius_has_influence(network):
    radius = receptive_radius(network.model)
    image = np.random.default_rng(6).random((1, 128, 128, 1)).astype(np.float32)
    before = network.model.predict_on_batch(image)
    reach = []
    for y in range(62, 66):  # every phase of the grids below
        changed = image.copy()
        changed[0, y, 64] += 5
        touched = np.argwhere(network.model.predict_on_batch(changed) != before)[:, 1]
        reach.append(np.abs(touched - y).max())
    assert max(reach) <= radius
    assert radius == max(reach)  # and one in reach has


def test_a_patch_is_prepared_in_use_as_in_training(network, make_database):
    image = make_database().counts([0])[0].astype(np.float32)
    pixel = network.pixel_size
    prepared = Prepared(image, image.astype(np.uint8), pixel)
    rng = np.random.default_rng(1)
    in_training = validation_patch(prepared, network.recipe, pixel_size=pixel, rng=rng)[0]
    assert np.array_equal(prepare_image(network, image, network.pixel_size), in_training)


def test_turning_the_micrograph_turns_the_averaged_prediction(network, micrograph):
    image = micrograph[0]
    straight = predict(network, image, symmetries=True).particle
    turned = predict(network, apply_symmetry(image, 5), symmetries=True).particle
    assert np.allclose(apply_symmetry(straight, 5), turned, atol=1e-5)


def test_several_networks_and_scales_are_averaged_and_say_where_they_disagree(network, micrograph):
    image = micrograph[0]
    other = Network(build_model(network.recipe.model, seed=5), network.recipe, network.pixel_size)
    pairs = [(one, scale) for one in (network, other) for scale in (1.0, 1.25)]
    alone = [predict(one, image, pixel_size=0.5, scales=(scale,)).particle for one, scale in pairs]
    both = predict([network, other], image, pixel_size=0.5, scales=(1.0, 1.25))
    np.testing.assert_allclose(both.particle, np.mean(alone, axis=0), atol=1e-5)
    inner = np.s_[8:-8, 8:-8]
    assert both.disagreement.max() > 0.05
    # squares are resampled with the probabilities they are of, so nearly the same
    close = np.abs(both.disagreement - np.std(alone, axis=0))[inner]
    assert np.median(close) < 0.01
    assert predict(network, image, pixel_size=0.5).disagreement is None
    few = [predict(network, image, pixel_size=0.5, symmetries=n).particle for n in (1, 2, 8, True)]
    np.testing.assert_array_equal(few[0], alone[0])
    np.testing.assert_array_equal(few[2], few[3])
    assert (few[1] != few[0]).any()


def test_particle_is_what_is_more_probable_than_the_threshold_and_then_its_likeliest_class():
    background = np.array([[0.45, 0.35, 0.25]])
    probabilities = np.stack([background, 0.3 - 0 * background, 0.7 - background], axis=-1)
    mask = Prediction(probabilities, 0.5, threshold=0.6).mask
    assert mask.tolist() == [[0, 2, 2]]  # 0.55 of particle is too little, although 2 is likelier
    assert Prediction(probabilities, 0.5).mask.tolist() == [[1, 2, 2]]


def test_thresholds_are_those_of_the_networks_or_the_callers(network, micrograph):
    image, mask = micrograph
    strict = replace(network, threshold=0.9)
    particle = predict(network, image).particle
    assert (predict(network, image).mask == (particle > 0.5)).all()
    assert (predict(strict, image).mask == (particle > 0.9)).all()
    assert predict([network, strict], image).threshold == pytest.approx(0.7)
    assert predict(strict, image, threshold=0.2).threshold == 0.2
    sample = LabelledMicrograph(image, mask, 0.5, "a", "x")
    strictly, freely = (
        evaluate(network, [sample], threshold=t).table.iloc[0] for t in (0.99, 0.01)
    )
    assert strictly["recall"] < freely["recall"] and strictly["precision"] > freely["precision"]
    assert strictly["f1"] == freely["f1"]  # of probabilities, not discretised


def test_an_enlarged_look_is_a_look_at_larger_pixels(network, micrograph):
    image = micrograph[0]
    larger = predict(network, image, pixel_size=0.5 * 1.25)
    np.testing.assert_array_equal(
        predict(network, image, pixel_size=0.5, scales=(1.25,)).probabilities, larger.probabilities
    )


def test_a_trained_network_finds_the_particle_at_any_pixel_size(network, micrograph):
    image, mask = micrograph
    for scale in (1, 2):
        shape = (128 * scale, 128 * scale)
        larger = LabelledMicrograph(
            resample(image, shape),
            np.kron(mask, np.ones((scale, scale), int)),
            0.5 / scale,
            "a",
            f"x{scale}",
        )
        table = evaluate(network, [larger]).table
        assert table["particle_f1"][0] > 0.8
    summary = summarise(table, rng=1, resamples=20)
    assert summary.loc["all", "images"] == 1


def test_an_evaluation_keeps_what_was_found_in_the_order_of_its_rows(network, micrograph):
    image, mask = micrograph
    samples = [
        LabelledMicrograph(np.roll(image, 9 * k, axis=1), mask, 0.5, "a", f"x{k}") for k in range(3)
    ]
    evaluation = evaluate(network, iter(samples))
    assert list(evaluation.table["name"]) == ["x0", "x1", "x2"]
    for sample, found in zip(samples, evaluation.masks, strict=True):
        assert np.array_equal(found, predict(network, sample.image, pixel_size=0.5).mask)
    bare = evaluate(network, samples, keep=False)
    assert bare.predictions == () and bare.table.equals(evaluation.table)


def test_a_prediction_says_how_far_it_is_and_ends_when_told(network, micrograph):
    shares = []
    looks = {"pixel_size": 0.5, "symmetries": 3, "scales": (1.0, 1.25), "window": 96}
    predict([network, network], micrograph[0], watch=shares.append, **looks)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    assert np.diff([0, *shares]).max() < 0.1  # by tiles of looks, so that a bar keeps moving

    def stop(share):
        shares.append(share)
        raise KeyboardInterrupt

    shares.clear()
    with pytest.raises(KeyboardInterrupt):
        predict(network, micrograph[0], watch=stop, **looks)
    assert len(shares) == 1  # nothing was computed after the first tile


def test_sizes_that_fit_no_stride_keep_their_shape(network):
    assert predict(network, np.random.default_rng(1).random((45, 71))).mask.shape == (45, 71)


def test_probabilities_stay_probabilities_after_resampling(network):
    p = predict(network, np.random.default_rng(1).random((100, 90)), pixel_size=0.31).probabilities
    assert p.min() >= 0 and np.allclose(p.sum(axis=-1), 1, atol=1e-5)


def test_particle_table_knows_a_disc():
    y, x = np.mgrid[:80, :90]
    mask = np.hypot(y - 40, x - 30) < 20
    mask[:5, 60:70] = True
    table = particle_table(mask, pixel_size=0.5)
    assert table["touches_edge"].tolist() == [True, False]
    disc = table.iloc[1]
    assert disc["equivalent_diameter"] == pytest.approx(20.0, rel=0.01)  # 40 pixels of 0.5
    assert (disc["x"], disc["y"]) == pytest.approx((15.25, 20.25))


def test_particles_numbered_by_hand_stay_apart_where_they_touch():
    drawn = np.zeros((20, 30), int)
    drawn[5:10, 2:7] = 4
    drawn[5:10, 7:12] = 9  # touches it
    drawn[15:17, 20:22] = 4  # the same number, elsewhere
    table = instance_table(drawn, pixel_size=0.5)
    assert table["label"].tolist() == [4, 4, 9]
    assert table["area"].tolist() == [25 * 0.25, 4 * 0.25, 25 * 0.25]
    assert table["x"].tolist() == [4.5 * 0.5, 21 * 0.5, 9.5 * 0.5]
    assert not table["touches_edge"].any()
    drawn[19, 29] = 9
    assert instance_table(drawn, pixel_size=0.5)["touches_edge"].tolist() == [False] * 3 + [True]
    assert len(particle_table(drawn, pixel_size=0.5)) == 3  # as a mask the two are one


def test_masks_are_written_with_their_pixel_size(tmp_path):
    import tifffile

    mask = np.eye(5, dtype=np.uint8)
    write_mask(tmp_path / "mask.tif", mask, pixel_size=0.5)
    with tifffile.TiffFile(tmp_path / "mask.tif") as file:
        assert np.array_equal(file.asarray(), 255 * mask)
        pixels, unit = file.pages[0].tags["XResolution"].value
        assert pixels / unit == 2.0 and file.imagej_metadata["unit"] == "angstrom"

    write_mask(tmp_path / "mask.tif", np.arange(9, dtype=np.uint8).reshape(3, 3), pixel_size=0.5)
    assert tifffile.imread(tmp_path / "mask.tif").max() == 8


def test_the_shipped_network_finds_particles_on_micrographs_it_never_saw():
    scores = evaluate("real_micrographs", load_experimental_sample(), symmetries=True).table
    whole = summarise(scores).loc["all"]
    # measured: 0.879, precision 0.82, recall 0.94; rounding differs between machines, not by this
    assert whole["particle_f1"] == pytest.approx(0.879, abs=0.01)
    assert whole["precision"] > 0.80 and whole["recall"] > 0.92


def test_scales_help_the_shipped_network():
    """On the half of the sample to report; all sixteen: 0.879 at one scale, 0.888 at three."""
    _, half = halves(load_experimental_sample())
    scores = [
        summarise(evaluate("real_micrographs", half, symmetries=2, scales=scales).table, by=None)
        for scales in ((1.0,), (1.0, 1.12, 1.25))
    ]
    one, three = (score.loc["all", "particle_f1"] for score in scores)
    assert three > one + 0.005


def test_pixels_far_from_the_training_grid_are_refused_or_doubted(network):
    image, trained = np.random.default_rng(1).random((64, 64)), network.pixel_size
    with pytest.raises(Refusal, match=r"pixel_size must be within a factor of 30 .*did you mean"):
        predict(network, image, pixel_size=trained * 100)
    with pytest.raises(Refusal, match="pixel_size must be within a factor of 30"):
        predict(network, image, pixel_size=trained / 31)
    with pytest.warns(Implausible, match=r"pixel_size should be .*did you mean .* nm"):
        predict(network, image, pixel_size=trained / 20)
    with pytest.warns(Implausible, match="2 times coarser"):
        predict(network, image, pixel_size=trained * 2.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        predict(network, image, pixel_size=trained / 4)
