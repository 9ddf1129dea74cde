"""What happens at every step: progress, rate, averaging, a watch for a loss that is no number."""

import math
from collections.abc import Callable
from typing import Any

from seg_train.backend import keras


class StepWatch(keras.callbacks.Callback):
    """Set the rate of each step, show its loss and stop when that is no longer finite.

    Parameters
    ----------
    bar
        Bar that shows the progress.
    epoch
        Number of the epoch, from 0.
    rate
        Learning rate of a step of the epoch.
    after
        Function that is called after every step.
    """

    def __init__(
        self,
        bar: Any,
        epoch: int,
        rate: Callable[[int], float],
        after: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._bar = bar
        self._epoch = epoch
        self._rate, self._after = rate, after

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Set the learning rate."""
        self.model.optimizer.learning_rate = self._rate(batch)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Count a step."""
        loss = float((logs or {}).get("loss", math.nan))
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"loss must stay finite; got {loss} at epoch {self._epoch + 1}, "
                f"step {batch + 1}: lower learning_rate, or look for NaN in the images"
            )
        if self._after is not None:
            self._after()
        self._bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        self._bar.update()
