"""Studies give every network its own seed, resume, and sum up honestly."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from hrtem_sim.arguments import IdleShare
from hrtem_sim.refusal import Refusal
from seg_train.data import LabelledMicrograph
from seg_train.metrics import mean_interval
from seg_train.study import read_study_recipe, run_study, study_table
from seg_train.study.held_out import kept_rows

STUDY = """
[study]
name = "images"
seed = 3
repeats = 2

[study.training]
epochs = 2
batch_size = 2
patch = 64

[study.training.model]
backbone = "plain"
stages = 2
width = 2

[study.conditions.4]
n_images = 4

[study.conditions.8]
n_images = 8
learning_rate = 0.01
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY)
    return read_study_recipe(tmp_path / "study.toml")


def test_conditions_change_what_they_say_and_share_the_rest(recipe):
    four, eight = (condition.training for condition in recipe.conditions)
    assert (four.n_images, eight.n_images) == (4, 8)
    assert four.model == eight.model and four.model.width == 2
    assert dataclasses.replace(eight, n_images=4, learning_rate=0.001) == four


def test_every_network_has_its_own_seed(recipe):
    seeds = {recipe.training(c, repeat).seed for c in recipe.conditions for repeat in range(5)}
    assert len(seeds) == 10


def test_scaling_keeps_at_least_two_batches(recipe):
    named = dataclasses.replace(recipe.conditions[0], name="four")
    small = dataclasses.replace(recipe, conditions=(named, recipe.conditions[1])).scaled(0.01)
    assert [c.training.n_images for c in small.conditions] == [4, 4]


def test_conditions_named_by_a_number_are_named_by_the_scaled_one(recipe):
    assert [c.name for c in recipe.scaled(0.75).conditions] == ["4", "6"]
    assert [c.name for c in recipe.scaled(0.01).conditions] == ["4"]  # the same twice
    structures = read_study_recipe("studies/structures")
    scaled = structures.scaled(0.5, 0.25).conditions
    assert [(c.name, c.structures, c.training.n_images) for c in scaled] == [
        ("32", 32, 512), ("64", 64, 512), ("96", 96, 512), ("128", 128, 512)
    ]  # fmt: skip
    dose = read_study_recipe("studies/two_cores/dose")  # 400 e/A^2 with 400 images is not named so
    assert [c.name for c in dose.scaled(0.5).conditions] == [c.name for c in dose.conditions]


def test_a_condition_draws_from_its_first_structures_and_what_it_lacks_is_said_first(
    recipe, database, tmp_path, monkeypatch
):
    from seg_train.study import run

    few, all_of_them = recipe.conditions
    few = dataclasses.replace(few, structures=2)
    study = dataclasses.replace(recipe, conditions=(few, all_of_them), repeats=1)
    kept = kept_rows(study, few, database)
    index = database.catalogue["structure_index"].to_numpy()
    assert sorted(set(index[kept])) == sorted(set(index))[:2]
    assert kept_rows(study, all_of_them, database) is None
    monkeypatch.setattr(run, "fit", None)  # nothing may train
    greedy = dataclasses.replace(study, conditions=(all_of_them, replaced(few, n_images=10**6)))
    with pytest.raises(Refusal, match="n_images must be at most"):
        run_study(greedy, database, tmp_path, samples=[], progress=False)
    wide = dataclasses.replace(few, structures=10**6)
    with pytest.raises(Refusal, match=r"structures must be at most .* of the condition '4'"):
        run_study(
            dataclasses.replace(study, conditions=(all_of_them, wide)),
            database, tmp_path, samples=[], progress=False,
        )  # fmt: skip


def replaced(condition, **training):
    return dataclasses.replace(
        condition, training=dataclasses.replace(condition.training, **training)
    )


@pytest.fixture(scope="module")
def samples(make_database):
    database = make_database(structures=3, per_structure=1, seed=50)
    images, masks = database.counts(slice(None)), database.masks(slice(None))
    return [
        LabelledMicrograph(image, mask, 0.5, f"g{i % 2}", f"s{i}")
        for i, (image, mask) in enumerate(zip(images, masks, strict=True))
    ]


def test_a_study_trains_scores_sums_up_and_is_not_done_twice(
    recipe, database, samples, tmp_path, monkeypatch
):
    first = run_study(recipe, database, tmp_path / "s", samples=samples, progress=False)
    assert len(first) == 4 and first["run"].is_unique
    assert {"f1 g0", "particle_f1 g1", "f1 all", "epochs_to_0.90"} <= set(first)

    from seg_train.training import loop

    monkeypatch.setattr(loop, "_train", None)  # nothing may train again
    again = run_study(recipe, database, tmp_path / "s", samples=samples, progress=False)
    pd.testing.assert_frame_equal(first, again)
    table = study_table(first)
    assert list(table.index) == ["4", "8"]
    assert table["f1 all best"]["4"] == first.query("condition == '4'")["f1 all"].max()


