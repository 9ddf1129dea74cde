"""An imitation of Prismatic's command line, as an executable file."""

import sys

import pytest

from tests.physics.reference import DATA

IMITATION = DATA.parent / "imitation_prismatic.py"


@pytest.fixture
def imitation(monkeypatch, tmp_path):
    """Path of a command that behaves as `prismatic` does."""
    monkeypatch.setenv("PYTHONPATH", str(DATA.parents[2]))
    path = tmp_path / "prismatic"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{IMITATION}" "$@"\n')
    path.chmod(0o755)
    return str(path)
