"""The examples of crystals and scenes run and draw something."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "arguments", "printed"),
    [
        ("20_czone_twinned_particle_on_carbon.py", [], "gold atoms on"),
        ("21_czone_core_shell_particle.py", ["30"], "Mn"),
        ("22_czone_gold_islands_on_mos2.py", [], "each island"),
    ],
)
def test_example_runs_and_draws(tmp_path, name, arguments, printed):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "picture.png"
    found = subprocess.run(
        [sys.executable, str(EXAMPLES / name), str(picture), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert found.returncode == 0, found.stderr
    assert printed in found.stdout
    assert picture.stat().st_size > 10_000
