"""Rows of a catalogue: those asked for, those that meet a condition, some drawn of them."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hrtem_sim.provenance import rows_that_meet
from hrtem_sim.refusal import Refusal


def checked_rows(rows: ArrayLike, n: int) -> np.ndarray:
    """Return rows as an array of integers, or refuse those that no catalogue of n rows has.

    Examples
    --------
    >>> checked_rows([2, 0], 3).tolist()
    [2, 0]
    """
    array = np.atleast_1d(np.asarray(rows))
    if array.size == 0:
        return array.astype(int)
    if array.ndim > 1 or array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= n:
        hint = ": give np.flatnonzero(rows)" if array.dtype.kind == "b" else ""
        raise Refusal(f"rows must be integers in 0..{n - 1}; got {rows!r}{hint}")
    return array


def selected(
    catalogue: pd.DataFrame,
    query: str | None,
    *,
    n: int | None,
    rng: np.random.Generator | int | None,
) -> pd.DataFrame:
    """Return part of a catalogue; see `Database.select`.

    Examples
    --------
    >>> selected(pd.DataFrame({"dose": [1.0, 5.0]}), "dose > 2", n=None, rng=None).index.tolist()
    [1]
    """
    found = catalogue
    if query is not None:
        try:
            found = found[rows_that_meet(query, found)]
        except Refusal as error:
            columns = ", ".join(map(str, catalogue.columns))
            raise Refusal(
                f"query must be a condition on the columns {columns}; got {query!r} ({error})"
            ) from None
    if not len(found):
        raise Refusal(f"query must select at least one micrograph; got none for {query!r}")
    if n is None:
        return found
    if rng is None:
        raise Refusal("rng must be given to draw n rows; got None")
    if not 1 <= n <= len(found):
        raise Refusal(f"n must be in 1..{len(found)}, the micrographs selected; got {n}")
    chosen = np.random.default_rng(rng).choice(len(found), size=n, replace=False)
    return found.iloc[np.sort(chosen)]
