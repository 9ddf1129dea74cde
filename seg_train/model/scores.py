"""Metrics that are shown while a network trains, and can be saved with it."""

from typing import Any

from seg_train.backend import keras, tf
from seg_train.model.losses import soft_f1


@keras.saving.register_keras_serializable("seg_train")
class SoftF1(keras.metrics.Mean):
    """The paper's F1: soft, mean of the classes of each batch, mean of the batches.

    Parameters
    ----------
    name, **options
        As Keras metrics take them.

    Examples
    --------
    >>> metric = SoftF1()
    >>> metric.update_state(tf.constant([[[[1]]]]), tf.constant([[[[0.0, 1.0]]]]))
    >>> round(float(metric.result()), 3)
    1.0
    """

    def __init__(self, name: str = "f1", **options: Any) -> None:
        super().__init__(name=name, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch into account.

        Parameters
        ----------
        y_true, y_pred
            Classes (n, ny, nx, 1) and probabilities (n, ny, nx, classes).
        sample_weight
            Ignored: every pixel counts alike.
        """
        return super().update_state(soft_f1(y_true, y_pred))


@keras.saving.register_keras_serializable("seg_train")
class ParticleF1(keras.metrics.Metric):
    """F1 of all classes but the background together, discretised, pooled over all pixels.

    Parameters
    ----------
    name, **options
        As Keras metrics take them.

    Examples
    --------
    >>> metric = ParticleF1()
    >>> metric.update_state(tf.constant([[[[1]]]]), tf.constant([[[[0.2, 0.8]]]]))
    >>> float(metric.result())
    1.0
    """

    def __init__(self, name: str = "particle_f1", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.right = self.add_weight(name="right", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch into account.

        Parameters
        ----------
        y_true, y_pred
            Classes (n, ny, nx, 1) and probabilities (n, ny, nx, classes).
        sample_weight
            Ignored: every pixel counts alike.
        """
        truth = tf.cast(y_true[..., 0] > 0, self.dtype)
        found = tf.cast(tf.argmax(y_pred, axis=-1) > 0, self.dtype)
        self.right.assign_add(tf.reduce_sum(truth * found))
        self.total.assign_add(tf.reduce_sum(truth) + tf.reduce_sum(found))

    def result(self) -> Any:
        """Return F1; 1 when there is no particle and none was found."""
        return tf.math.divide_no_nan(2 * self.right, self.total) + tf.cast(
            tf.equal(self.total, 0), self.dtype
        )
