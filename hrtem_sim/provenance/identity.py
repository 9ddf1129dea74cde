"""Content ids: a hash of the canonical, typed form of a value."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np


def added(default: Any) -> Any:
    """Return a field that a dataclass got when there were ids already.

    Where it has its default it is no part of the content, so that what was made before keeps its
    id, and it is left out of tables.

    Parameters
    ----------
    default
        Default of the field.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Old:
    ...     dose: float = 1.0
    ...     tilt: float = added(0.0)
    >>> [[name for name, _ in content_fields(old)] for old in (Old(), Old(tilt=3.0))]
    [['dose'], ['dose', 'tilt']]
    """
    return dataclasses.field(default=default, metadata={"added": True})


def content_fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and value of the fields of a dataclass that are part of its content.

    Fields with `compare=False` are none: they say how a machine gets there (threads, paths), not
    what comes out.
    """
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if field.compare and not (field.metadata.get("added") and item == field.default):
            yield field.name, item


def identity(value: Any, kind: str = "") -> str:
    """Return the id of a value: equal content gives an equal id, on every machine.

    Parameters
    ----------
    value
        None, bool, int, float, str, bytes, NumPy scalars and arrays, and lists, tuples, dicts with
        string keys and dataclasses of these. Types are part of the content: `1`, `1.0`, `True`
        and `"1"` differ; lists and tuples do not.
    kind
        Word put before the hash ("recipe", "micrograph"); part of the content.

    Returns
    -------
    id
        `kind-` and the first 16 hexadecimal digits of the SHA-256 of the canonical form.

    Raises
    ------
    TypeError
        If the value holds an object without a canonical form.

    Examples
    --------
    >>> identity({"a": 1, "b": 2.0}) == identity({"b": 2.0, "a": 1})
    True
    >>> identity(1) == identity(1.0)
    False
    """
    text = json.dumps([kind, canonical(value)], separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{kind}-{digest}" if kind else digest


def canonical(value: Any) -> Any:
    """Return nested lists of strings that spell out `value` and its types exactly."""
    if value is None:
        return ["none"]
    if isinstance(value, bool | np.bool_):
        return ["bool", str(bool(value))]
    if isinstance(value, int | np.integer):
        return ["int", str(int(value))]
    if isinstance(value, float | np.floating):
        return ["float", float(value).hex()]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, bytes):
        return ["bytes", hashlib.sha256(value).hexdigest()]
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value)
        if array.dtype.hasobject:
            raise TypeError("value must not hold arrays of objects; got one of dtype object")
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest = hashlib.sha256(little.tobytes()).hexdigest()
        return ["array", little.dtype.str, list(map(str, array.shape)), digest]
    if isinstance(value, list | tuple):
        return ["list", [canonical(item) for item in value]]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"dict keys must be strings; got {sorted(map(repr, value))}")
        return ["dict", [[key, canonical(value[key])] for key in sorted(value)]]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [[name, canonical(item)] for name, item in content_fields(value)]
        return ["record", type(value).__name__, fields]
    raise TypeError(f"value must be made of plain data; got {type(value).__name__}")
