"""Running a study: every network trained and scored, resumable, in shares."""

import gc
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hrtem_sim.arguments import checked_share
from hrtem_sim.progress import stage
from hrtem_sim.provenance import identity
from hrtem_sim.whole import write_table
from seg_train.benchmark import evaluate
from seg_train.data import LabelledMicrograph, load_experimental_sample
from seg_train.metrics import pooled_counts
from seg_train.runs import TrainingRun, epochs_to
from seg_train.study.held_out import PREFIX, test_micrographs
from seg_train.study.recipe import StudyRecipe
from seg_train.study.stores import Stores, open_stores, rows_of_conditions
from seg_train.training import fit


def run_study(
    recipe: StudyRecipe,
    databases: Stores,
    folder: str | Path,
    *,
    samples: Sequence[LabelledMicrograph] | None = None,
    share: tuple[int, int] = (0, 1),
    progress: bool = True,
) -> pd.DataFrame:
    """Train and score every network of a study.

    Parameters
    ----------
    recipe
        Conditions and repeats.
    databases
        The data set of all conditions, a database or a folder; a dict of them by the conditions'
        `database`; or a folder with folders of these names.
    folder
        Folder for the networks, `condition/repeat`. Those that are finished there are not trained
        again; one that was interrupted is continued.
    samples
        Samples the networks are scored on, besides the micrographs that the study holds out;
        absent: the experimental sample of the package.
    share
        (i, n): do the i-th of n equal shares, counted from 0, so that several processes or
        machines can work in one folder.
    progress
        Show progress bars.

    Returns
    -------
    results
        One row per network of this share; see `result_row`.

    Raises
    ------
    IdleShare
        If there are fewer networks than shares, and none is for this one.
    """
    folder = Path(folder)
    jobs = [(c, repeat) for repeat in range(recipe.repeats) for c in recipe.conditions]
    mine, shares = checked_share(share, len(jobs), "networks")
    stores = open_stores(recipe, databases)
    samples = load_experimental_sample() if samples is None else list(samples)
    kept = rows_of_conditions(recipe, stores)
    tests = test_micrographs(recipe, lambda condition: stores[condition.database])
    rows = []
    todo = stage(jobs[mine::shares], desc=recipe.name, unit="network", shown=progress)
    for condition, repeat in todo:
        todo.set_postfix_str(f"{condition.name}, network {repeat + 1} of {recipe.repeats}")
        home = folder / _folder_name(condition.name) / f"{repeat:02d}"
        training = recipe.training(condition, repeat)
        store, rows_of = stores[condition.database], kept[condition.name]
        run = fit(training, store, home, rows=rows_of, progress=progress)
        rows.append(result_row(condition.name, repeat, run, _scores(run, [*samples, *tests])))
        gc.collect()  # Keras models hold themselves; many of them would fill the memory
    results = pd.DataFrame(rows)
    name = "results.csv" if shares == 1 else f"results-{mine}-of-{shares}.csv"
    write_table(folder / name, results, index=False)
    return results


def result_row(condition: str, repeat: int, run: TrainingRun, scores: pd.DataFrame) -> dict:
    """Return one network's row of the results.

    Returns
    -------
    row
        `condition`, `repeat`, `run`, `images` (seconds and epochs beside), `val_f1` and
        `val_particle_f1` at the best epoch, `epochs_to_0.90` and `epochs_to_0.95` of validation F1
        (absent if never), and `f1 GROUP` (the paper's: mean over the images) and
        `particle_f1 GROUP` (pooled) for each group of samples and, if there are samples that the
        study does not hold out, for `all` of these.
    """
    best = run.history.iloc[run.best_epoch - 1]
    row = {"condition": condition, "repeat": repeat, "run": run.identity}
    row["seconds"] = float(run.history["seconds"].sum())
    for name in ("val_f1", "val_particle_f1"):
        row[name] = float(best.get(name, float("nan")))
    if "val_f1" in run.history:
        for goal in (0.90, 0.95):
            row[f"epochs_to_{goal:.2f}"] = epochs_to(run.history, goal)
    others = scores[~scores["group"].str.startswith(PREFIX)]
    parts = [*scores.groupby("group", sort=True)] + ([("all", others)] if len(others) else [])
    for group, part in parts:
        row[f"f1 {group}"] = float(part["f1"].mean())
        row[f"particle_f1 {group}"] = pooled_counts(part).f1
    return row


def _scores(run: TrainingRun, samples: Sequence[LabelledMicrograph]) -> pd.DataFrame:
    """Score a run once; the table stays beside its weights, named by what it was made from."""
    made_from = [run.provenance["weights"], [sample.identity for sample in samples]]
    path = run.folder / f"{identity(made_from, 'scores')}.csv"
    if path.is_file():
        return pd.read_csv(path)
    scores = evaluate(run, samples, keep=False).table
    write_table(path, scores, index=False)
    return scores


def _folder_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._+-]+", "_", name)
