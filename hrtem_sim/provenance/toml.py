"""Tables as TOML text, and refusals in the words of those who write it."""

import ast
import re
from typing import Any


def to_toml(table: dict[str, Any]) -> str:
    """Return nested tables as TOML text that `tomllib` reads back to the same tables.

    Parameters
    ----------
    table
        Dicts of dicts, lists, numbers and strings.

    Examples
    --------
    >>> print(to_toml({"beam": {"energy": 300000.0}}).strip())
    [beam]
    energy = 300000.0
    """
    return "\n".join(_toml_lines(table, "")) + "\n"


def in_toml(message: str) -> str:
    """Return a refusal whose value that came is written as in a recipe.

    Parameters
    ----------
    message
        "NAME must be ...; got VALUE", the value as Python shows it. In a recipe nothing is None:
        what is absent is left out.

    Examples
    --------
    >>> in_toml("dose must be positive, or None; got (True, None)")
    'dose must be positive; got [true, none]'
    >>> in_toml("film must be a table; got {'normal': (1.0, 2.0)}: which film?")
    'film must be a table; got { normal = [1.0, 2.0] }: which film?'
    """
    rule, got, value = message.replace(", or None;", ";").partition("; got ")
    for end in [len(value), *(found.start() for found in re.finditer(r"[:;. ]", value))]:
        try:
            shown = _said(ast.literal_eval(value[:end]), value[:end])
        except (ValueError, SyntaxError):
            continue
        return f"{rule}{got}{shown}{value[end:]}"
    return rule + got + value


def _said(value: Any, written: str = "") -> str:
    """Return a value in a message: numbers and texts in Python's quotes are TOML as they are."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list | set):
        return "[" + ", ".join(map(_said, value)) + "]"
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_said(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return written or repr(value)


def _toml_lines(table: dict[str, Any], prefix: str) -> list[str]:
    lines = [f"{key} = {_toml_value(item)}" for key, item in table.items() if not _is_table(item)]
    for key, item in table.items():
        if _is_table(item):
            name = f"{prefix}{key}"
            lines += ["", f"[{name}]", *_toml_lines(item, f"{name}.")]
    return lines


def _is_table(item: Any) -> bool:
    """Whether to write a dict as a [table]: yes unless it is a one-key distribution."""
    return isinstance(item, dict) and not (
        len(item) == 1 and isinstance(next(iter(item.values())), list)
    )


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml_value(v)}" for k, v in value.items()) + " }"
    raise TypeError(f"TOML cannot hold {type(value).__name__}")
