"""A set of things that have no hash of their own, only ``==``; and arrays as sets of rows."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.equality import likeness

__all__ = ["EqualSet", "array_set_equal"]


class EqualSet:
    """A set by ``==``, in the order in which its members were first seen.

    Members are found by what they are alike in, so that sets of thousands of volumes compare in the
    time it takes to look at each once.

    Parameters
    ----------
    x
        The members.

    Examples
    --------
    >>> EqualSet([[1, 2], [3], [1, 2]])
    EqualSet([[1, 2], [3]])
    >>> EqualSet([[1], [2]]) == [[2], [1]]
    True
    """

    def __init__(self, x: Iterable[Any] = ()) -> None:
        self._members: dict[Any, Any] = {}
        self.update(x)

    def update(self, it: Iterable[Any]) -> None:
        """Add the members of `it`."""
        for member in it:
            self._members.setdefault(likeness(member), member)

    def remove(self, it: Iterable[Any]) -> None:
        """Take the members of `it` out; those that are not there are ignored."""
        for member in it:
            self._members.pop(likeness(member), None)

    def union(self, *others: Iterable[Any]) -> "EqualSet":
        """Return a set of all members of this one and the others."""
        return EqualSet(member for part in (self, *others) for member in part)

    def difference(self, other: Iterable[Any]) -> "EqualSet":
        """Return a set of the members that the other has not."""
        left = EqualSet(self)
        left.remove(other)
        return left

    def intersection(self, other: Iterable[Any]) -> "EqualSet":
        """Return a set of the members that the other has too."""
        other = EqualSet(other)
        return EqualSet(member for member in self if member in other)

    def symmetric_difference(self, other: Iterable[Any]) -> "EqualSet":
        """Return a set of the members that one of the two has."""
        other = EqualSet(other)
        return self.difference(other).union(other.difference(self))

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Tell whether no member is in the other."""
        return not any(member in self for member in other)

    def issubset(self, other: Iterable[Any]) -> bool:
        """Tell whether all members are in the other."""
        return self._members.keys() <= EqualSet(other)._members.keys()

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Tell whether all members of the other are here."""
        return EqualSet(other).issubset(self)

    def __or__(self, other: Iterable[Any]) -> "EqualSet":
        return self.union(other)

    def __sub__(self, other: Iterable[Any]) -> "EqualSet":
        return self.difference(other)

    def __xor__(self, other: Iterable[Any]) -> "EqualSet":
        return self.symmetric_difference(other)

    def __and__(self, other: Iterable[Any]) -> "EqualSet":
        return self.intersection(other)

    def __le__(self, other: Iterable[Any]) -> bool:
        return self.issubset(other)

    def __ge__(self, other: Iterable[Any]) -> bool:
        return self.issuperset(other)

    def __lt__(self, other: Iterable[Any]) -> bool:
        return self.issubset(other) and not self.issuperset(other)

    def __gt__(self, other: Iterable[Any]) -> bool:
        return self.issuperset(other) and not self.issubset(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._members.keys() == EqualSet(other)._members.keys()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __contains__(self, member: Any) -> bool:
        return likeness(member) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"EqualSet({list(self)!r})"


def array_set_equal(x: ArrayLike, y: ArrayLike, *, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Tell whether two arrays hold the same rows in any order, each as often.

    Parameters
    ----------
    x, y
        Arrays (n, k) or (n,).
    rtol, atol
        As of `numpy.allclose`: rows are equal whose numbers differ by less.

    Examples
    --------
    >>> array_set_equal([[0, 1], [1, 0]], [[1, 0], [0, 1]])
    True
    >>> array_set_equal([[0, 1], [1, 0]], [[0, 0], [1, 1]])
    False
    """
    one, two = (np.asarray(array, dtype=float) for array in (x, y))
    if one.shape != two.shape:
        return False
    if one.size == 0:
        return True
    one, two = one.reshape(len(one), -1), two.reshape(len(two), -1)
    return _matched(one, two, float(atol + rtol * np.abs(two).max()), rtol, atol)


def _matched(one: np.ndarray, two: np.ndarray, slack: float, rtol: float, atol: float) -> bool:
    """Tell whether rows can be paired off, so that the two of every pair are close."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching
    from scipy.spatial import cKDTree

    near = cKDTree(one).query_ball_tree(cKDTree(two), 2 * slack, p=np.inf)
    rows = np.repeat(np.arange(len(one)), [len(found) for found in near])
    columns = np.concatenate([np.array(found, dtype=int) for found in near])
    close = np.isclose(one[rows], two[columns], rtol=rtol, atol=atol).all(axis=1)
    pairs = csr_matrix(
        (np.ones(int(close.sum())), (rows[close], columns[close])), shape=(len(one), len(two))
    )
    return bool((maximum_bipartite_matching(pairs) >= 0).all())
