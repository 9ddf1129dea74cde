"""What both command lines share: versions, pipes, Ctrl-C, logs."""

import argparse
import logging
import os
import subprocess
import sys

import pytest

from czone import __version__
from hrtem_sim.arguments import Paths
from hrtem_sim.cli import FORMATS
from hrtem_sim.commands import command_line, run_command
from hrtem_sim.interchange import FORMATS as WRITERS
from hrtem_sim.progress import stage
from seg_train.cli import _parser as seg_train_parser

PROGRAMS = {"hrtem_sim": "hrtem-sim", "seg_train": "seg-train"}


@pytest.mark.parametrize("package", PROGRAMS)
def test_python_m_runs_the_program_and_says_its_version(package):
    line = [sys.executable, "-m", package, "--version"]
    shown = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == f"{PROGRAMS[package]} {__version__}"


def test_a_reader_that_goes_away_ends_a_command_without_a_word():
    line = f"{sys.executable} -m seg_train schema | head -n 1"
    done = subprocess.run(line, shell=True, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("{", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_shells_are_told_how_to_complete(shell):
    line = [sys.executable, "-m", "hrtem_sim", "--print-completion", shell]
    script = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert all(word in script for word in ("hrtem-sim", "build", "--workers"))


@pytest.mark.parametrize(
    ("resumes", "words"),
    [(True, "interrupted; the same command goes on where it stopped"), (False, "interrupted")],
)
def test_ctrl_c_ends_with_one_line(resumes, words, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    parser = command_line("prog", None)
    parser.set_defaults(run=interrupted, resumes=resumes)
    assert run_command(parser, []) == 130
    assert capsys.readouterr().err == f"prog: {words}\n"


def test_formats_in_the_help_are_those_that_can_be_written():
    assert sorted(FORMATS) == sorted(WRITERS)


def test_where_nobody_looks_a_stage_is_lines_of_a_log(caplog):
    with caplog.at_level(logging.INFO, "hrtem_sim"):
        assert list(stage(range(3), desc="adding", unit="number")) == [0, 1, 2]
        list(stage(range(3), desc="hidden", unit="number", shown=False))
    lines = [record.message for record in caplog.records]
    assert [line.split(" in ")[0] for line in lines] == ["adding: 0 of 3", "adding: 3 of 3"]


def test_a_script_without_logging_sees_the_lines_too():
    code = "from hrtem_sim.progress import stage\nlist(stage(range(2), desc='adding', unit='n'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "adding: 2 of 2" in done.stderr and "\r" not in done.stderr


def test_a_command_leaves_the_logs_of_its_process_as_they_were():
    package = logging.getLogger("hrtem_sim")
    before = package.level, list(package.handlers), list(logging.getLogger().handlers)
    parser = command_line("prog", None)
    parser.set_defaults(run=lambda options: 0)
    assert run_command(parser, ["-v"]) == 0
    assert before == (package.level, list(package.handlers), list(logging.getLogger().handlers))


@pytest.mark.parametrize("nargs", ["+", "*"])
def test_what_a_shell_of_windows_leaves_in_a_path_stands_for_what_is_there(
    nargs, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("b.tif", "a.tif", "c.png", "plain[1].tif", "sub/d.tif"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    parser = argparse.ArgumentParser()
    parser.add_argument("images", nargs=nargs, action=Paths)

    def given(*words):
        return parser.parse_args(words).images

    assert given("?.tif") == ["a.tif", "b.tif"]
    assert given("c.png", "*b.tif", "[a-b].tif") == ["c.png", "b.tif", "a.tif", "b.tif"]
    assert given(os.path.join("*", "*.tif")) == [os.path.join("sub", "d.tif")]
    assert given("plain[1].tif") == ["plain[1].tif"]  # a name, though it looks like a pattern
    assert given("gone.tif") == ["gone.tif"]  # whoever reads it says that it is not there
    assert nargs == "+" or given() == []


def test_every_argument_of_several_paths_takes_patterns():
    several = [action for action in _actions(seg_train_parser()) if action.nargs in ("+", "*")]
    numbers = [action for action in several if action.type is not None]
    assert {action.dest for action in numbers} == {"scales"}
    paths = [action for action in several if action not in numbers]
    assert len(paths) == 7 and all(isinstance(action, Paths) for action in paths)


def _actions(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
        else:
            yield action
