"""What a data set will cost, from a few of its structures, made and timed."""

import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.dataset.build import ShardTask, build_shard
from hrtem_sim.dataset.executors import check_executor, run_tasks
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.refusal import Refusal

FEWEST, MOST = 3, 24
"""Structures that a sample has at least and at most, besides the first, which warms up."""

EACH = 2
"""Structures that every worker makes to show how much workers slow each other down."""


@dataclass(frozen=True)
class Cost:
    """What a data set will cost on this machine.

    Parameters
    ----------
    structures, micrographs
        Their numbers.
    sample
        Seconds that each structure of the sample took, one after another.
    seconds
        Expected wall time by the number of workers, in seconds.
    disk
        Bytes of the shards.
    memory
        Most bytes that one worker holds.
    """

    structures: int
    micrographs: int
    sample: tuple[float, ...]
    seconds: dict[int, float]
    disk: float
    memory: float

    def __str__(self) -> str:
        times = "; ".join(
            f"{n} worker{'s' * (n > 1)}: {_duration(seconds)}"
            for n, seconds in self.seconds.items()
        )
        each = np.array(self.sample)
        return (
            f"structures  {self.structures}\n"
            f"micrographs {self.micrographs}\n"
            f"time        {times}\n"
            f"disk        {self.disk / 1e9:.3g} GB\n"
            f"memory      {self.memory / 1e9:.2g} GB for each worker\n"
            f"from {len(each)} structures, {each.min():.2g} to {each.max():.2g} s each "
            f"(mean {each.mean():.2g}, known to {_uncertainty(each):.0%})"
        )


def estimate(
    recipe: DatasetRecipe,
    *,
    workers: int = 1,
    builder: str | Path | Callable[..., Any] | None = None,
    patience: float = 30.0,
) -> Cost:
    """Make a few structures of a recipe, and say what all of them will cost.

    Parameters
    ----------
    recipe
        Recipe of the data set.
    workers
        Processes; more than one are tried too, as they share the machine's memory and cores.
    builder
        As in `build_dataset`.
    patience
        Seconds that the sample may take, if three structures take no longer.

    Returns
    -------
    cost

    Notes
    -----
    Structures are spread evenly over the data set, each as a shard of its own in a folder that is
    removed. The first one compiles kernels and plans transforms, and counts once. What remains
    uncertain is the mean of structures of very different sizes, which is told.

    Examples
    --------
    >>> from hrtem_sim.dataset import read_dataset_recipe
    >>> estimate(read_dataset_recipe("tiny.toml"), patience=1.0).micrographs
    4
    """
    check_executor(workers)
    if not 0 < patience < math.inf:
        raise Refusal(f"patience must be positive, in seconds; got {patience!r}")
    if recipe.specimen is not None or builder is not None:
        recipe = recipe.with_builder(builder)
    alone = replace(recipe, storage=replace(recipe.storage, structures_per_shard=1))
    with tempfile.TemporaryDirectory() as folder:
        tasks = [ShardTask(alone, i, Path(folder)) for i in _spread(recipe.structures)]
        first, *made = _sampled(tasks, patience)
        made = made or [first]
        each = [one.seconds for one in made]
        mean = float(np.mean(each))
        seconds = {1: recipe.structures * mean + max(0.0, first.seconds - mean)}
        if workers > 1:
            seconds[workers] = _shared(tasks, workers, recipe.structures, first, made)
    kept = float(np.mean([one.kept for one in made]))
    per_shard = min(recipe.storage.structures_per_shard, recipe.structures)
    return Cost(
        structures=recipe.structures,
        micrographs=recipe.structures * recipe.images_per_structure,
        sample=tuple(each),
        seconds=seconds,
        disk=recipe.structures * float(np.mean([one.disk for one in made])),
        memory=max(one.memory for one in made) + (per_shard - 1) * kept,
    )


@dataclass(frozen=True)
class _Made:
    """What one structure took: wall seconds, bytes on disk, arrays kept, the process's peak."""

    seconds: float
    disk: float
    kept: float
    memory: float


def _timed(task: ShardTask) -> _Made:
    begin = time.perf_counter()
    build_shard(task)
    seconds = time.perf_counter() - begin
    path = task.folder / f"shard-{task.index:05d}.h5"
    sizes: list[int] = []
    with open_hdf5(path) as file:
        file.visititems(
            lambda _, item: sizes.append(item.nbytes) if isinstance(item, h5py.Dataset) else None
        )
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return _Made(seconds, float(path.stat().st_size), float(sum(sizes)), float(peak))


def _several(tasks: list[ShardTask]) -> list[_Made]:
    return [_timed(task) for task in tasks]


def _sampled(tasks: list[ShardTask], patience: float) -> list[_Made]:
    begin, made = time.perf_counter(), []
    for task in tasks:
        made.append(_timed(task))
        if len(made) > FEWEST and time.perf_counter() - begin > patience:
            break
    return made


def _shared(
    tasks: list[ShardTask], workers: int, structures: int, first: _Made, made: list[_Made]
) -> float:
    """Wall seconds of all structures on several workers, from a few on as many."""
    known = tasks[1 : len(made) + 1] or tasks[:1]
    chosen = [known[k % len(known)] for k in range(EACH)]
    lists = [
        [replace(task, folder=task.folder / f"{worker}-{k}") for k, task in enumerate(chosen)]
        for worker in range(workers)
    ]
    for task in [task for one in lists for task in one]:
        task.folder.mkdir(exist_ok=True)
    begin = time.perf_counter()
    done = list(run_tasks(_several, lists, workers))
    wall = time.perf_counter() - begin
    # the first of each warms its process up
    shared = float(np.mean([one.seconds for part in done for one in part[1:]]))
    alone = float(np.mean([made[k % len(made)].seconds for k in range(1, EACH)]))
    each = float(np.mean([one.seconds for one in made])) * shared / alone
    start = max(0.0, wall - EACH * shared)
    return start + structures * each / min(workers, structures)


def _spread(structures: int) -> list[int]:
    """Indices of a sample, spread evenly, the farthest apart first."""
    count = min(structures, MOST + 1)
    even = [int(i * structures / count) for i in range(count)]
    order = sorted(range(count), key=lambda i: int(f"{i:05b}"[::-1], 2))
    return [even[i] for i in order]


def _uncertainty(each: np.ndarray) -> float:
    """Standard error of the mean, as a part of it."""
    if len(each) < 2:
        return 1.0
    return float(each.std(ddof=1) / math.sqrt(len(each)) / each.mean())


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
