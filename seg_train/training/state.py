"""The whole state of a training run between two epochs, in one file."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hrtem_sim.whole import write_whole
from seg_train.backend import keras
from seg_train.runs import STATE
from seg_train.training.average import WeightAverage


@dataclass(frozen=True)
class Progress:
    """What training has reached: the run it belongs to and the history so far."""

    run: str
    history: tuple[dict[str, float], ...] = ()


def save_state(
    folder: Path, model: "keras.Model", average: WeightAverage | None, progress: Progress
) -> None:
    """Write weights, their average, optimiser and history; a reader sees all or nothing of it."""
    arrays = {str(i): v.numpy() for i, v in enumerate(_variables(model, average))}
    text = json.dumps({"run": progress.run, "history": progress.history})
    buffer = io.BytesIO()
    np.savez(buffer, progress=np.array(text), **arrays)
    write_whole(folder / STATE, buffer.getvalue(), synced=True)


def read_progress(folder: Path) -> Progress | None:
    """Return what an unfinished run had reached, None if the folder holds none."""
    if not (folder / STATE).is_file():
        return None
    with np.load(folder / STATE) as state:
        table = json.loads(str(state["progress"]))
    return Progress(table["run"], tuple(table["history"]))


def restore_state(folder: Path, model: "keras.Model", average: WeightAverage | None) -> None:
    """Put weights, their average and the optimiser back as `save_state` found them."""
    with np.load(folder / STATE) as state:
        for i, variable in enumerate(_variables(model, average)):
            variable.assign(state[str(i)])


def _variables(model: "keras.Model", average: WeightAverage | None) -> list:
    """Return the variables of model, optimiser and average, dropout's generators included."""
    generators = [
        layer.seed_generator.state for layer in model.layers if hasattr(layer, "seed_generator")
    ]
    averaged = [] if average is None else average.variables
    return [*model.weights, *generators, *model.optimizer.variables, *averaged]
