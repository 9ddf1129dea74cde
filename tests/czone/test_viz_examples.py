"""The examples of this package run and end in a picture."""

import runpy
from pathlib import Path

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("4*_czone_*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_ends_in_a_picture(example, tmp_path):
    picture = tmp_path / "picture.png"
    runpy.run_path(str(example))["main"](str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000
    matplotlib.pyplot.close("all")


def test_there_are_examples():
    assert len(EXAMPLES) >= 3
