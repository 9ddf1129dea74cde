"""Several classes, from the table of a recipe to the scores of a network, by their names."""

import dataclasses

import numpy as np
import pytest

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from seg_train import ModelRecipe, evaluate, fit, load_simulated
from seg_train.benchmark.evaluate import score
from seg_train.data import LabelledMicrograph
from seg_train.metrics import class_f1
from seg_train.prediction import Prediction

RECIPE = """
[dataset]
name = "two sizes"
seed = 3
structures = 6
images_per_structure = 2

[dataset.specimen]
builder = "core_shell"
field = [25.6, 25.6]
film = 6.0
particles = { count = 1, core = { uniform = [4.0, 6.0] }, shell = 3.0 }

[dataset.imaging]
dose = 2000.0

[dataset.detector]
pixel_size = 0.4

[dataset.mask]
rule = "outline"
classes = { core = "core-*", shell = "shell-*" }
"""


@pytest.mark.filterwarnings("ignore:CoreShellParticle. (core|shell) is:UserWarning")
def test_a_data_set_of_three_classes_trains_and_scores_by_their_names(recipe, tmp_path):
    (tmp_path / "recipe.toml").write_text(RECIPE)
    database = build_dataset(
        read_dataset_recipe(tmp_path / "recipe.toml"), tmp_path / "data", progress=False
    )
    assert database.classes == ("background", "core", "shell")
    three = dataclasses.replace(
        recipe, model=dataclasses.replace(recipe.model, classes=3), epochs=6, learning_rate=0.02
    )
    run = fit(three, database, tmp_path / "run", progress=False)
    assert run.history["loss"].iloc[-1] < 0.9 * run.history["loss"].iloc[0]
    samples = load_simulated(database, range(4))
    found = evaluate(run, samples, progress=False)
    assert found.predictions[0].probabilities.shape == (64, 64, 3)
    for number, name in enumerate(database.classes[1:], start=1):
        expected = [
            class_f1(sample.mask, mask, number)
            for sample, mask in zip(samples, found.masks, strict=True)
        ]
        assert found.table[f"f1_{name}"].tolist() == expected
    assert found.table["f1_core"].nunique() > 1


def test_every_class_is_scored_by_itself():
    mask = np.zeros((8, 8), np.uint8)
    mask[:4], mask[4:6] = 1, 2
    found = mask.copy()
    found[3] = 2  # a row of the first class is taken for the second
    probabilities = np.eye(3, dtype=np.float32)[found]
    sample = LabelledMicrograph(mask * 1.0, mask, 0.5, "g", "n", ("background", "core", "shell"))
    row = score(sample, Prediction(probabilities, 0.5))
    assert row["f1_core"] == pytest.approx(2 * 24 / (24 + 32))
    assert row["f1_shell"] == pytest.approx(2 * 16 / (24 + 16))
    assert row["particle_f1"] == 1.0  # all of it is some particle
    without = dataclasses.replace(sample, classes=())
    assert score(without, Prediction(probabilities, 0.5))["f1_2"] == row["f1_shell"]
    assert class_f1(mask, mask, 3) == 1.0  # neither there nor found
    two = score(sample, Prediction(probabilities[..., :2], 0.5))
    assert not any(name.startswith("f1_") for name in two)


def test_names_of_classes_are_part_of_what_a_micrograph_is():
    image = np.ones((4, 4))
    plain = LabelledMicrograph(image, np.zeros((4, 4), int), 0.5, "g", "n")
    named = dataclasses.replace(plain, classes=("background", "gold"))
    assert plain.identity != named.identity
    assert ModelRecipe(classes=3).classes == 3
