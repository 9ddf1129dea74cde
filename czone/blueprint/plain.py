"""Nodes as plain values, of which documents are made, and back: strict, bounded, with an id."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from czone.blueprint.nodes import NODES, BaseNode, BlueprintError, within

__all__ = ["DEEPEST", "VERSION", "from_plain", "kind_named", "plain", "stamp_of", "verified"]

VERSION = 1
"""Raised when documents of before would be read wrongly."""

DEEPEST = 64
"""So many levels a tree may have: volumes of volumes are nested once or twice."""

KIND, CHILDREN, NUMBER, ID = "_class_type", "children", "_version", "_id"


def plain(node: BaseNode) -> dict[str, Any]:
    """Return a node as nested mappings and lists of numbers; what has its default is left out."""
    written: dict[str, Any] = {KIND: node.class_name}
    for name in node.checks():
        value = getattr(node, name)
        if value is None or (name not in node.required() and _same(value, _default(node, name))):
            continue
        written[name] = plain(value) if isinstance(value, BaseNode) else _value(value)
    if node.children:
        written[CHILDREN] = [plain(child) for child in node.children]
    return written


def _default(node: BaseNode, name: str) -> Any:
    return getattr(type(node), name, None)


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and not isinstance(value, np.ndarray) and value == default


def _value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value)  # no format but JSON holds more
    return value


def stamp_of(tree: Mapping[str, Any]) -> str:
    """Return the id of a tree: the hash of its content, whatever the format.

    Parameters
    ----------
    tree
        As `plain` makes it.
    """
    text = json.dumps({**tree, NUMBER: VERSION}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def verified(document: Any) -> BaseNode:
    """Return the node of a document, after checking its version and its id if it has one.

    Parameters
    ----------
    document
        Nested mappings and lists, from any file.
    """
    if not isinstance(document, dict):
        raise BlueprintError(f"document must be a mapping with {KIND!r}; got {_brief(document)}")
    tree = dict(document)
    version, stamp = tree.pop(NUMBER, VERSION), tree.pop(ID, None)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= VERSION:
        raise BlueprintError(
            f"{NUMBER} must be at most {VERSION}, that of this program; got {version!r}: the "
            "document was written by a newer one"
        )
    node = from_plain(tree)
    if stamp is not None and stamp != stamp_of(plain(node)):
        raise BlueprintError(
            f"{ID} must be that of the content; got {stamp!r}: the document was changed or torn "
            f"since it was written. If the change is meant, delete {ID!r}"
        )
    return node


def from_plain(tree: Any, depth: int = 0) -> BaseNode:
    """Return the node of a tree of plain values.

    Parameters
    ----------
    tree
        A mapping with the name of a class and its fields.
    depth
        How many levels lie above.
    """
    if depth >= DEEPEST:
        raise BlueprintError(f"document must be at most {DEEPEST} levels deep; got more")
    if not isinstance(tree, dict):
        raise BlueprintError(f"each object must be a mapping with {KIND!r}; got {_brief(tree)}")
    given = dict(tree)
    kind = kind_named(given.pop(KIND, None))
    name = kind.made.__name__
    below = given.pop(CHILDREN, [])
    if not isinstance(below, list):
        raise BlueprintError(f"{name}: {CHILDREN} must be a list; got {_brief(below)}")
    checks = kind.checks()
    unknown = sorted(map(str, given.keys() - checks.keys()))
    if unknown:
        raise BlueprintError(f"{name} has no field {unknown}; it has {sorted(checks)}")
    missing = sorted(kind.required() - given.keys())
    if missing:
        raise BlueprintError(f"{name} must have the field {missing}; got {sorted(given)}")
    try:
        fields: dict[str, Any] = {
            field: from_plain(value, depth + 1) if isinstance(value, dict) else value
            for field, value in given.items()
        }
        node = kind(**fields)
        for child in below:
            _put(node, from_plain(child, depth + 1))
    except BlueprintError as error:
        raise within(name, error) from error.__cause__
    except (TypeError, ValueError, OverflowError) as error:
        raise BlueprintError(f"{name}: {error}") from error
    return node


def _put(node: BaseNode, child: BaseNode) -> None:
    before = len(node.children)
    if node.is_leaf:
        raise TypeError(f"nothing may lie below; got {child.class_name}")
    node.add_node(child)
    if len(node.children) == before:
        raise ValueError(f"{CHILDREN} must hold one {type(child).__name__} at most; got two")


def kind_named(name: Any) -> type[BaseNode]:
    """Return the kind of node of a class by its name, in capitals or not."""
    found = {known.lower(): kind for known, kind in NODES.items()}.get(str(name).lower())
    if name is None or found is None:
        raise BlueprintError(f"{KIND} must be one of {', '.join(sorted(NODES))}; got {name!r:.80}")
    return found


def _brief(value: Any) -> str:
    return f"{type(value).__name__} {str(value)[:60]!r}"
