"""The house: what imports what, how long it takes, what the files say."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("czone", "hrtem_sim", "seg_train")


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


@pytest.mark.parametrize(
    "statement",
    [
        "import czone, hrtem_sim, seg_train",
        "import hrtem_sim.cli, seg_train.cli",
        "import czone.generator, czone.volume, czone.scene, czone.prefab, czone.surface",
        "import hrtem_sim.dataset, hrtem_sim.imaging, hrtem_sim.wave, hrtem_sim.mask",
    ],
)
def test_no_import_loads_tensorflow_matplotlib_or_prismatic(statement):
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'pyprismatic', 'segmentation_models', 'torch'}"
    loaded = python(f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))")
    assert loaded.strip() == "[]"


def test_import_of_czone_is_fast():
    seconds = [
        float(
            python(
                "import time; t = time.perf_counter(); import czone; print(time.perf_counter() - t)"
            )
        )
        for _ in range(3)
    ]
    assert min(seconds) < 1.5  # the budget of ARCHITECTURE.md, on a quiet machine


def test_modules_stay_readable():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert not {name: lines for name, lines in lengths.items() if lines > 400}
    assert median(lengths.values()) < 120


def test_every_module_says_what_it_holds():
    silent = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
    assert not silent


def test_modules_are_named_and_imported_in_one_way():
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    # What is public is listed in `__all__`; no module wears an underscore, no import has dots.
    assert not [path for path in modules if re.match(r"_[a-z]", path.name)]
    relative = re.compile(r"^\s*from \.", re.MULTILINE)
    assert not [path for path in modules if relative.search(path.read_text(encoding="utf-8"))]


def test_what_says_no_is_a_refusal():
    bare = [
        str(path.relative_to(ROOT))
        for package in ("hrtem_sim", "seg_train")
        for path in (ROOT / package).rglob("*.py")
        if "raise ValueError" in path.read_text(encoding="utf-8")
    ]
    assert not bare  # command lines would print a traceback


@pytest.mark.parametrize(
    "room", ["volume.Volume", "volume.MultiVolume", "generator.Generator", "molecule.Molecule"]
)
def test_rooms_hold_what_they_are_called(room):
    package, name = room.split(".")
    said = python(f"import czone.{package} as room; print(room.{name}.__module__)")
    assert said.strip() == f"czone.{package}.{name.lower()}"


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## {project['version']}" in changelog


def test_documents_point_at_files_that_exist():
    for document in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text):
            assert (ROOT / target).exists(), f"{document} points at {target}"


def test_documents_name_tests_that_exist():
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    for document in (ROOT / "docs").glob("*.md"):
        named = set(re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8")))
        files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
        assert named <= known | files, f"{document.name} names {sorted(named - known - files)}"


def checks(function: ast.FunctionDef, helpers: set[str]) -> bool:
    """Whether a function asserts, or expects a warning, itself or through a helper."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr.startswith(("assert_", "warns")))
        or (isinstance(node, ast.Name) and node.id in helpers)
        for node in ast.walk(function)
    )


def refusals_alone(path: Path) -> list[str]:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    tests = [function for function in functions if function.name.startswith("test")]
    helpers = {f.name for f in functions if f not in tests and checks(f, set())}
    return [
        test.name
        for test in tests
        if any(isinstance(node, ast.Attribute) and node.attr == "raises" for node in ast.walk(test))
        and not checks(test, helpers)
    ]


def test_refusals_live_in_the_tables_of_errors():
    tests = ROOT / "tests"
    found = {
        str(path.relative_to(tests)): names
        for path in tests.rglob("test_*.py")
        if path.parent.name != "errors" and (names := refusals_alone(path))
    }
    assert not found, "a refusal is a row of tests/errors"


WRITERS = re.compile(r"\.write_(text|bytes)\(|\.to_csv\((?!\*\*)|os\.replace|open\([^)]*[\"']w")

FOLDERS_THAT_GO = {
    "hrtem_sim/wave/prismatic/files.py",
    "hrtem_sim/wave/prismatic/process.py",
    "hrtem_sim/wave/prismatic/run.py",
    "seg_train/viewer/finder.py",
    "seg_train/viewer/tuning.py",
}
"""Modules that write to pipes, and to folders that are removed unless all goes well."""


def test_files_are_written_whole():
    at_once = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if str(path.relative_to(ROOT)) not in {"czone/whole.py", *FOLDERS_THAT_GO}
        for line in path.read_text(encoding="utf-8").splitlines()
        if WRITERS.search(line) and "part" not in line and not re.match(r"\s+(>>>|\.\.\.)", line)
    ]
    assert not at_once, "what is cut short would pass for whole: see czone.whole"
