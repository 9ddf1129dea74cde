"""Train a network as a recipe says, resumably and reproducibly."""

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.progress import stage
from hrtem_sim.provenance import from_table, identity, to_table, to_toml
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import sweep
from seg_train.backend import keras, tf
from seg_train.data import Batches, LabelledMicrograph, as_source
from seg_train.data.door import Trainable
from seg_train.data.pipeline import as_dataset
from seg_train.model import ParticleF1, SegmentationLoss, SoftF1, model_for
from seg_train.recipe import TrainingRecipe, read_training_recipe
from seg_train.runs import (
    ALGORITHM,
    ENSEMBLE,
    PROVENANCE,
    RECIPE,
    STATE,
    TrainingRun,
    decisive,
    load_run,
    monitored_loss,
    write_history,
    write_recipe,
)
from seg_train.training.average import WeightAverage
from seg_train.training.determinism import make_deterministic
from seg_train.training.initial import begin_with, completed, initial_run
from seg_train.training.keeping import save_weights, write_provenance
from seg_train.training.logs import BoardLog
from seg_train.training.progress import StepWatch
from seg_train.training.samples import SampleScores, samples_identity, warn_of_trained
from seg_train.training.schedule import learning_rate
from seg_train.training.state import Progress, read_progress, restore_state, save_state


def fit(
    recipe: TrainingRecipe,
    data: Trainable,
    folder: str | Path,
    *,
    rows: np.ndarray | None = None,
    samples: Sequence[LabelledMicrograph] | None = None,
    progress: bool = True,
    tensorboard: bool = False,
) -> TrainingRun:
    """Train a network on simulated or labelled micrographs.

    Parameters
    ----------
    recipe
        Recipe of the training.
    data
        A database of `hrtem_sim.database.open_database` or the folder of one; labelled
        micrographs; any other `seg_train.data.Source`, such as one that forms its micrographs anew
        at every epoch; or a list of these, which are pooled, in the recipe's `shares` if it has
        some.
    folder
        Folder for the run. A finished run of the same recipe and data is returned as it is; an
        unfinished one is continued and ends with the weights of an uninterrupted run.
    rows
        Positions in the catalogue of a database to choose from; absent: all.
    samples
        Labelled micrographs that the network is scored on after every epoch, with columns of their
        own in the history; they choose the epoch where `recipe.choose` says so, and are covered by
        the run's id.
    progress
        Show a progress bar.
    tensorboard
        Write logs for TensorBoard into the folder.

    Returns
    -------
    run
        Run with the weights of the epoch of the lowest validation loss; of the lowest training loss
        where `recipe.validation` is 0; of the best scores on the samples where `recipe.choose` is
        `"samples"`.

    Raises
    ------
    ValueError
        If nothing is selected, masks and images or model do not match, or the folder holds a run
        of another recipe or other data.
    FloatingPointError
        If the loss stops being a number.
    MemoryError
        If the accelerator cannot hold a step.

    Notes
    -----
    Every draw is named by the recipe's seed: the first weights by layer, the order and the
    augmentation of the images by epoch and step. The same recipe, data, machine and versions give
    bit-identical weights on a CPU when `recipe.deterministic` is true and TensorFlow has computed
    nothing before in the process, which stays switched to reproducible algorithms.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> from seg_train import ModelRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> recipe = TrainingRecipe(seed=1, epochs=1, batch_size=2, validation=0.5, model=tiny)
    >>> run = fit(recipe, open_database("data"), "first-run", progress=False)
    >>> len(run.history), run.pixel_size
    (1, 0.4)
    """
    folder = Path(folder)
    base = initial_run(recipe)
    recipe = from_table(TrainingRecipe, to_table(completed(recipe, base)))  # as it will be written
    _refuse_another_recipe(folder, recipe)
    source = as_source(data, recipe, rows=rows)
    pixel_size = float(recipe.pixel_size or source.pixel_size)
    ids = {"recipe": recipe.identity, "data": source.identity, "pixel_size": pixel_size}
    if base is not None:
        ids["initial"] = base.provenance["weights"]
    scored = samples_identity(samples, recipe)
    warn_of_trained(samples, source)
    if scored is not None:
        ids["samples"] = scored
    run = identity({"algorithm": ALGORITHM, **ids}, "run")
    _refuse_other_data(folder, run)
    if (folder / PROVENANCE).is_file():
        (folder / STATE).unlink(missing_ok=True)  # killed in between
        return load_run(folder)

    done = read_progress(folder)
    batches = Batches(source, recipe, first=len(done.history) if done else 0)
    if not batches.validation_steps and recipe.validation:
        raise Refusal(
            "data must hold micrographs out for validation, or validation must be 0 in the recipe; "
            f"got none with validation = {recipe.validation:g}"
        )
    if recipe.deterministic:
        make_deterministic()
    model = compiled_model(recipe)
    if base is not None:
        begin_with(model, recipe, base)
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    write_recipe(folder, recipe)
    try:
        scores = SampleScores(model, recipe, pixel_size, samples or [])
        _train(model, recipe, batches, scores, done, folder, run, progress, tensorboard)
    except tf.errors.ResourceExhaustedError as error:
        edge = recipe.patch or "whole images"
        raise MemoryError(
            f"batch_size must be small enough for the memory of the device; "
            f"{recipe.batch_size} images of {edge} pixels were not"
        ) from error
    write_provenance(folder, ids, run=run, model=model)
    (folder / STATE).unlink(missing_ok=True)
    return load_run(folder)


