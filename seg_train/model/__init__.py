"""Networks, their losses and metrics, and their receptive field. Needs TensorFlow.

* `build_model` and `model_for` build a network from a recipe; `backbones` lists the encoders.
* `load_network` loads the trained network of a run, `load_networks` those of several; `Network` is
  a model with what it must be fed.
* `SegmentationLoss`, `SoftF1` and `ParticleF1` are saved with the model.
* `receptive_radius` is how far tiles must overlap.
"""

from seg_train.model.losses import SegmentationLoss, categorical_cross_entropy, soft_f1
from seg_train.model.network import Network, Networks, One, load_network, load_networks
from seg_train.model.networks import backbones, build_model, initialise, model_for
from seg_train.model.receptive import receptive_radius
from seg_train.model.scores import ParticleF1, SoftF1

__all__ = [
    "Network",
    "Networks",
    "One",
    "ParticleF1",
    "SegmentationLoss",
    "SoftF1",
    "backbones",
    "build_model",
    "categorical_cross_entropy",
    "initialise",
    "load_network",
    "load_networks",
    "model_for",
    "receptive_radius",
    "soft_f1",
]
