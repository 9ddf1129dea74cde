"""Scores have known answers, exchange with their symmetries and never are NaN."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter

from seg_train.metrics import (
    Detection,
    PixelCounts,
    bootstrap_interval,
    count_near,
    count_pixels,
    detect,
    label_particles,
    separate_particles,
    summarise,
)

masks = arrays(np.uint8, (6, 7), elements=st.integers(0, 1))


def test_half_overlap_of_equal_squares():
    mask, found = np.zeros((4, 4)), np.zeros((4, 4))
    mask[0:2, 0:2] = 1
    found[0:2, 1:3] = 1
    counts = count_pixels(mask, found)
    assert (counts.tp, counts.fp, counts.fn, counts.tn) == (2, 2, 2, 10)
    assert counts.f1 == counts.precision == counts.recall == 0.5
    assert counts.iou == pytest.approx(1 / 3)


def test_soft_f1_is_the_mean_of_the_classes_by_hand():
    mask, p = np.array([[1, 0]]), np.array([[0.8, 0.4]])
    particle = 2 * 0.8 / (1.2 + 1)
    background = 2 * 0.6 / (0.8 + 1)
    assert count_pixels(mask, p).soft_f1 == pytest.approx((particle + background) / 2)


@given(masks, masks)
def test_f1_is_symmetric_in_truth_and_prediction(a, b):
    assert count_pixels(a, b).f1 == count_pixels(b, a).f1
    assert count_pixels(a, b).precision == count_pixels(b, a).recall


@given(masks, masks)
def test_dice_and_iou_tell_the_same(a, b):
    counts = count_pixels(a, b)
    assert counts.f1 == pytest.approx(2 * counts.iou / (1 + counts.iou))


@given(masks, masks)
def test_soft_f1_of_a_certain_network_is_the_mean_of_the_hard_ones(a, b):
    inside, outside = count_pixels(a, b), count_pixels(1 - a, 1 - b)
    assert inside.soft_f1 == pytest.approx((inside.f1 + outside.f1) / 2)


def test_empty_patches_count_and_give_no_nan():
    nothing, something = np.zeros((4, 4)), np.ones((4, 4))
    assert count_pixels(nothing, nothing).f1 == 1
    assert count_pixels(nothing, nothing).soft_f1 == 1
    invented, missed = count_pixels(nothing, something), count_pixels(something, nothing)
    for counts in (invented, missed):
        scores = [counts.f1, counts.iou, counts.precision, counts.recall, counts.soft_f1]
        assert scores == [0, 0, 0, 0, 0]


def test_counts_of_images_add_to_the_counts_of_their_pixels():
    rng = np.random.default_rng(1)
    mask, p = rng.integers(0, 2, (2, 5, 5)), rng.random((2, 5, 5))
    together = count_pixels(mask.reshape(10, 5), p.reshape(10, 5))
    apart = count_pixels(mask[0], p[0]) + count_pixels(mask[1], p[1])
    assert apart.soft_f1 == pytest.approx(together.soft_f1)
    assert (apart.tp, apart.fn) == (together.tp, together.fn)


def blocks(*areas, shape=(20, 40)):
    image = np.zeros(shape, int)
    for y, x, h, w in areas:
        image[y : y + h, x : x + w] = 1
    return image


def test_each_kind_of_detection_is_told_apart():
    truth = blocks((2, 1, 6, 6), (2, 10, 6, 6), (2, 20, 6, 12), (12, 1, 6, 6), (12, 10, 6, 6))
    found = blocks((2, 1, 6, 6), (2, 20, 6, 5), (2, 26, 6, 6), (12, 1, 6, 15), (15, 30, 3, 3))
    assert detect(truth, found) == Detection(found=1, missed=1, invented=1, split=1, merged=2)


@settings(max_examples=50)
@given(masks, masks)
def test_every_particle_has_exactly_one_fate(a, b):
    detection = detect(a, b)
    assert detection.particles == label_particles(a).max()
    assert detection.invented <= label_particles(b).max()


@given(masks)
def test_a_perfect_prediction_finds_all_and_invents_nothing(mask):
    n = int(label_particles(mask).max())
    assert detect(mask, mask) == Detection(n, 0, 0, 0, 0)


def test_specks_below_the_least_area_are_left_out():
    speck = blocks((0, 0, 1, 1), (5, 5, 4, 4))
    assert label_particles(speck, min_area=2).max() == 1
    assert detect(blocks((5, 5, 4, 4)), speck, min_area=2).invented == 0


def test_bootstrap_interval_of_a_mean_has_the_width_of_its_standard_error():
    values = np.random.default_rng(0).normal(size=400)
    low, high = bootstrap_interval(
        lambda drawn: values[drawn].mean(), 400, rng=np.random.default_rng(1), resamples=2000
    )
    assert low < values.mean() < high
    # 2 x 1.96 standard errors; 2000 resamples know the width to about 4 %
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_pooled_scores_weigh_images_by_their_pixels():
    rows = []
    for name, tp, fn in (("big", 90, 10), ("small", 0, 10)):
        counts = PixelCounts(tp=tp, fn=fn, tn=100, soft_tp=tp, soft_found=tp)
        rows.append(
            {
                "name": name,
                "group": name,
                "f1": counts.soft_f1,
                **vars(counts),
                **vars(Detection(1, 0, 0, 0, 0)),
            }
        )
    summary = summarise(pd.DataFrame(rows), rng=1, resamples=50)
    assert list(summary.index) == ["big", "small", "all"]
    assert summary.loc["all", "recall"] == pytest.approx(90 / 110)
    assert summary.loc["all", "found"] == 2
    intervals = [name for name in summary if name.endswith(("_low", "_high"))]
    assert summary.drop(columns=intervals).notna().all().all()
    assert summary.loc[["big", "small"], intervals].isna().all().all()  # of one image: none
    assert summary.loc["all", "particle_f1_low"] < summary.loc["all", "particle_f1"]


def test_one_item_and_items_that_are_alike_have_no_interval():
    for values in (np.ones(1), np.ones(5)):
        interval = bootstrap_interval(
            lambda drawn, v=values: v[drawn].mean(), len(values), rng=np.random.default_rng(1)
        )
        assert np.isnan(interval).all()


def test_the_interval_of_a_skewed_mean_is_skewed():
    """The mean of 20 exponentials is a gamma, whose tails are 1 : 1.4."""
    values = -np.log(1 - (np.arange(20) + 0.5) / 20)  # quantiles of the exponential
    low, high = bootstrap_interval(
        lambda drawn: values[drawn].mean(), 20, rng=np.random.default_rng(2), resamples=4000
    )
    assert 1.15 < (high - values.mean()) / (values.mean() - low) < 1.9


def disc(y, x, radius, shape=(120, 160)):
    rows, columns = np.indices(shape)
    return np.hypot(rows - y, columns - x) < radius


@given(masks, masks)
def test_at_no_distance_the_tolerant_score_is_the_strict_one(a, b):
    assert count_near(a, b, distance=0).f1 == pytest.approx(count_pixels(a, b).f1)


@given(masks, masks)
def test_tolerance_never_costs(a, b):
    scores = [count_near(a, b, distance=distance).f1 for distance in (0, 1, 2, 20)]
    assert scores == sorted(scores)
    assert scores[-1] == float(a.any() == b.any())


def test_a_shifted_outline_is_forgiven_and_an_invented_particle_is_not():
    truth = disc(50, 50, 20)
    assert count_near(truth, disc(53, 50, 20), distance=4).f1 == 1
    assert count_near(truth, disc(50, 50, 23), distance=4).f1 == 1
    invented = truth | disc(50, 120, 20)
    assert count_near(truth, invented, distance=4).f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize(("distance", "parts"), [(1.0, 1), (1.25, 1), (1.4, 2), (1.9, 2)])
def test_discs_are_two_where_their_neck_is_narrow(distance, parts):
    """The neck of two discs is sqrt(1 - (distance / 2)^2) of their width: 0.75 at 1.32 radii."""
    both = disc(50, 50, 20) | disc(50, 50 + 20 * distance, 20)
    assert label_particles(both).max() == 1
    split = label_particles(both, separate=True)
    assert split.max() == parts
    assert ((split > 0) == both).all()
    if parts == 2:  # cut half way, to a pixel
        assert split[50, 50] != split[50, 50 + int(20 * distance)]
        assert abs((split == 1).sum() - (split == 2).sum()) < 60


def test_shapes_without_a_neck_stay_whole():
    y, x = np.indices((120, 160))
    shapes = {
        "ellipse": ((y - 50) / 12) ** 2 + ((x - 70) / 40) ** 2 < 1,
        "rod": (abs(y - 50) < 8) & (abs(x - 70) < 50),
        "square": (abs(y - 50) < 30) & (abs(x - 70) < 30),
        "at the border": disc(-5, 40, 25),
        "in the corner": disc(0, 0, 30),
        "speck": disc(9, 9, 1),
    }
    for name, shape in shapes.items():
        assert separate_particles(shape.astype(int)).max() == 1, name
    assert separate_particles((disc(0, 40, 15) | disc(0, 66, 15)).astype(int)).max() == 2


def test_ragged_outlines_do_not_split():
    rng = np.random.default_rng(0)
    for _ in range(20):
        noisy = disc(60, 80, 14) + 0.5 * rng.normal(size=(120, 160))
        rough = gaussian_filter(noisy, 1.5) > 0.5  # as smooth as what a network gives
        labels = label_particles(rough)
        assert separate_particles((labels == labels[60, 80]).astype(int)).max() == 1


def test_touching_particles_that_are_found_apart_are_found():
    truth = disc(50, 50, 20) | disc(50, 85, 20)
    apart = disc(50, 49, 18) | disc(50, 87, 18)
    assert detect(truth, apart).split == 1
    assert detect(truth, apart, separate=True) == Detection(2, 0, 0, 0, 0)
