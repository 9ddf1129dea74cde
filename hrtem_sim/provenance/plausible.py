"""Physical ranges: what is refused, what is doubted, and the unit that was probably meant."""

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

from hrtem_sim.provenance.checks import Check
from hrtem_sim.provenance.distributions import Distribution

__all__ = ["physical"]

TAIL = 3.0
"""Standard deviations of a normal distribution within which its numbers are looked at."""


def physical(
    low: float,
    high: float,
    unit: str,
    *,
    usual: tuple[float, float],
    units: Mapping[str, float] | None = None,
    zero: bool = False,
    signed: bool = False,
    text: str = "",
) -> Check:
    """Return the check that a number is possible; `hrtem_sim.Implausible` warns of unusual ones.

    Parameters
    ----------
    low, high
        Bounds outside which a number is refused.
    unit
        Unit of the number.
    usual
        Bounds within which it passes without a word.
    units
        Units in which it may have been typed by mistake, each in units of `unit`. The first that
        makes the number usual is named.
    zero
        Whether 0 is allowed, without a word, as in a perfect microscope. A number that was drawn
        may then be as small as it likes: `low` is for what recipes write.
    signed
        Whether the bounds are those of the magnitude, and 0 is allowed.
    text
        Words that follow "must be"; default: the bounds and the unit.

    Notes
    -----
    Of a range both ends must pass; where 0 is allowed only the end that is larger in magnitude,
    for ranges begin at nothing. Of a normal distribution three standard deviations count.

    Examples
    --------
    >>> energy = physical(10e3, 3e6, "eV", usual=(30e3, 4e5), units={"keV": 1e3})
    >>> energy.refuse("HT", 200)
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: HT must be 10000 to 3e+06 eV; got 200: did you mean 200 keV, 200000?
    """
    from_zero = zero or signed
    span = f"{0 if from_zero else low:g} to {high:g}" if high < math.inf else f"at least {low:g}"
    words = text or f"{'of magnitude ' if signed else ''}{span} {unit}"
    if signed and high == math.inf:
        words = text or f"finite, in {unit}"

    def fits(value: Any) -> bool:
        ends = _ends(value, signed)
        if ends is None or (not signed and ends[0] < 0):
            return False
        if not from_zero:
            return low <= ends[0] and ends[1] <= high
        most = max(map(abs, ends))
        return most <= high and (most >= low or most == 0 or not isinstance(value, Distribution))

    def odd(value: Any) -> float | None:
        """The number that is unusual, if one is."""
        ends = _ends(value, signed)
        if ends is None:
            return None
        if from_zero:
            most = max(ends, key=abs)
            return None if most == 0 or usual[0] <= abs(most) <= usual[1] else most
        return next((end for end in ends if not usual[0] <= end <= usual[1]), None)

    def hint(value: Any) -> str:
        number = odd(value)
        if number is None or (number < 0 and not signed):
            return ""
        for name, factor in (units or {}).items():
            if usual[0] <= abs(number) * factor <= usual[1]:
                return f": did you mean {number:g} {name}, {number * factor:g}?"
        return ""

    def doubt(value: Any) -> str:
        if odd(value) is None or not fits(value):
            return ""
        got = value.to_recipe() if isinstance(value, Distribution) else value
        return f"{got} {unit}, where {usual[0]:g} to {usual[1]:g} is usual{hint(value)}"

    least = -high if signed else 0.0 if zero else low
    return Check(words, fits, unit, float(least), float(high), usual=usual, hint=hint, doubt=doubt)


def _ends(value: Any, signed: bool) -> tuple[float, float] | None:
    if isinstance(value, Distribution):
        if signed and value.kind == "normal":
            tails = [(mean - TAIL * std, mean + TAIL * std) for mean, std in _normals(value)]
            return min(low for low, _ in tails), max(high for _, high in tails)
        ends = float(value.low), float(value.high)
        return ends if all(map(math.isfinite, ends)) else None
    if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
        return float(value), float(value)
    return None


def _normals(value: Distribution) -> list[tuple[float, float]]:
    return [(part.values[0], part.values[1]) for part in value.parts]
