"""Which Prismatic is found, and what is said when none is usable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hrtem_sim.cli import main
from hrtem_sim.wave.prismatic import Prismatic, PrismaticError, find_prismatic
from hrtem_sim.wave.prismatic.program import VARIABLE, describe_prismatic, probe_module

VERSION_2 = "class Metadata:\n    fields = ['saveComplexOutputWave']\n"
VERSION_1 = "class Metadata:\n    fields = ['potBound']\n"
BROKEN = "raise ImportError('libfftw3f.so.3: cannot open shared object file')\n"
CRASHING = "import os; os.abort()\n"


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No Prismatic at all, whatever the machine has."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"]))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    probe_module.cache_clear()
    yield
    probe_module.cache_clear()


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Make a pyprismatic that this Python finds."""

    def make(text):
        site = tmp_path / "site"
        (site / "pyprismatic").mkdir(parents=True)
        (site / "pyprismatic" / "__init__.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(site))

    return make


def command(path):
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


def test_none_is_told_with_what_to_do():
    with pytest.raises(PrismaticError, match=r"not installed for .*: conda install .*HRTEM_SIM"):
        find_prismatic()


def test_the_module_is_taken_before_the_command(module, tmp_path):
    path = command(tmp_path / "bin" / "prismatic")
    assert find_prismatic() == Prismatic((str(path),))
    module(VERSION_2)
    probe_module.cache_clear()
    found = find_prismatic()
    assert found.command == (sys.executable,)
    assert found.is_module


def test_version_1_has_no_hrtem(module, tmp_path):
    module(VERSION_1)
    with pytest.raises(PrismaticError, match="is version 1, which pip installs and which has no H"):
        find_prismatic()
    path = command(tmp_path / "bin" / "prismatic")  # does for it
    assert find_prismatic() == Prismatic((str(path),))
    assert "is version 1, without HRTEM" in describe_prismatic()


@pytest.mark.parametrize(
    ("text", "words"),
    [(BROKEN, "ImportError: libfftw3f.so.3: cannot open shared"), (CRASHING, "ended by signal 6")],
)
def test_a_module_that_does_not_load_shows_its_words(module, text, words):
    module(text)
    with pytest.raises(PrismaticError, match=f"does not load: .*{words}"):
        find_prismatic()


@pytest.mark.parametrize("form", ["absolute", "relative", "home", "name"])
def test_programs_are_named_as_shells_do(tmp_path, monkeypatch, form):
    path = command(tmp_path / "bin" / "my-prismatic")
    monkeypatch.setenv("HOME", str(tmp_path))
    named = {
        "absolute": str(path),
        "relative": os.path.join("bin", "my-prismatic"),
        "home": "~/bin/my-prismatic",
        "name": "my-prismatic",
    }[form]
    monkeypatch.setenv(VARIABLE, named)
    assert find_prismatic() == Prismatic((str(path),))
    assert find_prismatic(named) == Prismatic((str(path),))


def test_a_named_program_must_be_there(monkeypatch):
    with pytest.raises(PrismaticError, match="program must be an executable file; got '/nowhere"):
        find_prismatic("/nowhere/p")
    monkeypatch.setenv(VARIABLE, "/nowhere/prismatic")
    with pytest.raises(PrismaticError, match="HRTEM_SIM_PRISMATIC must be an executable file"):
        find_prismatic()


def test_the_program_may_be_a_python(module, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, sys.executable)
    with pytest.raises(PrismaticError, match="not installed for"):
        find_prismatic()
    module(VERSION_2)
    probe_module.cache_clear()
    found = find_prismatic()
    assert found.command == (os.path.abspath(sys.executable),)
    assert found.is_module


def test_packages_of_the_user_are_found_with_another_home(tmp_path, monkeypatch):
    # pip install --user puts them under HOME, and runs get a HOME of their own
    home = tmp_path / "home"
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}"
    how = {"env": {"HOME": str(home), "PATH": os.environ["PATH"]}, "text": True, "check": True}
    site = subprocess.run(
        [str(base), "-m", "site", "--user-site"],
        capture_output=True,
        **(how | {"check": False}),
    ).stdout.strip()
    (Path(site) / "pyprismatic").mkdir(parents=True)
    (Path(site) / "pyprismatic" / "__init__.py").write_text(VERSION_2)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("PYTHONUSERBASE", raising=False)
    monkeypatch.delenv("PYTHONNOUSERSITE", raising=False)
    found = find_prismatic(str(base))
    assert found.user_base == str(home / ".local")
    from hrtem_sim.wave.prismatic.process import execute

    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.py").write_text("import pyprismatic; open('done', 'w').close()")
    execute(found, ["run.py"], folder, 60.0)
    assert (folder / "done").exists()


def test_the_command_line_says_what_is_there(module, capsys):
    assert main(["engines"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["numpy", "prismatic", "torch"]
    assert "transforms by" in lines[0]
    assert "not usable" in lines[1]
    assert "conda install" in lines[1]
    module(VERSION_2)
    probe_module.cache_clear()
    assert main(["engines"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert "pyprismatic with HRTEM (2.x)" in line
    assert "site/pyprismatic" in line
