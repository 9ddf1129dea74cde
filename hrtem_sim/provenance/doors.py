"""Public functions that take values of ours refuse those of another class at once.

A dict where conditions are asked for, or atoms of ASE where a specimen is, would otherwise end deep
inside, in words that name neither.
"""

import inspect
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from hrtem_sim.provenance.classes import Expected, classes_of

__all__ = ["typed"]

Function = TypeVar("Function", bound=Callable[..., Any])

ABSENT = object()


def typed(function: Function) -> Function:
    """Return a function that refuses arguments of other classes of ours than its annotations say.

    Parameters
    ----------
    function
        Function whose arguments are values of this package, or lists of them. Numbers, texts,
        arrays and iterators are left to the function.

    Examples
    --------
    >>> import dataclasses
    >>> @dataclasses.dataclass(frozen=True)
    ... class Lens:
    ...     cs: float = 0.0
    >>> def spot(lens: Lens) -> float:
    ...     return abs(lens.cs) ** 0.25
    >>> spot.__annotations__ = {"lens": Lens}
    >>> typed(spot)(1.2)
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: lens must be a Lens; got 1.2
    """
    asked: list[tuple[int, Expected]] = []  # resolved at the first call, when all is imported
    known = False

    @wraps(function)
    def checked(*arguments: Any, **named: Any) -> Any:
        nonlocal known
        if not known:
            asked[:] = _of_parameters(function)
            known = True
        for place, expected in asked:
            name = expected.name
            value = arguments[place] if place < len(arguments) else named.get(name, ABSENT)
            if value is not ABSENT and (expected.holder or not isinstance(value, expected.kinds)):
                expected.refuse(value)
        return function(*arguments, **named)

    return typing.cast(Function, checked)


def _of_parameters(function: Callable[..., Any]) -> Iterator[tuple[int, Expected]]:
    hints = typing.get_type_hints(function)
    for place, (name, parameter) in enumerate(inspect.signature(function).parameters.items()):
        by_place = parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        annotation, holder = hints.get(name), None
        if typing.get_origin(annotation) in (Iterable, Sequence):
            (annotation,), holder = typing.get_args(annotation), Iterable
        kinds = classes_of(annotation)
        if any(_is_ours(kind) for kind in kinds):
            yield place if by_place else sys.maxsize, Expected(name, kinds, holder)


def _is_ours(kind: type) -> bool:
    return kind.__module__ != "builtins" and kind not in (type(None), Path)
