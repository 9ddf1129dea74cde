"""How sure a score is: over the images it was pooled from, over repeated networks."""

import warnings
from collections.abc import Callable

import numpy as np
from scipy.stats import bootstrap
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
    """Return the bootstrap interval of a statistic of n items, corrected for bias and skew.

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
        NaN when n is 1, or the items are all alike: these tell nothing of the spread.

    Notes
    -----
    The BCa interval of Efron, J. Am. Stat. Assoc. 82 (1987) 171, by `scipy.stats.bootstrap`.
    Pixels of one image are not independent; images are what is resampled. Of few items every
    bootstrap interval is too narrow: of five, by about a third.

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
    if n == 1:
        return float("nan"), float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of items that are all alike: NaN says it
        interval = bootstrap(
            (np.arange(n),),
            statistic,
            n_resamples=resamples,
            confidence_level=confidence,
            vectorized=False,
            random_state=rng,
        ).confidence_interval
    return float(interval.low), float(interval.high)


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
