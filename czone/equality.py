"""When two objects are equal: the order of members, atoms and sites does not count.

`content` (in `czone.content`) tells whether one object changed, and there order counts: labels
follow it. Whether two objects are equal is asked of their `likeness`.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, ClassVar

import numpy as np

from czone.content import Value, content

__all__ = ["Compared", "Unordered", "Value", "content", "likeness", "sorted_rows"]


class Unordered:
    """Members whose order does not count, how often each is there does.

    Parameters
    ----------
    members
        Anything that has a `likeness`.
    """

    def __init__(self, members: Iterable[Any]) -> None:
        self.members = list(members)


def sorted_rows(*columns: np.ndarray) -> np.ndarray:
    """Return arrays (n,) or (n, k) side by side, in an order that hangs on the rows alone.

    Examples
    --------
    >>> sorted_rows(np.array([[1.0, 0], [0, 1]]), np.array([6, 7])).tolist()
    [[0.0, 1.0, 7.0], [1.0, 0.0, 6.0]]
    """
    rows = np.column_stack(columns).astype(float) + 0.0
    return rows[np.lexsort(rows.T[::-1])]


def likeness(thing: Any, above: tuple[int, ...] = ()) -> Hashable:
    """Return what something is alike in, for ``==`` and `hash`.

    Parameters
    ----------
    thing
        Anything; a class says in `_like` what its objects are alike in.
    above
        The identities of the objects that hold it, so that a circle ends.

    Examples
    --------
    >>> likeness(Unordered([1, [2]])) == likeness(Unordered([[2], 1]))
    True
    """
    if isinstance(thing, Unordered):
        return frozenset(Counter([likeness(member, above) for member in thing.members]).items())
    if isinstance(thing, (list, tuple)):
        return tuple([likeness(member, above) for member in thing])
    if isinstance(thing, dict):
        return frozenset((key, likeness(value, above)) for key, value in thing.items())
    like = None if isinstance(thing, type) else getattr(thing, "_like", None)
    if like is None:
        return _hashable(content(thing))
    if id(thing) in above:
        return "itself", above.index(id(thing))
    return type(thing), likeness(like(), (*above, id(thing)))


def _hashable(made_of: Any) -> Hashable:
    if isinstance(made_of, (list, tuple)):
        return tuple([_hashable(part) for part in made_of])
    if isinstance(made_of, dict):
        return frozenset((key, _hashable(value)) for key, value in made_of.items())
    try:
        hash(made_of)
    except TypeError:
        return _Held(made_of)
    return made_of


class _Held:
    """Something that has no hash, compared by its own ``==``."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and bool(self.thing == other.thing)

    def __hash__(self) -> int:
        return hash(type(self.thing))


class Compared:
    """Base of mutable classes that are equal when all they are made of is equal.

    Attributes named in ``_transient`` (results that can be made again) do not count, nor does the
    order of members where a class says so in `_like`. Objects may be keys of dicts and members of
    sets, where equal ones are one, and stay findable when they change: their hash is that of the
    class, so that looking one up among n of its kind takes n comparisons.
    """

    _transient: ClassVar[tuple[str, ...]] = ()

    __array_ufunc__ = None  # ``x == array`` is one answer, not one per element

    def _made_of(self) -> dict[str, Any]:
        made_of = self.__dict__.copy()
        for name in self._transient:
            made_of.pop(name, None)
        return made_of

    def _like(self) -> dict[str, Any]:
        """Return what equal objects agree in; by default all that they are made of."""
        return self._made_of()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or bool(likeness(self) == likeness(other))

    def __hash__(self) -> int:
        # All else may change while the object is a key, and equal objects have the same class.
        return hash(type(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the short form in notebooks; ``repr`` is what makes an equal object."""
        printer.text(str(self))
