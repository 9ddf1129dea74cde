"""What docs/labels.md says runs."""

import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]


def test_the_sample_of_the_labels_page_runs(capsys):
    page = (ROOT / "docs/labels.md").read_text()
    sample, _ = re.findall(r"```python\n(.*?)```", page, re.DOTALL)  # the other needs a data set
    names: dict = {}
    exec(sample, names)
    assert len(names["columns"]) == 2 * 64 and set(names["columns"].heights) == {4}
    np.testing.assert_array_equal(names["instances"].ids > 0, names["mask"].classes > 0)
    # two cubes of 256 atoms
    assert abs(names["thickness"].sum() * 0.4**2 / (2 * 64 * 4.08**3) - 1) < 1e-4
    assert "particle-1 (0, 0, 1)" in capsys.readouterr().out
