"""Every command that readers copy is one: its program, its options, its recipe, its script."""

import argparse
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from hrtem_sim.cli import _parser as hrtem_sim
from hrtem_sim.provenance import shipped_recipes
from seg_train.cli import _parser as seg_train

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    + [*(ROOT / "examples").glob("*.py"), *(ROOT / "hrtem_sim" / "recipes").rglob("*.toml")]
)
PROGRAMS = {"hrtem-sim": hrtem_sim, "seg-train": seg_train}
OWN = ("my.toml", "mine.toml", "recipe.toml", "mixed.toml", "RECIPE")
"""Recipes that the reader has written."""


def blocks(text: str) -> list[str]:
    """Return the lines that are to be typed, continued ones whole."""
    found = re.findall(r"^ *```(?:console|bash)\n(.*?)```", text, re.S | re.M)
    text = "\n".join(found).replace("\\\n", " ").replace("$SLURM_ARRAY_TASK_ID/$SHARES", "3/16")
    return text.splitlines()


def spans(text: str) -> list[str]:
    """Return what stands in backticks within the sentences of a page."""
    prose = re.sub(r"^ *```.*?```", "", text, flags=re.S | re.M)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def commands(lines: list[str]) -> list[list[str]]:
    """Return the words of every command of these lines, without what the shell takes for itself."""
    found = []
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        words: list[str] = []
        for word in [*lexer, ";"]:
            if not set(word) <= set("|&;<>"):
                words.append(word)
                continue
            while words and "=" in words[0]:
                del words[0]  # a variable, for this command alone
            found += [words] if words else []
            words = ["into"] if set(word) & {"<", ">"} else []
    return [words for words in found if words[0] != "into"]


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands of a program by their names."""
    (choices,) = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return choices


def check_typed(words: list[str]) -> None:
    """Check a command as it is typed: all that it needs is given, and its recipe exists."""
    try:
        given = [word.replace("*", "one") for word in words[1:] if word != "..."]
        options = PROGRAMS[words[0]]().parse_args(given)
    except SystemExit as ended:
        assert ended.code == 0, " ".join(words)  # --help and the like
        return
    recipe = getattr(options, "recipe", None)
    if recipe is not None and words[1] != "import":
        assert recipe in (*shipped_recipes(), *OWN), " ".join(words)


def check_named(words: list[str]) -> None:
    """Check what a sentence says of a command, which may be its name and an option alone."""
    known = options_of(PROGRAMS[words[0]]())
    if len(words) > 1 and not words[1].startswith("-") and words[1] != "...":
        assert words[1] in known, " ".join(words)
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= set(known[words[1]]._option_string_actions), " ".join(words)


def check_python(words: list[str]) -> None:
    """Check that a script or module exists."""
    if words[1] == "-m":
        assert find_spec(words[2]) or words[2] == "venv", " ".join(words)
    elif words[1].endswith(".py") and "/" in words[1]:
        assert (ROOT / words[1]).is_file(), " ".join(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_page_can_be_typed(page):
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".toml":
        text = re.sub(r"^# ?", "", text, flags=re.M)
    typed, named = commands(blocks(text)), []
    for span in spans(text):
        if re.match(r"(hrtem-sim|seg-train|python) ", span):
            named += commands([span.replace("'", "")])
    for words in typed:
        if words[0] in PROGRAMS:
            check_typed(words)
    for words in named:
        if words[0] in PROGRAMS:
            check_named(words)
    for words in typed + named:
        if words[0] == "python" and len(words) > 1:
            check_python(words)


def test_every_option_that_is_named_alone_is_an_option():
    known = {"--array", "--share"}  # Slurm's own beside ours
    for parser in PROGRAMS.values():
        for command in [parser(), *options_of(parser()).values()]:
            known |= set(command._option_string_actions)
    scripts = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("benchmarks/*/*.py"))
    known |= set(re.findall(r'"(--[a-z-]+)"', scripts))
    for page in PAGES:
        for span in spans(page.read_text(encoding="utf-8")):
            if span.startswith("--"):
                assert span.split()[0].partition("=")[0] in known, f"{page.name}: {span}"


def test_what_is_no_command_is_found():
    assert commands(["a --b 'c d' > e && f | g  # h", "X=1 i"]) == [
        ["a", "--b", "c d"],
        ["f"],
        ["g"],
        ["i"],
    ]
    for words in (["seg-train", "predikt"], ["hrtem-sim", "build", "--scales"]):
        with pytest.raises(AssertionError):
            check_named(words)
    for line in ("hrtem-sim build no_such_recipe --out x", "seg-train fit demo data"):
        with pytest.raises(AssertionError):
            check_typed(line.split())
    with pytest.raises(AssertionError):
        check_python(["python", "benchmarks/no_such.py"])
