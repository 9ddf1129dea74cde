"""Making TensorFlow repeat itself bit for bit."""

import warnings

from seg_train.backend import tf


def make_deterministic() -> None:
    """Switch TensorFlow to algorithms that give the same bits every time, for this process.

    Notes
    -----
    Op determinism alone is not enough on a CPU: with oneDNN, operations that run at the same time
    still round differently from run to run (seen with TensorFlow 2.21 on the ResNet18 U-Net, from
    the first step on). One operation at a time, each on all threads, repeats itself and is no
    slower. The number can only be set before TensorFlow has computed anything.
    """
    tf.config.experimental.enable_op_determinism()
    if tf.config.list_physical_devices("GPU"):
        return
    try:
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        if tf.config.threading.get_inter_op_parallelism_threads() != 1:
            warnings.warn(
                "TensorFlow has already computed something in this process: weights may differ in "
                "their last bits from run to run. Fit in a fresh process, or call "
                "tf.config.threading.set_inter_op_parallelism_threads(1) first.",
                stacklevel=3,
            )
