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


pytestmark = pytest.mark.usefixtures("no_prismatic")


def command(path):
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


def test_the_module_is_taken_before_the_command(pyprismatic, tmp_path):
    path = command(tmp_path / "bin" / "prismatic")
    assert find_prismatic() == Prismatic((str(path),))
    pyprismatic(VERSION_2)
    probe_module.cache_clear()
    found = find_prismatic()
    assert found.command == (sys.executable,)
    assert found.is_module


def test_version_1_has_no_hrtem(pyprismatic, tmp_path):
    pyprismatic(VERSION_1)
    with pytest.raises(PrismaticError, match="is version 1, which pip installs and which has no H"):
        find_prismatic()
    path = command(tmp_path / "bin" / "prismatic")  # does for it
    assert find_prismatic() == Prismatic((str(path),))
    assert "is version 1, without HRTEM" in describe_prismatic()


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


def test_the_program_may_be_a_python(pyprismatic, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, sys.executable)
    with pytest.raises(PrismaticError, match="not installed for"):
        find_prismatic()
    pyprismatic(VERSION_2)
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


def test_the_command_line_says_what_is_there(pyprismatic, capsys):
    assert main(["engines"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["numpy", "prismatic", "torch"]
    assert "transforms by" in lines[0]
    assert "not usable" in lines[1]
    assert "conda install" in lines[1]
    pyprismatic(VERSION_2)
    probe_module.cache_clear()
    assert main(["engines"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert "pyprismatic with HRTEM (2.x)" in line
    assert "site/pyprismatic" in line
