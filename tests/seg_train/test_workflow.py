"""The whole path in one call."""

import re

import pytest

from seg_train.cli import main

SMALL = """
[dataset]
name = "small"
seed = 5
structures = 6
images_per_structure = 2

[dataset.particle]
radius = { uniform = [8.0, 12.0] }
defects = { integers = [0, 1] }

[dataset.film]
thickness = { uniform = [8.0, 12.0] }

[dataset.placement]
field = [51.2, 51.2]

[dataset.imaging]
dose = 800.0
defocus = { uniform = [-100.0, 100.0] }

[dataset.detector]
pixel_size = 0.8

[training]
seed = 1
epochs = 1
batch_size = 4

[training.model]
backbone = "plain"
stages = 2
width = 4
"""


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.mark.slow
def test_the_path_ends_in_a_report_that_opens_by_itself(recipe, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(recipe), "--out", str(out), "--workers", "2", "--quiet"]) == 0
    assert "report.html" in capsys.readouterr().out
    page = (out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 5
    assert not re.search(r'(src|href)="(?!data:|#)', page)  # nothing from elsewhere
    assert "10.7941/D1SP93" in page
    for name in ("scores.csv", "summary.csv", "dataset/shard-00000.h5", "training/history.csv"):
        assert (out / name).stat().st_size > 0
    assert (out / "scores.csv").read_text().count("\n") == 17  # 16 micrographs and the head
    before = (out / "training" / "history.csv").stat().st_mtime_ns
    assert main(["run", str(recipe), "--out", str(out), "--quiet"]) == 0  # finds all it made
    assert (out / "training" / "history.csv").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("epochs = 1", "epochs = 0", "training.epochs"),
        ("seed = 5", "seed = -5", "dataset.seed must be a whole number"),
        ("[training]", "[trainng]", "trainng is not a table of a recipe"),
        ('backbone = "plain"', 'bakbone = "plain"', "training.model.bakbone is not a field"),
    ],
)
def test_a_bad_recipe_ends_with_one_line_and_nothing_written(
    recipe, tmp_path, capsys, old, new, message
):
    recipe.write_text(SMALL.replace(old, new, 1))
    assert main(["run", str(recipe), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


OWN = """
import numpy as np
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Built


def rows(spacing: float, streams):
    x, y = np.meshgrid(np.arange(4.0, 24.0, spacing), np.arange(4.0, 24.0, spacing))
    z = streams("heights").uniform(4.0, 12.0, x.size)
    places = np.column_stack([x.ravel(), y.ravel(), z])
    labels = (x.ravel() > 14.0).astype(int)
    atoms = Specimen(places, [79] * x.size, (51.2, 51.2, 16.0), labels, ("left", "right"))
    return Built(atoms)
"""


@pytest.mark.slow
def test_the_path_of_structures_of_ones_own(tmp_path, capsys):
    head, _, tail = SMALL.partition("[dataset.particle]")
    table = '[dataset.specimen]\nbuilder = "own.py:rows"\nspacing = { uniform = [3.0, 5.0] }\n\n'
    masks = '[dataset.mask]\nrule = "outline"\nclasses = { left = "left", right = "right" }\n\n'
    tail = tail[tail.index("[dataset.imaging]") :].replace("width = 4", "width = 4\nclasses = 3")
    (tmp_path / "own.toml").write_text(head + table + masks + tail)
    (tmp_path / "own.py").write_text(OWN)
    line = ["run", str(tmp_path / "own.toml"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(line) == 2
    assert "--builder own.py" in capsys.readouterr().err and not (tmp_path / "out").exists()
    assert main([*line, "--builder", str(tmp_path / "own.py")]) == 0
    assert "One structure of own.py:rows" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('backbone = "plain"', 'backbone = "resnet81"', "model.backbone must be one of"),
        ("epochs = 1", 'epochs = 1\nchoose = "samples"', "samples must be given"),
        ("epochs = 1", 'epochs = 1\ninitial = "gone"', "initial must be a network"),
        (
            "epochs = 1",
            'epochs = 1\ninitial = "real_micrographs"',
            "preprocessing.normalisation must be",
        ),
    ],
)
def test_what_could_not_train_is_said_before_its_data_are_made(
    old, new, said, recipe, tmp_path, capsys
):
    recipe.write_text(SMALL.replace(old, new), encoding="utf-8")
    assert main(["run", str(recipe), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
