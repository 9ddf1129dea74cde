"""Scoring networks on labelled micrographs, real or simulated. Needs TensorFlow.

* `evaluate` scores a network on each micrograph and keeps what it found, an `Evaluation`; `score`
  scores one prediction.
* `choose_threshold` chooses the probability above which a pixel is particle.
* `seg_train.metrics.summarise` pools the table, with bootstrap intervals over the images.
"""

from seg_train.benchmark.evaluate import Evaluation, evaluate, score
from seg_train.benchmark.threshold import ThresholdChoice, choose_threshold

__all__ = ["Evaluation", "ThresholdChoice", "choose_threshold", "evaluate", "score"]
