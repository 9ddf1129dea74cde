"""The probability above which a pixel is particle, chosen on labelled micrographs."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from hrtem_sim.refusal import Refusal
from seg_train.benchmark.evaluate import evaluate
from seg_train.data import LabelledMicrograph
from seg_train.metrics import PixelCounts, count_pixels
from seg_train.model import Networks

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""0.05 to 0.95: finer steps differ by less than micrographs do."""


@dataclass(frozen=True, eq=False)
class ThresholdChoice:
    """A threshold, and the scores it was chosen by.

    Parameters
    ----------
    threshold
        Probability above which a pixel is particle.
    table
        A row for each threshold tried: `threshold`; `particle_f1`, `precision` and `recall` of the
        pooled pixels; `below_best`, how much lower its F1 is than the highest, and
        `standard_error` of that difference.
    """

    threshold: float
    table: pd.DataFrame


def choose_threshold(
    network: Networks,
    samples: Iterable[LabelledMicrograph],
    *,
    symmetries: bool | int = False,
    scales: Sequence[float] = (1.0,),
    thresholds: Sequence[float] = THRESHOLDS,
    progress: bool = False,
) -> ThresholdChoice:
    """Choose the threshold of a network on labelled micrographs, no further from 0.5 than they ask.

    Parameters
    ----------
    network
        A network, a run or the folder of one, or a list of these, which predict together.
    samples
        Micrographs with masks, two at least; not those that the network is reported on.
    symmetries, scales
        Averages over symmetries and scales, as the network is to be used; see `seg_train.predict`.
    thresholds
        Thresholds to try, between 0 and 1.
    progress
        Show a progress bar.

    Returns
    -------
    choice
        The threshold nearest to 0.5 whose particle F1 is at most one standard error below the
        highest. Hand it to `seg-train pack --above` or to `seg_train.export.pack_run`.

    Raises
    ------
    ValueError
        If there are fewer than two samples, or a threshold does not lie between 0 and 1.

    Notes
    -----
    The rule of one standard error of Breiman, Friedman, Olshen and Stone, Classification and
    Regression Trees (1984), section 3.4.3, with 0.5 as the simplest choice. The errors are of the
    differences from the best threshold on the same micrographs, by the jackknife over these (Efron
    and Stein, Ann. Stat. 9 (1981) 586): pixels of one micrograph are not independent.

    Examples
    --------
    >>> from seg_train import ModelRecipe, TrainingRecipe, load_experimental_sample
    >>> from seg_train.model import Network, build_model
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> network = Network(build_model(tiny, seed=1), TrainingRecipe(seed=1, model=tiny), 0.5)
    >>> choice = choose_threshold(network, load_experimental_sample()[:2], thresholds=[0.4, 0.5])
    >>> choice.threshold in (0.4, 0.5), len(choice.table)
    (True, 2)
    """
    tried = sorted(thresholds, key=lambda threshold: abs(threshold - 0.5))
    wrong = [threshold for threshold in tried if not 0 < threshold < 1]
    if wrong or not tried:
        got = wrong[0] if wrong else "none"
        raise Refusal(f"thresholds must lie between 0 and 1, one at least; got {got}")
    samples = list(samples)
    if len(samples) < 2:
        raise Refusal(
            "samples must be at least 2 micrographs, which tell how sure a choice is; "
            f"got {len(samples)}"
        )
    found = evaluate(network, samples, symmetries=symmetries, scales=scales, progress=progress)
    counts = np.array(
        [
            [astuple(count_pixels(sample.mask, prediction.particle, threshold=t)) for t in tried]
            for sample, prediction in zip(samples, found.predictions, strict=True)
        ]
    )
    pooled = _pooled(counts)
    below = pooled["particle_f1"].max() - pooled["particle_f1"]
    errors = _errors(counts, int(below.argmin()))
    chosen = int(np.argmax(below <= errors))
    table = pd.DataFrame({"threshold": tried}).join(pooled)
    table = table.assign(below_best=below, standard_error=errors)
    return ThresholdChoice(float(tried[chosen]), table.sort_values("threshold", ignore_index=True))


def _pooled(counts: np.ndarray) -> pd.DataFrame:
    """Scores of the pooled pixels of micrographs; of counts (micrographs, thresholds, fields)."""
    pools = [PixelCounts(*total) for total in counts.sum(axis=0)]
    return pd.DataFrame(
        {
            "particle_f1": [pool.f1 for pool in pools],
            "precision": [pool.precision for pool in pools],
            "recall": [pool.recall for pool in pools],
        }
    )


def _errors(counts: np.ndarray, best: int) -> np.ndarray:
    """Jackknife errors of how far the F1 of each threshold is below that of the best."""
    n = len(counts)
    without = np.array([_pooled(np.delete(counts, i, axis=0))["particle_f1"] for i in range(n)])
    below = without[:, [best]] - without
    return np.sqrt((n - 1) * below.var(axis=0))
