"""How sure a pooled score is: resampling the images it was pooled over."""

from collections.abc import Callable

import numpy as np


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float],
    n: int,
    *,
    rng: np.random.Generator,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of n items.

    Parameters
    ----------
    statistic
        Takes the indices of the items drawn, (n,), and returns the statistic of these.
    n
        Number of items.
    rng
        Where the draws come from.
    resamples
        Number of draws.
    confidence
        Part of the draws inside the interval.

    Returns
    -------
    low, high
        Equal when n is 1: one item tells nothing of the spread.

    Notes
    -----
    Efron, Ann. Statist. 7 (1979) 1, doi 10.1214/aos/1176344552. Pixels of one image are not
    independent; images are what is resampled.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1; got {n}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1; got {confidence}")
    values = [statistic(rng.integers(n, size=n)) for _ in range(resamples)]
    tail = 50 * (1 - confidence)
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
