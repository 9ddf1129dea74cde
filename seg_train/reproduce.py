"""Tables and figures of the paper, each by one command: data, networks, scores, side by side.

Rangel DaCosta et al., npj Comput. Mater. 10 (2024), doi 10.1038/s41524-024-01336-0. A table or
figure is one study or several; a study names the data sets that it trains on; all of it goes on
where it was stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
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
    """
    folder, tables = Path(folder), []
    of_data = scale if data_scale is None else data_scale
    for study in _studies(part, two_cores):
        recipe = read_study_recipe(study).repeated(repeats)
        databases = {
            name or None: build_dataset(
                read_dataset_recipe(source).scaled(of_data),
                folder / "data" / source.replace("/", "-"),
                workers=workers,
                progress=progress,
            )
            for name, source in recipe.data.items()
        }
        table = study_report(
            recipe.scaled(scale, of_data),
            databases,
            folder / study.rsplit("/", 1)[-1],
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
    names = _studies(part, two_cores)
    studies = {study: read_study_recipe(study).repeated(repeats) for study in names}
    sources = dict.fromkeys(s for recipe in studies.values() for s in recipe.data.values())
    of_data = scale if data_scale is None else data_scale
    lines = [
        f"{source}: {estimate(read_dataset_recipe(source).scaled(of_data), workers=workers)}"
        for source in sources
    ]
    return lines + [f"{name}: {_networks(r.scaled(scale, of_data))}" for name, r in studies.items()]


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
