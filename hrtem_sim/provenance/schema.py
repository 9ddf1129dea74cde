"""JSON schemas of recipes, by which editors complete and check them while they are written.

A schema knows the names, the kinds and the bounds of fields. What only the program can judge (two
fields that must fit each other, units that were probably meant) it lets pass.
"""

import dataclasses
import math
import types
import typing
from typing import Any

from hrtem_sim.provenance.checks import Check, field_checks
from hrtem_sim.provenance.described import field_meanings
from hrtem_sim.provenance.distributions import Distribution

__all__ = ["recipe_schema", "table_schema"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def recipe_schema(tables: dict[str, Schema]) -> Schema:
    """Return the JSON schema of a recipe file.

    Parameters
    ----------
    tables
        Schemas of the outermost tables, by their names in the file; see `table_schema`.

    Returns
    -------
    schema
        Plain dicts and lists, of draft 2020-12.

    Examples
    --------
    >>> from hrtem_sim.dataset import DatasetRecipe
    >>> schema = recipe_schema({"dataset": table_schema(DatasetRecipe)})
    >>> film = schema["properties"]["dataset"]["properties"]["film"]
    >>> film["required"], film["properties"]["material"]["default"]
    (['thickness'], 'C')
    """
    return {
        "$schema": DRAFT,
        "title": "A recipe of Micrograph Foundry",
        "type": "object",
        "additionalProperties": False,
        "properties": tables,
        "$defs": {"range": _ranges()},
    }


def table_schema(cls: type, **more: Schema) -> Schema:
    """Return the schema of one table.

    Parameters
    ----------
    cls
        Dataclass that the table becomes.
    more
        Schemas of keys that are read before the class sees the table, or otherwise than it says.

    Examples
    --------
    >>> from hrtem_sim.dataset.mask_recipe import MaskRecipe
    >>> table_schema(MaskRecipe)["properties"]["rule"]["enum"]
    ['phase', 'outline']
    """
    hints, meanings, rules = typing.get_type_hints(cls), field_meanings(cls), field_checks(cls)
    properties, required = {}, []
    for field in dataclasses.fields(cls):
        read = "read" in field.metadata  # what a reader of its own takes only that reader knows
        schema = {} if read else _value(hints[field.name], rules[field.name])
        if field.name in meanings:
            schema["description"] = meanings[field.name]
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(field.name)
        elif isinstance(field.default, bool | int | float | str):
            schema["default"] = field.default
        properties[field.name] = schema
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**properties, **more},
        "required": [name for name in required if name not in more],
    }


PLAIN: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _value(hint: Any, rules: tuple[Check, ...] = ()) -> Schema:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kinds = [_value(arg, rules) for arg in args if arg is not type(None)]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin is tuple:
        return _array(args, rules)
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(args[1])}
    if hint is Distribution:
        number = {"type": "number", **_bounds(rules)}
        return {"anyOf": [number, {"$ref": "#/$defs/range"}]}
    if hasattr(hint, "from_recipe"):  # what a reader of its own takes only that reader knows
        return {"type": "object"}
    if dataclasses.is_dataclass(hint):
        return table_schema(typing.cast(type, hint))
    schema: Schema = {"type": PLAIN[hint]}
    if hint in (int, float):
        schema.update(_bounds(rules))
        choices = next((rule.choices for rule in rules if rule.choices != (None,)), ())
        numbers = [choice for choice in choices if isinstance(choice, int | float)]
        if numbers:
            schema["enum"] = numbers
    return schema


def _array(args: tuple[Any, ...], rules: tuple[Check, ...]) -> Schema:
    each = tuple(dataclasses.replace(rule, items=False) for rule in rules if rule.items)
    if len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _value(args[0], each)}
    return {
        "type": "array",
        "prefixItems": [_value(arg, each) for arg in args],
        "minItems": len(args),
        "maxItems": len(args),
    }


def _bounds(rules: tuple[Check, ...]) -> Schema:
    bounds: Schema = {}
    for rule in rules:
        if rule.items:
            continue
        if math.isfinite(rule.low):
            bounds["exclusiveMinimum" if rule.open_low else "minimum"] = rule.low
        if math.isfinite(rule.high):
            bounds["exclusiveMaximum" if rule.open_high else "maximum"] = rule.high
    return bounds


def _ranges() -> Schema:
    """Return the schema of a `Distribution` that is not a constant: a table of one key."""
    kinds = {}
    for kind, count in Distribution.COUNTS.items():
        array: Schema = {"type": "array", "items": {"type": "number"}, "minItems": count or 1}
        if count:
            array["maxItems"] = count
        several = {"type": "array", "items": array, "minItems": 1}
        kinds[kind] = array if kind in ("constant", "choice") else {"anyOf": [array, several]}
    kinds["constant"] = {"anyOf": [kinds["constant"], {"type": "number"}]}
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": kinds,
    }
