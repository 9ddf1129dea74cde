"""The gap between what a network is trained on and what it meets.

* `measure_gap(recipe, data, micrographs)` compares patches as a network sees them: a `Gap` with its
  `table` and its `failures`.
* `gap_report(recipe, micrographs, folder)` builds a few structures for it, and writes both down.
* `gap_figure` shows both sides: pictures, spectra, statistics.
* `patch_statistics` are the numbers of one patch, `micrographs_of` reads micrographs that nobody
  has labelled.

Needs TensorFlow where a network labels micrographs.
"""

from seg_train.gap.comparison import Gap, compare
from seg_train.gap.figures import gap_figure
from seg_train.gap.measure import measure_gap
from seg_train.gap.patches import Patch, micrographs_of, real_patches, training_patches
from seg_train.gap.report import gap_report
from seg_train.gap.statistics import PatchStatistics, patch_statistics

__all__ = [
    "Gap",
    "Patch",
    "PatchStatistics",
    "compare",
    "gap_figure",
    "gap_report",
    "measure_gap",
    "micrographs_of",
    "patch_statistics",
    "real_patches",
    "training_patches",
]
