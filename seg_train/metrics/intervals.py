"""How sure a score is: over the images it was pooled from, over repeated networks."""

from collections.abc import Callable

import numpy as np
from scipy.stats import t as student

from hrtem_sim.refusal import Refusal


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
        Function of the indices (n,) of the items drawn that returns the statistic of these.
    n
        Number of items.
    rng
        Generator of the draws.
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

    Examples
    --------
    >>> values = np.arange(100.0)
    >>> low, high = bootstrap_interval(
    ...     lambda drawn: values[drawn].mean(), 100, rng=np.random.default_rng(1)
    ... )
    >>> low < 49.5 < high
    True
    """
    if n < 1:
        raise Refusal(f"n must be at least 1; got {n}")
    _check_confidence(confidence)
    if resamples < 1:
        raise Refusal(f"resamples must be at least 1; got {resamples}")
    values = [statistic(rng.integers(n, size=n)) for _ in range(resamples)]
    tail = 50 * (1 - confidence)
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)


def mean_interval(values: np.ndarray, *, confidence: float = 0.95) -> float:
    """Return the half width of Student's interval of a mean; NaN for a single value.

    Parameters
    ----------
    values
        Values of independent repeats, (n,).
    confidence
        Confidence level of the interval.

    Examples
    --------
    >>> round(mean_interval(np.array([1.0, 2.0, 3.0])), 3)
    2.484
    """
    _check_confidence(confidence)
    n = len(values)
    if n < 2:
        return float("nan")
    quantile = student.ppf((1 + confidence) / 2, n - 1)
    return float(quantile * np.std(values, ddof=1) / np.sqrt(n))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise Refusal(f"confidence must be between 0 and 1; got {confidence}")
