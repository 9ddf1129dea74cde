"""Training learns, repeats itself bit for bit and survives being killed."""

import dataclasses
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest

from hrtem_sim.dataset import build_dataset
from hrtem_sim.provenance import Distribution
from seg_train import AugmentationRecipe, LabelledMicrograph, fit, load_network, load_run
from seg_train.runs import STATE, WEIGHTS, weights_identity
from seg_train.training.loop import compiled_model
from tests.discs import ExpectedDatabase, FakeDatabase


def numbers(run):
    return run.history.drop(columns="seconds")


def test_a_tiny_network_learns_to_find_discs(run):
    assert run.history["val_particle_f1"].max() > 0.9
    assert run.best_epoch == run.history["val_loss"].idxmin() + 1


def test_same_recipe_same_bits(recipe, database, tmp_path):
    first = fit(recipe, database, tmp_path / "1", progress=False)
    np.random.seed(77)  # the global state of the session is no part of the result
    second = fit(recipe, database, tmp_path / "2", progress=False)
    other = dataclasses.replace(recipe, seed=2)
    third = fit(other, database, tmp_path / "3", progress=False)
    assert first.provenance["weights"] == second.provenance["weights"]
    assert first.weights.read_bytes() == second.weights.read_bytes()
    assert numbers(first).equals(numbers(second))
    assert first.identity == second.identity != third.identity
    assert first.provenance["weights"] != third.provenance["weights"]


AVERAGED = {
    "schedule": "cosine",
    "warmup": 0.5,
    "ema": 0.8,
    "weight_decay": 0.01,
    "augmentation": AugmentationRecipe(dose=Distribution("uniform", (50.0, 200.0))),
}
"""What needs more of the state than weights and optimiser: steps, averages, noise."""


