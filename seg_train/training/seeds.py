"""Several networks of one recipe, from several seeds: an ensemble."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hrtem_sim.provenance import rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data import LabelledMicrograph
from seg_train.data.door import Trainable
from seg_train.ensembles import write_ensemble
from seg_train.recipe import TrainingRecipe
from seg_train.runs import RECIPE, TrainingRun
from seg_train.training.initial import initial_folders
from seg_train.training.loop import fit


def fit_ensemble(
    recipe: TrainingRecipe,
    data: Trainable,
    folder: str | Path,
    *,
    seeds: int,
    rows: np.ndarray | None = None,
    samples: Sequence[LabelledMicrograph] | None = None,
    progress: bool = True,
    tensorboard: bool = False,
) -> list[TrainingRun]:
    """Train several networks that differ in their seeds and predict together.

    Parameters
    ----------
    recipe
        Recipe of the training; its seed is that of the first network, and names those of the
        others. Where it begins with an ensemble, each network begins with another of it.
    data
        As `fit` takes it. Each network holds out micrographs of its own.
    folder
        Folder of the ensemble, with a run in each of `1`, `2` and so on. What is finished stays,
        what was interrupted continues, and a larger number of seeds adds to it.
    seeds
        Number of networks.
    rows, samples, progress, tensorboard
        As `fit` takes them.

    Returns
    -------
    runs
        Runs in their order; `predict`, `evaluate` and `load_networks` take the list, or the folder.

    Raises
    ------
    Refusal
        If the number is none, or the folder is that of a single run; all that `fit` raises.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> from seg_train import ModelRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> recipe = TrainingRecipe(seed=1, epochs=1, batch_size=2, validation=0.5, model=tiny)
    >>> data = open_database("data")
    >>> runs = fit_ensemble(recipe, data, "two-seeds", seeds=2, progress=False)
    >>> [run.folder.as_posix() for run in runs]
    ['two-seeds/1', 'two-seeds/2']
    """
    folder = Path(folder)
    if seeds < 1:
        raise Refusal(f"seeds must be at least 1; got {seeds!r}")
    if (folder / RECIPE).is_file():
        raise Refusal(f"folder must be new or hold an ensemble; {folder} is that of a single run")
    bases = initial_folders(recipe)
    runs = [
        fit(
            dataclasses.replace(
                recipe,
                seed=_seed(recipe.seed, number),
                initial=bases[number % len(bases)],
            ),
            data,
            folder / str(number + 1),
            rows=rows,
            samples=samples,
            progress=progress,
            tensorboard=tensorboard,
        )
        for number in range(seeds)
    ]
    return write_ensemble(folder, runs)


def _seed(root: int, number: int) -> int:
    """Return the seed of a network: the recipe's own, then such as nobody takes by counting."""
    return root if number == 0 else int(rng_for(root, "ensemble", number).integers(2**31))
