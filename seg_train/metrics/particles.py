"""Scores of whole particles: found, missed, invented, split or merged."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import label

from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes
from seg_train.metrics.separation import separate_particles

_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=int)


@dataclass(frozen=True)
class Detection:
    """How many particles were detected, and how.

    Parameters
    ----------
    found
        True particles of which one region covers at least half, and that region no other particle.
    missed
        True particles that are neither found nor split nor merged.
    invented
        Regions that cover no true particle by half and lie with less than half on one.
    split
        True particles covered by half by several regions that lie mostly on them.
    merged
        True particles covered by half by a region that covers another one, too.
    """

    found: int
    missed: int
    invented: int
    split: int
    merged: int

    @property
    def particles(self) -> int:
        """Number of true particles."""
        return self.found + self.missed + self.split + self.merged


def detect(
    mask: np.ndarray, prediction: np.ndarray, *, min_area: int = 1, separate: bool = False
) -> Detection:
    """Return how many particles are found, missed, invented, split and merged.

    Parameters
    ----------
    mask, prediction
        (ny, nx); everything but 0 is particle. Pixels that touch, also by a corner, are one
        particle.
    min_area
        Smaller regions and particles are left out, in pixels.
    separate
        Split particles and regions at their necks first; see `separate_particles`.

    Examples
    --------
    >>> mask = np.array([[1, 1, 0, 0, 1]])
    >>> detect(mask, np.array([[1, 1, 0, 0, 0]]))
    Detection(found=1, missed=1, invented=0, split=0, merged=0)
    """
    mask, prediction = as_classes(mask), as_classes(prediction, "prediction")
    if mask.shape != prediction.shape:
        raise Refusal(
            f"prediction must have the shape of the mask, {mask.shape}; got {prediction.shape}"
        )
    truth, n_truth = _regions(mask, min_area, separate)
    region, n_region = _regions(prediction, min_area, separate)
    overlap = np.zeros((n_truth + 1, n_region + 1), dtype=int)
    np.add.at(overlap, (truth.ravel(), region.ravel()), 1)
    truth_area, region_area = overlap.sum(axis=1)[1:], overlap.sum(axis=0)[1:]
    overlap = overlap[1:, 1:]

    covers = 2 * overlap >= truth_area[:, None]  # the region covers half of the particle
    lies_on = 2 * overlap >= region_area[None, :]  # the region lies half on the particle
    covered_by_parts = 2 * (overlap * lies_on).sum(axis=1) >= truth_area
    split = (lies_on.sum(axis=1) >= 2) & covered_by_parts
    shared = covers.sum(axis=0) >= 2
    merged = ~split & (covers & shared).any(axis=1)
    found = ~split & ~merged & covers.any(axis=1)
    invented = ~covers.any(axis=0) & ~lies_on.any(axis=0)
    return Detection(
        found=int(found.sum()),
        missed=int((~(split | merged | found)).sum()),
        invented=int(invented.sum()),
        split=int(split.sum()),
        merged=int(merged.sum()),
    )


def label_particles(mask: np.ndarray, *, min_area: int = 1, separate: bool = False) -> np.ndarray:
    """Return the mask with its connected particles numbered from 1.

    Parameters
    ----------
    mask
        (ny, nx); everything but 0 is particle.
    min_area
        Smaller particles become 0, in pixels.
    separate
        Split particles that touch at their necks; see `separate_particles`.

    Examples
    --------
    >>> label_particles(np.array([[1, 1, 0, 1]]), min_area=2).tolist()
    [[1, 1, 0, 0]]
    """
    return _regions(mask, min_area, separate)[0]


def _regions(mask: np.ndarray, min_area: int, separate: bool) -> tuple[np.ndarray, int]:
    mask = as_classes(mask)
    if not min_area >= 1:
        raise Refusal(f"min_area must be at least 1, in pixels; got {min_area!r}")
    labels, n = label(mask > 0, structure=_EIGHT_NEIGHBOURS)
    if separate:
        labels = separate_particles(labels)
        n = int(labels.max(initial=0))
    keep = np.bincount(labels.ravel(), minlength=n + 1) >= min_area
    keep[0] = False
    numbers = np.where(keep, np.cumsum(keep), 0)
    return numbers[labels], int(keep.sum())
