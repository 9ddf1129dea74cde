"""Quick ways that a class has beside a plain one, and that a class deriving from it may outdate."""

import functools
from collections.abc import Callable
from typing import Any, ClassVar

__all__ = ["Quick"]


class Quick:
    """Base of classes with methods that say quickly what another method says plainly.

    ``_quick = {"chords": "check_if_interior"}``: the chords of a ball follow from its inside. A
    class further down that says anew what is inside, and nothing of chords, would inherit chords of
    the old inside; they are replaced by the answer None, "ask the plain way". Several plain methods
    are separated by blanks.

    Examples
    --------
    >>> class Ball(Quick):
    ...     _quick = {"chords": "inside"}
    ...     def inside(self, points):
    ...         return "a ball"
    ...     def chords(self, starts):
    ...         return "of a ball"
    >>> class Hollow(Ball):
    ...     def inside(self, points):
    ...         return "a ball with a hole"
    >>> Ball().chords([]), Hollow().chords([])
    ('of a ball', None)
    """

    _quick: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for quick, plain in cls._quick.items():
            if min(_depth(cls, name) for name in plain.split()) < _depth(cls, quick):
                setattr(cls, quick, _says_nothing(getattr(cls, quick)))


def _depth(cls: type, name: str) -> int:
    """Return how far above a class a method is defined; far above all if nowhere."""
    owners = [depth for depth, base in enumerate(cls.__mro__) if name in vars(base)]
    return owners[0] if owners else len(cls.__mro__)


def _says_nothing(method: Callable) -> Callable:
    """Return a method of the same name that answers None: ask the plain way."""

    @functools.wraps(method)
    def says_nothing(*args: Any, **kwargs: Any) -> None:
        return None

    return says_nothing
