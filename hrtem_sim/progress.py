"""How long work shows that it goes on: a bar where someone looks, lines in a log elsewhere."""

import io
import logging
import sys
from collections.abc import Iterable
from typing import Any

from tqdm.auto import tqdm as bar
from tqdm.std import tqdm as text_bar

__all__ = ["stage"]

log = logging.getLogger(__name__)

QUIET = 60.0
"""Seconds between two lines of one stage in a log."""


class _Lines(text_bar):
    """A bar that says at its start, now and then, and at its end in a line how far it is."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        form = "{desc}: {n_fmt} of {total_fmt} in {elapsed}{postfix}"
        self._said = ""
        super().__init__(*args, file=io.StringIO(), mininterval=QUIET, bar_format=form, **settings)

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """Write a line, unless it is the one before."""
        line = msg or str(self)
        if line and line != self._said:
            if log.isEnabledFor(logging.INFO):
                log.info("%s", line)
            else:  # a script that set up no logging but asked for progress
                print(line, file=sys.stderr, flush=True)
            self._said = line
        return True


def stage(
    items: Iterable[Any] | None = None,
    *,
    desc: str,
    unit: str,
    total: int | None = None,
    shown: bool = True,
) -> Any:
    """Return the progress of one stage of work, as `tqdm` does: iterate over it, or `update` it.

    Parameters
    ----------
    items
        What is worked on, to be iterated over; default: the caller counts.
    desc
        Name of the stage.
    unit
        What is counted.
    total
        Number of items, if these do not say it.
    shown
        Whether anything is shown.

    Notes
    -----
    Terminals and notebooks get a bar; elsewhere, as in a batch job, a line goes to the logger of
    this module (to stderr if that is not set up) at the start, once a minute and at the end.

    Examples
    --------
    >>> sum(stage([1, 2, 3], desc="adding", unit="number", shown=False))
    6
    """
    if not shown:
        return bar(items, total=total, disable=True)
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    kind = bar if on_terminal or _in_notebook() else _Lines
    return kind(items, desc=desc, unit=unit, total=total)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
