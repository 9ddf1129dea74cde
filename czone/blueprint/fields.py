"""What the fields of a node may hold; each is checked and copied on its way in."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from czone.checks import as_flag, as_integer, as_matrix, as_points, as_vector

__all__ = [
    "LARGEST",
    "either",
    "flag",
    "flags",
    "given",
    "integer",
    "matrix",
    "number",
    "number_or_word",
    "numbers",
    "points",
    "rows",
    "seed",
    "text",
    "vector",
    "whole",
]

Check = Callable[[str, Any], Any]

LARGEST = 10**8
"""So many numbers a field may hold."""

matrix: Check = as_matrix
vector: Check = as_vector
points: Check = as_points
integer: Check = as_integer
flag: Check = as_flag


def given(check: Check, default: Any = dataclasses.MISSING) -> Any:
    """Return a field of a node: what it may hold, and what is left out of documents.

    Parameters
    ----------
    check
        Takes the name and the value, returns what is kept.
    default
        Stands for a field that is not written; fields without one must be.
    """
    return dataclasses.field(default=default, metadata={"check": check})


def number(name: str, value: Any) -> float:
    """Return one finite number."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        raise TypeError(f"{name} must be a number; got {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite; got {value!r}")
    return float(value)


def numbers(name: str, value: Any) -> np.ndarray:
    """Return finite numbers (n,), one alone as (1,)."""
    array = np.atleast_1d(np.array(value, dtype=float))
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a list of finite numbers; got shape {array.shape}")
    return array


def whole(name: str, value: Any) -> np.ndarray:
    """Return whole numbers (n,)."""
    array = np.atleast_1d(np.array(value))
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be a list of whole numbers; got {value!r}")
    return array.astype(np.int64)


def rows(width: int) -> Check:
    """Return the check of a table (n, width) of finite numbers."""

    def table(name: str, value: Any) -> np.ndarray:
        array = np.array(value, dtype=float)
        if array.ndim != 2 or array.shape[1] != width or not np.isfinite(array).all():
            raise ValueError(f"{name} must be rows of {width} numbers; got shape {array.shape}")
        return array

    return table


def flags(count: int) -> Check:
    """Return the check of so many flags."""

    def several(name: str, value: Any) -> tuple[bool, ...]:
        if not isinstance(value, (list, tuple, np.ndarray)) or len(value) != count:
            raise ValueError(f"{name} must be {count} flags; got {value!r}")
        return tuple(as_flag(name, item) for item in value)

    return several


def seed(name: str, value: Any) -> int:
    """Return a whole number of any size; those of more than 63 bits come as text."""
    if isinstance(value, str) and value.isdigit() and len(value) < 100:
        value = int(value)
    if as_integer(name, value) < 0:
        raise ValueError(f"{name} must be zero or more; got {value}")
    return int(value)


def text(name: str, value: Any) -> str:
    """Return text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text; got {value!r}")
    return value


def number_or_word(name: str, value: Any) -> float | str:
    """Return one number, or a word that stands for one."""
    return text(name, value) if isinstance(value, str) else number(name, value)


def either(alone: Check, several: Check) -> Check:
    """Return the check of one value, or of a list."""

    def check(name: str, value: Any) -> Any:
        return (several if isinstance(value, (list, tuple, np.ndarray)) else alone)(name, value)

    return check
