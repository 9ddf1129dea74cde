"""Advice of `seg_train` is followed."""

import subprocess
import sys
from dataclasses import replace
from re import escape, search

import numpy as np
import pytest

from hrtem_sim.refusal import Implausible, Refusal
from seg_train import (
    ModelRecipe,
    TrainingRecipe,
    fit,
    fit_ensemble,
    load_folder,
    load_network,
    load_networks,
    load_run,
    load_runs,
    predict,
)
from seg_train.arrays import as_classes, as_image
from seg_train.data import LabelledMicrograph
from seg_train.export import export_network
from seg_train.match import match_micrographs
from seg_train.prediction import memory
from seg_train.runs import STATE
from seg_train.training import loop
from seg_train.viewer.saving import save_pair
from tests.discs import FakeDatabase

MODEL = ModelRecipe(backbone="plain", width=4, stages=2, norm_momentum=0.8)
RECIPE = TrainingRecipe(seed=1, batch_size=4, epochs=1, patch=64, model=MODEL)


def advised(words: str, error: type[Exception] = Refusal):
    """Expect an error that gives this advice."""
    return pytest.raises(error, match=escape(words))


def trained(folder, recipe=RECIPE, **data):
    return fit(recipe, FakeDatabase(**data), folder, progress=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("run") / "run")


@pytest.mark.follows("Nearest that works: ...")
@pytest.mark.parametrize("asked", [1, 48, 250])
def test_the_nearest_patch_that_works_is_taken(asked):
    with advised("Nearest that works: ") as caught:
        TrainingRecipe(seed=1, patch=asked)
    near = int(str(caught.value).rpartition(": ")[2])
    assert TrainingRecipe(seed=1, patch=near).patch == near
    assert 0 < abs(near - asked) <= max(16, 32 - asked)


@pytest.mark.follows("in it, or load all with load_runs or load_networks")
def test_one_of_several_networks_is_named_or_all_are_loaded(tmp_path):
    folder = tmp_path / "pair"
    fit_ensemble(RECIPE, FakeDatabase(), folder, seeds=2, progress=False)
    with advised("in it, or load all with load_runs or load_networks") as caught:
        load_network(folder)
    named = search(r"name one as (\S+) in it", str(caught.value))[1]
    load_network(folder / named)
    assert len(load_runs(folder)) == len(load_networks(folder)) == 2


@pytest.mark.follows("give its layer another")
@pytest.mark.parametrize("name", ["../a", "a_mask", "b\\a"])
def test_a_layer_of_another_name_is_saved(name, tmp_path):
    image, labels = np.random.default_rng(1).random((8, 8)), np.eye(8, dtype=int)
    with advised("give its layer another"):
        save_pair(tmp_path / "own", name, image, labels, pixel_size=0.5)
    save_pair(tmp_path / "own", "a", image, labels, pixel_size=0.5)
    (sample,) = load_folder(tmp_path / "own")
    assert sample.name == "a" and (sample.mask == labels).all()


@pytest.mark.follows("its training was not finished: fit it again")
def test_a_training_that_was_stopped_is_fitted_again(tmp_path, monkeypatch):
    longer, epoch = replace(RECIPE, epochs=2), loop._epoch

    def stopped(*arguments, **more):
        if (tmp_path / "run" / STATE).exists():
            raise KeyboardInterrupt
        return epoch(*arguments, **more)

    monkeypatch.setattr(loop, "_epoch", stopped)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "run", longer)
    monkeypatch.undo()
    with advised("its training was not finished: fit it again", FileNotFoundError):
        load_run(tmp_path / "run")
    trained(tmp_path / "run", longer)
    assert len(load_run(tmp_path / "run").history) == 2


@pytest.mark.follows("lower learning_rate, or look for NaN in the images")
def test_with_a_lower_rate_the_loss_stays_finite(tmp_path):
    with advised("lower learning_rate, or look for NaN", FloatingPointError):
        trained(tmp_path / "steep", replace(RECIPE, learning_rate=1e30))
    lower = trained(tmp_path / "lower", replace(RECIPE, learning_rate=1e-3))
    assert np.isfinite(lower.history["loss"]).all()


@pytest.mark.follows("write so in [training.model]")
def test_the_model_that_is_written_as_advised_takes_the_weights(run, tmp_path):
    other = replace(RECIPE, initial=str(run.folder), model=replace(MODEL, stages=3))
    with advised("write so in [training.model]") as caught:
        trained(tmp_path / "a", other)
    words = r"is a (\w+) on (\w+) of (\d+) stages and (\d+) channel\(s\)"
    kind, backbone, stages, channels = search(words, str(caught.value)).groups()
    model = replace(
        MODEL, architecture=kind, backbone=backbone, stages=int(stages), channels=int(channels)
    )
    trained(tmp_path / "b", replace(other, model=model))