def _train(
    model: Any,
    recipe: TrainingRecipe,
    batches: Batches,
    scores: SampleScores,
    done: Progress | None,
    folder: Path,
    run: str,
    progress: bool,
    tensorboard: bool,
) -> None:
    """Run the epochs that are missing."""
    average = None
    if recipe.ema is not None or recipe.initial_share:
        average = WeightAverage(model, recipe.ema or 0.0, initial_share=recipe.initial_share)
    if done is not None:
        restore_state(folder, model, average)
        write_history(folder, list(done.history))  # killed in between, it lacks the last epoch
    history = list(done.history) if done else []
    board = BoardLog(folder) if tensorboard else None
    validation = _validation_set(batches)
    for _ in range(len(history), recipe.epochs):
        row = _epoch(model, average, recipe, batches, history, validation, progress)
        with _kept(average):
            row |= scores.now()
        best = min((decisive(old, recipe) for old in history), default=math.inf)
        history.append(row)
        if decisive(row, recipe) < best:
            with _kept(average):
                save_weights(model, folder)
        save_state(folder, model, average, Progress(run, tuple(history)))
        write_history(folder, history)
        if board:
            board.write(row)
    if board:
        board.close()


def _epoch(
    model: Any,
    average: WeightAverage | None,
    recipe: TrainingRecipe,
    batches: Batches,
    history: list[dict[str, float]],
    validation: Any,
    progress: bool,
) -> dict[str, float]:
    """Train the epoch after those of the history and return its row."""
    start, epoch = time.perf_counter(), len(history)
    steps = batches.steps(epoch)

    def rate(step: int) -> float:
        done = epoch + (step + 1) / steps if recipe.by_step else epoch
        return learning_rate(recipe, done, history)

    after = None if average is None else average.advance
    shown = as_dataset(lambda step: batches.batch(epoch, step), steps)
    label = f"epoch {epoch + 1}/{recipe.epochs}"
    with stage(total=steps, desc=label, unit="step", shown=progress) as bar:
        watch = [StepWatch(bar, epoch, rate, after)]
        logs = model.fit(shown, shuffle=False, verbose=0, callbacks=watch).history
        if validation is not None:
            with _kept(average):
                values = model.evaluate(validation, verbose=0, return_dict=True)
            logs.update({f"val_{key}": [value] for key, value in values.items()})
        summary = {
            key: f"{logs[key][0]:.4f}" for key in ("loss", "val_loss", "val_f1") if key in logs
        }
        bar.set_postfix(summary)
    numbers = {key: float(value[0]) for key, value in logs.items()}
    if not math.isfinite(monitored_loss(numbers)):
        raise FloatingPointError(
            f"val_loss must stay finite; got {monitored_loss(numbers)} at epoch {epoch + 1}: "
            "lower learning_rate, or look for NaN in the images"
        )
    return {
        "epoch": epoch + 1,
        "learning_rate": rate(steps - 1),
        **numbers,
        "seconds": round(time.perf_counter() - start, 3),
    }


def compiled_model(recipe: TrainingRecipe) -> "keras.Model":
    """Return the network of a recipe with its optimiser, loss and metrics, before training."""
    model = model_for(recipe)
    if recipe.weight_decay:
        optimizer = keras.optimizers.AdamW(recipe.learning_rate, weight_decay=recipe.weight_decay)
    else:
        optimizer = keras.optimizers.Adam(recipe.learning_rate)
    if recipe.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(
        optimizer=optimizer,
        loss=SegmentationLoss(recipe.loss),
        metrics=[SoftF1(), ParticleF1()],
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return model


def check_trainable(recipe: TrainingRecipe) -> None:
    """Refuse a recipe that no data could train without samples, before its data are made.

    Parameters
    ----------
    recipe
        Recipe of the training.

    Raises
    ------
    Refusal
        If there is no such network, its initial weights are not there or not its own, or the best
        epoch is chosen by samples.
    """
    samples_identity(None, recipe)
    base = initial_run(recipe)
    model = model_for(completed(recipe, base))
    if base is not None:
        begin_with(model, recipe, base)


def _kept(average: WeightAverage | None) -> AbstractContextManager[None]:
    """Give the model the weights that validate and are kept."""
    return nullcontext() if average is None else average.in_use()


def _validation_set(batches: Batches) -> Any:
    if not batches.validation_steps:
        return None
    return as_dataset(batches.validation_batch, batches.validation_steps)


def _refuse_another_recipe(folder: Path, recipe: TrainingRecipe) -> None:
    if (folder / ENSEMBLE).is_file():
        raise Refusal(f"folder must be new or hold one run; {folder} holds several networks")
    if not (folder / RECIPE).is_file():
        return
    old, new = to_table(read_training_recipe(folder / RECIPE)), to_table(recipe)
    moved = {"initial"}  # wherever it lies, the id of the run covers what it is
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key) and key not in moved]
    if changed:
        key = changed[0]
        tables = [{key: table[key]} if key in table else {} for table in (old, new)]
        was, now = (" ".join(to_toml(table).split()) or f"no {key}" for table in tables)
        raise Refusal(
            f"folder must be new or hold a run of the same recipe; {folder} holds one with "
            f"{was}, not {now}"
        )


def _refuse_other_data(folder: Path, run: str) -> None:
    known = read_progress(folder)
    finished = (folder / PROVENANCE).is_file()
    held = load_run(folder).identity if finished else known and known.run
    if held and held != run:
        raise Refusal(
            "folder must be new or hold a run on the same data, with the same initial weights; "
            f"{folder} holds {held}, not {run}"
        )
