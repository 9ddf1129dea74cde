"""What the fields of recipes mean, read from the classes that check them.

A class of a recipe says everything of its fields where they stand: the docstring what they mean,
the annotation what they hold, the checks what they allow. Here that is put together, for pages and
for editors, so that neither can say anything else.
"""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hrtem_sim.provenance.checks import Check, field_checks
from hrtem_sim.provenance.distributions import Distribution
from hrtem_sim.provenance.toml import to_toml

__all__ = ["FieldDescription", "TableDescription", "describe_recipe", "field_meanings"]


@dataclass(frozen=True)
class FieldDescription:
    """What one field of a recipe means.

    Parameters
    ----------
    name
        Key in its table.
    meaning
        Words of the docstring, in one line.
    kind
        Kind of value, such as "number or range".
    allowed
        Rules of its checks; empty if there is none.
    default
        Value that it has when it is left out, as a recipe writes it; "required" if it must be
        given, "none" if leaving it out is a choice of its own.
    """

    name: str
    meaning: str
    kind: str
    allowed: str
    default: str


@dataclass(frozen=True)
class TableDescription:
    """What one table of a recipe means.

    Parameters
    ----------
    path
        Name of the table in the file, such as "dataset.particle".
    meaning
        First paragraph of the docstring of its class.
    fields
        Its fields, in order; tables in it are tables of their own.
    """

    path: str
    meaning: str
    fields: tuple[FieldDescription, ...]


def describe_recipe(cls: type, path: str) -> tuple[TableDescription, ...]:
    """Describe the tables of a recipe, from the outermost to the innermost.

    Parameters
    ----------
    cls
        Dataclass of the outermost table.
    path
        Name of this table in the file.

    Examples
    --------
    >>> from hrtem_sim.dataset import DatasetRecipe
    >>> tables = {table.path: table for table in describe_recipe(DatasetRecipe, "dataset")}
    >>> thickness = tables["dataset.film"].fields[0]
    >>> thickness.name, thickness.kind, thickness.allowed, thickness.default
    ('thickness', 'number or range', '1 to 10000 angstrom', 'required')
    """
    return tuple(_tables(cls, path))


def _tables(cls: type, path: str) -> Iterator[TableDescription]:
    hints, meanings, rules = typing.get_type_hints(cls), field_meanings(cls), field_checks(cls)
    fields, inner = [], []
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        if table := table_class(hint):
            inner.append((table, f"{path}.{field.name}"))
            continue
        fields.append(
            FieldDescription(
                field.name,
                meanings.get(field.name, ""),
                field.metadata.get("kind") or _kind(hint),
                _allowed(rules[field.name]),
                _default(field),
            )
        )
    yield TableDescription(path, _paragraph(cls), tuple(fields))
    for table, where in inner:
        yield from _tables(table, where)


def table_class(hint: Any) -> type | None:
    """Return the dataclass that a field holds as a table of its own, or None."""
    for part in typing.get_args(hint) if _is_union(hint) else (hint,):
        if dataclasses.is_dataclass(part) and not hasattr(part, "from_recipe"):
            return typing.cast(type, part)
    return None


def field_meanings(cls: type) -> dict[str, str]:
    """Return what the docstring of a class says of its parameters, each in one line.

    Parameters
    ----------
    cls
        A class with a numpydoc docstring; one entry may be of several parameters.

    Examples
    --------
    >>> field_meanings(FieldDescription)["name"]
    'Key in its table.'
    """
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in _section(inspect.getdoc(cls) or "", "Parameters"):
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
            found.update({name: [] for name in names})
        else:
            for name in names:
                found[name].append(line.strip())
    return {name: " ".join(filter(None, lines)) for name, lines in found.items()}


def _section(doc: str, title: str) -> list[str]:
    match = re.search(rf"^{title}\n-+\n(.*?)(?=^\S[^\n]*\n-{{3,}}$|\Z)", doc, re.M | re.S)
    return match.group(1).splitlines() if match else []


def _paragraph(cls: type) -> str:
    first, *_ = (inspect.getdoc(cls) or "").split("\n\n")
    return " ".join(first.split())


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


PLAIN = {bool: "true or false", int: "whole number", float: "number", str: "text"}


def _kind(hint: Any) -> str:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if _is_union(hint):
        return " or ".join(dict.fromkeys(_kind(arg) for arg in args if arg is not type(None)))
    if origin is typing.Literal:
        return "text"
    if origin is tuple:
        return f"list of {_kind(args[0])}"
    if hint is Distribution:
        return "number or range"
    return PLAIN.get(hint, "table")


def _allowed(rules: tuple[Check, ...]) -> str:
    texts = []
    for rule in rules:
        each = f"{rule.count} values, each " if rule.count else "each "
        texts.append((each if rule.items else "") + rule.text.removesuffix(", or None"))
    return "; ".join(texts)


def _default(field: Any) -> str:
    value = field.default
    if value is dataclasses.MISSING:
        if field.default_factory is dataclasses.MISSING:
            return "required"
        value = field.default_factory()
    if value is None:
        return "none"
    value = field.metadata.get("write", _plain)(value)
    return to_toml({"_": value}).strip().removeprefix("_ = ") if value != {} else "none"


def _plain(value: Any) -> Any:
    if hasattr(value, "to_recipe"):
        return value.to_recipe()
    return list(value) if isinstance(value, tuple) else value
