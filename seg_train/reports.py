"""Folders that people open: scores and studies with their tables and pictures."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hrtem_sim.whole import write_table, write_whole
from seg_train.benchmark import evaluate
from seg_train.card import model_card
from seg_train.data import LabelledMicrograph
from seg_train.ensembles import Runs, as_runs
from seg_train.figures import (
    loss_curves,
    predictions_over_micrographs,
    study_figure,
    transfer_figure,
)
from seg_train.metrics import summarise
from seg_train.study import StudyRecipe, run_study, study_table
from seg_train.study.stores import Stores


def benchmark_report(
    run: Runs,
    samples: Sequence[LabelledMicrograph],
    folder: str | Path | None = None,
    *,
    symmetries: bool = False,
    scales: Sequence[float] = (1.0,),
    threshold: float | None = None,
) -> pd.DataFrame:
    """Score a run and write what there is to see.

    Parameters
    ----------
    run
        A run, the folder or name of one or of several that predict together, or a list of these.
    samples
        Labelled micrographs.
    folder
        For `scores.csv`, `summary.csv`, `predictions.png` (the first 24), `history.png` and
        `model-card.md`; absent: nothing is written.
    symmetries
        Average predictions over the eight symmetries of the square.
    scales
        Average predictions over these scales, see `seg_train.predict`.
    threshold
        Probability above which a pixel is particle; absent: that of the run.

    Returns
    -------
    summary
        As `seg_train.summarise` makes it.
    """
    trained = as_runs(run)
    evaluation = evaluate(
        trained, samples, symmetries=symmetries, scales=scales, threshold=threshold, progress=True
    )
    scores = evaluation.table
    summary = summarise(scores, rng=0)
    if folder is None:
        return summary
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "scores.csv", scores, index=False)
    write_table(folder / "summary.csv", summary)
    shown = list(samples)[:24]
    predictions_over_micrographs(shown, evaluation.masks[:24]).savefig(
        folder / "predictions.png", dpi=110
    )
    histories = {one.folder.name: one.history for one in trained}
    loss_curves(histories if len(trained) > 1 else trained[0].history).savefig(
        folder / "history.png", dpi=110
    )
    write_whole(folder / "model-card.md", model_card(trained, scores))
    return summary


def study_report(
    recipe: StudyRecipe,
    databases: Stores,
    folder: str | Path,
    *,
    share: tuple[int, int] = (0, 1),
    samples: Sequence[LabelledMicrograph] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Run a study and write its tables and figures.

    Returns
    -------
    table
        As `seg_train.study.study_table` makes it; with the results and figures of validation and
        of all samples it lies in the folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    results = run_study(recipe, databases, folder, samples=samples, share=share, progress=progress)
    table = study_table(results)
    if share[1] == 1:
        write_table(folder / "table.csv", table)
        wanted = ("val_f1", "f1 all", "particle_f1 all")
        for score in (name for name in wanted if name in results):
            figure = study_figure(results, score=score, label=recipe.name)
            figure.savefig(folder / f"{score.replace(' ', '-')}.png", dpi=110)
        if recipe.held_out:
            transfer_figure(results, label=recipe.name).savefig(folder / "transfer.png", dpi=110)
    return table
