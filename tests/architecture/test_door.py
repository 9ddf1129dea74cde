"""The door of `hrtem_sim`: its main names, loaded when asked for, typed for a checker."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import hrtem_sim

ROOT = Path(__file__).parents[2]


def test_the_door_loads_no_room_before_it_is_asked():
    code = "import sys, hrtem_sim; print(*[m for m in sys.modules if m.startswith('hrtem_sim.')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert loaded == ["hrtem_sim.refusal"]


@pytest.mark.parametrize("name", sorted(set(hrtem_sim.__all__) - {"__version__", "Refusal"}))
def test_a_name_at_the_door_is_the_one_of_its_room(name):
    found = getattr(hrtem_sim, name)
    room = import_module(".".join(found.__module__.split(".")[:2]))
    assert getattr(room, name) is found
    assert name in room.__all__


def test_the_door_has_no_other_names():
    with pytest.raises(AttributeError, match="has no attribute 'build_databse'"):
        hrtem_sim.build_databse  # noqa: B018
    assert set(hrtem_sim.__all__) <= set(dir(hrtem_sim))


@pytest.mark.parametrize("package", ["czone", "hrtem_sim", "seg_train"])
def test_what_a_package_lists_is_there_and_is_no_one_elses(package):
    door = import_module(package)
    for name in dir(door):
        found = getattr(door, name)
        assert name == "__version__" or not name.startswith("_")
        home = found.__name__ if inspect.ismodule(found) else getattr(found, "__module__", package)
        assert home.split(".")[0] in ("czone", "hrtem_sim", "seg_train"), f"{package}.{name}"


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert hrtem_sim.__version__ == project["version"]


SCRIPT = """
import numpy as np

import hrtem_sim

recipe = hrtem_sim.read_dataset_recipe("demo")
database = hrtem_sim.build_dataset(recipe, "data")
micrograph = hrtem_sim.regenerate(database, "micrograph-0")
atom = hrtem_sim.Specimen(np.full((1, 3), 5.0), np.array([79]), (10.0, 10.0, 10.0))
wave = hrtem_sim.compute_exit_wave(atom)
image = hrtem_sim.form_image(
    wave, hrtem_sim.ImagingConditions(defocus="far"), hrtem_sim.Detector(0.5)
)
reveal_type(image)
"""


def checked(script: str, folder: Path) -> str:
    """Return what `mypy --strict` says of a user's script."""
    (folder / "script.py").write_text(script)
    options = ["--strict", "--ignore-missing-imports", "--follow-imports=silent"]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(folder / "script.py")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout


def test_a_type_checker_sees_real_types_through_the_door(tmp_path):
    pytest.importorskip("mypy")
    said = checked(SCRIPT, tmp_path)
    assert 'Revealed type is "hrtem_sim.imaging.formation.Micrograph"' in said
    errors = [line for line in said.splitlines() if ": error:" in line]
    assert len(errors) == 1, errors  # the wrong line: `defocus` is a number
    assert '"defocus"' in errors[0]


def test_names_of_the_readmes_sample_have_types_and_none_is_any(tmp_path):
    pytest.importorskip("mypy")
    (sample,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assigned = [node for node in ast.walk(ast.parse(sample)) if isinstance(node, ast.Name)]
    names = {node.id for node in assigned if isinstance(node.ctx, ast.Store)}
    shown = [*sorted(names), "image.counts", "mask.classes"]
    said = checked(sample + "".join(f"reveal_type({name})\n" for name in shown), tmp_path)
    assert ": error:" not in said
    types = dict(zip(shown, re.findall('Revealed type is "(.*)"', said), strict=True))
    arrays = re.compile(r"numpy\.ndarray\[.*\]")  # of any shape and numbers, as NumPy has them
    assert {name: kind for name, kind in types.items() if "Any" in arrays.sub("", kind)} == {}
    assert len(types) >= 12
