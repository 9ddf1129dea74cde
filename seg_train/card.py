"""The model card: what a network is, in words that travel with its weights."""

from collections.abc import Sequence

import pandas as pd

from hrtem_sim.provenance import to_table, to_toml
from seg_train.metrics import summarise
from seg_train.runs import TrainingRun


def model_card(run: TrainingRun | Sequence[TrainingRun], scores: pd.DataFrame | None = None) -> str:
    """Write the card of a trained network, or of several that predict together, in Markdown.

    Parameters
    ----------
    run
        The finished run, or the runs of an ensemble.
    scores
        A table of `seg_train.evaluate`, to be reported.
    """
    runs = [run] if isinstance(run, TrainingRun) else list(run)
    if len(runs) == 1:
        return _card(runs[0], scores)
    parts = [f"* {one.folder.name}: `{one.identity}`, weights `{one.provenance['weights']}`"
             for one in runs]  # fmt: skip
    lines = [
        f"# Ensemble of {len(runs)} segmentation networks",
        "",
        "Their probabilities are averaged; a card of each follows.",
        "",
        *parts,
        "",
    ]
    if scores is not None:
        lines += ["## Scores of all together", "", *_scores(scores), ""]
    return "\n".join([*lines, *(_card(one, None) for one in runs)])


def _card(run: TrainingRun, scores: pd.DataFrame | None) -> str:
    """Write the card of one network."""
    recipe, known = run.recipe, run.provenance
    best = run.history.iloc[run.best_epoch - 1] if run.best_epoch else pd.Series(dtype=float)
    lines = [
        f"# Segmentation network {run.identity}",
        "",
        f"{recipe.model.architecture} on {recipe.model.backbone}, {recipe.model.stages} stages, "
        f"{recipe.model.classes} classes, {known['parameters']:,} parameters.",
        "",
        "## Use",
        "",
        f"* Input: one HRTEM micrograph, {recipe.model.channels} channel(s), resampled to "
        f"{run.pixel_size:g} angstrom per pixel, normalised by {recipe.preprocessing.normalisation}"
        f" per patch{_median(run)}.",
        "* Output: the probability of each class in each pixel; class 0 is background, "
        f"where the others have {run.threshold:g} or less together.",
        f"* Rebuild: data `{known['data']}`, recipe `{known['recipe']}` (below), "
        "versions "
        + ", ".join(f"{name} {number}" for name, number in known["versions"].items())
        + ".",
        *_beginning(run),
        f"* Weights: `{known['weights']}`{_chosen(run)}.",
        "",
        "## Scores",
        "",
        *_validation(best),
    ]
    if scores is not None:
        lines += ["", *_scores(scores)]
    lines += [
        "",
        "## Limits",
        "",
        "Structures, thicknesses, doses, focus, aberrations and detectors outside those of its "
        "data were not seen in training. Touching particles are found as one. Check it on "
        "micrographs of your own before you count with it.",
        "",
        "## Recipe",
        "",
        "```toml",
        to_toml({"training": to_table(recipe)}).strip(),
        "```",
        "",
    ]
    return "\n".join(lines)


def _chosen(run: TrainingRun) -> str:
    return f", of epoch {run.best_epoch} of {len(run.history)}" if run.best_epoch else ""


def _beginning(run: TrainingRun) -> list[str]:
    known = run.provenance.get("initial")
    return [f"* Begun with: `{known}`, which had been trained on other data."] if known else []


def _median(run: TrainingRun) -> str:
    window = run.recipe.preprocessing.median
    return "" if window == 1 else f", after a {window} x {window} median filter"


def _validation(best: pd.Series) -> list[str]:
    names = [name for name in ("val_loss", "val_f1", "val_particle_f1") if name in best]
    if not names:
        return ["Not validated here: no structures were held out."]
    return ["Validation on held-out structures: " + ", ".join(f"{n} {best[n]:.4f}" for n in names)]


def _scores(scores: pd.DataFrame) -> list[str]:
    lines = ["| group | images | F1 (soft, both classes) | particle F1 | 95 % interval |"]
    lines.append("|---|---|---|---|---|")
    for group, row in summarise(scores, rng=0).iterrows():
        low, high = row["particle_f1_low"], row["particle_f1_high"]
        interval = f"{low:.3f} to {high:.3f}" if low <= high else "–"  # one image tells none
        lines.append(
            f"| {group} | {int(row['images'])} | {row['f1']:.3f} | {row['particle_f1']:.3f} "
            f"| {interval} |"
        )
    return lines
