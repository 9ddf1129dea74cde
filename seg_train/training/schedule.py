"""Learning rates: by epoch, along a cosine, or lowered when validation stands still."""

import math
from collections.abc import Sequence

from seg_train.recipe import TrainingRecipe
from seg_train.runs import monitored_loss


def learning_rate(
    recipe: TrainingRecipe, epochs: float, history: Sequence[dict[str, float]] = ()
) -> float:
    """Return the learning rate at a time of a training.

    Parameters
    ----------
    recipe
        Recipe with the rate and its schedule.
    epochs
        Epochs since the start; with a fraction inside one.
    history
        Rows of the finished epochs.

    Notes
    -----
    The cosine of I. Loshchilov and F. Hutter, arXiv 1608.03983, without restarts; the warm-up rises
    linearly.

    Examples
    --------
    >>> recipe = TrainingRecipe(seed=1, schedule="cosine", warmup=1.0, final_rate=1e-5, epochs=11)
    >>> [round(learning_rate(recipe, epochs), 6) for epochs in (0.5, 1, 6, 11)]
    [0.0005, 0.001, 0.000505, 1e-05]
    """
    if epochs < recipe.warmup:
        return recipe.learning_rate * epochs / recipe.warmup
    match recipe.schedule:
        case "cosine":
            part = (epochs - recipe.warmup) / max(recipe.epochs - recipe.warmup, 1e-9)
            swing = 0.5 * (1 + math.cos(math.pi * min(part, 1.0)))
            return recipe.final_rate + (recipe.learning_rate - recipe.final_rate) * swing
        case "plateau":
            drops = _standstills([monitored_loss(row) for row in history], recipe.patience)
            return recipe.learning_rate * recipe.decay**drops
        case _:
            return recipe.learning_rate * recipe.decay ** len(history)


def _standstills(losses: Sequence[float], patience: int) -> int:
    """Return how often `patience` epochs in a row brought no new best."""
    best, waited, drops = math.inf, 0, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            waited, drops = 0, drops + 1
    return drops
