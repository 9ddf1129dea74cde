"""Tables and figures of the paper, each by one command: data, networks, scores, side by side.

Rangel DaCosta et al., npj Comput. Mater. 10 (2024), doi 10.1038/s41524-024-01336-0. A table or
figure is one study or several; a study names the data sets that it trains on; all of it goes on
where it was stopped.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hrtem_sim.dataset import DatasetRecipe, build_dataset, read_dataset_recipe
from hrtem_sim.dataset.trial import estimate
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_table
from seg_train.data import LabelledMicrograph
from seg_train.reports import study_report
from seg_train.study import StudyRecipe, read_study_recipe

__all__ = ["PAPER", "PARTS", "Part", "cost", "reproduce"]

TABLE_1 = pd.DataFrame(
    {
        "f1 5 nm Au": [0.710, 0.727, 0.822, 0.833, 0.885, 0.915, 0.884, 0.799],
        "f1 2.2 nm Au": [0.740, 0.767, 0.814, 0.809, 0.842, 0.808, 0.863, 0.852],
        "f1 2 nm CdSe": [0.681, 0.621, 0.647, 0.673, 0.620, 0.648, 0.731, 0.752],
        "epochs_to_0.90": [19, 20, 21, 11, 11, 3, 1, 2],
        "epochs_to_0.95": [21, 23, 24, 13, 12, 3, 2, 24],
    },
    index=[
        "baseline", "thermal", "all-effects", "smaller", "substrate", "optimized-au",
        "optimized-mixed", "optimized-cdse",
    ],
)  # fmt: skip
"""F1 of the best network, not discretised, mean of both classes, and the epochs it took."""


@dataclass(frozen=True)
class Part:
    """A table or figure of the paper.

    Parameters
    ----------
    studies
        Names of the recipes of its studies, below `studies/`.
    found
        What the paper found, in a sentence.
    """

    studies: tuple[str, ...]
    found: str


PARTS = {
    "table1": Part(("table1",), "each effect and more varied data raise F1 on experiments"),
    "fig4a": Part(("size",), "F1 rises with the number of images and saturates near 8000"),
    "fig4b": Part(("dose",), "networks trained at low doses hold at higher ones"),
    "fig5": Part(("effects",), "thermal motion, aberrations and plasmons together do best"),
    "fig6": Part(
        ("substrate", "foci", "structures"),
        "varied films help; more foci and more structures help less",
    ),
}
"""Tables and figures by the names that commands take."""

PAPER = {"table1": TABLE_1}
"""Numbers that the paper prints."""


def reproduce(
    part: str,
    folder: str | Path,
    *,
    scale: float = 1.0,
    data_scale: float | None = None,
    repeats: int | None = None,
    two_cores: bool = False,
    workers: int = 1,
    samples: Sequence[LabelledMicrograph] | None = None,
    share: tuple[int, int] = (0, 1),
    progress: bool = True,
) -> pd.DataFrame:
    """Build, train and score what a table or figure of the paper shows.

    Parameters
    ----------
    part
        One of `PARTS`.
    folder
        Folder for data sets, networks and tables; what is finished there is not done again.
    scale
        Times the paper's numbers of images that a network trains on, and of structures.
    data_scale
        Times the paper's numbers of structures, if another.
    repeats
        Networks of each condition; absent: five, as in the paper.
    two_cores
        Whether the smaller fields and networks of `studies/two_cores` take the place of the
        paper's.
    workers
        Processes that simulate.
    samples
        Labelled micrographs that score the networks; default: the sample of the package.
    share
        (i, n): train the i-th of n equal shares of the networks, counted from 0.
    progress
        Whether progress is shown.

    Returns
    -------
    table
        As `seg_train.study.study_table` makes it, of all studies, with columns "paper ..." for what
        the paper prints.

    Raises
    ------
    ValueError
        If data sets of this scale would hold fewer images than a condition trains on.
    """
    folder, tables = Path(folder), []
    plans = _plans(part, scale, data_scale, repeats, two_cores)
    for name, (study, data) in plans.items():
        databases = {
            key or None: build_dataset(
                recipe,
                folder / "data" / study.data[key].replace("/", "-"),
                workers=workers,
                progress=progress,
            )
            for key, recipe in data.items()
        }
        table = study_report(
            study,
            databases,
            folder / name.rsplit("/", 1)[-1],
            share=share,
            samples=samples,
            progress=progress,
        )
        tables.append(table)
    table = pd.concat(tables)
    if part in PAPER:
        table = table.join(PAPER[part].add_prefix("paper "))
    write_table(folder / f"{part}.csv", table)
    return table


def cost(
    part: str,
    *,
    scale: float = 1.0,
    data_scale: float | None = None,
    repeats: int | None = None,
    two_cores: bool = False,
    workers: int = 1,
) -> list[str]:
    """Say what a part will cost: data sets timed by a few of their structures, networks counted.

    Parameters
    ----------
    part, scale, data_scale, repeats, two_cores, workers
        As in `reproduce`.

    Returns
    -------
    lines
        One for each data set, one for the networks of each study.
    """
    plans = _plans(part, scale, data_scale, repeats, two_cores)
    sources = {
        study.data[key]: recipe for study, data in plans.values() for key, recipe in data.items()
    }
    lines = [f"{name}: {estimate(recipe, workers=workers)}" for name, recipe in sources.items()]
    return lines + [f"{name}: {_networks(study)}" for name, (study, _) in plans.items()]


def _plans(
    part: str, scale: float, data_scale: float | None, repeats: int | None, two_cores: bool
) -> dict[str, tuple[StudyRecipe, dict[str, DatasetRecipe]]]:
    """Return the studies of a part at their scale, with their data sets as `StudyRecipe.data`."""
    of_data = scale if data_scale is None else data_scale
    studies = {
        name: read_study_recipe(name).repeated(repeats) for name in _studies(part, two_cores)
    }
    _refuse_too_few(studies.values(), scale, of_data)
    return {
        name: (
            study.scaled(scale, of_data),
            {key: read_dataset_recipe(s).scaled(of_data) for key, s in study.data.items()},
        )
        for name, study in studies.items()
    }


def _refuse_too_few(studies: Iterable[StudyRecipe], scale: float, of_data: float) -> None:
    """Raise a `Refusal` if a data set will hold fewer images than a condition wants of it.

    How many of these a `select` leaves is known when they are there.
    """
    needed, short = of_data, ""
    for study, condition in [(one, c) for one in studies for c in one.conditions]:
        (scaled,) = replace(study, conditions=(condition,)).scaled(scale, of_data).conditions
        data = read_dataset_recipe(study.data[condition.database or ""])
        wanted = scaled.training.n_images or 0
        have = scaled.structures or data.scaled(of_data).structures
        least = math.ceil(wanted / data.images_per_structure)
        if have < least:
            short = short or (
                f"the condition {condition.name!r} wants {wanted} images, and {have} structures "
                f"give {have * data.images_per_structure}"
            )
            needed = max(needed, least / (condition.structures or data.structures))
    if short:
        raise Refusal(
            f"data_scale must give every condition its images: {short}; got {of_data:g}: give "
            f"{math.ceil(1e4 * needed) / 1e4:g} or more"
        )


def _studies(part: str, two_cores: bool) -> list[str]:
    if part not in PARTS:
        raise Refusal(f"part must be one of {', '.join(PARTS)}; got {part!r}")
    home = "studies/two_cores" if two_cores else "studies"
    return [f"{home}/{name}" for name in PARTS[part].studies]


def _networks(recipe: StudyRecipe) -> str:
    images = sorted({c.training.n_images or 0 for c in recipe.conditions})
    shown = f"{images[0]}" if len(images) == 1 else f"{images[0]} to {images[-1]}"
    epochs = max(condition.training.epochs for condition in recipe.conditions)
    number = len(recipe.conditions) * recipe.repeats
    return f"{number} networks, {shown} images each, {epochs} epochs at most"
