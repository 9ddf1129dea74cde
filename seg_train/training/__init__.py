"""Training: `fit` turns a recipe and a database into a run, `fit_ensemble` into several.

Needs TensorFlow.
"""

from seg_train.training.loop import fit
from seg_train.training.seeds import fit_ensemble

__all__ = ["fit", "fit_ensemble"]
