"""Labelled experiments can be scored at every epoch, and choose it where the recipe says so."""

import dataclasses

import numpy as np
import pytest

from seg_train import evaluate, fit, load_run
from seg_train.cli import main
from seg_train.data import load_simulated
from seg_train.figures import loss_curves
from seg_train.metrics import pooled_counts
from tests.discs import FakeDatabase


@pytest.fixture(scope="module")
def samples():
    """Discs that are darker than their surroundings: what training makes worse."""
    database = FakeDatabase(structures=3, per_structure=1, seed=11)
    return [
        dataclasses.replace(sample, image=100 - sample.image)
        for sample in load_simulated(database, range(3))
    ]


@pytest.fixture(scope="module")
def longer(recipe):
    return dataclasses.replace(recipe, epochs=6, learning_rate=0.02, decay=0.9)


@pytest.fixture(scope="module")
def scored(longer, samples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored") / "run"
    return fit(longer, FakeDatabase(structures=8), folder, samples=samples, progress=False)


def test_scores_are_those_of_evaluate_and_choose_nothing(scored, longer, samples, tmp_path):
    plain = fit(longer, FakeDatabase(structures=8), tmp_path / "plain", progress=False)
    columns = ["sample_f1", "sample_particle_f1"]
    assert scored.provenance["weights"] == plain.provenance["weights"]
    history = scored.history.drop(columns=[*columns, "seconds"])
    assert history.equals(plain.history.drop(columns="seconds"))
    counts = pooled_counts(evaluate(scored, samples).table)
    row = scored.history.iloc[scored.best_epoch - 1]
    assert row[columns].tolist() == pytest.approx([counts.soft_f1, counts.f1], abs=1e-6)
    assert scored.identity != plain.identity  # its history is another


def test_samples_choose_the_epoch_where_the_recipe_says_so(scored, longer, samples, tmp_path):
    by_samples = dataclasses.replace(longer, choose="samples")
    data = FakeDatabase(structures=8)
    run = fit(by_samples, data, tmp_path / "run", samples=samples, progress=False)
    best = int(np.argmax(run.history["sample_particle_f1"])) + 1
    assert run.best_epoch == load_run(run.folder).best_epoch == best != scored.best_epoch
    counts = pooled_counts(evaluate(run, samples).table)
    assert counts.f1 == pytest.approx(run.history["sample_particle_f1"].max(), abs=1e-6)
    with pytest.raises(ValueError, match=r'samples must be given where choose = "samples"'):
        fit(by_samples, data, tmp_path / "none")


def test_a_killed_run_goes_on_scoring(scored, longer, samples, tmp_path, monkeypatch):
    from seg_train.training import loop

    once, data = loop._epoch, FakeDatabase(structures=8)

    def killed(model, average, recipe, batches, history, *more):
        if len(history) == 2:
            raise KeyboardInterrupt
        return once(model, average, recipe, batches, history, *more)

    monkeypatch.setattr(loop, "_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        fit(longer, data, tmp_path / "run", samples=samples, progress=False)
    monkeypatch.setattr(loop, "_epoch", once)
    with pytest.raises(ValueError, match="folder must be new or hold a run"):
        fit(longer, data, tmp_path / "run", samples=samples[:1], progress=False)
    run = fit(longer, data, tmp_path / "run", samples=samples, progress=False)
    assert run.provenance == scored.provenance
    assert run.history.drop(columns="seconds").equals(scored.history.drop(columns="seconds"))


def test_curves_of_samples_are_drawn_beside_those_of_validation(scored, run):
    loss, f1 = loss_curves(scored.history).axes
    assert len(loss.lines) == 2 and len(f1.lines) == 3
    assert np.allclose(f1.lines[-1].get_ydata(), scored.history["sample_f1"])
    assert [text.get_text() for text in f1.get_legend().get_texts()][-1] == "samples"


def test_the_sample_of_the_package_scores_from_the_command_line(recipe, tiny_database, tmp_path):
    from hrtem_sim.provenance import to_table, to_toml

    one = dataclasses.replace(recipe, epochs=1, batch_size=2, patch=None)
    (tmp_path / "r.toml").write_text(to_toml({"training": to_table(one)}))
    command = ["fit", str(tmp_path / "r.toml"), str(tiny_database.folder), "--quiet"]
    assert main([*command, "--out", str(tmp_path / "run"), "--samples"]) == 0
    run = load_run(tmp_path / "run")
    assert run.history["sample_f1"].between(0, 1).all()
