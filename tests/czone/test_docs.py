"""The page "coming from Construction Zone" names tests and modules that exist."""

import importlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coming-from-construction-zone.md").read_text()


def test_every_test_the_page_names_exists():
    files = [p for room in ("czone", "errors") for p in (ROOT / "tests" / room).glob("test_*.py")]
    exist = set(re.findall(r"def (test_\w+)", "".join(path.read_text() for path in files)))
    exist |= {path.name for path in files}
    named = set(re.findall(r"`(?:tests/(?:czone|errors)/)?(test_\w+(?:\.py)?)`", PAGE))
    assert len(named) > 80
    assert named <= exist, sorted(named - exist)


def test_every_fix_of_the_page_names_its_test():
    rows = PAGE[PAGE.index("### Crystals") :].splitlines()
    fixes = [
        row for row in rows if row.startswith("|") and not row.startswith(("|---", "| Constr"))
    ]
    assert [row for row in fixes if "`test_" not in row] == []


def test_every_module_path_of_the_page_imports():
    for name in set(re.findall(r"`(czone(?:\.[a-z_]+)+)`", PAGE)):
        importlib.import_module(name)
