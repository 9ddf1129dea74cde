"""A trained network together with what it must be fed."""

from dataclasses import dataclass
from pathlib import Path

from seg_train.backend import keras
from seg_train.model.networks import model_for
from seg_train.recipe import TrainingRecipe
from seg_train.runs import TrainingRun, load_run


@dataclass(frozen=True, eq=False)
class Network:
    """A Keras model, the recipe it was trained with and its pixel size.

    Parameters
    ----------
    model
        Images (n, ny, nx, channels) -> class probabilities.
    recipe
        How images are prepared for it.
    pixel_size
        Of the training grid, in angstrom.
    """

    model: "keras.Model"
    recipe: TrainingRecipe
    pixel_size: float


def load_network(run: "TrainingRun | str | Path | Network") -> Network:
    """Return the network of a run with its best weights.

    Parameters
    ----------
    run
        A run, the folder of one, or a network, which is returned as it is.

    Examples
    --------
    >>> network = load_network("run")
    >>> network.pixel_size
    0.4
    """
    if isinstance(run, Network):
        return run
    if not isinstance(run, TrainingRun):
        run = load_run(run)
    model = model_for(run.recipe)
    model.load_weights(run.weights)
    return Network(model, run.recipe, run.pixel_size)
