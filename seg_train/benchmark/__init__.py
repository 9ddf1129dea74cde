"""Scoring networks on labelled micrographs, real or simulated. Needs TensorFlow.

* `evaluate` scores a network on each micrograph and keeps what it found, an `Evaluation`; `score`
  scores one prediction.
* `seg_train.metrics.summarise` pools the table, with bootstrap intervals over the images.
"""

from seg_train.benchmark.evaluate import Evaluation, evaluate, score

__all__ = ["Evaluation", "evaluate", "score"]
