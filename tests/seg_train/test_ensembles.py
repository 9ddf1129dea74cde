"""Several networks under one name or in one folder predict together, and never in part."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from seg_train import (
    fit,
    fit_ensemble,
    load_network,
    load_networks,
    load_run,
    load_runs,
    predict,
    shipped,
)
from seg_train.card import model_card
from seg_train.cli import main
from seg_train.export import export_network, pack_run
from seg_train.reports import benchmark_report


@pytest.fixture(scope="module")
def pair(recipe, database, tmp_path_factory):
    """A folder of two networks."""
    folder = tmp_path_factory.mktemp("pair") / "pair"
    fit_ensemble(recipe, database, folder, seeds=2, progress=False)
    return folder


@pytest.fixture
def image(database):
    return database.counts([0])[0]


def particle(network, image):
    return predict(network, image, pixel_size=0.5).particle


def test_the_first_network_is_that_of_the_recipe_and_the_others_differ(
    pair, recipe, database, tmp_path
):
    alone = fit(recipe, database, tmp_path / "alone", progress=False)
    first, second = load_runs(pair)
    assert first.provenance["weights"] == alone.provenance["weights"]
    assert second.recipe.seed != first.recipe.seed
    assert second.provenance["weights"] != first.provenance["weights"]


def test_a_folder_of_several_is_their_mean_at_every_door(pair, image, database, tmp_path):
    one, two = (particle(pair / name, image) for name in ("1", "2"))
    assert np.abs(one - two).max() > 0.01
    np.testing.assert_allclose(particle(pair, image), (one + two) / 2, atol=1e-6)
    np.testing.assert_allclose(particle([pair, pair / "1"], image), (2 * one + two) / 3, atol=1e-6)
    assert predict(pair, image, pixel_size=0.5).disagreement.max() > 0.005

    np.save(tmp_path / "m.npy", image)
    out = tmp_path / "found"
    files = [str(tmp_path / "m.npy"), "--pixel-size", "0.5", "--out", str(out)]
    assert main(["predict", str(pair), *files]) == 0
    from hrtem_sim.interchange import read_micrograph

    drawn = read_micrograph(out / "m_mask.tif").image > 0
    np.testing.assert_array_equal(drawn, one + two > 1)


def test_a_name_can_stand_for_several(pair, image, tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "networks")
    shutil.copytree(pair, tmp_path / "networks" / "both")
    shutil.copytree(pair / "1", tmp_path / "networks" / "single")
    assert shipped.shipped_networks() == ("both", "single")
    np.testing.assert_array_equal(particle("both", image), particle(pair, image))
    np.testing.assert_array_equal(particle("both/2", image), particle(pair / "2", image))
    assert len(load_networks("single")) == 1
    with pytest.raises(ValueError, match=r"folder must hold one run; .*both holds several, 1, 2"):
        load_network("both")


def test_more_seeds_add_to_what_is_there(pair, recipe, database, tmp_path):
    shutil.copytree(pair, tmp_path / "more")
    stamp = (tmp_path / "more" / "2" / "best.weights.h5").stat().st_mtime_ns
    runs = fit_ensemble(recipe, database, tmp_path / "more", seeds=3, progress=False)
    assert [run.folder.name for run in load_runs(tmp_path / "more")] == ["1", "2", "3"]
    assert (tmp_path / "more" / "2" / "best.weights.h5").stat().st_mtime_ns == stamp
    assert len({run.provenance["weights"] for run in runs}) == 3


def test_packed_they_are_one_ensemble_and_packing_again_changes_nothing(pair, image, tmp_path):
    packed = pack_run(pair, tmp_path / "packed")
    again = pack_run([tmp_path / "packed" / "1", packed[1]], tmp_path / "again")
    for first, second, source in zip(packed, again, load_runs(pair), strict=True):
        assert first.provenance == second.provenance
        assert first.provenance["packed_from"] == source.provenance["weights"]
    np.testing.assert_allclose(
        particle(tmp_path / "packed", image), particle(pair, image), atol=0.02
    )


def test_a_threshold_is_packed_with_the_weights_and_holds_where_they_predict(pair, image, tmp_path):
    packed = pack_run(pair, tmp_path / "strict", threshold=0.8)
    assert [run.threshold for run in packed] == [0.8, 0.8]
    found = predict(tmp_path / "strict", image, pixel_size=0.5)
    assert (found.mask > 0).sum() == (found.particle > 0.8).sum()
    (again,) = pack_run(packed[0], tmp_path / "again")
    assert again.threshold == 0.8
    command = ["pack", str(pair / "1"), "--out", str(tmp_path / "one"), "--above", "0.7"]
    assert main(command) == 0 and load_run(tmp_path / "one").threshold == 0.7


def test_exported_they_are_one_network(pair, image, tmp_path):
    import tensorflow as tf

    images = np.random.default_rng(1).random((1, 64, 64, 1)).astype(np.float32)
    loaded = tf.saved_model.load(str(export_network(pair, tmp_path / "saved")))
    want = np.mean([network.probabilities(images) for network in load_networks(pair)], axis=0)
    np.testing.assert_allclose(loaded.serve(images), want, atol=1e-6)

    coarse = dataclasses.replace(load_network(pair / "1"), pixel_size=0.7)
    with pytest.raises(ValueError, match="fed alike"):
        export_network([coarse, pair / "2"], tmp_path / "no")


def test_cards_and_reports_know_all_of_them(pair, tmp_path, capsys):
    from seg_train import load_experimental_sample

    assert main(["show", str(pair)]) == 0
    shown = capsys.readouterr().out
    for run in load_runs(pair):
        assert run.identity in shown and run.provenance["weights"] in shown
    benchmark_report(pair, load_experimental_sample()[:3], tmp_path / "scores")
    card = (tmp_path / "scores" / "model-card.md").read_text()
    assert "Ensemble of 2" in card and "| all | 3 |" in card
    assert model_card(load_run(pair / "1")) in shown


def test_seeds_packs_and_exports_are_commands(recipe, tiny_database, tmp_path, capsys):
    from hrtem_sim.provenance import to_table, to_toml

    one = dataclasses.replace(recipe, epochs=1, batch_size=2, patch=None)
    (tmp_path / "recipe.toml").write_text(to_toml({"training": to_table(one)}))
    out, data = str(tmp_path / "two"), str(tiny_database.folder)
    command = ["fit", str(tmp_path / "recipe.toml"), data, "--out", out, "--seeds", "2", "--quiet"]
    assert main(command) == 0
    printed = capsys.readouterr().out.split()
    assert printed[::2] == [run.identity for run in load_runs(out)]
    assert main(["pack", out, "--out", str(tmp_path / "packed")]) == 0
    assert len(json.loads((tmp_path / "packed" / "ensemble.json").read_text())["networks"]) == 2
    assert main(["export", out, "--out", str(tmp_path / "keras" / "both.keras")]) == 0
    assert (tmp_path / "keras" / "both.keras").is_file()
