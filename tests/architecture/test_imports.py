"""No circles: what imports what, inside functions and by name too.

`lint-imports` reads import statements and compares rooms. Here modules are compared, and the ways
round a statement are read as well: `importlib.import_module("...")`, tables of lazy doors
(`__getattr__` of an `__init__`) and `names_from`.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("czone", "hrtem_sim", "seg_train")
BACK_DOORS = {
    ("czone.viz", "czone.scene"),
    ("czone.util.misc", "czone.volume.snapping"),
    ("czone.saved", "czone.blueprint"),
}
"""Construction Zone's names that are answered from above, when asked for: `from czone.viz import
Scene`, `from czone.util.misc import snap_plane_near_point`; and `scene.save`, which the room that
knows every class does."""


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}


def runs(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from runs(node)


def stated(tree: ast.AST) -> Iterator[str]:
    """Modules of import statements, wherever they stand."""
    for node in runs(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from inner & MODULES.keys()
            if inner - MODULES.keys():
                yield node.module


def named(module: str, tree: ast.AST) -> Iterator[str]:
    """Modules that are imported by name: whole names, or rooms of the package after its own."""
    called = {_called(node) for node in runs(tree) if isinstance(node, ast.Call)}
    if not called & {"import_module", "names_from", "__import__"}:
        return
    for node in runs(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            if MODULES[module].name == "__init__.py":
                yield f"{module}.{node.value}"


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@cache
def graph() -> dict[str, set[str]]:
    """The modules that each module imports, at whatever time."""
    edges = {}
    for module, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {*stated(tree), *named(module, tree)}
        found -= {module, *(other for here, other in BACK_DOORS if here == module)}
        edges[module] = found & MODULES.keys()
    return edges


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Sets of modules that reach one another (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(edges[module]):
            if other not in order:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == order[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in edges:
        if module not in order:
            visit(module)
    return found


def layers() -> Iterator[list[set[str]]]:
    """The layers of every contract of pyproject.toml, from top to bottom."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for contract in linter["contracts"]:
        if contract["type"] == "layers":
            yield [set(layer.split(" | ")) for layer in contract["layers"]]


def upward(edges: dict[str, set[str]], table: list[set[str]]) -> list[str]:
    """Imports that go up, or from one room to another of the same layer."""
    place = {room: i for i, layer in enumerate(table) for room in layer}

    def room_of(module: str) -> str | None:
        return next((r for r in place if module == r or module.startswith(f"{r}.")), None)

    return [
        f"{module} imports {other}"
        for module in edges
        for other in sorted(edges[module])
        if (here := room_of(module)) and (there := room_of(other)) and here != there
        if place[there] <= place[here]
    ]


def test_no_modules_import_one_another():
    assert circles(graph()) == []


def test_no_import_goes_up_by_name_either():
    assert [line for table in layers() for line in upward(graph(), table)] == []


def test_every_room_has_a_layer():
    rooms = {room for table in layers() for layer in table for room in layer}
    assert {".".join(module.split(".")[:2]) for module in MODULES} <= rooms


def test_every_back_door_is_still_one():
    for module, other in BACK_DOORS:
        assert other in named(module, ast.parse(MODULES[module].read_text(encoding="utf-8")))


def test_circles_are_found_at_any_depth_and_by_name():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    text = "def f():\n    from hrtem_sim.wave import WaveSettings\n    import seg_train.runs"
    assert set(stated(ast.parse(text))) >= {"hrtem_sim.wave", "seg_train.runs"}
    door = ast.parse("names = {'fit': 'training'}\nimport_module(f'seg_train.{names[name]}')")
    assert "seg_train.training" in named("seg_train", door)
    assert upward({"x.low": {"x.high"}, "x.high": set()}, [{"x.high"}, {"x.low"}])
