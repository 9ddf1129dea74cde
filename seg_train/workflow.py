"""The whole path in one call: recipe, data set, network, scores on real micrographs, report.

Every step is a public function of its own; `run_workflow` calls them in order and each step finds
what an interrupted run has left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from czone.viz import plot
from hrtem_sim.database import Database
from hrtem_sim.dataset import (
    DatasetRecipe,
    build_dataset,
    plan_structure,
    read_dataset_recipe,
    simulate_structure,
)
from hrtem_sim.dataset.specimen_recipe import BuilderPlan
from hrtem_sim.figures import contact_sheet, structure_to_mask
from hrtem_sim.provenance import recipe_file
from hrtem_sim.specimen.builders import Built, ParticlesOnFilm
from hrtem_sim.whole import write_table
from seg_train.benchmark import evaluate
from seg_train.data import LabelledMicrograph, load_experimental_sample
from seg_train.figures import loss_curves, predictions_over_micrographs
from seg_train.metrics import summarise
from seg_train.recipe import read_training_recipe
from seg_train.runs import TrainingRun
from seg_train.training import fit
from seg_train.training.loop import check_trainable
from seg_train.webpage import write_report


@dataclass(frozen=True, eq=False)
class WorkflowResult:
    """What `run_workflow` leaves.

    Parameters
    ----------
    folder
        Folder with `dataset/`, `training/`, `figures/`, `scores.csv`, `summary.csv` and
        `report.html`.
    database
        Simulated data set.
    run
        Trained network.
    scores, summary
        On the experimental micrographs, each and pooled, predictions averaged over the eight
        symmetries of the square; see `evaluate` and `summarise`.
    report
        Path of the page that gathers it all.
    """

    folder: Path
    database: Database
    run: TrainingRun
    scores: pd.DataFrame
    summary: pd.DataFrame
    report: Path


def run_workflow(
    recipe: str | Path,
    folder: str | Path,
    *,
    workers: int = 1,
    builder: str | Path | Callable[..., Any] | None = None,
    progress: bool = True,
) -> WorkflowResult:
    """Go the whole path of a recipe file with the tables `[dataset]` and `[training]`.

    Parameters
    ----------
    recipe
        TOML file; all of it is checked before anything is made.
    folder
        Folder for everything. What is already there and belongs to the same recipe is kept.
    workers
        Processes that simulate.
    builder
        Builder of the structures where it is a file or a function, as in
        `hrtem_sim.dataset.build_dataset`.
    progress
        Show progress.

    Returns
    -------
    result

    Raises
    ------
    RecipeError
        If the recipe is wrong; nothing has been written.
    """
    dataset_recipe = read_dataset_recipe(recipe).with_builder(builder)
    training_recipe = read_training_recipe(recipe)
    check_trainable(training_recipe)
    folder = Path(folder)
    database = build_dataset(dataset_recipe, folder / "dataset", workers=workers, progress=progress)
    run = fit(training_recipe, database, folder / "training", progress=progress)
    samples = load_experimental_sample()
    evaluation = evaluate(run, samples, symmetries=True, progress=progress)
    scores = evaluation.table
    summary = summarise(scores, rng=0)
    write_table(folder / "scores.csv", scores, index=False)
    write_table(folder / "summary.csv", summary)
    figures = draw_figures(
        dataset_recipe, database, run, samples, evaluation.masks, folder / "figures"
    )
    report = write_report(
        folder / "report.html",
        title=f"From atoms to masks: {dataset_recipe.name}",
        recipe=recipe_file(recipe).read_text(encoding="utf-8"),
        database=database,
        run=run,
        scores=scores,
        summary=summary,
        figures=figures,
    )
    return WorkflowResult(folder, database, run, scores, summary, report)


def draw_figures(
    recipe: DatasetRecipe,
    database: Database,
    run: TrainingRun,
    samples: list[LabelledMicrograph],
    masks: list[np.ndarray],
    folder: Path,
) -> dict[str, Path]:
    """Draw structures, micrographs, loss curves and predictions.

    Parameters
    ----------
    recipe, database, run
        Recipe, data set and network that were made.
    samples, masks
        Labelled micrographs and what the network found on them.
    folder
        Folder for the pictures.

    Returns
    -------
    figures
        Path of each PNG by its caption, in the order of the path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_structure(recipe, _showpiece(database))
    simulated = simulate_structure(recipe, plan)
    specimen = simulated.built.specimen
    images = recipe.images_per_structure
    rows = [i * images + i % images for i in range(min(recipe.structures, 18))]
    drawn = {
        _structure_caption(plan.specimen, simulated.built): plot(
            # turned about x, so that the face where the beam enters looks at the reader
            (specimen.positions * [1, -1, -1], specimen.numbers)
        ),
        "The same structure: phase of its exit wave, phase of the particle alone in vacuum, one "
        "micrograph, and the mask that the phase gives.": structure_to_mask(simulated),
        "Micrographs of the data set with the outlines of their masks.": contact_sheet(
            database, rows
        ),
        "Training: loss and F1 by epoch.": loss_curves(run.history),
        "The network on experimental micrographs it has never seen the like of: hand-drawn masks "
        "and predictions.": predictions_over_micrographs(samples, masks),
    }
    names = ("structure", "wave-to-mask", "micrographs", "training", "predictions")
    paths = {}
    for name, (caption, figure) in zip(names, drawn.items(), strict=True):
        paths[caption] = folder / f"{name}.png"
        figure.savefig(paths[caption], dpi=110)
    return paths


def _showpiece(database: Database) -> int:
    """Index of a structure worth a picture: defects, and a radius near the upper quartile."""
    table = database.catalogue.drop_duplicates("structure_index")
    size = table["radius" if "radius" in table else "particle_fraction"]
    rank = (size - size.quantile(0.75)).abs() - 100 * table["n_defects"].clip(upper=2)
    return int(table.loc[rank.fillna(np.inf).idxmin(), "structure_index"])


def _structure_caption(specimen: ParticlesOnFilm | BuilderPlan, built: Built) -> str:
    if isinstance(specimen, BuilderPlan):
        return f"One structure of {specimen.builder}, seen with the beam and from two sides."
    if not specimen.particles:
        return "One structure: bare film, seen with the beam and from two sides."
    found = ", ".join(kind.replace("_", " ") for kind in built.defects[0]) or "no defects"
    return (
        f"One structure: a particle of {specimen.particles[0].radius / 10:.1f} nm radius ({found}) "
        "on its own amorphous film, seen with the beam and from two sides."
    )
