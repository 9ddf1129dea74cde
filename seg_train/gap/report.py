"""The gap report: a few structures of a recipe beside micrographs, as a table and a picture."""

from collections.abc import Sequence
from pathlib import Path

from hrtem_sim.database import Database
from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.whole import write_table
from seg_train.data import LabelledMicrograph
from seg_train.gap.comparison import Gap
from seg_train.gap.figures import gap_figure
from seg_train.gap.measure import measure_gap
from seg_train.recipe import read_training_recipe


def gap_report(
    recipe: str | Path,
    micrographs: Sequence[LabelledMicrograph],
    folder: str | Path,
    *,
    data: str | Path | Database | None = None,
    structures: int = 16,
    number: int = 192,
    progress: bool = True,
) -> Gap:
    """Compare what a recipe trains on with micrographs and write what there is to see.

    Parameters
    ----------
    recipe
        Path of a file with the tables `[dataset]` and `[training]`, or the name of a recipe that
        comes with the package.
    micrographs
        Micrographs with masks.
    folder
        Folder for `gap.csv`, `gap.png` and, without `data`, the data set that is simulated.
    data
        A data set of the recipe that is there already; absent: the recipe's first structures are
        simulated.
    structures
        Number of structures to simulate.
    number
        Number of training patches.
    progress
        Show progress.

    Returns
    -------
    gap
    """
    training, folder = read_training_recipe(recipe), Path(folder)
    if data is None:
        dataset = read_dataset_recipe(recipe)
        few = dataset.scaled(min(1.0, structures / dataset.structures))
        data = build_dataset(few, folder / "dataset", progress=progress)
    gap = measure_gap(training, data, micrographs, number=number)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "gap.csv", gap.table, index_label="statistic")
    gap_figure(gap).savefig(folder / "gap.png", dpi=110)
    return gap
