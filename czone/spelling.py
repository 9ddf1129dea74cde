"""Second spellings: the Construction Zone names beside our own.

A class that derives from `Spelled` lists its pairs once, ``_spellings = {"checkIfInterior":
"check_if_interior"}``. Every class below it, the user's own included, then has both names bound to
the same function, whichever of the two its author wrote, so that overriding either and calling
``super()`` by either works. Functions get second spellings of their keywords from `keywords`, and
packages answer for names of the packages below them with `names_from`.
"""

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, ParamSpec, TypeVar

__all__ = ["Spelled", "keywords", "names_from"]

P = ParamSpec("P")
R = TypeVar("R")


class Spelled:
    """Base of classes with methods that can be called by two names."""

    _spellings: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        written = dict(vars(cls))
        for second, first in _all_spellings(cls).items():
            if first in written and second not in written:
                setattr(cls, second, written[first])
            elif second in written and first not in written:
                setattr(cls, first, written[second])


def _all_spellings(cls: type) -> dict[str, str]:
    """Return the pairs of a class and of everything it derives from."""
    pairs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        pairs.update(vars(base).get("_spellings", {}))
    return pairs


def keywords(**pairs: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function take second spellings of its keywords.

    Parameters
    ----------
    **pairs
        ``second="first"`` for every keyword that has two spellings.

    Returns
    -------
    decorator
        The decorated function keeps its signature, for type checkers too; the pairs are in its
        ``second_keywords``.

    Raises
    ------
    TypeError
        From the decorated function, when both spellings of one keyword are given.

    Examples
    --------
    >>> @keywords(cellDims="cell_dims")
    ... def volume(cell_dims):
    ...     return cell_dims[0] * cell_dims[1] * cell_dims[2]
    >>> volume(cellDims=(2, 3, 4)) == volume(cell_dims=(2, 3, 4)) == volume((2, 3, 4))
    True
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def translated(*args: P.args, **kwargs: P.kwargs) -> R:
            for second in pairs.keys() & kwargs.keys():
                first = pairs[second]
                if first in kwargs:
                    raise TypeError(
                        f"{function.__name__}() got {first!r} and its second spelling {second!r}"
                    )
                kwargs[first] = kwargs.pop(second)
            return function(*args, **kwargs)

        vars(translated).update(second_keywords=dict(pairs), __signature__=signature)
        return translated

    return decorate


def names_from(package: str, *below: str) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` that finds the public names of other packages too.

    In Construction Zone ``from czone.transform import Plane`` works as well as ``from czone.volume
    import Plane``: its packages hand on all they import. Ours list only what is theirs, and find
    the rest when asked.

    Parameters
    ----------
    package
        Name of the module.
    *below
        Packages to look in, in this order.
    """

    def find(name: str) -> Any:
        if not name.startswith("_"):
            for other in map(importlib.import_module, below):
                if name in other.__all__:
                    return getattr(other, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
