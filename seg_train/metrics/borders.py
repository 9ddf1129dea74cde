"""Scores that forgive the border of a particle, which nobody draws to the pixel."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes
from seg_train.metrics.counts import Counts


@dataclass(frozen=True)
class NearCounts(Counts):
    """Pixels that are right to within a distance; counts of several images add.

    Parameters
    ----------
    found, found_near
        Pixels found, and those of them that lie on a true particle or within the distance of one.
    truth, truth_near
        Pixels of true particles, and those of them that were found or lie within the distance of
        what was found.

    Examples
    --------
    >>> count_near(np.array([[0, 1, 1, 0]]), np.array([[1, 1, 0, 0]]), distance=1).f1
    1.0
    """

    found: int = 0
    found_near: int = 0
    truth: int = 0
    truth_near: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of relaxed precision and recall; 1 where nothing is and nothing was found.

        Mnih and Hinton, ECCV (2010), doi 10.1007/978-3-642-15567-3_16.
        """
        if not self.found or not self.truth:
            return float(self.found == self.truth)
        precision, recall = self.found_near / self.found, self.truth_near / self.truth
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def count_near(mask: np.ndarray, prediction: np.ndarray, *, distance: float) -> NearCounts:
    """Return the counts of pixels that are right to within a distance.

    Parameters
    ----------
    mask, prediction
        (ny, nx); everything but 0 is particle.
    distance
        In pixels; at 0 the F1 is the strict one.

    Examples
    --------
    >>> count_near(np.array([[0, 1, 1, 0]]), np.array([[1, 1, 0, 0]]), distance=0).f1
    0.5
    """
    truth, found = as_classes(mask) > 0, as_classes(prediction, "prediction") > 0
    if truth.shape != found.shape:
        raise Refusal(
            f"prediction must have the shape of the mask, {truth.shape}; got {found.shape}"
        )
    if not 0 <= distance < np.inf:
        raise Refusal(f"distance must be zero or more, in pixels; got {distance!r}")
    return NearCounts(
        int(found.sum()),
        int((found & _within(truth, distance)).sum()),
        int(truth.sum()),
        int((truth & _within(found, distance)).sum()),
    )


def _within(pixels: np.ndarray, distance: float) -> np.ndarray:
    """Which pixels lie within a distance of some."""
    if not pixels.any():
        return pixels
    return distance_transform_edt(~pixels) <= distance
