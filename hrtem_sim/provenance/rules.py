"""The rules that checks are made of: bounds, whole numbers, alternatives."""

import dataclasses
import math
from collections.abc import Callable
from numbers import Real
from typing import Any

from hrtem_sim.provenance.checks import Check, one_of
from hrtem_sim.provenance.distributions import Distribution

__all__ = [
    "any_of",
    "at_least",
    "between",
    "finite",
    "optional",
    "positive",
    "that",
    "whole",
]


def between(
    low: float, high: float, unit: str = "", *, open_low: bool = False, open_high: bool = False
) -> Check:
    """Return the check that a number lies between two bounds.

    Parameters
    ----------
    low, high
        Bounds; `math.inf` where there is none.
    unit
        Unit of the number.
    open_low, open_high
        Whether the bounds themselves are excluded.

    Examples
    --------
    >>> between(0, 1, open_high=True).text
    'in [0, 1)'
    """
    span = f"{'(' if open_low else '['}{_shown(low)}, {_shown(high)}{')' if open_high else ']'}"
    text = f"in {span}{f' {unit}' if unit else ''}"
    return _bounded(text, low, high, unit, open_low, open_high)


def at_least(low: float, unit: str = "") -> Check:
    """Return the check that a number is finite and not smaller than a bound.

    Parameters
    ----------
    low
        The bound.
    unit
        Unit of the number.

    Examples
    --------
    >>> at_least(0, "angstrom").text
    'at least 0, in angstrom'
    """
    return _bounded(f"at least {_shown(low)}{_in(unit)}", low, math.inf, unit)


def positive(unit: str = "") -> Check:
    """Return the check that a number is finite and larger than zero.

    Parameters
    ----------
    unit
        Unit of the number.

    Examples
    --------
    >>> positive("eV").text
    'positive, in eV'
    """
    return _bounded(f"positive{_in(unit)}", 0, math.inf, unit, open_low=True)


def finite(unit: str = "") -> Check:
    """Return the check that a number is finite.

    Parameters
    ----------
    unit
        Unit of the number.

    Examples
    --------
    >>> finite("mrad").text
    'finite, in mrad'
    """
    return _bounded(f"finite{_in(unit)}", -math.inf, math.inf, unit)


def whole(low: int, high: float = math.inf) -> Check:
    """Return the check that a number is whole, and within bounds.

    Parameters
    ----------
    low, high
        Bounds, both allowed.

    Examples
    --------
    >>> whole(1).text, whole(2, 5).text
    ('a whole number of at least 1', 'a whole number in [2, 5]')
    """
    bounds = f"of at least {low}" if high == math.inf else f"in [{low}, {_shown(high)}]"
    inside = _bounded("", low, high, "")
    return dataclasses.replace(
        inside,
        text=f"a whole number {bounds}",
        fits=lambda value: inside.fits(value) and _is_whole(value),
    )


def that(text: str, fits: Callable[[Any], bool], unit: str = "") -> Check:
    """Return a check in words of its own.

    Parameters
    ----------
    text
        Words that follow "must be".
    fits
        Whether a value is so.
    unit
        Unit of the value.

    Examples
    --------
    >>> that("an even number", lambda n: n % 2 == 0).fits(4)
    True
    """
    return Check(text, fits, unit)


def any_of(first: Check, *others: Check) -> Check:
    """Return the check that a value passes one check or another.

    Parameters
    ----------
    first
        Gives the unit and the bounds.
    others
        Values that are allowed instead.

    Examples
    --------
    >>> any_of(at_least(0, "angstrom"), one_of("debye")).text
    "at least 0, in angstrom, or 'debye'"
    """
    every = (first, *others)
    return dataclasses.replace(
        first,
        text=", or ".join(check.text for check in every),
        fits=lambda value: any(check.fits(value) for check in every),
        choices=tuple(choice for check in others for choice in check.choices),
    )


def optional(check: Check) -> Check:
    """Return the check that a value passes another one or is None.

    Parameters
    ----------
    check
        Check of values other than None.

    Examples
    --------
    >>> optional(positive("angstrom")).text
    'positive, in angstrom, or None'
    """
    return any_of(check, one_of(None))


def _bounded(
    text: str,
    low: float,
    high: float,
    unit: str,
    open_low: bool = False,
    open_high: bool = False,
) -> Check:
    def fits(value: Any) -> bool:
        if isinstance(value, Distribution):
            least, most = value.low, value.high
        elif isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
            least = most = float(value)
        else:
            return False
        above = low < least if open_low else low <= least
        below = most < high if open_high else most <= high
        return above and below

    return Check(text, fits, unit, float(low), float(high), open_low, open_high)


def _is_whole(value: Any) -> bool:
    if isinstance(value, Distribution):
        discrete = value.kind in ("constant", "integers", "choice")
        return discrete and all(number == int(number) for number in value.values)
    return value == int(value)


def _in(unit: str) -> str:
    return f", in {unit}" if unit else ""


def _shown(bound: float) -> str:
    return "pi" if bound == math.pi else f"{bound:.10g}"
