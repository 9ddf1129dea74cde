"""Weights that other groups saved with Keras 2 become runs, or are refused by name and shape."""

import h5py
import numpy as np
import pytest

from seg_train import ModelRecipe, TrainingRecipe, load_network, load_run, predict
from seg_train.card import model_card
from seg_train.cli import main
from seg_train.figures import loss_curves
from seg_train.importing import import_weights, load_weights
from seg_train.keras_files import LayerWeights
from seg_train.model import build_model
from seg_train.model.matching import weights_of

SMALL = TrainingRecipe(
    seed=4, pixel_size=0.5, patch=64, model=ModelRecipe(backbone="plain", stages=2, width=4)
)
IMAGES = np.random.default_rng(1).normal(size=(1, 64, 64, 1)).astype(np.float32)


def write_keras_2(group: h5py.Group, layers: list[LayerWeights], *, pieces: int = 1) -> None:
    """Write weights as `keras.engine.hdf5_format.save_weights_to_hdf5_group` of Keras 2.2 does."""
    names = np.array([b"data", *(layer.name.encode() for layer in layers)])
    if pieces == 1:
        group.attrs["layer_names"] = names
    for number, part in enumerate(np.array_split(names, pieces)):
        if pieces > 1:
            group.attrs[f"layer_names{number}"] = part
    group.attrs["backend"], group.attrs["keras_version"] = b"tensorflow", b"2.2.4-tf"
    group.create_group("data").attrs["weight_names"] = np.zeros(0, "S1")
    for layer in layers:
        place = group.create_group(layer.name)
        weights = [f"{layer.name}/{name}:0" for name in layer.arrays]
        place.attrs["weight_names"] = np.array([weight.encode() for weight in weights])
        for weight, array in zip(weights, layer.arrays.values(), strict=True):
            place.create_dataset(weight, data=array)


def write_weights(path, model, **how):
    with h5py.File(path, "w") as file:
        write_keras_2(file, weights_of(model), **how)


def write_model(path, model):
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = b'{"class_name": "Model"}'
        write_keras_2(file.create_group("model_weights"), weights_of(model))
        file.create_group("optimizer_weights").attrs["weight_names"] = np.zeros(0, "S1")


def write_pieces(path, model):
    write_weights(path, model, pieces=3)


def write_nested(path, model):
    """A model that stands as one layer in another, as those trained on several devices do."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = np.array([b"data", b"model_1"])
        file.create_group("data").attrs["weight_names"] = np.zeros(0, "S1")
        place, listed = file.create_group("model_1"), []
        for layer in weights_of(model):
            for name, array in layer.arrays.items():
                listed.append(f"{layer.name}/{name}:0".encode())
                place.create_dataset(listed[-1].decode(), data=array)
        place.attrs["weight_names"] = np.array(listed)


def write_by_keras(path, model):
    """What Keras itself, which still writes the old layout of whole models, makes of it."""
    model.save(path)


@pytest.mark.parametrize(
    "write", [write_weights, write_model, write_pieces, write_nested, write_by_keras]
)
def test_every_layout_gives_the_network_back(write, tmp_path):
    theirs = build_model(SMALL.model, seed=77)
    for layer in theirs.layers:  # as trained: averages that are not those of the start
        for variable in layer.weights:
            if variable.name.startswith("moving"):
                variable.assign(variable + 0.3)
    write(tmp_path / "weights.h5", theirs)
    network = load_weights(tmp_path / "weights.h5", SMALL)
    np.testing.assert_allclose(network.probabilities(IMAGES), theirs(IMAGES), atol=1e-6)


def test_the_network_of_the_paper_is_loaded_by_its_names_in_any_order(tmp_path, capsys):
    theirs = build_model(ModelRecipe(), seed=5)
    layers = weights_of(theirs)
    assert theirs.count_params() == 14_334_437 and "decoder_stage4b_conv" in {
        x.name for x in layers
    }
    with h5py.File(tmp_path / "unet.h5", "w") as file:
        write_keras_2(file.create_group("model_weights"), layers[::-1])
    out = tmp_path / "run"
    assert main(["import", str(tmp_path / "unet.h5"), "--out", str(out)]) == 0
    run = load_run(out)
    assert capsys.readouterr().out.split() == [run.identity, str(out)]
    assert run.pixel_size == 0.2 and run.recipe.preprocessing.median == 3
    model = load_network(run).model
    for mine, given in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, given)


def test_an_imported_run_is_one_at_every_door(tmp_path):
    write_model(tmp_path / "released.h5", build_model(SMALL.model, seed=77))
    run = import_weights(tmp_path / "released.h5", tmp_path / "run", SMALL)
    assert predict(run, IMAGES[0, ..., 0]).mask.shape == (64, 64)
    assert "released.h5" in model_card(run) and "Not validated here" in model_card(run)
    assert run.best_epoch == 0 and len(run.history) == 0 and "0 of 25" in repr(run)
    assert loss_curves(run.history).axes
    other = import_weights(
        _changed(tmp_path), tmp_path / "other", SMALL
    )  # the same name, other weights
    assert other.identity != run.identity
    with pytest.raises(FileExistsError, match="folder must be new or empty"):
        import_weights(tmp_path / "released.h5", tmp_path / "run", SMALL)


def _changed(folder):
    (folder / "new").mkdir()
    write_model(folder / "new" / "released.h5", build_model(SMALL.model, seed=78))
    return folder / "new" / "released.h5"