@pytest.mark.parametrize(
    ("changes", "data"),
    [({}, FakeDatabase), (AVERAGED, ExpectedDatabase), ({"schedule": "plateau"}, FakeDatabase)],
)
def test_a_killed_run_continues_to_the_same_end(recipe, changes, data, tmp_path, monkeypatch):
    recipe, database = dataclasses.replace(recipe, epochs=4, **changes), data()
    whole = fit(recipe, database, tmp_path / "whole", progress=False)

    from seg_train.training import loop

    once = loop._epoch

    def killed(model, average, recipe, batches, history, validation, progress):
        if len(history) == 2:
            raise KeyboardInterrupt
        return once(model, average, recipe, batches, history, validation, progress)

    monkeypatch.setattr(loop, "_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        fit(recipe, database, tmp_path / "killed", progress=False)
    monkeypatch.setattr(loop, "_epoch", once)
    with pytest.raises(FileNotFoundError, match="not finished"):
        load_run(tmp_path / "killed")
    resumed = fit(recipe, database, tmp_path / "killed", progress=False)

    assert numbers(resumed).equals(numbers(whole))
    assert resumed.provenance == whole.provenance
    assert not (tmp_path / "killed" / STATE).exists()


@pytest.fixture(scope="module")
def averaged(recipe):
    return dataclasses.replace(recipe, ema=0.8)


@pytest.fixture(scope="module")
def undisturbed(averaged, database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    fit(averaged, database, folder, progress=False)
    return contents(folder)


@pytest.mark.parametrize(
    ("step", "time"),
    [("save_weights", 1), ("save_state", 1), ("save_state", 2), ("write_provenance", 1)],
)
def test_killed_between_two_files_it_leaves_the_bytes_of_an_undisturbed_run(
    averaged, database, undisturbed, tmp_path, monkeypatch, step, time
):
    """The state is written after the weights and before the history, provenance when all is."""
    from seg_train.training import loop

    write, calls = getattr(loop, step), []

    def killed(*arguments, **named):
        write(*arguments, **named)
        calls.append(step)
        if len(calls) == time:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, step, killed)
    with pytest.raises(KeyboardInterrupt):
        fit(averaged, database, tmp_path, progress=False)
    monkeypatch.setattr(loop, step, write)
    fit(averaged, database, tmp_path, progress=False)
    assert contents(tmp_path) == undisturbed


def contents(folder):
    """Bytes of all files of a run, but for the seconds that its epochs took."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    rows = found["history.csv"].decode().splitlines()
    return found | {"history.csv": [row.rpartition(",")[0] for row in rows]}


def test_weights_that_are_kept_are_the_average_over_the_steps(recipe, database, tmp_path):
    """Of one step the average is a tenth of the first weights and nine tenths of the next."""
    one = dataclasses.replace(recipe, epochs=1, batch_size=16, ema=0.99)
    plain = dataclasses.replace(one, ema=None)
    first = compiled_model(one).get_weights()
    runs = [fit(r, database, tmp_path / str(k), progress=False) for k, r in enumerate((one, plain))]
    averaged, last = (load_network(run).model.get_weights() for run in runs)
    share = min(0.99, 2 / 11)  # after the first step
    for start, mean, end in zip(first, averaged, last, strict=True):
        np.testing.assert_allclose(mean, share * start + (1 - share) * end, atol=1e-6)


def test_the_rate_warms_up_and_follows_its_cosine_from_step_to_step(recipe, database, tmp_path):
    from seg_train.training import loop

    rates = []

    class Spy(loop.StepWatch):
        def on_train_batch_end(self, batch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))
            super().on_train_batch_end(batch, logs)

    cosine = dataclasses.replace(recipe, epochs=3, schedule="cosine", warmup=1.0, final_rate=1e-4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "StepWatch", Spy)
        run = fit(cosine, database, tmp_path, progress=False)
    half = 1e-4 + 9e-4 * 0.5
    turn = 9e-4 * 0.5 * np.sqrt(0.5)
    want = [5e-4, 1e-3, half + turn, half, half - turn, 1e-4]  # three steps an epoch would differ
    assert len(rates) == 6 and run.history["learning_rate"].iloc[-1] == pytest.approx(1e-4)
    np.testing.assert_allclose(rates, want, rtol=1e-5)


def test_the_rate_drops_when_validation_stands_still(recipe):
    from seg_train.training.schedule import learning_rate

    plateau = dataclasses.replace(recipe, epochs=20, schedule="plateau", patience=2, decay=0.5)
    losses = [1.0, 0.9, 0.95, 0.92, 0.91, 0.93, 0.8, 0.81]
    history = [{"loss": 0.1, "val_loss": loss} for loss in losses]
    found = [learning_rate(plateau, k, history[:k]) for k in range(len(losses) + 1)]
    want = [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]
    np.testing.assert_allclose(np.array(found) / plateau.learning_rate, want)


def test_a_finished_run_is_returned_and_another_recipe_refused(run, make_database, recipe):
    again = fit(run.recipe, make_database(structures=16), run.folder, progress=False)
    assert again.provenance == run.provenance
    with pytest.raises(ValueError, match=r"run of the same recipe.*seed = 1, not seed = 5"):
        fit(dataclasses.replace(run.recipe, seed=5), make_database(), run.folder)
    with pytest.raises(ValueError, match="run on the same data"):
        fit(run.recipe, make_database(seed=9, structures=16), run.folder)


def test_data_that_differ_in_their_masks_alone_train_another_network(
    tiny, tiny_database, recipe, tmp_path
):
    # A run used to be known by its images, so that the network of the first masks came back.
    masks = dataclasses.replace(tiny.mask, threshold=0.6, blur=3.0)
    other = build_dataset(dataclasses.replace(tiny, mask=masks), tmp_path / "data", progress=False)
    rows = np.arange(len(tiny_database.catalogue))
    np.testing.assert_array_equal(other.counts(rows), tiny_database.counts(rows))
    assert (other.masks(rows) != tiny_database.masks(rows)).any()
    assert other.identity != tiny_database.identity

    recipe = dataclasses.replace(recipe, epochs=1)
    first = fit(recipe, tiny_database, tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="run on the same data"):
        fit(recipe, other, tmp_path / "run", progress=False)
    second = fit(recipe, other, tmp_path / "other", progress=False)
    assert second.identity != first.identity
    assert second.provenance["weights"] != first.provenance["weights"]
    again = fit(recipe, tiny_database, tmp_path / "run", progress=False)
    assert again.provenance == first.provenance


def test_an_image_with_pixels_that_are_no_numbers_is_refused_before_training(
    recipe, make_database, tmp_path
):
    database = make_database()
    database._counts = database._counts.astype(float)
    database._counts[3, 5, 7] = np.nan
    with pytest.raises(ValueError, match="images must be finite; got NaN or infinite pixels"):
        fit(recipe, database, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_fresh_images_at_every_epoch_train_and_resume(recipe, make_database, tmp_path):
    class Stream:
        pixel_size, identity = 0.5, "stream-1"

        def epoch(self, i):
            fresh = make_database(seed=100 + i)
            return fresh.counts(slice(None)), fresh.masks(slice(None))

        def validation(self):
            return self.epoch(1000)

    first = fit(recipe, Stream(), tmp_path / "1", progress=False)
    second = fit(recipe, Stream(), tmp_path / "2", progress=False)
    assert first.provenance == second.provenance
    assert first.provenance["data"] == "stream-1"


def test_a_source_without_validation_is_refused_unless_the_recipe_says_so(recipe, tmp_path):
    class Stream:
        pixel_size, identity = 0.5, "stream-2"

        def epoch(self, i):
            return np.ones((4, 64, 64)) + np.arange(64), np.zeros((4, 64, 64), int)

        def validation(self):
            return np.zeros((0, 64, 64)), np.zeros((0, 64, 64), int)

    with pytest.raises(ValueError, match="data must hold micrographs out for validation"):
        fit(recipe, Stream(), tmp_path / "1", progress=False)
    assert not (tmp_path / "1").exists()
    run = fit(dataclasses.replace(recipe, validation=0), Stream(), tmp_path / "2", progress=False)
    assert "val_loss" not in run.history


def test_labelled_micrographs_and_a_data_set_train_one_network(recipe, database, tmp_path):
    drawn = [
        LabelledMicrograph(image, mask, 0.5, "drawn", f"d{k}")
        for k, (image, mask) in enumerate(
            zip(database.counts(slice(None)), database.masks(slice(None)), strict=True)
        )
    ]
    alone = fit(recipe, drawn, tmp_path / "alone", progress=False)
    both = fit(recipe, [database, drawn], tmp_path / "both", progress=False)
    assert alone.provenance["data"].startswith("labelled-")
    assert both.provenance["data"].startswith("pooled-")
    assert {"val_loss", "val_particle_f1"} <= set(both.history)


def test_without_validation_the_training_loss_decides(recipe, database, tmp_path):
    """The whole number is deliberate: a recipe read back from TOML holds 0.0."""
    run = fit(dataclasses.replace(recipe, validation=0), database, tmp_path / "run", progress=False)
    assert "val_loss" not in run.history
    assert run.best_epoch == run.history["loss"].idxmin() + 1


def test_logs_for_tensorboard_are_written(recipe, database, tmp_path):
    fit(recipe, database, tmp_path / "run", progress=False, tensorboard=True)
    assert list((tmp_path / "run" / "tensorboard").rglob("events.*"))


def test_training_at_a_coarser_pixel_resamples(recipe, make_database, tmp_path):
    coarse = dataclasses.replace(recipe, pixel_size=1.0, patch=32, epochs=1)
    run = fit(coarse, make_database(), tmp_path / "run", progress=False)
    assert run.pixel_size == 1.0


def test_weights_are_told_by_their_numbers_not_their_file(run, tmp_path):
    import shutil

    shutil.copy(run.folder / WEIGHTS, tmp_path / "copy.weights.h5")
    assert weights_identity(tmp_path / "copy.weights.h5") == run.provenance["weights"]


@pytest.mark.slow
def test_the_papers_network_repeats_itself_from_process_to_process(tmp_path):
    """Rounding that depends on threads shows from process to process, not within one."""
    code = """
import sys
from seg_train import TrainingRecipe, fit
from seg_train.training.loop import compiled_model
from tests.discs import FakeDatabase
recipe = TrainingRecipe(seed=1, epochs=1, batch_size=8, patch=64)
run = fit(recipe, FakeDatabase(structures=8), sys.argv[1], progress=False)
print(run.provenance["weights"])
"""
    weights = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for name in "ab"
    }
    assert len(weights) == 1 and weights.pop().startswith("weights-")


@pytest.mark.slow
def test_a_run_killed_between_any_two_instructions_continues_to_the_same_end(tmp_path):
    """SIGKILL leaves no time to tidy up: whatever lies in the folder then must be enough."""
    code = """
import sys
from seg_train import ModelRecipe, TrainingRecipe, fit
from seg_train.training.loop import compiled_model
from tests.discs import FakeDatabase
model = ModelRecipe(backbone="plain", stages=2, width=4)
recipe = TrainingRecipe(seed=1, epochs=12, batch_size=4, patch=64, model=model)
fit(recipe, FakeDatabase(structures=32), sys.argv[1], progress=False)
"""

    def start(name):
        return subprocess.Popen([sys.executable, "-c", code, str(tmp_path / name)])

    assert start("whole").wait() == 0
    history = tmp_path / "killed" / "history.csv"
    for epochs in (1, 5):
        process = start("killed")
        while not (history.is_file() and history.read_text().count("\n") > epochs):
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.005)
        process.kill()
        assert process.wait() != 0
        with pytest.raises(FileNotFoundError, match="not finished"):
            load_run(tmp_path / "killed")
    assert start("killed").wait() == 0
    whole, killed = load_run(tmp_path / "whole"), load_run(tmp_path / "killed")
    assert numbers(killed).equals(numbers(whole))
    assert killed.provenance == whole.provenance


def test_three_classes_are_learned_as_three(recipe, make_database, tmp_path):
    database = make_database()
    database._masks[::2] *= 2  # every other image shows the other material
    three = dataclasses.replace(recipe, model=dataclasses.replace(recipe.model, classes=3))
    run = fit(three, database, tmp_path / "run", progress=False)
    from seg_train import predict

    assert predict(run, database.counts([0])[0]).probabilities.shape == (64, 64, 3)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_trains_and_resumes_its_state(recipe, database, tmp_path, precision):
    mixed = dataclasses.replace(recipe, precision=precision, epochs=2)
    run = fit(mixed, database, tmp_path / "run", progress=False)
    assert np.isfinite(run.history["val_loss"]).all()


def test_a_file_of_weights_holds_no_state_of_the_optimiser(run):
    with h5py.File(run.folder / WEIGHTS) as file:
        assert "optimizer" not in file and "layers" in file
