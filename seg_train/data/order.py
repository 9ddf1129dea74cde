"""Which examples an epoch shows, and in which order."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.provenance import rng_for
from seg_train.recipe import TrainingRecipe


def shown(sizes: Sequence[int], recipe: TrainingRecipe, epoch: int) -> np.ndarray:
    """Return the positions of the examples of an epoch in their order.

    Parameters
    ----------
    sizes
        Number of examples of each part of what is pooled; one, where nothing is.
    recipe
        Recipe with `patches`, `shares` and the seed.
    epoch
        Number of the epoch, from 0.

    Returns
    -------
    positions
        Each example once; with `patches` or `shares` as often as these say, and within a part none
        is shown once more than another before all have been.

    Examples
    --------
    >>> recipe = TrainingRecipe(seed=1, patches=8, shares=(3.0, 1.0))
    >>> np.bincount(shown([2, 10], recipe, 0), minlength=12)[:2]
    array([3, 3])
    """
    rng = rng_for(recipe.seed, "order", epoch)
    total = sum(sizes)
    if recipe.patches is None and recipe.shares is None:
        return rng.permutation(total)
    number = recipe.patches or total
    if recipe.shares is None:
        return _cycled(total, number, rng)
    ends = np.cumsum(sizes)
    parts = [
        end - size + _cycled(size, quota, rng)
        for size, end, quota in zip(sizes, ends, quotas(number, recipe.shares), strict=True)
    ]
    return rng.permutation(np.concatenate(parts))


def quotas(number: int, shares: Sequence[float]) -> list[int]:
    """Divide a number into whole parts by shares, the largest remainders first.

    Parameters
    ----------
    number
        Sum of the parts.
    shares
        Sizes of the parts, in any unit.

    Examples
    --------
    >>> quotas(10, (0.75, 0.25)), quotas(7, (1, 1, 1))
    ([8, 2], [3, 2, 2])
    """
    exact = number * np.asarray(shares, dtype=float) / sum(shares)
    whole = np.floor(exact).astype(int)
    left = np.argsort(whole - exact, kind="stable")[: number - whole.sum()]
    whole[left] += 1
    return whole.tolist()


def _cycled(size: int, number: int, rng: np.random.Generator) -> np.ndarray:
    """Return so many positions: all of them in a random order, again and again."""
    rounds = [rng.permutation(size) for _ in range(-(-number // size))]
    return np.concatenate([np.zeros(0, int), *rounds])[:number]
