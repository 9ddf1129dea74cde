"""Trainings that begin with the weights of another, on micrographs of one's own and on mixtures."""

import dataclasses
import shutil

import numpy as np
import pytest

from seg_train import fit, fit_ensemble, load_network, load_runs, read_training_recipe
from seg_train.cli import main
from seg_train.data import Batches, LabelledSource, PooledSource, load_simulated
from seg_train.model import build_model
from seg_train.model.matching import put_weights, weights_of
from seg_train.runs import load_run
from seg_train.training.initial import begin_with
from tests.discs import FakeDatabase


@pytest.fixture(scope="module")
def base(recipe, tmp_path_factory):
    """A short run to begin with."""
    return fit(recipe, FakeDatabase(), tmp_path_factory.mktemp("base") / "base", progress=False)


@pytest.fixture
def tuned(recipe, base):
    """A recipe that goes on from it."""
    return dataclasses.replace(recipe, initial=str(base.folder), learning_rate=1e-4, seed=9)


def arrays(network):
    return load_network(network).model.get_weights()


def test_a_training_begins_with_the_weights_of_the_other(tuned, base, database, tmp_path):
    still = dataclasses.replace(tuned, learning_rate=1e-30, epochs=1)
    run = fit(still, database, tmp_path / "still", progress=False)
    model = load_network(base).model
    moving = [variable.name.startswith("moving") for variable in model.weights]
    assert any(moving)
    for before, after, moves in zip(arrays(base), arrays(run), moving, strict=True):
        assert moves or np.array_equal(before, after)


@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_share_of_the_weights_it_began_with_stays_in_those_that_are_kept(
    tuned, base, database, tmp_path, ema
):
    trained = dataclasses.replace(tuned, epochs=1, learning_rate=0.01, ema=ema)
    between = dataclasses.replace(trained, initial_share=0.25)
    new = arrays(fit(trained, database, tmp_path / "new", progress=False))
    kept = arrays(fit(between, database, tmp_path / "between", progress=False))
    for old, moved, mixed in zip(arrays(base), new, kept, strict=True):
        np.testing.assert_allclose(mixed, 0.25 * old + 0.75 * moved, atol=1e-6)
    assert max(np.abs(o - m).max() for o, m in zip(arrays(base), new, strict=True)) > 1e-3


def test_its_first_loss_is_near_the_last_of_the_other(tuned, run, tmp_path, make_database):
    goes_on = dataclasses.replace(tuned, initial=str(run.folder), epochs=1)
    anew = dataclasses.replace(goes_on, initial=None)
    data = make_database(structures=16, seed=5)
    first = fit(goes_on, data, tmp_path / "on", progress=False).history
    other = fit(anew, data, tmp_path / "anew", progress=False).history
    assert first["val_particle_f1"][0] > 0.9 > other["val_particle_f1"][0]


