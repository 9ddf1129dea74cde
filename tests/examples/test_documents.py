"""What readers copy runs: the README's sample and the first example."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def readme_samples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


def test_the_readme_sample_runs_and_masks_the_particle():
    (sample,) = readme_samples()
    assert len(sample.splitlines()) - sample.count("import") <= 15
    names: dict = {}
    exec(sample, names)
    image, mask = names["image"], names["mask"]
    assert image.counts.shape == mask.classes.shape == (200, 200)
    assert abs(image.counts.mean() / (500 * 0.2**2) - 1) < 0.05
    y, x = np.nonzero(mask.classes)
    assert np.hypot(y.mean() * 0.2 - 20, x.mean() * 0.2 - 20) < 0.5
    assert np.sqrt(mask.classes.sum() * 0.2**2 / np.pi) == pytest.approx(12, abs=0.8)


@pytest.mark.slow
def test_the_first_example_goes_the_whole_path(tmp_path):
    script = ROOT / "examples" / "01_from_atoms_to_masks.py"
    assert len(script.read_text().splitlines()) < 60
    command = [sys.executable, str(script), str(ROOT / "recipes/demo.toml"), str(tmp_path), "0.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for name in ("one-structure.png", "micrographs.png", "training.png", "predictions.png"):
        assert (tmp_path / name).stat().st_size > 10_000
    assert (tmp_path / "scores.csv").read_text().count("\n") == 17  # 16 micrographs
