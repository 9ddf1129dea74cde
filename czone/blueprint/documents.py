"""Trees of plain values to files, whole or not at all, and from files, whatever is wrong."""

from pathlib import Path
from typing import Any

from czone.blueprint.hdf5 import read_hdf5, write_hdf5
from czone.blueprint.nodes import BaseNode, BlueprintError
from czone.blueprint.plain import ID, KIND, NUMBER, VERSION, plain, stamp_of, verified
from czone.blueprint.text import READERS, WRITERS
from czone.whole import whole

__all__ = ["read_file", "write_file"]

LARGEST_FILE = 2**30
"""In bytes; a million points are 60 megabytes of text."""

_FORMATS = {
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "toml": "toml",
    "h5": "h5",
    "hdf5": "h5",
}


def format_of(path: Path, given: str | None) -> str:
    ending = path.suffix.removeprefix(".") if given is None else given
    found = _FORMATS.get(ending.lower())
    if found is None:
        raise ValueError(
            f"format must be one of {', '.join(_FORMATS)}, by name or by the ending of the file; "
            f"got {ending!r}"
        )
    return found


def write_file(
    path: Path, node: BaseNode, *, format: str | None, bare: bool = False, **kwargs: Any
) -> None:
    """Write a node.

    Parameters
    ----------
    path, format, bare, **kwargs
        As of `Serializer.write`.
    node
        The root of the tree.
    """
    kind = format_of(path, format)
    tree = plain(node)
    if not bare:
        tree = {KIND: tree[KIND], NUMBER: VERSION, ID: stamp_of(tree), **tree}
    with whole(path, synced=True) as part:
        if kind == "h5":
            write_hdf5(part, tree, **kwargs)
        else:
            part.write_text(WRITERS[kind](tree, **kwargs), encoding="utf-8")


def read_file(path: Path, *, format: str | None) -> BaseNode:
    """Return the node of a file.

    Parameters
    ----------
    path, format
        As of `Serializer.read`.
    """
    kind = format_of(path, format)
    size = path.stat().st_size
    try:
        if size > LARGEST_FILE:
            raise BlueprintError(f"file must have {LARGEST_FILE} bytes at most; got {size}")
        tree = read_hdf5(path) if kind == "h5" else READERS[kind](path.read_text("utf-8"))
        return verified(tree)
    except BlueprintError as error:
        raise BlueprintError(f"{path}: {error}") from error.__cause__
    except RecursionError as error:
        raise BlueprintError(f"{path}: document must be nested less deeply") from error
    except (ValueError, OSError, KeyError, RuntimeError) as error:  # of parsers and of HDF5
        raise BlueprintError(f"{path} must be a whole {kind} document; {error}") from error
