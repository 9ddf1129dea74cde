"""Frozen values own their lists and dicts, as they own their arrays."""

import dataclasses
import types
import typing
from functools import cache
from typing import Any

__all__ = ["own_lists"]


def own_lists(value: Any) -> None:
    """Take lists and dicts of a frozen dataclass from whoever made them: tuples, and copies.

    A list that its maker goes on writing to would change a value that was already checked and given
    an id.

    Parameters
    ----------
    value
        The dataclass; `Checked` ones ask by themselves.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Beam:
    ...     tilt: tuple[float, float]
    ...     def __post_init__(self):
    ...         own_lists(self)
    >>> angles = [0.0, 1.0]
    >>> beam = Beam(angles)
    >>> angles[0] = 90.0
    >>> beam
    Beam(tilt=(0.0, 1.0))
    """
    cls: Any = type(value)
    for name in _holders(cls):
        held = getattr(value, name)
        if isinstance(held, tuple | list | dict):
            object.__setattr__(value, name, _owned(held))


@cache
def _holders(cls: Any) -> tuple[str, ...]:
    """Names of the fields that may hold tuples or dicts."""
    hints = typing.get_type_hints(cls)
    return tuple(field.name for field in dataclasses.fields(cls) if _may_hold(hints[field.name]))


def _may_hold(annotation: Any) -> bool:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return any(map(_may_hold, typing.get_args(annotation)))
    return (typing.get_origin(annotation) or annotation) in (tuple, dict)


def _owned(held: Any) -> Any:
    if isinstance(held, tuple | list):
        return tuple(map(_owned, held)) if type(held) in (tuple, list) else held
    return dict(held) if isinstance(held, dict) else held
