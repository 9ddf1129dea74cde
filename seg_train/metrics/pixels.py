"""Scores of single pixels: F1 as the paper reports it, and particle F1, IoU, precision, recall.

The paper is Rangel DaCosta et al., npj Comput. Mater. 10 (2024), doi 10.1038/s41524-024-01336-0.

A ratio of nothing to nothing is 1 when there was nothing to find and nothing was found, else 0, so
that empty patches count and never give NaN.
"""

from dataclasses import dataclass

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes
from seg_train.metrics.counts import Counts

ROUNDING = 1e-4
"""What sums of probabilities in single precision, or in half, may be off."""


@dataclass(frozen=True)
class PixelCounts(Counts):
    """What pixel scores are made of; counts of several images add.

    Parameters
    ----------
    tp, fp, fn, tn
        Pixels rightly found, invented, missed and rightly left.
    soft_tp, soft_found
        Sum of the particle probability over true particle pixels and over all pixels.

    Examples
    --------
    >>> count_pixels(np.array([[0, 1]]), np.array([[0.2, 0.9]])).f1
    1.0
    """

    tp: float = 0
    fp: float = 0
    fn: float = 0
    tn: float = 0
    soft_tp: float = 0.0
    soft_found: float = 0.0

    @property
    def precision(self) -> float:
        """Part of the pixels found that are particle."""
        return _ratio(self.tp, self.tp + self.fp, nothing=self.fn == 0)

    @property
    def recall(self) -> float:
        """Part of the particle pixels that are found."""
        return _ratio(self.tp, self.tp + self.fn, nothing=self.fp == 0)

    @property
    def f1(self) -> float:
        """F1 (Dice) of the particle class: 2 tp / (2 tp + fp + fn)."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn, nothing=True)

    @property
    def iou(self) -> float:
        """Intersection over union of the particle class: tp / (tp + fp + fn)."""
        return _ratio(self.tp, self.tp + self.fp + self.fn, nothing=True)

    @property
    def soft_f1(self) -> float:
        """The paper's F1: not discretised, the mean of particle and background."""
        return (self.soft_particle_f1 + self._soft_background_f1) / 2

    @property
    def soft_particle_f1(self) -> float:
        """F1 of the particle class, not discretised: 2 p.y / (|p| + |y|)."""
        truth = self.tp + self.fn
        return _ratio(2 * self.soft_tp, self.soft_found + truth, nothing=True)

    @property
    def _soft_background_f1(self) -> float:
        pixels, truth = self.tp + self.fp + self.fn + self.tn, self.tp + self.fn
        both = pixels - truth - self.soft_found + self.soft_tp
        return _ratio(2 * both, 2 * pixels - truth - self.soft_found, nothing=True)


def class_f1(mask: np.ndarray, found: np.ndarray, number: int) -> float:
    """Return the F1 of one class among several; 1 where it neither is nor was found.

    Parameters
    ----------
    mask
        True classes, (ny, nx).
    found
        Classes that were found, (ny, nx).
    number
        Number of the class.

    Examples
    --------
    >>> class_f1(np.array([[0, 1, 2]]), np.array([[0, 1, 1]]), 1)
    0.6666666666666666
    """
    mask, found = as_classes(mask), as_classes(found, "found")
    if mask.shape != found.shape:
        raise Refusal(f"found must have the shape of the mask, {mask.shape}; got {found.shape}")
    truth, guess = mask == number, found == number
    together = int(truth.sum() + guess.sum())
    return 2 * int((truth & guess).sum()) / together if together else 1.0


def count_pixels(
    mask: np.ndarray, probability: np.ndarray, *, threshold: float = 0.5
) -> PixelCounts:
    """Return the counts of right and wrong pixels of a particle probability.

    Parameters
    ----------
    mask
        True classes, (ny, nx); everything but 0 is particle.
    probability
        Probability of being particle, (ny, nx), in [0, 1].
    threshold
        A pixel is found when its probability is above.

    Examples
    --------
    >>> count_pixels(np.array([[0, 1, 1]]), np.array([[0.9, 0.8, 0.1]])).f1
    0.5
    """
    mask, probability = as_classes(mask), np.asarray(probability, dtype=np.float64)
    if mask.shape != probability.shape:
        raise Refusal(
            f"probability must have the shape of the mask, {mask.shape}; got {probability.shape}"
        )
    if not np.isfinite(probability).all():
        raise Refusal("probability must be finite, in [0, 1]; got nan or infinite pixels")
    low, high = probability.min(initial=0), probability.max(initial=0)
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise Refusal(f"probability must be in [0, 1]; got pixels from {low:g} to {high:g}")
    if not 0 <= threshold <= 1:
        raise Refusal(f"threshold must be between 0 and 1; got {threshold!r}")
    truth, found = mask > 0, probability > threshold
    tp = int(np.count_nonzero(truth & found))
    fp = int(np.count_nonzero(found)) - tp
    fn = int(np.count_nonzero(truth)) - tp
    return PixelCounts(
        tp,
        fp,
        fn,
        truth.size - tp - fp - fn,
        float(probability[truth].sum()),
        float(probability.sum()),
    )


def _ratio(part: float, whole: float, *, nothing: bool) -> float:
    if whole <= 0:
        return 1.0 if nothing else 0.0
    return float(part / whole)
