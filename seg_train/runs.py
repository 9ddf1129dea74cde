"""Training runs as folders: what is in them, and reading them without TensorFlow.

A run's folder holds

* `recipe.toml`, the recipe;
* `provenance.json`, the ids of recipe, data and weights and the versions of the libraries;
* `history.csv`, one row per epoch;
* `best.weights.h5`, the weights of the best epoch, in Keras' own format;
* `state.npz` while training goes on, from which a killed run continues.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.provenance import between, identity, to_table, to_toml, without_doubts
from hrtem_sim.refusal import Refusal
from hrtem_sim.shown import Shown
from hrtem_sim.whole import write_whole
from seg_train.recipe import TrainingRecipe, read_training_recipe
from seg_train.shipped import run_folder, shipped_networks

RECIPE, PROVENANCE, HISTORY = "recipe.toml", "provenance.json", "history.csv"
WEIGHTS, STATE = "best.weights.h5", "state.npz"
SAMPLE_F1 = "sample_particle_f1"  # column of the history, where samples are scored
ENSEMBLE = "ensemble.json"  # of a folder of several runs

THRESHOLD = between(0, 1, open_low=True, open_high=True)
"""Probabilities that can tell particles from background."""

ALGORITHM = 1
"""Version of the training algorithm; part of a run's id, raised when results change."""


@dataclass(frozen=True, eq=False, repr=False)
class TrainingRun(Shown):
    """A finished training run.

    Parameters
    ----------
    folder
        Folder of the run.
    recipe
        Recipe of the run.
    history
        One row per epoch: epoch (from 1), learning_rate, loss, f1, particle_f1 and the same with
        `val_`, the seconds it took, and `sample_f1` and `sample_particle_f1` where labelled
        experiments were scored.
    provenance
        Ids and versions.
    """

    folder: Path
    recipe: TrainingRecipe
    history: pd.DataFrame
    provenance: dict[str, Any]

    def _facts(self) -> dict[str, str]:
        recipe, best = self.recipe, self.history
        scores = {
            column: f"{best[column].max():.3f}"
            for column in ("val_f1", "val_particle_f1", SAMPLE_F1)
            if column in best and len(best)
        }
        return {
            "folder": str(self.folder),
            "network": f"{recipe.model.architecture} on {recipe.model.backbone}",
            "epochs": f"{len(self.history)} of {recipe.epochs}",
            **scores,
        }

    def plot(self) -> Any:
        """Return a figure of loss and F1 against the epoch."""
        from seg_train.curves import loss_curves  # loads when someone looks

        return loss_curves(self.history)

    @property
    def identity(self) -> str:
        """Id of the run: recipe, data and algorithm."""
        return self.provenance["run"]

    @property
    def weights(self) -> Path:
        """File with the best weights."""
        return self.folder / WEIGHTS

    @property
    def pixel_size(self) -> float:
        """Pixel of the training grid in angstrom."""
        return self.provenance["pixel_size"]

    @property
    def threshold(self) -> float:
        """Probability above which a pixel is particle; 0.5 unless it was packed with another."""
        return self.provenance.get("threshold", 0.5)

    @property
    def best_epoch(self) -> int:
        """Epoch of the best weights, from 1; 0 for weights that were not trained here."""
        rows = self.history.to_dict("records")
        return int(min(rows, key=lambda row: decisive(row, self.recipe))["epoch"]) if rows else 0


