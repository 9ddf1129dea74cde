"""What a user types, run as they would: a process in their folder."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def type_in(folder: Path, *words: str, root: Path = ROOT, fails: bool = False) -> str:
    """Run `python WORDS` in a folder, with the packages of a checkout; return what it says."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout


def command(folder: Path, line: str) -> str:
    """Run a line as a shell would: a command of ours, patterns of names, a comment at its end."""
    name, *words = shlex.split(line, comments=True)
    given = []
    for word in words:
        there = sorted(folder.glob(word)) if set(word) & {"*", "?"} else []
        given += [str(path.relative_to(folder)) for path in there] or [word]
    return type_in(folder, "-m", name.replace("-", "_"), *given)


def blocks(page: str, language: str) -> list[str]:
    """Return the samples of a page of the docs."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)
