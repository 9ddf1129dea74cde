"""Scores, in NumPy and SciPy only.

* `count_pixels` gives `PixelCounts`: the paper's soft F1, particle F1, IoU, precision, recall.
* `class_f1` is the F1 of one class among several.
* `detect` gives a `Detection`: particles found, missed, invented, split and merged.
* `count_near` gives `NearCounts`, of pixels that are right to within a distance.
* `bootstrap_interval` says how sure a pooled score is, `mean_interval` a mean over networks.
* `summarise` pools a table of scores, per group and altogether.
* `label_particles` numbers the particles of a mask, `separate_particles` splits those that touch.
"""

from seg_train.metrics.borders import NearCounts, count_near
from seg_train.metrics.intervals import bootstrap_interval, mean_interval
from seg_train.metrics.particles import Detection, detect, label_particles
from seg_train.metrics.pixels import PixelCounts, class_f1, count_pixels
from seg_train.metrics.separation import separate_particles
from seg_train.metrics.summary import pooled_counts, summarise

__all__ = [
    "Detection",
    "NearCounts",
    "PixelCounts",
    "bootstrap_interval",
    "class_f1",
    "count_near",
    "count_pixels",
    "detect",
    "label_particles",
    "mean_interval",
    "pooled_counts",
    "separate_particles",
    "summarise",
]
