"""The parameters of a builder: what recipes may say of them, and what is drawn.

A parameter's annotation says what it takes: float, int, bool, str, `Literal`, tuples of these, a
dataclass (a table of its own), or `tuple[Part, ...]` of a dataclass (a table with `count`, whose
other keys are drawn anew for every part; or a list of tables, one for each). Where a number may
stand, so may a range; `{ choice = [...] }` is one for texts and flags too.
"""

import dataclasses
import difflib
import inspect
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hrtem_sim.provenance import (
    Distribution,
    RecipeError,
    Refusal,
    from_value,
    require,
    to_value,
)

STREAMS = "streams"
"""Parameter that is given the random streams; of functions it may be missing."""

COUNT = "count"

Rng = Callable[..., np.random.Generator]
"""Gives the random generator of a parameter by the words and numbers of its path."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a builder.

    Parameters
    ----------
    name
        Its name.
    kind
        Annotation.
    default
        Default; `inspect.Parameter.empty` if it has none.
    """

    name: str
    kind: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Signature:
    """The parameters of a builder.

    Parameters
    ----------
    name
        Name of the builder, for messages.
    parameters
        All but the streams.
    streams
        Whether it is a function that takes the streams as an argument.
    """

    name: str
    parameters: tuple[Parameter, ...]
    streams: bool

    @classmethod
    def of(cls, builder: Callable[..., Any], name: str) -> "Signature":
        """Read the signature of a function, or of a dataclass with a method `build`.

        Parameters
        ----------
        builder
            Function or class.
        name
            Its name, for messages.

        Raises
        ------
        Refusal
            If it is neither, or a parameter has no annotation that recipes can hold.

        Examples
        --------
        >>> def islands(radius: float, count: int = 3): ...
        >>> print(Signature.of(islands, "islands"))
        islands(radius: float, count: int = ...)
        """
        if isinstance(builder, type):
            if not (dataclasses.is_dataclass(builder) and hasattr(builder, "build")):
                raise Refusal(
                    f"builder must be a function, or a dataclass with a method build(streams); "
                    f"got the class {name}"
                )
        elif not callable(builder):
            raise Refusal(
                "builder must be a function, or a dataclass with a method build(streams); "
                f"got {builder!r}"
            )
        given = inspect.signature(builder).parameters.values()
        hints = _hints(builder, name)
        found = []
        for one in given:
            if one.name == STREAMS and not isinstance(builder, type):
                continue
            where = f"{name}: the parameter {one.name}"
            if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY):
                raise Refusal(f"{where} must have a name that recipes can give it by; got {one}")
            if one.name not in hints:
                raise Refusal(f"{where} must say its type, as in {one.name}: float; got none")
            _check_kind(hints[one.name], where)
            found.append(Parameter(one.name, hints[one.name], one.default))
        streams = not isinstance(builder, type) and any(one.name == STREAMS for one in given)
        return cls(name, tuple(found), streams)

    def __str__(self) -> str:
        shown = [
            f"{one.name}: {_shown(one.kind)}{'' if one.required else ' = ...'}"
            for one in self.parameters
        ]
        return f"{self.name}({', '.join([*shown, STREAMS] if self.streams else shown)})"

    def checked(self, ranges: dict[str, Any], path: str) -> dict[str, Any]:
        """Return the ranges of a recipe as they are stored, or refuse what the builder cannot take.

        Parameters
        ----------
        ranges
            Table of the recipe.
        path
            Its place in the file.

        Raises
        ------
        RecipeError
            For an unknown or missing parameter, or the wrong kind of value; the message gives the
            signature.
        """
        kinds = {one.name: one.kind for one in self.parameters}
        for name in ranges:
            if name not in kinds:
                near = difflib.get_close_matches(name, kinds, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise RecipeError(f"{path}.{name} is not a parameter of {self}{hint}")
        for one in self.parameters:
            if one.required and one.name not in ranges:
                raise RecipeError(f"{path}.{one.name} is missing: the builder is {self}")
        try:
            return {name: _checked(kinds[name], v, f"{path}.{name}") for name, v in ranges.items()}
        except RecipeError as error:
            raise RecipeError(f"{error}; the builder is {self}") from None

    def drawn(self, ranges: dict[str, Any], rng: Rng) -> dict[str, Any]:
        """Draw the numbers of one structure; parameters left out are the builder's own defaults.

        Parameters
        ----------
        ranges
            As `checked` returns them.
        rng
            Random generators; every number has its own, so that a new range leaves all others.
        """
        kinds = {one.name: one.kind for one in self.parameters}
        return {name: _drawn(kinds[name], value, rng, name) for name, value in ranges.items()}

    def arguments(self, numbers: dict[str, Any], path: str) -> dict[str, Any]:
        """Return drawn numbers as the builder's arguments.

        Parameters
        ----------
        numbers
            As `drawn` returns them, or a plan stores them.
        path
            Name of where they stand, for messages.
        """
        kinds = {one.name: one.kind for one in self.parameters}
        for name in numbers:
            require(name in kinds, f"{path}.{name}", f"a parameter of {self}", numbers[name])
        return {name: from_value(kinds[name], v, f"{path}.{name}") for name, v in numbers.items()}


def _hints(builder: Callable[..., Any], name: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(builder)
    except (NameError, TypeError) as error:
        raise Refusal(f"builder {name} has annotations that cannot be read: {error}") from None


def _check_kind(kind: Any, where: str) -> None:
    """Refuse an annotation that recipes cannot hold."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind in (bool, int, float, str) or origin is typing.Literal:
        return
    if _is_union(kind):
        for arg in args:
            if arg is not type(None):
                _check_kind(arg, where)
        return
    if origin is tuple and args:
        for arg in args:
            if arg is not Ellipsis:
                _check_kind(arg, where)
        if _part(kind) and COUNT in _fields(_part(kind)):
            raise Refusal(
                f"{where} must have parts without a field {COUNT}, which is their number; got "
                f"{_shown(kind)}"
            )
        return
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        for name, inner in _fields(kind).items():
            _check_kind(inner, f"{where}.{name}")
        return
    raise Refusal(
        f"{where} must be float, int, bool, str, Literal, a tuple or dataclass of these; "
        f"got {_shown(kind)}"
    )


def _fields(part: Any) -> dict[str, Any]:
    """Annotations of the fields of a dataclass."""
    hints = typing.get_type_hints(part)
    return {field.name: hints[field.name] for field in dataclasses.fields(part)}


def _part(kind: Any) -> Any:
    """The dataclass of `tuple[Part, ...]`, or None."""
    args = typing.get_args(kind)
    many = typing.get_origin(kind) is tuple and len(args) == 2 and args[1] is Ellipsis
    return args[0] if many and dataclasses.is_dataclass(args[0]) else None


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)


def _only(kind: Any) -> Any:
    """What an optional parameter is if it is not None; None if it may be several things."""
    known = [arg for arg in typing.get_args(kind) if arg is not type(None)]
    return known[0] if len(known) == 1 else None


def _shown(kind: Any) -> str:
    if isinstance(kind, type) and not typing.get_args(kind):
        return kind.__name__
    return re.sub(r"[\w.]+\.(\w+)", r"\1", str(kind))


def _is_choice(value: Any) -> bool:
    return (
        isinstance(value, dict) and set(value) == {"choice"} and isinstance(value["choice"], list)
    )


def _checked(kind: Any, value: Any, path: str) -> Any:
    """Return ranges as they are stored."""
    if _is_union(kind):
        one = _only(kind)
        return from_value(kind, value, path) if one is None else _checked(one, value, path)
    if part := _part(kind):
        return _checked_parts(part, value, path)
    if dataclasses.is_dataclass(kind):
        return _checked_fields(kind, value, path)
    if typing.get_origin(kind) is tuple:
        require(isinstance(value, list | tuple), path, f"a list, {_shown(kind)}", value)
        inner = _items(kind, len(value))
        require(len(value) == len(inner), path, f"a list of {len(inner)} values", value)
        return [
            _checked(one, item, f"{path}[{i}]")
            for i, (one, item) in enumerate(zip(inner, value, strict=True))
        ]
    if kind in (float, int):
        return _checked_numbers(kind, value, path)
    if _is_choice(value):
        require(bool(value["choice"]), path, "a choice of at least one", value)
        return {"choice": [from_value(kind, item, path) for item in value["choice"]]}
    return from_value(kind, value, path)


def _checked_numbers(kind: Any, value: Any, path: str) -> Any:
    distribution = Distribution.from_recipe(value, path)
    numbers = distribution.values
    if kind is float:
        return dataclasses.replace(distribution, values=tuple(map(float, numbers))).to_recipe()
    discrete = distribution.kind in ("constant", "choice", "integers")
    whole = discrete and all(number == int(number) for number in numbers)
    require(whole, path, "a whole number, or a choice or integers of such", value)
    return dataclasses.replace(distribution, values=tuple(map(int, numbers))).to_recipe()


def _checked_fields(part: Any, value: Any, path: str, *besides: str) -> dict[str, Any]:
    require(isinstance(value, dict), path, f"a table of {part.__name__}", value)
    kinds = _fields(part)
    for name in value:
        require(
            name in kinds or name in besides, f"{path}.{name}", f"one of {', '.join(kinds)}", name
        )
    for field in dataclasses.fields(part):
        absent = dataclasses.MISSING
        if field.name not in value and field.default is absent and field.default_factory is absent:
            raise RecipeError(f"{path}.{field.name} is missing from {path}")
    return {name: _checked(kinds[name], v, f"{path}.{name}") for name, v in value.items()}


def _checked_parts(part: Any, value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_checked_fields(part, one, f"{path}[{i}]") for i, one in enumerate(value)]
    require(
        isinstance(value, dict) and COUNT in value, path, f"a table with {COUNT}, or a list", value
    )
    count = _checked_numbers(int, value[COUNT], f"{path}.{COUNT}")
    low = Distribution.from_recipe(count, path).low
    require(low >= 0, f"{path}.{COUNT}", "at least 0", value[COUNT])
    rest = {name: item for name, item in value.items() if name != COUNT}
    return {COUNT: count, **_checked_fields(part, rest, path)}


def _items(kind: Any, length: int) -> tuple[Any, ...]:
    args = typing.get_args(kind)
    return (args[0],) * length if len(args) == 2 and args[1] is Ellipsis else args


def _drawn(kind: Any, value: Any, rng: Rng, *path: str | int) -> Any:
    """Return the numbers that ranges stand for."""
    if _is_union(kind):
        one = _only(kind)
        return value if one is None else _drawn(one, value, rng, *path)
    if part := _part(kind):
        if isinstance(value, list):
            return [_drawn(part, one, rng, *path, i) for i, one in enumerate(value)]
        count = _drawn(int, value[COUNT], rng, *path, COUNT)
        rest = {name: item for name, item in value.items() if name != COUNT}
        return [_drawn(part, rest, rng, *path, i) for i in range(count)]
    if dataclasses.is_dataclass(kind):
        kinds = _fields(kind)
        return {n: _drawn(kinds[n], item, rng, *path, n) for n, item in value.items()}
    if typing.get_origin(kind) is tuple:
        inner = _items(kind, len(value))
        return [
            _drawn(k, v, rng, *path, i) for i, (k, v) in enumerate(zip(inner, value, strict=True))
        ]
    if kind in (float, int):
        return kind(Distribution.from_recipe(value, ".".join(map(str, path))).draw(rng(*path)))
    if _is_choice(value):
        return value["choice"][int(rng(*path).integers(len(value["choice"])))]
    return to_value(value)
