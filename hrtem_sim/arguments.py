"""What command lines are given: numbers that fit, or one line that says what does."""

import argparse
import math

__all__ = ["count", "not_negative", "positive", "share"]


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number; got {text!r}") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1; got {text}")
    return number


def positive(text: str) -> float:
    """Read a finite number above zero."""
    number = _number(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be positive; got {text}")
    return number


def not_negative(text: str) -> float:
    """Read a finite number of zero or more."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"must be zero or more; got {text}")
    return number


def share(text: str) -> tuple[int, int]:
    """Read i/n, the i-th of n shares, counted from 0.

    Examples
    --------
    >>> share("0/4")
    (0, 4)
    """
    try:
        part, parts = (int(word) for word in text.split("/"))
    except ValueError:
        part, parts = -1, 0
    if not 0 <= part < parts:
        raise argparse.ArgumentTypeError(f"must be i/n with 0 <= i < n; got {text!r}")
    return part, parts


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number; got {text!r}") from None
