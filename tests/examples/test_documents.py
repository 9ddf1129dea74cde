"""What readers copy runs: the sample of the README."""

import re
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
