"""The threshold chosen on labelled micrographs."""

import numpy as np
import pytest

from seg_train import LabelledMicrograph, choose_threshold, load_experimental_sample
from seg_train.benchmark import Evaluation
from seg_train.data import halves
from seg_train.prediction import Prediction

THRESHOLDS = (0.2, 0.5, 0.6, 0.7, 0.8)


def micrographs(probabilities, masks):
    """Micrographs whose images are the probabilities that a network shall give."""
    return [
        LabelledMicrograph(np.array([p]), np.array([m], np.uint8), 1.0, "a", str(number))
        for number, (p, m) in enumerate(zip(probabilities, masks, strict=True))
    ]


@pytest.fixture
def seen(monkeypatch):
    """Networks that give back the image as the probability of being particle."""

    def found(network, samples, **_):
        both = [np.stack([1 - s.image, s.image], axis=-1) for s in samples]
        return Evaluation(None, tuple(Prediction(p, 1.0) for p in both))

    monkeypatch.setattr("seg_train.benchmark.threshold.evaluate", found)


def test_the_best_threshold_is_taken_where_all_micrographs_agree(seen):
    image, mask = [0.1, 0.55, 0.65, 0.75, 0.9], [0, 0, 0, 1, 1]
    choice = choose_threshold(None, micrographs([image] * 4, [mask] * 4), thresholds=THRESHOLDS)
    assert choice.threshold == 0.7
    assert choice.table["threshold"].tolist() == list(THRESHOLDS)
    np.testing.assert_allclose(choice.table["particle_f1"], [2 / 3, 2 / 3, 0.8, 1, 2 / 3])
    np.testing.assert_allclose(choice.table["recall"], [1, 1, 1, 1, 0.5])
    np.testing.assert_allclose(choice.table["standard_error"], 0, atol=1e-12)


def test_what_one_micrograph_alone_asks_for_is_not_followed(seen):
    image, mask = [0.1, 0.9, 0.9, 0.9], [0, 1, 1, 1]
    odd = [0.1, 0.65, 0.65, 0.9]
    images, masks = [image, image, image, odd], [mask, mask, mask, [0, 0, 0, 1]]
    choice = choose_threshold(None, micrographs(images, masks), thresholds=THRESHOLDS)
    table = choice.table.set_index("threshold")
    assert table["particle_f1"].idxmax() == 0.7
    assert choice.threshold == 0.5
    # jackknife by hand: F1 at 0.5 without each micrograph is 14/16, 14/16, 14/16, 1
    below = 1 - np.array([14 / 16, 14 / 16, 14 / 16, 1])
    error = np.sqrt(3 / 4 * ((below - below.mean()) ** 2).sum())
    assert table.loc[0.5, "standard_error"] == pytest.approx(error)
    assert table.loc[0.5, "below_best"] == pytest.approx(1 - 20 / 22)


def test_the_threshold_of_the_shipped_network_is_that_of_the_half_it_was_chosen_by():
    from seg_train import load_network

    network = load_network("real_micrographs")
    chosen_by, _ = halves(load_experimental_sample())
    choice = choose_threshold(network, chosen_by, symmetries=True, scales=(1, 1.12, 1.25))
    assert choice.threshold == network.threshold