def test_samples_of_the_same_names_and_other_content_are_scored_again(
    recipe, database, samples, tmp_path
):
    recipe = dataclasses.replace(recipe, repeats=1)
    first = run_study(recipe, database, tmp_path / "s", samples=samples, progress=False)
    inverted = [dataclasses.replace(sample, mask=1 - sample.mask) for sample in samples]
    other = run_study(recipe, database, tmp_path / "s", samples=inverted, progress=False)
    assert list(first["run"]) == list(other["run"])
    assert (first["particle_f1 all"] != other["particle_f1 all"]).all()
    again = run_study(recipe, database, tmp_path / "s", samples=samples, progress=False)
    pd.testing.assert_frame_equal(first, again)


def test_shares_together_are_the_whole(recipe, database, samples, tmp_path):
    home = tmp_path / "s"
    parts = [
        run_study(recipe, database, home, samples=samples, share=(i, 2), progress=False)
        for i in (0, 1)
    ]
    whole = run_study(recipe, database, home, samples=samples, progress=False)
    assert sorted(pd.concat(parts)["run"]) == sorted(whole["run"])
    with pytest.raises(IdleShare, match="share 4/6 has nothing to do: there are 4 networks"):
        run_study(recipe, database, home, samples=samples, share=(4, 6))
    with pytest.raises(ValueError, match="share must be"):
        run_study(recipe, database, home, samples=samples, share=(2, 2))


def test_interval_covers_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(4000, 5))
    hits = [abs(draw.mean()) <= mean_interval(draw) for draw in draws]
    # 95 % within four standard errors of a proportion of 4000
    assert np.mean(hits) == pytest.approx(0.95, abs=0.014)
    assert np.isnan(mean_interval(np.array([1.0])))


def test_structures_held_out_train_no_network_and_test_them_all(
    recipe, database, tmp_path, monkeypatch
):
    from seg_train.study import run

    recipe = dataclasses.replace(recipe, held_out=0.3, repeats=1)
    seen = {}
    plain_fit = run.fit

    def fit(training, source, home, *, rows, **options):
        seen[training.seed] = set(source.catalogue["structure"].to_numpy()[rows])
        return plain_fit(training, source, home, rows=rows, **options)

    monkeypatch.setattr(run, "fit", fit)
    results = run_study(recipe, database, tmp_path / "s", samples=[], progress=False)
    (scores,) = (tmp_path / "s" / "4" / "00").glob("scores-*.csv")
    scored = set(pd.read_csv(scores)["name"])
    table = database.catalogue
    out = set(table.loc[table["micrograph"].isin(scored), "structure"])
    assert len(scored) > 0 and len(seen) == 2
    for trained in seen.values():
        assert trained.isdisjoint(out)
        assert trained | out == set(table["structure"])
    # both conditions draw from the same micrographs: one group, and no `all` without samples
    groups = [name for name in results if name.startswith("particle_f1 ")]
    assert groups == ["particle_f1 held out 4"]


def test_conditions_that_select_differently_are_tested_apart(recipe, database):
    from seg_train.study.held_out import test_micrographs as micrographs_of

    low, high = (
        dataclasses.replace(c, training=dataclasses.replace(c.training, select=select, n_images=2))
        for c, select in zip(recipe.conditions, ("dose < 150", "dose >= 150"), strict=True)
    )
    recipe = dataclasses.replace(recipe, conditions=(low, high), held_out=0.5, test_images=3)
    tests = micrographs_of(recipe, lambda condition: database)
    dose = database.catalogue.set_index("micrograph")["dose"]
    assert {test.group for test in tests} == {"held out 4", "held out 8"}
    for test in tests:
        assert (dose[test.name] < 150) == (test.group == "held out 4")


def test_the_transfer_picture_holds_the_mean_of_every_pair():
    from seg_train.figures import transfer_figure

    results = pd.DataFrame(
        {
            "condition": ["50", "50", "100", "100"],
            "particle_f1 held out 50": [0.8, 0.9, 0.5, 0.6],
            "particle_f1 held out 100": [0.7, 0.8, 0.9, 1.0],
        }
    )
    axes = transfer_figure(results, label="dose").axes[0]
    means = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(means, [[0.85, 0.75], [0.55, 0.95]])
    assert [text.get_text() for text in axes.get_xticklabels()] == ["50", "100"]
    with pytest.raises(ValueError, match="results must be of a study that holds structures out"):
        transfer_figure(results[["condition"]])


def test_a_report_without_samples_draws_what_was_held_out(recipe, database, tmp_path):
    from seg_train.reports import study_report

    recipe = dataclasses.replace(recipe, held_out=0.3, repeats=1)
    table = study_report(recipe, database, tmp_path / "s", samples=[], progress=False)
    assert "particle_f1 held out 4 mean" in table
    assert {path.name for path in (tmp_path / "s").glob("*.png")} == {"val_f1.png", "transfer.png"}
