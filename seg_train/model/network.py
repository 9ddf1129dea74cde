"""A trained network together with what it must be fed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from seg_train.backend import keras, tf
from seg_train.ensembles import as_runs
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
        Recipe by which images are prepared for it.
    pixel_size
        Pixel size of the training grid, in angstrom.
    threshold
        Probability above which a pixel is particle.
    """

    model: "keras.Model"
    recipe: TrainingRecipe
    pixel_size: float
    threshold: float = 0.5

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the class probabilities of prepared images.

        Parameters
        ----------
        images
            (n, ny, nx, channels), float32, ny and nx multiples of the network's stride.

        Returns
        -------
        probabilities
            (n, ny, nx, classes), float32.

        Examples
        --------
        >>> network = load_networks("real_micrographs")[0]
        >>> network.probabilities(np.zeros((1, 64, 64, 1), np.float32)).shape
        (1, 64, 64, 2)
        """
        return np.asarray(self._compiled(tf.constant(images, tf.float32)))

    @cached_property
    def _compiled(self) -> Callable[["tf.Tensor"], "tf.Tensor"]:
        """The network as one graph for images of any size; Keras would trace one for each."""
        channels = self.recipe.model.channels
        images = tf.TensorSpec((None, None, None, channels), tf.float32)
        return tf.function(lambda x: self.model(x, training=False)).get_concrete_function(images)


One = Network | TrainingRun | str | Path
Networks = One | Sequence[One]
"""A network, or several that work together."""


def load_network(run: One) -> Network:
    """Return the network of a run with its best weights.

    Parameters
    ----------
    run
        A run, the folder of one, or a network, which is returned as it is.

    Raises
    ------
    Refusal
        If the folder or the name is that of several networks, see `load_networks`.

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
    return Network(model, run.recipe, run.pixel_size, run.threshold)


def load_networks(networks: Networks) -> list[Network]:
    """Return networks with their best weights.

    Parameters
    ----------
    networks
        A network, a run, the folder of a run or of several, the name of what comes with the
        package, or a list of these.

    Examples
    --------
    >>> [network.pixel_size for network in load_networks(["run", "run"])]
    [0.4, 0.4]
    """
    if isinstance(networks, Network):
        return [networks]
    if isinstance(networks, TrainingRun | str | Path):
        return [load_network(run) for run in as_runs(networks)]
    return [network for one in networks for network in load_networks(one)]
