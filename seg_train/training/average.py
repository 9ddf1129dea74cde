"""Averaged weights: what validates and is kept where a recipe asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from seg_train.backend import keras, tf


class WeightAverage:
    """Exponential moving average of all weights of a model, its normalisation included.

    Parameters
    ----------
    model
        Compiled model, with the weights that it begins with.
    momentum
        Share of the average that a step keeps, at most; early steps keep less, so that the first
        weights are soon forgotten. 0: the weights of the last step.
    initial_share
        Part of the weights that it begins with in those of `in_use`.

    Notes
    -----
    After t steps the share is min(momentum, (1 + t) / (10 + t)), as TensorFlow's
    `ExponentialMovingAverage(num_updates=t)` has it. Averages along the last part of a training
    find wider minima than its last weights (B. T. Polyak and A. B. Juditsky, SIAM J. Control Optim.
    30, 838 (1992)). Weights halfway between those of a network and those it was fine-tuned to know
    what is new without forgetting what was known (M. Wortsman et al., Robust fine-tuning of
    zero-shot models, CVPR 2022, 7959, doi 10.1109/CVPR52688.2022.00780).
    """

    def __init__(
        self, model: "keras.Model", momentum: float, *, initial_share: float = 0.0
    ) -> None:
        self._model, self._momentum = model, momentum
        self._share = initial_share
        self._initial = [weight.numpy() for weight in model.weights]
        self.variables = [tf.Variable(weight) for weight in self._initial]
        self._step = tf.function(self._update)

    def advance(self) -> None:
        """Take the weights of a step into the average."""
        self._step()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Give the model the average for as long as the block runs."""
        own = [weight.numpy() for weight in self._model.weights]
        kept = zip(self._model.weights, self.variables, self._initial, strict=True)
        for weight, average, initial in kept:
            weight.assign(average + self._share * (initial - average))
        try:
            yield
        finally:
            for weight, value in zip(self._model.weights, own, strict=True):
                weight.assign(value)

    def _update(self) -> None:
        steps = tf.cast(self._model.optimizer.iterations, tf.float32)
        left = 1 - tf.minimum(self._momentum, (1 + steps) / (10 + steps))
        for average, weight in zip(self.variables, self._model.weights, strict=True):
            average.assign_add(left * (weight.value - average))