def load_run(folder: str | Path) -> TrainingRun:
    """Read a finished run and check it against its ids.

    Parameters
    ----------
    folder
        Folder of the run, or the name of a network that comes with the package
        (`shipped_networks`).

    Raises
    ------
    FileNotFoundError
        If the folder holds no finished run.
    ValueError
        If recipe or weights are not those the provenance tells of, or the folder holds several
        runs.

    Examples
    --------
    >>> run = load_run("run")
    >>> run.recipe.epochs, len(run.history)
    (1, 1)
    """
    folder = run_folder(folder)
    if not (folder / PROVENANCE).is_file():
        members = sorted(path.parent.name for path in folder.glob(f"*/{RECIPE}"))
        if (folder / ENSEMBLE).is_file():
            raise Refusal(
                f"folder must hold one run; {folder} holds several, {', '.join(members)}: name one "
                f"as {members[0]} in it, or load all with load_runs or load_networks"
            )
        unfinished = (folder / STATE).is_file() or members
        reason = "its training was not finished: fit it again" if unfinished else "there is none"
        raise FileNotFoundError(
            f"folder must hold a training run or be one of {', '.join(shipped_networks())}; "
            f"{folder}: {reason}"
        )
    provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    with without_doubts():  # the recipe was asked when it trained
        recipe = read_training_recipe(folder / RECIPE)
    for name, found in (
        ("recipe", recipe.identity),
        ("weights", weights_identity(folder / WEIGHTS)),
    ):
        if provenance[name] != found:
            raise Refusal(
                f"{name} of {folder} must be {provenance[name]}, as its provenance says; "
                f"got {found}"
            )
    return TrainingRun(folder, recipe, _read_history(folder), provenance)


def monitored_loss(row: Mapping[str, float]) -> float:
    """Return the loss of an epoch that is watched: of validation, else of training.

    Parameters
    ----------
    row
        Row of the history.

    Examples
    --------
    >>> monitored_loss({"loss": 0.3, "val_loss": 0.4}), monitored_loss({"loss": 0.3})
    (0.4, 0.3)
    """
    return row.get("val_loss", row["loss"])


def decisive(row: Mapping[str, float], recipe: TrainingRecipe) -> float:
    """Return the number of an epoch whose lowest is the best, as the recipe chooses.

    Parameters
    ----------
    row
        Row of the history.
    recipe
        Recipe with `choose`.

    Examples
    --------
    >>> row = {"loss": 0.3, "val_loss": 0.4, SAMPLE_F1: 0.75}
    >>> [decisive(row, TrainingRecipe(1, choose=by)) for by in ("validation", "samples")]
    [0.4, 0.25]
    """
    return 1 - row[SAMPLE_F1] if recipe.choose == "samples" else monitored_loss(row)


def epochs_to(history: pd.DataFrame, f1: float) -> int | None:
    """Return the first epoch whose validation F1 reaches a value, as in the paper's Table 1.

    Parameters
    ----------
    history
        History of a `TrainingRun`.
    f1
        Score to reach, between 0 and 1.

    Examples
    --------
    >>> epochs_to(pd.DataFrame({"epoch": [1, 2, 3], "val_f1": [0.5, 0.91, 0.96]}), 0.9)
    2
    """
    if not 0 < f1 <= 1:
        raise Refusal(f"f1 must be between 0 and 1; got {f1!r}")
    reached = history.loc[history["val_f1"] >= f1, "epoch"]
    return int(reached.iloc[0]) if len(reached) else None


def weights_identity(path: str | Path) -> str:
    """Return the id of all arrays in a weights file, whatever the bytes around them."""
    arrays: dict[str, np.ndarray] = {}

    def visit(name: str, item: h5py.HLObject) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[...]

    with open_hdf5(path) as file:
        file.visititems(visit)
    return identity(arrays, "weights")


def write_recipe(folder: Path, recipe: TrainingRecipe) -> None:
    """Write the recipe of a run."""
    write_whole(folder / RECIPE, to_toml({"training": to_table(recipe)}), synced=True)


def write_history(folder: Path, rows: list[dict[str, float]]) -> None:
    """Write the history; numbers keep every digit."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    write_whole(folder / HISTORY, text.getvalue(), synced=True)


def _read_history(folder: Path) -> pd.DataFrame:
    """Read the history with every digit."""
    with (folder / HISTORY).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        history = pd.DataFrame(list(reader), columns=reader.fieldnames).astype(float)
    return history.astype({"epoch": int})
