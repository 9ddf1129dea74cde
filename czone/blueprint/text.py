"""Documents as text: JSON, YAML and TOML, written compactly, read without running anything."""

import json
import tomllib
from collections.abc import Callable
from typing import Any

from czone.blueprint.nodes import BlueprintError

__all__ = ["READERS", "WRITERS"]


def _scalar(value: Any) -> str:
    """Return a number, flag or word as all three formats write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        # YAML 1.1 takes 1e-10 for a word.
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    return json.dumps(value, ensure_ascii=False)


def _line(value: Any) -> str:
    """Return a list of lists of numbers on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_line, value))}]"
    return _scalar(value)


def write_json(tree: dict[str, Any], indent: int | None = None, sort_keys: bool = True) -> str:
    """Return a tree as JSON: lists of numbers on one line, unless `indent` asks for more."""
    if indent is not None:
        return json.dumps(tree, indent=indent, sort_keys=sort_keys) + "\n"
    return _json(tree, "", sort_keys) + "\n"


def _json(tree: dict[str, Any], space: str, sort_keys: bool) -> str:
    inner, rows = space + "  ", []
    for name in sorted(tree) if sort_keys else tree:
        value = tree[name]
        if isinstance(value, dict):
            text = _json(value, inner, sort_keys)
        elif name == "children":
            below = f",\n{inner}  ".join(_json(c, inner + "  ", sort_keys) for c in value)
            text = f"[\n{inner}  {below}\n{inner}]"
        else:
            text = _line(value)
        rows.append(f"{inner}{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(rows) + f"\n{space}}}"


def write_yaml(tree: dict[str, Any]) -> str:
    """Return a tree as YAML, in blocks, lists of numbers on one line."""
    return "\n".join(_yaml(tree, "")) + "\n"


def _yaml(tree: dict[str, Any], space: str) -> list[str]:
    rows = []
    for name, value in tree.items():
        if isinstance(value, dict):
            rows += [f"{space}{name}:", *_yaml(value, space + "  ")]
        elif name == "children":
            rows.append(f"{space}{name}:")
            for child in value:
                first, *others = _yaml(child, space + "  ")
                rows += [f"{space}- {first[len(space) + 2 :]}", *others]
        else:
            rows.append(f"{space}{name}: {_line(value)}")
    return rows


def write_toml(tree: dict[str, Any]) -> str:
    """Return a tree as TOML."""
    return "\n".join(_toml(tree, "")) + "\n"


def _toml(tree: dict[str, Any], path: str) -> list[str]:
    tables = {name: value for name, value in tree.items() if isinstance(value, dict)}
    below = tree.get("children", [])
    plain = {n: v for n, v in tree.items() if n not in tables and n != "children"}
    rows = [f"{name} = {_line(value)}" for name, value in plain.items()]
    for name, value in tables.items():
        rows += ["", f"[{path}{name}]", *_toml(value, f"{path}{name}.")]
    for child in below:
        rows += ["", f"[[{path}children]]", *_toml(child, f"{path}children.")]
    return rows


def read_json(text: str) -> Any:
    """Return the values of a JSON text; a name that is given twice is refused."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            raise ValueError(f"a name is given twice among {sorted(names)}")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def read_yaml(text: str) -> Any:
    """Return the values of a YAML text: plain ones and tuples, no other tag, no aliases."""
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    class Plain(SafeConstructor):
        pass

    class Whole(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            # A few aliases of aliases stand for more values than fit into memory.
            if self.parser.check_event(AliasEvent):
                raise BlueprintError("YAML must be without aliases (*name); got one")
            return super().compose_node(parent, index)

    # Construction Zone writes tuples so.
    Plain.add_constructor(
        "tag:yaml.org,2002:python/tuple",
        lambda constructor, node: constructor.construct_sequence(node, deep=True),
    )
    reader = YAML(typ="safe", pure=True)
    reader.Constructor, reader.Composer = Plain, Whole
    try:
        return reader.load(text)
    except YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


WRITERS: dict[str, Callable[..., str]] = {
    "json": write_json,
    "yaml": write_yaml,
    "toml": write_toml,
}

READERS: dict[str, Callable[[str], Any]] = {
    "json": read_json,
    "yaml": read_yaml,
    "toml": tomllib.loads,
}
