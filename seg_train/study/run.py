"""Running a study: every network trained and scored, resumable, in shares."""

import gc
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from hrtem_sim.arguments import checked_share
from hrtem_sim.progress import stage
from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_table
from seg_train.benchmark import evaluate
from seg_train.data import LabelledMicrograph, load_experimental_sample
from seg_train.data.selection import split_by_structure
from seg_train.data.source import MicrographStore, open_store
from seg_train.metrics import pooled_counts
from seg_train.runs import TrainingRun, epochs_to
from seg_train.study.held_out import PREFIX, kept_rows, test_micrographs
from seg_train.study.recipe import Condition, StudyRecipe
from seg_train.training import fit

Stores = MicrographStore | str | Path | Mapping[str | None, MicrographStore | str | Path]
"""Data sets of a study: one, or those of its conditions by their names."""


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
    opened = {c.name: _database(databases, c) for c in recipe.conditions}
    samples = load_experimental_sample() if samples is None else list(samples)
    kept = {c.name: kept_rows(recipe, c, opened[c.name]) for c in recipe.conditions}
    for c in recipe.conditions:  # what cannot be drawn is said before the first network trains
        split_by_structure(opened[c.name].catalogue, c.training, rows=kept[c.name])
    tests = test_micrographs(recipe, lambda condition: opened[condition.name])
    rows = []
    todo = stage(jobs[mine::shares], desc=recipe.name, unit="network", shown=progress)
    for condition, repeat in todo:
        todo.set_postfix_str(f"{condition.name}, network {repeat + 1} of {recipe.repeats}")
        home = folder / _folder_name(condition.name) / f"{repeat:02d}"
        training = recipe.training(condition, repeat)
        rows_of = kept[condition.name]
        run = fit(training, opened[condition.name], home, rows=rows_of, progress=progress)
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


def _database(databases: Stores, condition: Condition) -> MicrographStore:
    if isinstance(databases, Mapping):
        if condition.database not in databases:
            raise Refusal(
                f"databases must hold {condition.database!r} of the condition {condition.name!r}; "
                f"got {', '.join(map(repr, databases))}"
            )
        return open_store(databases[condition.database])
    if condition.database is None:
        return open_store(databases)
    if not isinstance(databases, str | Path):
        raise Refusal(
            f"databases must be a dict or a folder for the condition {condition.name!r}, which "
            f"has a data set of its own; got {type(databases).__name__}"
        )
    return open_store(Path(databases) / condition.database)


def _folder_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._+-]+", "_", name)