def test_the_id_covers_the_weights_and_not_their_place(tuned, base, database, tmp_path):
    one = fit(tuned, database, tmp_path / "1", progress=False)
    assert one.provenance["initial"] == base.provenance["weights"]
    shutil.copytree(base.folder, tmp_path / "moved")
    moved = dataclasses.replace(tuned, initial=str(tmp_path / "moved"))
    again = fit(moved, database, tmp_path / "1", progress=False)  # finished: as it is
    assert again.provenance == one.provenance
    assert fit(moved, database, tmp_path / "2", progress=False).provenance == one.provenance
    drawn = fit(dataclasses.replace(tuned, initial=None), database, tmp_path / "3", progress=False)
    assert drawn.identity != one.identity
    other = dataclasses.replace(tuned, initial=str(drawn.folder))
    with pytest.raises(ValueError, match="with the same initial weights"):
        fit(other, database, tmp_path / "1", progress=False)
    placed = dataclasses.replace(tuned, initial="elsewhere")
    assert placed.identity == tuned.identity


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_killed_it_continues_to_the_same_end(tuned, share, database, tmp_path, monkeypatch):
    from seg_train.training import loop

    tuned = dataclasses.replace(tuned, initial_share=share)
    whole = fit(tuned, database, tmp_path / "whole", progress=False)
    once = loop._epoch

    def killed(model, average, recipe, batches, history, *more):
        if history:
            raise KeyboardInterrupt
        return once(model, average, recipe, batches, history, *more)

    monkeypatch.setattr(loop, "_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        fit(tuned, database, tmp_path / "killed", progress=False)
    monkeypatch.setattr(loop, "_epoch", once)
    assert fit(tuned, database, tmp_path / "killed", progress=False).provenance == whole.provenance


def test_the_pixel_of_the_other_is_taken_where_none_is_stated(tuned, base, tmp_path):
    finer = FakeDatabase(shape=(128, 128), pixel_size=0.25)
    run = fit(dataclasses.replace(tuned, epochs=1), finer, tmp_path / "1", progress=False)
    assert run.pixel_size == base.pixel_size == 0.5


def test_other_classes_get_a_last_layer_of_their_own(tuned, base):
    three = dataclasses.replace(tuned.model, classes=3)
    recipe = dataclasses.replace(tuned, model=three)
    model = build_model(three, seed=4)
    drawn = [layer.arrays for layer in weights_of(model)]
    begin_with(model, recipe, base)
    theirs = [layer.arrays for layer in weights_of(load_network(base).model)]
    mine = [layer.arrays for layer in weights_of(model)]
    for got, gave in zip(mine[:-1], theirs[:-1], strict=True):
        for name in got:
            np.testing.assert_array_equal(got[name], gave[name])
    for name in mine[-1]:
        np.testing.assert_array_equal(mine[-1][name], drawn[-1][name])


def test_layers_of_other_names_match_by_their_order_and_in_another_order_by_their_names(recipe):
    one, other = (build_model(recipe.model, seed=seed) for seed in (1, 2))
    given = weights_of(one)
    put_weights(other, [layer._replace(name=f"x{layer.name}") for layer in given], argument="i")
    assert all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
    third = build_model(recipe.model, seed=3)
    named = [
        layer._replace(name=mine.name) for layer, mine in zip(given, weights_of(third), strict=True)
    ]
    put_weights(third, named[::-1], argument="i")
    assert all((a == b).all() for a, b in zip(one.get_weights(), third.get_weights(), strict=True))


def test_of_an_ensemble_each_seed_begins_with_another(tuned, recipe, database, tmp_path):
    bases = fit_ensemble(recipe, database, tmp_path / "bases", seeds=2, progress=False)
    several = dataclasses.replace(tuned, initial=str(tmp_path / "bases"), epochs=1)
    runs = fit_ensemble(several, database, tmp_path / "runs", seeds=3, progress=False)
    begun = [run.provenance["initial"] for run in runs]
    weights = [one.provenance["weights"] for one in bases]
    assert begun == [*weights, weights[0]]
    alone = fit(several, database, tmp_path / "alone", progress=False)
    assert alone.provenance["initial"] == weights[0]


def test_a_relative_path_lies_beside_the_recipe(tuned, base, tmp_path, monkeypatch):
    from hrtem_sim.provenance import to_table, to_toml

    shutil.copytree(base.folder, tmp_path / "here" / "base")
    table = to_table(dataclasses.replace(tuned, initial="base"))
    (tmp_path / "here" / "r.toml").write_text(to_toml({"training": table}))
    monkeypatch.chdir(tmp_path)
    assert read_training_recipe("here/r.toml").initial == str(tmp_path / "here" / "base")
    assert read_training_recipe("training/fine_tune").initial == "real_micrographs"


def test_the_recipe_of_fine_tuning_fits_the_network_of_the_package():
    recipe = read_training_recipe("training/fine_tune")
    for base in load_runs(recipe.initial):
        model = build_model(recipe.model, seed=1)
        begin_with(model, recipe, base)
        images = np.random.default_rng(1).normal(size=(1, 64, 64, 1)).astype(np.float32)
        np.testing.assert_allclose(
            model(images), load_network(base).probabilities(images), atol=1e-5
        )
        assert recipe.preprocessing == base.recipe.preprocessing


def test_a_folder_of_labelled_micrographs_trains_from_the_command_line(
    tuned, tiny_database, tmp_path, capsys
):
    from hrtem_sim.provenance import to_table, to_toml

    mine = tmp_path / "mine"
    mine.mkdir()
    database = FakeDatabase(structures=3, per_structure=1, shape=(150, 200))
    for sample in load_simulated(database, [0, 1, 2]):
        np.save(mine / f"{sample.name}.npy", sample.image)
        np.save(mine / f"{sample.name}_mask.npy", sample.mask)
    recipe = dataclasses.replace(tuned, epochs=1, patches=12, pixel_size=0.5)
    (tmp_path / "r.toml").write_text(to_toml({"training": to_table(recipe)}))
    fitted = ["fit", str(tmp_path / "r.toml"), str(mine), "--pixel-size", "0.5", "--quiet"]
    assert main([*fitted, "--out", str(tmp_path / "run")]) == 0
    run = load_run(tmp_path / "run")
    assert run.provenance["data"].startswith("labelled-")
    mixed = dataclasses.replace(recipe, shares=(3.0, 1.0), pixel_size=0.4)
    (tmp_path / "m.toml").write_text(to_toml({"training": to_table(mixed)}))
    data = [str(tiny_database.folder), str(mine), "--pixel-size", "0.4", "--quiet"]
    assert main(["fit", str(tmp_path / "m.toml"), *data, "--out", str(tmp_path / "mixed")]) == 0
    assert load_run(tmp_path / "mixed").provenance["data"].startswith("pooled-")


def test_an_epoch_shows_as_many_patches_as_it_is_told_in_the_shares_it_is_told(recipe):
    """Simulated patches are darker than 5, drawn ones brighter: the eye tells which is which."""
    simulated, drawn = FakeDatabase(structures=20), FakeDatabase(structures=2, per_structure=1)
    mine = [
        dataclasses.replace(sample, image=sample.image + 1000.0)
        for sample in load_simulated(drawn, [0, 1])
    ]
    wanted = dataclasses.replace(
        recipe, patches=40, shares=(3.0, 1.0), validation=0.5, batch_size=10
    )
    from seg_train.data import as_source

    source = as_source([simulated, mine], wanted)
    batches = Batches(source, wanted)
    assert batches.steps(0) == 4
    seen = []
    take = batches._epoch(0)._examples.take
    for epoch in range(2):
        from seg_train.data.order import shown

        order = shown(batches._epoch(epoch).sizes, wanted, epoch)
        seen.append(order)
        bright = [example.image.mean() > 500 for example in take(order)]
        assert sum(bright) == 10 and len(order) == 40
        assert np.bincount(order, minlength=21)[:20].min() >= 1  # 30 of 20: none is left out
    assert not np.array_equal(*seen)
    plain = dataclasses.replace(wanted, patches=None, shares=None)
    assert Batches(source, plain).steps(0) == -(-21 // 10)


def test_held_out_micrographs_validate_piece_by_piece():
    database = FakeDatabase(structures=4, per_structure=1, shape=(130, 200), pixel_size=0.5)
    micrographs = load_simulated(database, range(4))
    whole = LabelledSource(micrographs, seed=1, held_out=0.25).validation().take([0])[0]
    cut = LabelledSource(micrographs, seed=1, held_out=0.25, piece=32.0).validation()
    assert len(cut) == 2 * 3
    pieces = cut.take(np.arange(6))
    assert {piece.image.shape for piece in pieces} == {(64, 64)}
    np.testing.assert_array_equal(pieces[0].image, whole.image[:64, :64])
    np.testing.assert_array_equal(pieces[-1].mask, whole.mask[-64:, -64:])
    assert len(LabelledSource(micrographs, seed=1, piece=60.0).validation()) == 1


def test_blemishes_of_labelled_micrographs_are_mended_before_they_train():
    database = FakeDatabase(structures=2, per_structure=1)
    one, other = load_simulated(database, [0, 1])
    image = one.image.copy()
    image[20, 30] = 60_000
    hot = dataclasses.replace(one, image=image)
    with pytest.warns(UserWarning, match="m0000: 1 hot or dead pixel"):
        source = LabelledSource([hot, other], seed=1, held_out=0)
    images = [example.image for example in PooledSource([source]).epoch(0).take(np.arange(2))]
    assert max(image.max() for image in images) < 1000
