"""Training: `fit` turns a recipe and a database into a run. Needs TensorFlow."""

from seg_train.training.loop import fit

__all__ = ["fit"]
