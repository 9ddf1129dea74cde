"""Losses that can be saved with a compiled model.

Masks come as class numbers, (n, ny, nx, 1), predictions as probabilities, (n, ny, nx, classes).
The values equal those of segmentation-models, whose own losses cannot be loaded again.
"""

from typing import Any

from hrtem_sim.refusal import Refusal
from seg_train.backend import keras, tf

_SMOOTH = 1e-5  # keeps a class that is in neither mask nor prediction at F1 = 1


def categorical_cross_entropy(mask: "tf.Tensor", probabilities: "tf.Tensor") -> "tf.Tensor":
    """Return the mean over pixels and classes of -y log p.

    Parameters
    ----------
    mask
        Classes, (n, ny, nx, 1).
    probabilities
        (n, ny, nx, classes).

    Notes
    -----
    The mean runs over classes too, as in segmentation-models: for two classes this is half of the
    usual cross-entropy, and it sets the weight of this term against the Dice loss.

    Examples
    --------
    >>> mask, probabilities = tf.constant([[[[1]]]]), tf.constant([[[[0.5, 0.5]]]])
    >>> round(float(categorical_cross_entropy(mask, probabilities)), 3)  # ln 2 over two classes
    0.347
    """
    truth = one_hot(mask, probabilities)
    total = tf.reduce_sum(probabilities, axis=-1, keepdims=True)
    clipped = tf.clip_by_value(probabilities / total, 1e-7, 1 - 1e-7)
    return -tf.reduce_mean(truth * tf.math.log(clipped))


def soft_f1(mask: "tf.Tensor", probabilities: "tf.Tensor") -> "tf.Tensor":
    """Return F1 = 2 p.y / (|p| + |y|) over a batch, not discretised, mean over the classes.

    Parameters
    ----------
    mask
        Classes, (n, ny, nx, 1).
    probabilities
        (n, ny, nx, classes).

    Examples
    --------
    >>> mask, probabilities = tf.constant([[[[1]]]]), tf.constant([[[[0.5, 0.5]]]])
    >>> round(float(soft_f1(mask, probabilities)), 2)
    0.33
    """
    truth = one_hot(mask, probabilities)
    both = tf.reduce_sum(truth * probabilities, axis=(0, 1, 2))
    total = tf.reduce_sum(truth, axis=(0, 1, 2)) + tf.reduce_sum(probabilities, axis=(0, 1, 2))
    return tf.reduce_mean((2 * both + _SMOOTH) / (total + _SMOOTH))


def one_hot(mask: "tf.Tensor", probabilities: "tf.Tensor") -> "tf.Tensor":
    """Return the mask as (n, ny, nx, classes) of zeros and ones."""
    return tf.one_hot(
        tf.cast(mask[..., 0], tf.int32), probabilities.shape[-1], dtype=probabilities.dtype
    )


@keras.saving.register_keras_serializable("seg_train")
class SegmentationLoss(keras.losses.Loss):
    """Categorical cross-entropy, Dice loss (1 - soft F1), or their sum.

    Parameters
    ----------
    kind
        `"cce_dice"`, `"cce"` or `"dice"`.
    name, **options
        As Keras losses take them.

    Examples
    --------
    >>> loss = SegmentationLoss()
    >>> round(float(loss(tf.constant([[[[1]]]]), tf.constant([[[[0.0, 1.0]]]]))), 3)
    0.0
    """

    def __init__(
        self, kind: str = "cce_dice", name: str = "segmentation_loss", **options: Any
    ) -> None:
        super().__init__(name=name, **options)
        if kind not in ("cce_dice", "cce", "dice"):
            raise Refusal(f"kind must be 'cce_dice', 'cce' or 'dice'; got {kind!r}")
        self.kind = kind

    def call(self, y_true: "tf.Tensor", y_pred: "tf.Tensor") -> "tf.Tensor":
        """Return the loss of a batch, a scalar.

        Parameters
        ----------
        y_true, y_pred
            Classes (n, ny, nx, 1) and probabilities (n, ny, nx, classes).
        """
        if self.kind == "cce":
            return categorical_cross_entropy(y_true, y_pred)
        dice = 1 - soft_f1(y_true, y_pred)
        return dice if self.kind == "dice" else categorical_cross_entropy(y_true, y_pred) + dice

    def get_config(self) -> dict:
        """Return what is needed to build this loss again."""
        return {**super().get_config(), "kind": self.kind}
