"""Strict tables <-> frozen dataclasses.

A recipe is a tree of frozen dataclasses. A table of the file becomes a dataclass; an unknown key, a
missing field, a wrong type or an impossible value is a `RecipeError` whose one line names the path
of the field, what is allowed and what came. Fields may be bool, int, float, str, `Literal`,
`tuple[X, ...]`, `tuple[X, Y]`, `dict[str, X]`, unions, other dataclasses, and any class with
`from_recipe(value, path)` and `to_recipe()`. A field whose metadata hold functions `read(value,
path)` and `write(value)` is read and written by them.
"""

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from hrtem_sim.provenance.identity import content_fields
from hrtem_sim.provenance.toml import in_toml
from hrtem_sim.refusal import Refusal

T = TypeVar("T")


class RecipeError(Refusal):
    """A recipe that cannot be used; the message names the field, is a single line and speaks TOML.

    Parameters
    ----------
    message
        Message, in which the value that came may stand as Python shows it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(in_toml(message))


def require(condition: bool, path: str, allowed: str, got: Any) -> None:
    """Raise a `RecipeError` "`path` must be `allowed`; got `got`" unless the condition holds.

    Parameters
    ----------
    condition
        Whether the value can be used.
    path
        Path of the field.
    allowed
        Words for what is allowed.
    got
        Value that came.

    Examples
    --------
    >>> require(0 > 1, "training.epochs", "at least 1", 0)
    Traceback (most recent call last):
        ...
    hrtem_sim.provenance.recipes.RecipeError: training.epochs must be at least 1; got 0
    """
    if not condition:
        raise RecipeError(f"{path} must be {allowed}; got {got!r}")


def from_table(cls: Callable[..., T], table: Any, path: str = "") -> T:
    """Build a frozen dataclass from a table, strictly.

    Parameters
    ----------
    cls
        The dataclass. Making it may raise a `Refusal` whose message begins with the field's name
        (`Checked` does); the path of the table is put before it.
    table
        Nested dicts, lists and scalars as `tomllib` returns them.
    path
        Place of the table in the file, for messages.

    Raises
    ------
    RecipeError
        For an unknown key, a missing field, a wrong type or an impossible value.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Beam:
    ...     energy: float
    >>> from_table(Beam, {"energy": 300000}, "beam")
    Beam(energy=300000.0)
    """
    where = path or "the recipe"
    if not isinstance(table, dict):
        raise RecipeError(f"{where} must be a table; got {table!r}")
    fields = {field.name: field for field in dataclasses.fields(cast(Any, cls))}
    for key in table:
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise RecipeError(
                f"{_join(path, key)} is not a field of {where}{hint}; allowed: {', '.join(fields)}"
            )
    hints = typing.get_type_hints(cls)
    values = {}
    for name, field in fields.items():
        if name in table:
            read = field.metadata.get("read", partial(from_value, hints[name]))
            values[name] = read(table[name], _join(path, name))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise RecipeError(f"{_join(path, name)} is missing from {where}")
    try:
        return cls(**values)
    except Refusal as error:
        raise RecipeError(_join(path, error.in_recipe or str(error))) from None


def to_table(value: Any) -> dict[str, Any]:
    """Return the table that `from_table` would turn back into this dataclass.

    None is left out, and so are added fields at their default (`hrtem_sim.provenance.added`).

    Parameters
    ----------
    value
        A dataclass as `from_table` makes it.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Beam:
    ...     energy: float
    >>> to_table(Beam(300e3))
    {'energy': 300000.0}
    """
    table = {}
    fields = {field.name: field for field in dataclasses.fields(value)}
    for name, content in content_fields(value):
        item = fields[name].metadata.get("write", to_value)(content)
        if item is not None:
            table[name] = item
    return table


def from_value(annotation: Any, value: Any, path: str) -> Any:
    """Return a value of a table as an annotation asks for it, strictly.

    Parameters
    ----------
    annotation
        bool, int, float, str, `Literal`, `tuple[X, ...]`, `tuple[X, Y]`, `dict[str, X]`, a union,
        a dataclass, or a class with `from_recipe`.
    value
        As `tomllib` returns it.
    path
        Place of the value in the file, for messages.

    Examples
    --------
    >>> from_value(tuple[float, ...], [1, 2], "field")
    (1.0, 2.0)
    """
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if hasattr(annotation, "from_recipe"):
        return annotation.from_recipe(value, path)
    if dataclasses.is_dataclass(annotation):
        return from_table(cast(type, annotation), value, path)
    if origin in (typing.Union, types.UnionType):
        return _first_that_fits([arg for arg in args if arg is not type(None)], value, path)
    if origin is typing.Literal:
        require(value in args, path, "one of " + ", ".join(map(repr, args)), value)
        return value
    if origin is tuple:
        require(isinstance(value, list | tuple), path, "a list", value)
        if len(args) == 2 and args[1] is Ellipsis:
            args = (args[0],) * len(value)
        require(len(value) == len(args), path, f"a list of {len(args)} values", value)
        return tuple(
            from_value(arg, item, f"{path}[{i}]")
            for i, (arg, item) in enumerate(zip(args, value, strict=True))
        )
    if origin is dict:
        require(isinstance(value, dict), path, "a table", value)
        return {key: from_value(args[1], item, _join(path, key)) for key, item in value.items()}
    if annotation is bool:
        require(isinstance(value, bool), path, "true or false", value)
        return value
    if annotation is int:
        require(isinstance(value, int) and not isinstance(value, bool), path, "an integer", value)
        return value
    if annotation is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        require(number and math.isfinite(value), path, "a finite number", value)
        return float(value)
    if annotation is str:
        require(isinstance(value, str), path, "a string", value)
        return value
    raise TypeError(f"{path}: recipes cannot hold fields of type {annotation!r}")


def _first_that_fits(annotations: list[Any], value: Any, path: str) -> Any:
    refusals = []
    for annotation in annotations:
        try:
            return from_value(annotation, value, path)
        except RecipeError as error:
            refusals.append(error)
    if len(refusals) == 1:
        raise refusals[0]
    allowed = [str(error).split(" must be ")[-1].split("; got")[0] for error in refusals]
    raise RecipeError(f"{path} must be {' or '.join(allowed)}; got {value!r}")


def to_value(value: Any) -> Any:
    """Return what `from_value` reads back: numbers, texts, lists and tables.

    Parameters
    ----------
    value
        A number, a text, a dataclass, or tuples, lists and dicts of these.

    Examples
    --------
    >>> to_value((1.0, (2, "a")))
    [1.0, [2, 'a']]
    """
    if hasattr(value, "to_recipe"):
        return value.to_recipe()
    if dataclasses.is_dataclass(value):
        return to_table(value)
    if isinstance(value, tuple | list):
        return [to_value(item) for item in value]
    if isinstance(value, dict):
        return {key: to_value(item) for key, item in value.items()}
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
