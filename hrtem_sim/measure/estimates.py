"""A number that was measured, and the interval in which it lies."""

import math
from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True)
class Estimate:
    """A number that was measured, with its interval.

    Parameters
    ----------
    value
        Best guess; nan if nothing is known.
    low, high
        Bounds that hold the truth in nine cases of ten; infinite or nan where nothing is known.
    unit
        Unit of all three.

    Examples
    --------
    >>> print(Estimate(402.31, 371.0, 433.9, "angstrom"))
    402 (371 to 434) angstrom
    >>> 380 in Estimate(402.31, 371.0, 433.9)
    True
    """

    value: float
    low: float
    high: float
    unit: str = ""

    def __contains__(self, truth: float) -> bool:
        return self.low <= truth <= self.high

    def __str__(self) -> str:
        if math.isnan(self.value):
            return "not measurable"
        digits = _digits(self.high - self.low, self.value)
        numbers = [f"{number:.{digits}f}" for number in (self.value, self.low, self.high)]
        return f"{numbers[0]} ({numbers[1]} to {numbers[2]}) {self.unit}".strip()

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)


def _digits(width: float, value: float) -> int:
    """Decimals that show the width of an interval to two digits."""
    size = width if 0 < width < math.inf else abs(value)
    return max(0, 1 - math.floor(math.log10(size))) if size > 0 else 0


UNKNOWN = Estimate(math.nan, math.nan, math.nan)
"""What nothing is known of."""
