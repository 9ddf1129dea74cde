"""Full disks, kills, builds at once with a reader: a few rounds.

`python -m tests.faults.rounds` plays two hundred and takes the drive away from training, too.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.rounds import told_well

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, and limits on files")


@pytest.mark.slow
def test_a_few_faults_lose_nothing_and_are_told_in_a_line():
    """In a process of its own, as rounds are forks of one that runs no threads."""
    command = [sys.executable, "-m", "tests.faults.rounds", "6", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("disk", "kill", "together"):
        assert f"{kind}: 2 rounds, nothing lost, nothing wrong" in done.stdout


def test_what_counts_as_told_in_a_line():
    assert told_well("the disk is full\n", 2) and told_well("interrupted\n", 130)
    assert told_well("", 0) and told_well("", -9)
    assert not told_well("a\nb\n", 2) and not told_well("", 2)
    assert not told_well("Traceback (most recent call last)", 2) and not told_well("warning", 0)
