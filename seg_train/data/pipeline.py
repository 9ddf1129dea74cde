"""The tf.data pipeline: batches prepared in the background while the network trains."""

from collections.abc import Callable

import numpy as np

from seg_train.backend import tf
from seg_train.data.batches import Batch


def as_dataset(
    batch: Callable[[int], Batch], steps: int, *, workers: int = 2, ahead: int = 4
) -> "tf.data.Dataset":
    """Turn a function from step to batch into a tf.data set.

    Parameters
    ----------
    batch
        Pure function of the step; returns images (b, ny, nx, 1) and masks (b, ny, nx, 1).
    steps
        Number of batches.
    workers
        Batches prepared at the same time; their order is kept.
    ahead
        Batches kept ready.
    """

    def load(step: np.ndarray) -> Batch:
        return batch(int(step))

    def fetch(step: "tf.Tensor") -> tuple["tf.Tensor", "tf.Tensor"]:
        # not stateful: else op determinism would run one batch at a time
        images, masks = tf.numpy_function(load, [step], [tf.float32, tf.uint8], stateful=False)
        return tf.ensure_shape(images, (None, None, None, 1)), tf.ensure_shape(
            masks, (None, None, None, 1)
        )

    options = tf.data.Options()
    options.threading.private_threadpool_size = workers + 1  # beside the threads of the network
    batches = tf.data.Dataset.range(steps).map(
        fetch, num_parallel_calls=workers, deterministic=True
    )
    return batches.prefetch(ahead).with_options(options)
