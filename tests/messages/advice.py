"""Advice in messages: where it stands in the source, and which tests say that they follow it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

VERBS = (
    "give|take|keep|use|call|set|raise|lower|choose|write|run|build|make|copy|crop|cut|repeat|"
    "delete|move|change|deform|split|load|save|get|have|fit|train|predict|export|submit|name|"
    "look|go|start|stop|wait|close|select|install|leave|pass|try|add|drop|put|say|see"
)
ADVICE = re.compile(
    rf"(?:^|[;:.?] |\(|, (?:or|so) )(?:{VERBS}) (?!by |of |must |right|it must )|"
    r"\. If [^.;:]*, \w+|did you mean|\(like |\band .* meant\?|pip install|conda install|"
    r"(?:labels|threshold) = |Nearest that work|gives? them room|takes the outlines",
    re.IGNORECASE,
)
"""An imperative at the head of a clause, or a phrase that names what to do instead."""


HELP = ("cli.py", "forms.py", "panel.py", "reference.py")
"""Modules of what options and fields mean, and of the buttons of a window."""

OPTIONS = ("write more to the log", "lower right")
"""Texts that read like advice and are none."""


def given() -> dict[str, str]:
    """Return the advice of the packages: "file:line" and the words of the message."""
    return {
        f"{path.relative_to(ROOT).as_posix()}:{line}": text
        for package in ("czone", "hrtem_sim", "seg_train")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name not in HELP
        for line, text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if ADVICE.search(text) and len(text.split()) > 1 and text not in OPTIONS
    }


def followed() -> list[str]:
    """Return the words that tests are marked to follow, `@pytest.mark.follows("...")`."""
    return [
        argument.value
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.follows"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    ]


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module but its docstrings, `...` for what is filled in."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "..." for one in node.values]
        yield node.lineno, "".join(map(str, parts))
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)
