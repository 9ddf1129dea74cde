"""Tables as TOML text."""

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
