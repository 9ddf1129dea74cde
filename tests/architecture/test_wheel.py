"""The wheel: it holds what the packages need and runs where there is no repository."""

import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def pip(*arguments: str) -> None:
    options = ("--disable-pip-version-check", "--quiet", "--no-deps", "--no-index")
    subprocess.run([sys.executable, "-m", "pip", *arguments, *options], check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if not list(distributions(name="pip")):  # asked without importing, which setuptools minds
        pytest.skip("pip is not installed: uv makes environments without")
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy of what git tracks, so that neither old builds nor loose files slip in.
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, files.stdout.decode().split("\0")):
        if not name.startswith(("tests/", "docs/", "benchmarks/")) and (ROOT / name).exists():
            copy = folder / "source" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_symlink():
                copy.symlink_to((ROOT / name).readlink())
            else:
                copy.write_bytes((ROOT / name).read_bytes())
    pip("wheel", str(folder / "source"), "--no-build-isolation", "--wheel-dir", str(folder))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    pip("install", str(wheel), "--target", str(folder / "site"))
    return folder


def run(installed: Path, code: str) -> str:
    """Run Python in an empty folder that knows the installed wheel and not the repository."""
    here = installed / "here"
    here.mkdir(exist_ok=True)
    path = f"import sys; sys.path.insert(0, {str(installed / 'site')!r}); "
    done = subprocess.run(
        [sys.executable, "-P", "-c", path + code], cwd=here, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_data_recipes_and_markers(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in ("czone", "hrtem_sim", "seg_train"):
        assert {f"{package}/__init__.py", f"{package}/py.typed"} <= names
        data = {
            path.relative_to(ROOT).as_posix()
            for ending in ("csv", "h5", "js", "js.LICENSE.txt", "json", "toml", "md")
            for path in (ROOT / package).rglob(f"*.{ending}")
        }
        assert data <= names
    shipped = (ROOT / "hrtem_sim" / "recipes").rglob("*.toml")
    recipes = {path.relative_to(ROOT).as_posix() for path in shipped}
    assert recipes and recipes <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "czone",
        "hrtem_sim",
        "seg_train",
    }


def test_what_is_imported_is_the_wheel(installed):
    said = run(installed, "import czone, hrtem_sim, seg_train; print(seg_train.__file__)")
    assert said.strip().startswith(str(installed))


@pytest.mark.parametrize("program", ["hrtem_sim", "seg_train"])
def test_command_lines_answer(installed, program):
    said = run(
        installed,
        f"import contextlib; from {program}.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])",
    )
    assert program.replace("_", "-") in said and "show" in said


def test_sample_data_is_there(installed):
    code = "from seg_train import load_experimental_sample as load; print(len(load()))"
    assert run(installed, code).strip() == "16"


def test_a_recipe_is_found_by_its_name_and_built(installed):
    listed = run(installed, "from hrtem_sim.cli import main; main(['recipes'])")
    assert "optimized_au" in listed and "studies/dose" in listed
    said = run(
        installed,
        "from hrtem_sim.cli import main; raise SystemExit("
        "main(['build', 'demo', '--scale', '0.02', '--out', 'data', '--quiet']))",
    )
    assert "8 micrographs" in said or "Database" in said
    assert list((installed / "here/data").glob("shard-*.h5"))
