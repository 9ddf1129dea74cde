"""Trainings that cannot be: data that do not fit, runs that lie, devices that are full."""

import dataclasses
import json
import shutil
import sys

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Detector, ImagingConditions
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave
from seg_train import (
    ModelRecipe,
    TrainingRecipe,
    fit,
    fit_ensemble,
    load_network,
    load_networks,
    load_run,
    predict,
)
from seg_train.backend import tf
from seg_train.data import Batches, StoredMicrographs, as_source
from seg_train.data.fresh import FreshMicrographs
from seg_train.export import export_network
from seg_train.model import Network
from seg_train.training import loop
from seg_train.viewer.saving import save_pair, write_labels, write_layers
from tests.discs import FakeDatabase
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table

NAN = float("nan")
MODEL = ModelRecipe(backbone="plain", width=4, stages=2, norm_momentum=0.8)
RECIPE = TrainingRecipe(seed=1, batch_size=4, epochs=2, patch=64, model=MODEL)
WAVE = ExitWave(np.ones((1, 32, 32), np.complex64), Grid((32, 32), 0.5), 300e3)
NETWORK = Network(None, RECIPE, 0.5)
EYE = np.eye(4, dtype=int)
SCALED = {"name": "a", "scale": (0.05, 0.05), "units": ("nm", "nm")}


class Stream:
    """Fresh images at every epoch, and none for validation."""

    pixel_size, identity = 0.5, "stream"

    def epoch(self, i):
        return np.zeros((4, 64, 64)), np.zeros((4, 64, 64), int)

    def validation(self):
        return np.zeros((0, 64, 64)), np.zeros((0, 64, 64), int)


def batches(change=None, **values) -> Batches:
    """Batches of a data set whose masks are changed, by a recipe that is changed."""
    database, recipe = FakeDatabase(), dataclasses.replace(RECIPE, **values)
    if change:
        database._masks = change(database._masks)
    return Batches(StoredMicrographs(database, recipe), recipe)


def fresh(waves, masks) -> FreshMicrographs:
    detector = Detector(1.0)
    return FreshMicrographs(
        waves, masks, draw=lambda rng: ImagingConditions(), detector=detector, seed=1
    )


# fmt: off
ROWS = (
    Row("Batches", "masks", "shape of the images", "(1, 32, 64)", lambda: batches(lambda masks: masks[:, :32])),
    Row("Batches", "model.classes", "at least 3", "2", lambda: batches(lambda masks: 2 * masks)),
    Row("Batches", "model.channels", "the channels of the images, 1", "3", lambda: batches(model=dataclasses.replace(MODEL, channels=3))),
    Row("Batches", "patch", "at most 64", "128", lambda: batches(patch=128)),
    Row("as_source", "data", "a database", "dict", lambda: as_source({}, RECIPE), TypeError),
    Row("as_source", "data", "without pixel_size, identity", "object", lambda: as_source(object(), RECIPE), TypeError),
    Row("as_source", "rows", "absent for a source", "some", lambda: as_source(Stream(), RECIPE, rows=np.array([0]))),
    Row("FreshMicrographs", "masks", "as many as waves, 2", "1", lambda: fresh([WAVE] * 2, [np.zeros((16, 16), np.uint8)])),
    Row("predict", "image", "finite", "NaN", lambda: predict(NETWORK, np.full((64, 64), NAN))),
    Row("predict", "image", "(ny, nx)", "(64, 64, 3)", lambda: predict(NETWORK, np.zeros((64, 64, 3)))),
    Row("export_network", "path", "end in .onnx or .keras, or be a folder", "net.tflite", lambda: export_network(NETWORK, "net.tflite")),
    Row("export_network", "path", "end in .onnx or .keras, or be a folder", "net.Keras", lambda: export_network(NETWORK, "net.Keras")),
    Row("save_pair", "name", "one of a file, without folders", "'../a'", lambda: save_pair("gone", "../a", EYE, EYE, pixel_size=0.5)),
    Row("save_pair", "name", "not end in _mask", "'a_mask'", lambda: save_pair("gone", "a_mask", EYE, EYE, pixel_size=0.5)),
    Row("save_pair", "labels", "whole numbers from 0", "-1", lambda: save_pair("gone", "a", EYE, -EYE, pixel_size=0.5)),
    Row("write_labels", "labels", "whole numbers from 0", "-1", lambda: write_labels("gone.tif", -EYE, SCALED)),
    Row("write_layers", "path", "end in .tif", "a.v1", lambda: write_layers("a.v1", [(EYE, SCALED, "image"), (EYE, SCALED, "labels")])),
    Row("write_labels", "pixel size of a", "known, of square pixels", "0.05 nm x 0.04 nm", lambda: write_labels("gone.tif", EYE, {**SCALED, "scale": (0.05, 0.04)})),
    Row("fit_ensemble", "seeds", "at least 1", "0", lambda: fit_ensemble(RECIPE, FakeDatabase(), "gone", seeds=0)),
    Row("load_network", "folder", "be one of real_micrographs", "mine", lambda: load_network("mine"), FileNotFoundError),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


def test_onnx_without_its_converter_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match="pip install onnx tf2onnx"):
        export_network(NETWORK, tmp_path / "network.onnx")


def test_a_run_that_lies_is_refused(tmp_path):
    fit(RECIPE, FakeDatabase(), tmp_path / "run", progress=False)
    path = tmp_path / "run" / "provenance.json"
    provenance = json.loads(path.read_text())
    path.write_text(json.dumps({**provenance, "weights": "weights-0000000000000000"}))
    with pytest.raises(ValueError, match=r"weights of .* must be weights-0000000000000000"):
        load_run(tmp_path / "run")


def test_a_loss_that_is_no_number_stops_with_advice(tmp_path):
    steep = dataclasses.replace(RECIPE, learning_rate=1e30)
    with pytest.raises(FloatingPointError, match="loss must stay finite; got nan at epoch 1"):
        fit(steep, FakeDatabase(), tmp_path / "run", progress=False)


def test_a_device_without_memory_is_told_by_batch_size(tmp_path, monkeypatch):
    def full(*arguments):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(loop, "_epoch", full)
    with pytest.raises(MemoryError, match=r"batch_size must be small enough.*4 images of 64"):
        fit(RECIPE, FakeDatabase(), tmp_path / "run", progress=False)


def test_an_ensemble_that_is_not_whole_is_refused(tmp_path):
    one = dataclasses.replace(RECIPE, epochs=1)
    folder = tmp_path / "pair"
    fit_ensemble(one, FakeDatabase(), folder, seeds=2, progress=False)
    with pytest.raises(Refusal, match=r"folder must hold one run; .*pair holds several, 1, 2"):
        load_network(folder)
    with pytest.raises(Refusal, match="folder must be new or hold one run"):
        fit(one, FakeDatabase(), folder)
    with pytest.raises(Refusal, match="1 is that of a single run"):
        fit_ensemble(one, FakeDatabase(), folder / "1", seeds=2)
    shutil.rmtree(folder / "2")
    with pytest.raises(FileNotFoundError, match=r"pair.2: there is none"):
        load_networks(folder)
    shutil.copytree(folder / "1", folder / "2")
    with pytest.raises(Refusal, match=r"networks of .*pair must be those of its ensemble.json"):
        load_networks(folder)
    (folder / "ensemble.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"pair: its training was not finished"):
        load_networks(folder)
