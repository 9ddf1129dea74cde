"""What a data set will cost, from a few of its structures, made and timed."""

import math
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
from hrtem_sim.dataset.plan import plan_structure
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.provenance import to_value
from hrtem_sim.refusal import Refusal

FEWEST, MOST = 6, 120
"""Structures that a sample has at least and at most, besides the first, which warms up."""

WITHIN = 0.1
"""Standard error of the mean, as a part of it, with which a sample is content: the truth is then
within 20 % in nineteen cases of twenty."""

GOLDEN = (math.sqrt(5) - 1) / 2

PLANNED = 512
"""Structures that are put in the order of their sizes."""

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
    known
        Standard error of their mean, as a part of it.
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
    known: float
    seconds: dict[int, float]
    disk: float
    memory: float

    def __str__(self) -> str:
        times = "; ".join(
            f"{n} worker{'s' * (n > 1)}: {_duration(seconds)}"
            for n, seconds in self.seconds.items()
        )
        each = np.array(self.sample)
        memory = "unknown on this system" if math.isnan(self.memory) else ""
        memory = memory or f"{self.memory / 1e9:.2g} GB for each worker"
        return (
            f"structures  {self.structures}\n"
            f"micrographs {self.micrographs}\n"
            f"time        {times}\n"
            f"disk        {self.disk / 1e9:.3g} GB\n"
            f"memory      {memory}\n"
            f"from {len(each)} structures, {each.min():.2g} to {each.max():.2g} s each "
            f"(mean {self.seconds[1] / self.structures:.2g}, known to {self.known:.0%})"
        )


def estimate(
    recipe: DatasetRecipe,
    *,
    workers: int = 1,
    builder: str | Path | Callable[..., Any] | None = None,
    patience: float = 120.0,
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
        Seconds that the sample may take, if six structures take no longer.

    Returns
    -------
    cost

    Notes
    -----
    The structures of the sample are as different as those of the data set: all are put in the order
    of how much their plans hold (parts, and then sizes), and taken evenly from it, until the mean
    is known to a tenth or patience is at its end. Each is made as a shard of its own in a folder
    that is removed. The first one compiles kernels and plans transforms, and counts once. The
    uncertainty is that of a systematic sample from an ordered list, by differences of neighbours
    (K. M. Wolter, Introduction to Variance Estimation (2007), chapter 8). Time is that of the
    clock, of the machine as it is: what else runs on it meanwhile counts.

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
        tasks = [(place, ShardTask(alone, i, Path(folder))) for place, i in _ordered(recipe)]
        first, *made = _sampled(tasks, patience)
        each = [one.seconds for one in made]
        mean = _mean(made)
        seconds = {1: recipe.structures * mean + max(0.0, first.seconds - mean)}
        if workers > 1:
            seconds[workers] = _shared(tasks, workers, recipe.structures, first, made)
    kept = float(np.mean([one.kept for one in made]))
    per_shard = min(recipe.storage.structures_per_shard, recipe.structures)
    return Cost(
        structures=recipe.structures,
        micrographs=recipe.structures * recipe.images_per_structure,
        sample=tuple(each),
        known=_uncertainty(made),
        seconds=seconds,
        disk=recipe.structures * float(np.mean([one.disk for one in made])),
        memory=max(one.memory for one in made) + (per_shard - 1) * kept,
    )


@dataclass(frozen=True)
class _Made:
    """What one structure took: wall seconds, bytes on disk, arrays kept, the process's peak.

    `place` is its place in the order of sizes, from 0 to 1.
    """

    seconds: float
    disk: float
    kept: float
    memory: float
    place: float = 0.5


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
    return _Made(seconds, float(path.stat().st_size), float(sum(sizes)), _peak())


def _peak() -> float:
    """Most memory that this process has taken, in bytes; NaN on Windows, which does not say."""
    try:
        import resource
    except ImportError:
        return math.nan
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def _several(tasks: list[ShardTask]) -> list[_Made]:
    return [_timed(task) for task in tasks]


def _sampled(tasks: list[tuple[float, ShardTask]], patience: float) -> list[_Made]:
    """What structures took, the first of which warms up."""
    begin, made = time.perf_counter(), [_timed(tasks[0][1])]
    for place, task in tasks:
        made.append(replace(_timed(task), place=place))
        spent = time.perf_counter() - begin
        if len(made) > FEWEST and (_uncertainty(made[1:]) <= WITHIN or spent > patience):
            break
    return made


def _shared(
    tasks: list[tuple[float, ShardTask]],
    workers: int,
    structures: int,
    first: _Made,
    made: list[_Made],
) -> float:
    """Wall seconds of all structures on several workers, from a few on as many."""
    chosen = [tasks[k % len(made)][1] for k in range(EACH)]
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
    each = _mean(made) * shared / alone
    start = max(0.0, wall - EACH * shared)
    return start + structures * each / min(workers, structures)


def _ordered(recipe: DatasetRecipe) -> list[tuple[float, int]]:
    """Places in the order of sizes, from 0 to 1, and structures there, evenly spread at any length.

    Of large data sets some are put in order, which stand for all.
    """
    some = min(recipe.structures, PLANNED)
    indices = [int(i * recipe.structures / some) for i in range(some)]
    plans = {index: to_value(plan_structure(recipe, index).specimen) for index in indices}
    order = sorted(indices, key=lambda index: (_size(plans[index]), index))
    # multiples of the golden section fill the order evenly, wherever one stops
    turns = (int(math.modf((i + 0.5) * GOLDEN)[0] * some) for i in range(20 * some))
    places = list(dict.fromkeys([*turns, *range(some)]))[:MOST]
    return [((place + 0.5) / some, order[place]) for place in places]


def _size(value: Any) -> tuple[int, float]:
    """How many numbers a plan holds, and their sum: more parts, and larger ones, take longer."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        inner = [_size(item) for item in value]
        return sum(n for n, _ in inner), sum(total for _, total in inner)
    if isinstance(value, bool | str) or value is None:
        return 0, 0.0
    return 1, abs(float(value))


def _shares(made: list[_Made]) -> np.ndarray:
    """Part of all structures that each of a sample stands for: those nearer than to others."""
    places = np.array([one.place for one in made])
    order = np.argsort(places)
    middles = (places[order][1:] + places[order][:-1]) / 2
    shares = np.empty(len(made))
    shares[order] = np.diff([0.0, *middles, 1.0])
    return shares


def _mean(made: list[_Made]) -> float:
    """Mean seconds of all structures, by a sample of them."""
    return float(_shares(made) @ [one.seconds for one in made])


def _uncertainty(made: list[_Made]) -> float:
    """Standard error of the mean, as a part of it."""
    if len(made) < 2:
        return 1.0
    each = np.array([one.seconds for one in sorted(made, key=lambda one: one.place)])
    variance = (np.diff(each) ** 2).mean() / 2
    return float(math.sqrt(variance * (_shares(made) ** 2).sum()) / _mean(made))


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
