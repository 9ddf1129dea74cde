"""Pooling the scores of single micrographs, with intervals."""

import numpy as np
import pandas as pd

from hrtem_sim.refusal import Refusal
from seg_train.metrics.borders import NearCounts
from seg_train.metrics.intervals import bootstrap_interval
from seg_train.metrics.pixels import PixelCounts

_COUNTS = ("tp", "fp", "fn", "tn", "soft_tp", "soft_found")
_DETECTIONS = ("found", "missed", "invented", "split", "merged")
_SCORES = {
    "f1": "soft_f1",
    "particle_f1": "f1",
    "iou": "iou",
    "precision": "precision",
    "recall": "recall",
}


def summarise(
    table: pd.DataFrame,
    *,
    by: str | None = "group",
    rng: int | np.random.Generator | None = None,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Pool the scores of `evaluate` over all pixels, per group and altogether.

    Parameters
    ----------
    table
        As `seg_train.evaluate` returns it.
    by
        Column to group by; None: altogether only.
    rng
        Generator of the bootstrap: a seed, a generator or None.
    resamples
        Draws of the bootstrap.

    Returns
    -------
    summary
        One row per group and one, `all`, of everything: number of images; the mean of the paper's
        `f1` over images (`mean_f1`); pooled `f1` (the paper's kind), `particle_f1`, `iou`,
        `precision`, `recall`, and `tolerant_f1` where the table has it; the 95 % interval of the
        pooled `f1` and `particle_f1` over images, `_low` and `_high`, NaN for a single image;
        detections, summed.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"group": ["a", "b"], "f1": [1.0, 0.5], "tp": [9, 4], "fp": [0, 2], "fn": [0, 2]}
    ...     | {"tn": [7, 8], "soft_tp": [9.0, 4.0], "soft_found": [9.0, 6.0]}
    ...     | {name: [1, 0] for name in ("found", "missed", "invented", "split", "merged")}
    ... )
    >>> summarise(table, rng=1)["particle_f1"].round(3).to_dict()
    {'a': 1.0, 'b': 0.667, 'all': 0.867}
    """
    if by is not None and by not in table:
        raise Refusal(f"by must be a column among {', '.join(map(str, table))}; got {by!r}")
    rng = np.random.default_rng(rng)
    groups = (
        []
        if by is None
        else [(str(k), part) for k, part in table.groupby(by, sort=True, dropna=False)]
    )
    rows = [_pooled(name, part, rng, resamples) for name, part in [*groups, ("all", table)]]
    return pd.DataFrame(rows).set_index("group")


def pooled_counts(table: pd.DataFrame) -> PixelCounts:
    """Return the pixel counts of a table of scores, added up.

    Parameters
    ----------
    table
        As `seg_train.evaluate` returns it.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"group": ["a", "b"], "f1": [1.0, 0.5], "tp": [9, 4], "fp": [0, 2], "fn": [0, 2]}
    ...     | {"tn": [7, 8], "soft_tp": [9.0, 4.0], "soft_found": [9.0, 6.0]}
    ...     | {name: [1, 0] for name in ("found", "missed", "invented", "split", "merged")}
    ... )
    >>> pooled_counts(table).tp
    13.0
    """
    return PixelCounts(**{name: float(table[name].sum()) for name in _COUNTS})


def _pooled(name: str, table: pd.DataFrame, rng: np.random.Generator, resamples: int) -> dict:
    counts = pooled_counts(table)
    row = {"group": name, "images": len(table), "mean_f1": float(table["f1"].mean())}
    row |= {column: getattr(counts, key) for column, key in _SCORES.items()}
    if "found_near" in table:
        near = [int(table[column].sum()) for column in ("found_near", "truth_near")]
        found, truth = int(counts.tp + counts.fp), int(counts.tp + counts.fn)
        row["tolerant_f1"] = NearCounts(found, near[0], truth, near[1]).f1
    values = table[list(_COUNTS)].to_numpy(dtype=float)
    for column in ("f1", "particle_f1"):

        def score(drawn: np.ndarray, key: str = _SCORES[column]) -> float:
            return getattr(PixelCounts(*values[drawn].sum(axis=0)), key)

        row[f"{column}_low"], row[f"{column}_high"] = bootstrap_interval(
            score, len(table), rng=rng, resamples=resamples
        )
    return row | {column: int(table[column].sum()) for column in _DETECTIONS}