@pytest.mark.follows("export them one by one")
def test_networks_that_are_fed_otherwise_are_exported_one_by_one(run, tmp_path):
    coarse = trained(tmp_path / "coarse", pixel_size=0.8)
    both = [load_network(run), load_network(coarse)]
    with advised("export them one by one"):
        export_network(both, tmp_path / "both.keras")
    for number, one in enumerate(both):
        export_network(one, tmp_path / f"{number}.keras")
        assert (tmp_path / f"{number}.keras").exists()


@pytest.mark.follows(": did you mean ... ...?")
def test_the_unit_of_a_pixel_that_was_meant_is_taken(run):
    network, image = load_network(run), FakeDatabase().counts([0])[0]
    with pytest.warns(Implausible, match=r"did you mean 0\.02 nm\?"):
        predict(network, image, pixel_size=0.02)
    assert predict(network, image, pixel_size=0.2).mask.shape == image.shape


@pytest.mark.follows("or predict on parts of the image")
def test_parts_of_an_image_fit_where_the_whole_does_not(run, monkeypatch):
    network, image = load_network(run), np.tile(FakeDatabase().counts([0])[0], (4, 4))
    monkeypatch.setattr(memory, "available_memory", lambda: 2_000_000)
    with advised("or predict on parts of the image"):
        predict(network, image, pixel_size=0.8)
    assert predict(network, image[:128, :128], pixel_size=0.8).mask.shape == (128, 128)


@pytest.mark.follows("give the recorded ones")
def test_micrographs_as_recorded_are_matched(run):
    rng = np.random.default_rng(1)
    recorded = rng.poisson(60.0, (160, 160)).astype(float)
    standardised = (recorded - recorded.mean()) / recorded.std() - 1e-3
    words = "were they standardised? give the recorded ones"
    known = {"material": "Pt", "energy": 300e3, "network": run, "progress": False}
    with advised(words):
        match_micrographs([sample(standardised)], **known)
    assert match_micrographs([sample(recorded)], **known).names == ("a",)


def sample(image) -> LabelledMicrograph:
    return LabelledMicrograph(image, np.zeros(image.shape, np.uint8), 0.4, "", "a")


LATE = """
import warnings
from seg_train.backend import tf
{before}
tf.constant(1.0) + 1.0
from seg_train.training.determinism import make_deterministic
warnings.simplefilter("error")
make_deterministic()
"""


@pytest.mark.slow
@pytest.mark.follows("Fit in a fresh process, or call tf.config.threading")
def test_threads_that_are_set_first_or_a_fresh_process_are_deterministic():
    call = "tf.config.threading.set_inter_op_parallelism_threads(1)"
    fresh = LATE.replace("tf.constant(1.0) + 1.0\n", "")
    for script, works in ((LATE, False), (fresh, True), (LATE.replace("{before}", call), True)):
        text = script.format(before="")
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
        assert (done.returncode == 0) == works, done.stderr
        assert works or call in done.stderr


@pytest.mark.follows("take abs(wave) ** 2")
def test_the_intensity_of_a_wave_is_an_image():
    wave = np.exp(1j * np.random.default_rng(1).normal(size=(32, 32)))
    with advised("take abs(wave) ** 2"):
        as_image(wave)
    np.testing.assert_allclose(as_image(abs(wave) ** 2), 1, rtol=1e-6)


@pytest.mark.follows("fill them, or cut the image where it is whole")
def test_a_masked_image_is_filled_or_cut():
    image = np.ma.masked_array(np.arange(64.0).reshape(8, 8), np.tri(8, 8, -6, dtype=bool))
    with advised("fill them, or cut the image where it is whole"):
        as_image(image)
    assert as_image(image.filled(7.0))[7, 0] == 7
    assert as_image(image[:6]).shape == (6, 8)


def test_an_image_on_a_large_offset_is_an_image_without_it():
    image = np.random.default_rng(1).poisson(50, (32, 32)) + 1e9
    with advised("subtract its mean"):
        as_image(image)
    assert np.ptp(as_image(image - image.mean())) == np.ptp(image)


def test_probabilities_above_a_threshold_are_a_mask():
    found = np.random.default_rng(1).random((8, 8))
    with advised("of probabilities take those above a threshold"):
        as_classes(found)
    assert as_classes(found > 0.5).any()
