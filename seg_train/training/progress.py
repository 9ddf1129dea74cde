"""What happens at every step: the progress bar and the watch for a loss that is no number."""

import math
from typing import Any

from seg_train.backend import keras


class StepWatch(keras.callbacks.Callback):
    """Show the loss of the running epoch and stop when it is no longer finite."""

    def __init__(self, bar: Any, epoch: int) -> None:
        super().__init__()
        self._bar = bar
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Count a step."""
        loss = float((logs or {}).get("loss", math.nan))
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"loss must stay finite; got {loss} at epoch {self._epoch + 1}, "
                f"step {batch + 1}: lower learning_rate, or look for NaN in the images"
            )
        self._bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        self._bar.update()
