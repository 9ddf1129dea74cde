"""Warnings, at the line of whoever called this package, such as of numbers that are unusual."""

import dataclasses
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hrtem_sim.refusal import Implausible

__all__ = ["say", "say_doubt", "without_doubts"]

_ROOM = os.path.dirname(os.path.dirname(__file__))
_BESIDE = os.path.join(os.path.dirname(_ROOM), "seg_train")  # whose recipes are checked here
OURS = (_ROOM + os.sep, _BESIDE + os.sep, dataclasses.__file__, "<string>")
"""Files of frames that are not the caller's; `<string>` is what `dataclass` writes."""

_silent: ContextVar[bool] = ContextVar("silent", default=False)


def say_doubt(message: str) -> None:
    """Warn with `Implausible`, at the line outside this package that gave the number.

    Parameters
    ----------
    message
        Names the field, the number and what is usual.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as told:
    ...     say_doubt("width is 1 m, where 1 to 9 nm is usual")
    >>> [str(warning.message) for warning in told]
    ['width is 1 m, where 1 to 9 nm is usual']
    """
    if not _silent.get():
        say(message, Implausible)


def say(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside this package from which it was called.

    Parameters
    ----------
    message
        Words of the warning.
    category
        Class of the warning.
    """
    level, frame = 1, sys._getframe(0)
    while frame.f_back and frame.f_code.co_filename.startswith(OURS):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


@contextmanager
def without_doubts() -> Iterator[None]:
    """Return a context in which nothing is said about unusual numbers: their recipe was asked.

    Examples
    --------
    >>> from hrtem_sim.imaging import ImagingConditions
    >>> with without_doubts():
    ...     conditions = ImagingConditions(convergence=2.0)
    """
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)
