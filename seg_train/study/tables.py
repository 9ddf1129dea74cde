"""Tables of studies, of the kind of the paper's Table 1."""

import pandas as pd

from seg_train.metrics import mean_interval


def study_table(results: pd.DataFrame) -> pd.DataFrame:
    """Summarise the networks of each condition.

    Parameters
    ----------
    results
        As `seg_train.study.run_study` returns them; those of several shares put together.

    Returns
    -------
    table
        One row per condition, in the order of the study: number of networks; for validation and
        every group of samples the best network's score (what the paper's Table 1 shows), the mean
        of the networks and the half width of its 95 % interval; the least epochs to validation F1
        of 0.90 and 0.95.

    Examples
    --------
    >>> results = pd.DataFrame(
    ...     {"condition": ["low", "low", "high"], "val_f1": [0.5, 0.7, 0.9]}
    ... )
    >>> study_table(results)["val_f1 best"].to_dict()
    {'low': 0.7, 'high': 0.9}
    """
    rows = []
    for condition, part in results.groupby("condition", sort=False):
        row: dict[str, object] = {"condition": str(condition), "networks": len(part)}
        for column in score_columns(results):
            values = part[column].to_numpy(dtype=float)
            row[f"{column} best"] = values.max()
            row[f"{column} mean"] = values.mean()
            row[f"{column} ±"] = mean_interval(values)
        for column in [name for name in results if name.startswith("epochs_to")]:
            row[column] = part[column].min()
        rows.append(row)
    return pd.DataFrame(rows).set_index("condition")


def score_columns(results: pd.DataFrame) -> list[str]:
    """Return the names of the columns of results that hold scores.

    Parameters
    ----------
    results
        As `seg_train.study.run_study` returns them.

    Examples
    --------
    >>> results = pd.DataFrame(
    ...     {"condition": ["low", "low", "high"], "val_f1": [0.5, 0.7, 0.9]}
    ... )
    >>> score_columns(results)
    ['val_f1']
    """
    kinds = ("val_f1", "val_particle_f1", "f1 ", "particle_f1 ")
    return [name for name in results if name.startswith(kinds)]
