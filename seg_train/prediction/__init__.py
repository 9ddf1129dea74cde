"""Using a network on micrographs of any size. Needs TensorFlow.

* `predict` gives a `Prediction`: class probabilities and mask on the grid of the micrograph, of one
  network or the mean of several, at one scale or some, and how far they disagree.
* `plan_tiles` cuts an image into tiles without seams.
"""

from seg_train.prediction.looks import prepare_image
from seg_train.prediction.predict import Prediction, predict
from seg_train.prediction.tiles import Tile, plan_tiles

__all__ = [
    "Prediction",
    "Tile",
    "plan_tiles",
    "predict",
    "prepare_image",
]
