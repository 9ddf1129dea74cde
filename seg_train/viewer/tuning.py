"""Training a network on corrected micrographs in minutes, in a process of its own.

A process of its own, because training switches TensorFlow to reproducible algorithms for good, and
because it can be ended at once. Its folder holds `micrographs/`, which `load_folder` reads,
`recipe.toml`, and when it is done the run itself in `network/`.

The process ends with the one that started it: it watches its standard input, which closes then.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from threading import Thread

from hrtem_sim.provenance import to_table, to_toml
from hrtem_sim.refusal import Refusal, answered
from seg_train.data import (
    LabelledMicrograph,
    grid_shape,
    load_experimental_sample,
    load_folder,
)
from seg_train.ensembles import load_runs
from seg_train.recipe import AugmentationRecipe, TrainingRecipe, read_training_recipe
from seg_train.runs import HISTORY, TrainingRun
from seg_train.viewer.jobs import Report
from seg_train.viewer.saving import save_pair

MICROGRAPHS, RECIPE, NETWORK, LOG = "micrographs", "recipe.toml", "network", "log.txt"

HELD_OUT_FROM = 4
"""Number of micrographs from which a quarter of them chooses the best epoch and trains nothing."""

EPOCHS = 12
"""Passes of 64 patches unless others are asked for: a minute or two on two cores."""

POLL = 0.2  # seconds between looks at how far the training is


def tuning_recipe(
    run: TrainingRun,
    micrographs: Sequence[LabelledMicrograph],
    *,
    initial: str,
    epochs: int,
    rehearse: bool = True,
) -> TrainingRecipe:
    """Return the recipe by which a network goes on to learn from corrected micrographs.

    Parameters
    ----------
    run
        Run of the network, the first of several.
    micrographs
        Corrected micrographs.
    initial
        Name or folder of the network or networks.
    epochs
        Passes of 64 patches each.
    rehearse
        Let every other patch be of the sample of the package. Batch normalisation and weights
        follow two micrographs of one kind within a minute, and forget the other kinds (Robins,
        Connection Science 7 (1995) 123).

    Returns
    -------
    recipe
        That of the run, begun with its weights, at a small learning rate. Patches
        fit into the smallest micrograph. What stands for the differences between simulated and
        real micrographs (noise, cameras, textures) is left out: these are real.

    Raises
    ------
    Refusal
        If the network knows several classes, which outlines do not tell, or a micrograph is too
        small.
    """
    old = run.recipe
    if old.model.classes != 2:
        raise Refusal(
            "network must know particle and background alone to learn from outlines; got one of "
            f"{old.model.classes} classes"
        )
    stride = old.model.stride
    shown = [*micrographs, *(load_experimental_sample() if rehearse else [])]
    shapes = [grid_shape(m.image.shape, m.pixel_size, run.pixel_size) for m in shown]
    least = min(min(shape) for shape in shapes)
    if least < 2 * stride:
        small = shown[[min(shape) for shape in shapes].index(least)]
        raise Refusal(
            f"micrographs must be at least {2 * stride * run.pixel_size / 10:.1f} nm wide and high "
            f"for this network; got {small.name} of {least * run.pixel_size / 10:.1f} nm"
        )
    varied = old.augmentation
    return replace(
        old,
        initial=initial,
        initial_share=0.0,  # what is shown is to be learnt; rehearsal keeps the rest
        pixel_size=run.pixel_size,
        patch=min(old.patch or 128, least // stride * stride),
        patches=64,
        shares=(1.0, 1.0) if rehearse else None,
        select=None,
        n_images=None,
        validation=0.25 if len(micrographs) >= HELD_OUT_FROM else 0.0,
        learning_rate=min(1e-4, old.learning_rate),
        final_rate=1e-6,
        schedule="cosine",
        decay=TrainingRecipe.decay,  # what other schedules need, a cosine does without
        patience=TrainingRecipe.patience,
        warmup=0.5,
        ema=0.98,
        batch_size=8,
        epochs=epochs,
        augmentation=AugmentationRecipe(
            symmetries=True, magnification=varied.magnification, median=0.0
        ),
    )


def new_folder(root: str | Path, name: str) -> Path:
    """Return a folder that is not there yet: the name, or the name with a number.

    Parameters
    ----------
    root
        Folder of all networks of a user.
    name
        Name of the network.

    Examples
    --------
    >>> Path("mine/gold").mkdir(parents=True)
    >>> new_folder("mine", "gold").name
    'gold-2'
    """
    if not name or name != Path(name).name or name in (".", ".."):
        raise Refusal(f"name must be one of a folder; got {name!r}")
    number, folder = 1, Path(root) / name
    while folder.exists():
        number += 1
        folder = Path(root) / f"{name}-{number}"
    return folder


def tune(
    network: str,
    micrographs: Sequence[LabelledMicrograph],
    folder: str | Path,
    *,
    epochs: int,
    rehearse: bool = True,
    report: Report,
) -> Path:
    """Train a network further on corrected micrographs.

    Parameters
    ----------
    network
        Name of a network of the package, or folder of a run or of an ensemble, each of whose
        networks goes on to learn.
    micrographs
        Corrected micrographs.
    folder
        New folder for the micrographs and the network; removed again if anything goes wrong.
    epochs
        Passes of 64 patches each.
    rehearse
        Mix in the sample of the package; see `tuning_recipe`.
    report
        Function that is told how far it is; what it raises ends the training.

    Returns
    -------
    folder
        Folder of the run or the ensemble that was made.

    Raises
    ------
    Refusal
        With the words of the training, if it could not be done.
    """
    runs = load_runs(network)
    folder = Path(folder)
    recipe = tuning_recipe(
        runs[0], micrographs, initial=_absolute(network), epochs=epochs, rehearse=rehearse
    )
    folder.mkdir(parents=True)
    done = False
    try:
        for k, one in enumerate(micrographs):
            name = f"{k + 1:03d}-{_safe(one.name)}"
            save_pair(folder / MICROGRAPHS, name, one.image, one.mask, pixel_size=one.pixel_size)
        text = to_toml({"training": to_table(recipe)})
        (folder / RECIPE).write_text(text, encoding="utf-8")
        _followed(folder, len(runs), epochs, report)
        done = True
    finally:
        if not done:
            rmtree(folder, ignore_errors=True)
    return folder / NETWORK


def _followed(folder: Path, networks: int, epochs: int, report: Report) -> None:
    """Train in a process of its own and tell how far it is."""
    report(0.0, "starting")
    command = [sys.executable, "-m", "seg_train.viewer.tuning", str(folder), str(networks)]
    with open(folder / LOG, "wb") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert child.stdin is not None and child.stdout is not None
    try:
        while child.poll() is None:
            paths = sorted(folder.glob(f"{NETWORK}/**/{HISTORY}"))
            rows = [row for path in paths for row in _rows(path)]
            left = networks * epochs - len(rows)
            report(len(rows) / (networks * epochs), _words(rows, left))
            time.sleep(POLL)
        if child.returncode:
            log_lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
            said = child.stdout.read().strip() or next(filter(None, reversed(log_lines)), "")
            raise Refusal(f"training must come to its end; it ended with {said or 'no word'}")
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _words(rows: list[dict[str, str]], left: int) -> str:
    if not rows:
        return "loading TensorFlow and the micrographs"
    name = "val_particle_f1" if "val_particle_f1" in rows[-1] else "particle_f1"
    whose = "held out" if name.startswith("val") else "in training"
    seconds = sum(float(row["seconds"]) for row in rows) / len(rows)
    return (
        f"epoch {len(rows)} of {len(rows) + left}, about {seconds * left:.0f} s left; "
        f"particle F1 {whose} {float(rows[-1][name]):.3f}"
    )


def _absolute(network: str) -> str:
    return str(Path(network).resolve()) if Path(network).exists() else network


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_. " else "-" for c in name).strip(". ") or "image"


def main(folder: str, networks: int) -> int:
    """Train in this process; return an exit code, 2 with one line for what cannot be done."""
    from seg_train.training import fit, fit_ensemble

    here = Path(folder)
    recipe = read_training_recipe(here / RECIPE)
    own = load_folder(here / MICROGRAPHS)
    data = own if recipe.shares is None else [own, load_experimental_sample()]

    def train() -> int:
        if networks == 1:
            fit(recipe, data, here / NETWORK, progress=False)
        else:
            fit_ensemble(recipe, data, here / NETWORK, seeds=networks, progress=False)
        return 0

    code, line = answered(train)
    if line:
        print(line, flush=True)
    return code


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written; it returns when the other end closes
    os._exit(1)


if __name__ == "__main__":
    Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
