"""Whatever readers copy that starts workers is guarded: spawned workers read the script again."""

import ast
import re
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(
    [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md"), *(ROOT / "examples").glob("*.py")]
    + [path for name in ("czone", "hrtem_sim", "seg_train") for path in (ROOT / name).rglob("*.py")]
)
STARTERS = {"LocalCluster", "SLURMCluster", "Client", "Pool", "Process", "ProcessPoolExecutor"}
NUMBERS = {"workers", "n_workers", "num_workers"}


def unguarded(sample: str) -> list[str]:
    """Return the calls of a script that start workers whenever it is read."""
    found: list[str] = []

    def look(node: ast.AST) -> None:
        guard = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
        if guard or isinstance(node, ast.FunctionDef | ast.ClassDef):
            return
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            many = [one for one in node.keywords if one.arg in NUMBERS]
            alone = all(ast.unparse(one.value) in ("0", "1") for one in many)
            if name in STARTERS or not alone:
                found.append(ast.unparse(node))
        for child in ast.iter_child_nodes(node):
            look(child)

    look(ast.parse(sample))
    return found


def samples(path: Path) -> list[str]:
    """Return what readers copy of a page, an example, or the docstrings of a module."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return [dedent(one) for one in re.findall(r"^ *```python\n(.*?)```", text, re.S | re.M)]
    if path.parent.name == "examples":
        return [text]
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docs = [ast.get_docstring(n) for n in ast.walk(ast.parse(text)) if isinstance(n, documented)]
    blocks = [re.findall(r"::\n\n((?:    .*\n|\n)+)", f"{one}\n") for one in docs if one]
    return [dedent(one) for found in blocks for one in found if "import" in one]


def test_what_starts_workers_is_guarded():
    found = {path: [unguarded(sample) for sample in samples(path)] for path in SAMPLES}
    assert {path: calls for path, calls in found.items() if any(calls)} == {}


def test_a_call_outside_the_guard_is_found():
    call = "build_dataset(recipe, 'data', workers=2)"
    assert unguarded(call) == [call]
    assert unguarded(f"if __name__ == '__main__':\n    {call}") == []
    assert unguarded("with Client(cluster) as client:\n    pass") == ["Client(cluster)"]
    assert unguarded("build_dataset(recipe, 'data', workers=1)") == []


def test_samples_that_start_workers_are_there():
    pages = [ROOT / "docs" / name for name in ("datasets.md", "interchange.md", "slurm.md")]
    pages.append(ROOT / "hrtem_sim" / "interchange" / "map_style.py")
    for path in pages:
        assert any('__name__ == "__main__"' in sample for sample in samples(path)), path
