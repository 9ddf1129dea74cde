"""Several networks as one: a folder with a run in each of its folders, and a list of them.

The list, `ensemble.json`, is written when all of them are there, and holds the ids of their
weights: an ensemble with a network missing or another in its place is refused, never used as if it
were whole.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_whole
from seg_train.runs import ENSEMBLE, PROVENANCE, TrainingRun, load_run
from seg_train.shipped import run_folder


def load_runs(folder: str | Path) -> list[TrainingRun]:
    """Read the run, or all runs of the ensemble, that a folder or a name stands for.

    Parameters
    ----------
    folder
        Folder of a run, folder of several as `seg-train fit --seeds` and `seg-train pack` leave
        them, or the name of a network that comes with the package.

    Raises
    ------
    FileNotFoundError
        If there is no finished run.
    Refusal
        If a run is not what its provenance, or the list of the ensemble, tells of.

    Examples
    --------
    >>> [run.folder.name for run in load_runs("run")]
    ['run']
    """
    folder = run_folder(folder)
    if not (folder / ENSEMBLE).is_file():
        return [load_run(folder)]
    listed = json.loads((folder / ENSEMBLE).read_text(encoding="utf-8"))["networks"]
    runs = [load_run(folder / name) for name in listed]
    for (name, weights), run in zip(listed.items(), runs, strict=True):
        if run.provenance["weights"] != weights:
            raise Refusal(
                f"networks of {folder} must be those of its {ENSEMBLE}, {weights} in {name}; "
                f"got {run.provenance['weights']}"
            )
    return runs


Run = TrainingRun | str | Path
Runs = Run | Sequence[Run]
"""A run, the folder or the name of one or of several, or a list of these."""


def as_runs(network: Runs) -> list[TrainingRun]:
    """Return the runs that a folder, a name or a list of them stands for.

    Parameters
    ----------
    network
        As `load_runs` takes it; a run, which is returned as it is and not read again; or a list of
        these.

    Examples
    --------
    >>> [run.folder.name for run in as_runs([load_runs("run")[0], "run"])]
    ['run', 'run']
    """
    if isinstance(network, TrainingRun):
        return [network]
    if isinstance(network, str | Path):
        return load_runs(network)
    return [run for one in network for run in as_runs(one)]


def write_ensemble(folder: str | Path, runs: Sequence[TrainingRun]) -> list[TrainingRun]:
    """Write the list that makes the runs in a folder one ensemble.

    Parameters
    ----------
    folder
        Folder in which every run has a folder of its own.
    runs
        Runs in it, in the order in which they are listed.

    Returns
    -------
    runs
        Runs as the folder now gives them.

    Raises
    ------
    Refusal
        If the folder is that of a run, or a run lies elsewhere.
    """
    folder = Path(folder)
    if (folder / PROVENANCE).is_file():
        raise Refusal(f"folder must hold runs and be none itself; {folder} is the folder of a run")
    away = [run.folder for run in runs if run.folder.parent != folder]
    if away or not runs:
        got = away[0] if away else "no run"
        raise Refusal(f"runs must lie in folders of {folder}, one at least; got {got}")
    listed = {run.folder.name: run.provenance["weights"] for run in runs}
    table = {"ensemble": identity(list(listed.values()), "ensemble"), "networks": listed}
    write_whole(folder / ENSEMBLE, json.dumps(table, indent=2) + "\n", synced=True)
    return load_runs(folder)
