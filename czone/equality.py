"""Comparing objects that hold arrays."""

from typing import Any, ClassVar

import numpy as np

__all__ = ["Compared", "same"]


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal, arrays and containers included.

    Examples
    --------
    >>> same({"center": np.zeros(3)}, {"center": np.zeros(3)})
    True
    >>> same([1, np.ones(2)], [1, np.zeros(2)])
    False
    """
    if a is b:
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.shape(a) == np.shape(b) and bool(np.all(np.asarray(a) == np.asarray(b)))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


class Compared:
    """Base of mutable classes that are equal when all they are made of is equal.

    Attributes named in ``_transient`` (results that can be made again) do not count.
    """

    _transient: ClassVar[tuple[str, ...]] = ()

    def _made_of(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key not in self._transient}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self._made_of(), other._made_of())

    # No __hash__, which Python drops beside __eq__: mutable objects have none that could stay.
