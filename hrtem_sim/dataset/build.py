"""From a recipe to a folder of shards, resumable, on any number of workers."""

import json
import platform
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from hrtem_sim.arguments import checked_share
from hrtem_sim.database import (
    Database,
    DatabaseError,
    IncompleteDataset,
    ShardContent,
    open_database,
    read_shard,
    shard_name,
    write_shard,
)
from hrtem_sim.dataset.catalogue import (
    catalogue_row,
    tell_agreement,
    tell_left_out,
    tell_skipped,
)
from hrtem_sim.dataset.executors import check_executor, run_tasks
from hrtem_sim.dataset.labels import make_labels
from hrtem_sim.dataset.pixels import check_pixels
from hrtem_sim.dataset.plan import plan_structure
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.dataset.simulate import (
    SimulatedStructure,
    beside_id,
    build_structure,
    simulate_structure,
)
from hrtem_sim.fft import choose_fft
from hrtem_sim.progress import stage
from hrtem_sim.provenance import identity, to_table, to_toml
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders import BuilderError
from hrtem_sim.whole import sweep, write_whole

OnError = Literal["stop", "skip"]

TRIALS = 20
"""Structures that may fail one after another before a builder is given up."""


@dataclass(frozen=True)
class ShardTask:
    """One shard to make: all that travels to a worker."""

    recipe: DatasetRecipe
    index: int
    folder: Path
    on_error: OnError = "stop"
    cell: tuple[float, float] | None = None

    @property
    def structures(self) -> range:
        """Structures of the shard."""
        size = self.recipe.storage.structures_per_shard
        return range(self.index * size, min((self.index + 1) * size, self.recipe.structures))


@typed
def build_dataset(
    recipe: DatasetRecipe,
    folder: str | Path,
    *,
    workers: int = 1,
    client: Any = None,
    share: tuple[int, int] = (0, 1),
    builder: str | Path | Callable[..., Any] | None = None,
    on_error: OnError = "stop",
    progress: bool = True,
) -> Database:
    """Build, simulate and image every structure of a recipe, and write the data set.

    Parameters
    ----------
    recipe
        Recipe of the data set; see `read_dataset_recipe`.
    folder
        Folder for the shards; made if it is missing. Shards of the same recipe that are already
        there are kept, so an interrupted run goes on where it stopped.
    workers
        Processes. The result is the same, bit for bit, for any number.
    client
        A `dask.distributed.Client` to work instead of processes.
    share
        (i, n): make every n-th shard from the i-th on, from 0, and leave the others to the other
        jobs of an array.
    builder
        Builder of the recipe's table `specimen`, where it is a file, `"my_structures.py"`, or a
        function; those of the package go by the name that the recipe has.
    on_error
        `"skip"` leaves structures out whose builder fails; `Database.skipped` says why.
    progress
        Show a progress bar with rate and remaining time.

    Returns
    -------
    database

    Raises
    ------
    TypeError, ValueError
        For impossible `workers`, `client`, `share`, `builder` or `on_error`; nothing is made then.
    IdleShare
        If there are fewer shards than shares, and none is for this one; nothing is made then.
    BuilderError
        If a builder fails; the message names the structure, its numbers and the line.
    DatabaseError
        If the folder holds a data set of another recipe, or cannot be written.

    Examples
    --------
    >>> from hrtem_sim.dataset import read_dataset_recipe
    >>> recipe = read_dataset_recipe("tiny.toml").scaled(0.5)
    >>> database = build_dataset(recipe, "half", progress=False)
    >>> len(database)
    2
    """
    check_executor(workers, client)
    n_shards = -(-recipe.structures // recipe.storage.structures_per_shard)
    mine, shares = checked_share(share, n_shards, "shards")
    if on_error not in get_args(OnError):
        raise Refusal(f"on_error must be 'stop' or 'skip'; got {on_error!r}")
    if recipe.specimen is not None or builder is not None:
        recipe = recipe.with_builder(builder)
    folder = Path(folder)
    tasks = [ShardTask(recipe, index, folder, on_error) for index in range(n_shards)]
    missing = [task for task in tasks[mine::shares] if not _is_done(task)]
    _refuse_another_recipe(tasks)
    if missing:
        cell = _common_cell(recipe, on_error)
        missing = [replace(task, cell=cell) for task in missing]
    _prepare(folder, recipe, n_shards)
    total = sum(len(task.structures) for task in missing)
    bar = stage(total=total, unit=" structures", desc="simulate", shown=progress)
    with bar:
        if workers == 1 and client is None:
            for task in missing:
                build_shard(task, bar.update)
        else:
            for done in run_tasks(build_shard, missing, workers, client=client):
                bar.update(done)
    sweep(folder)  # workers may have been lost and replaced
    with warnings.catch_warnings():
        if shares > 1:  # the others are not here yet
            warnings.simplefilter("ignore", IncompleteDataset)
        database = open_database(folder)
    tell_agreement(recipe, database)
    if recipe.specimen is None:
        tell_left_out(recipe, database)
    tell_skipped(database)
    return database


def build_shard(task: ShardTask, advance: Callable[[int], object] | None = None) -> int:
    """Make one shard and write it; return the number of its structures.

    `advance` is called with 1 after every structure.
    """
    recipe = task.recipe
    simulated: list[_Kept] = []
    rows: list[dict[str, object]] = []
    skipped: dict[int, str] = {}
    for index in task.structures:
        plan = plan_structure(recipe, index)
        try:
            structure = simulate_structure(recipe, plan)
            _check_cell(task, structure)
        except BuilderError as error:
            if task.on_error == "stop" or len(skipped) + 1 == len(task.structures):
                raise
            skipped[index] = str(error)
            continue
        rows += [catalogue_row(recipe, structure, image) for image in range(len(plan.images))]
        simulated.append(_Kept.of(structure, recipe))
        if advance:
            advance(1)
    per_structure = recipe.images_per_structure
    content = ShardContent(
        index=task.index,
        recipe=to_toml({"dataset": to_table(recipe)}),
        recipe_id=identity(recipe, "recipe"),
        beside_id=beside_id(recipe),
        pixel_size=recipe.detector.pixel_size,
        catalogue=pd.DataFrame(rows),
        images=np.concatenate([kept.images for kept in simulated]),
        masks=np.stack([kept.mask for kept in simulated]),
        mask_of=np.repeat(np.arange(len(simulated)), per_structure),
        plans=tuple(kept.plan for kept in simulated),
        extras={
            f"{group}/{k}{name}": array
            for k, kept in enumerate(simulated)
            for (group, name), array in kept.extras.items()
        },
        versions=versions(),
        classes=recipe.mask.names,
        skipped=skipped,
    )
    write_shard(task.folder, content)
    return len(task.structures)


@dataclass(frozen=True, eq=False)
class _Kept:
    """What stays of a structure until its shard is written."""

    plan: str
    images: np.ndarray
    mask: np.ndarray
    extras: dict[tuple[str, str], np.ndarray]

    @classmethod
    def of(cls, structure: SimulatedStructure, recipe: DatasetRecipe) -> "_Kept":
        extras: dict[tuple[str, str], np.ndarray] = {}
        if recipe.storage.atoms:
            specimen = structure.built.specimen
            extras["structures", "/positions"] = specimen.positions
            extras["structures", "/numbers"] = specimen.numbers.astype(np.uint8)
            extras["structures", "/labels"] = specimen.labels.astype(np.uint8)
        if recipe.storage.waves:
            extras["waves", ""] = structure.wave.array
        labels = make_labels(
            recipe.storage.labels,
            structure.built,
            recipe.mask,
            structure.mask,
            recipe.wave.tilt,
        )
        extras |= {("labels", f"/{kind}"): array for kind, array in labels.items()}
        counts = [micrograph.counts for micrograph in structure.micrographs]
        images = np.stack(structure.expected or counts)
        plan = json.dumps(to_table(structure.plan), sort_keys=True)
        return cls(plan, images, structure.mask.classes, extras)


def versions() -> str:
    """Return the versions of all that takes part in the numbers, as one line."""
    names = ("micrograph-foundry", "numpy", "scipy", "numba", "ase", "h5py")
    found = [f"{name} {version(name)}" for name in names]
    return "; ".join([f"python {platform.python_version()}", *found, f"fft {choose_fft().name}"])


def _refuse_another_recipe(tasks: list[ShardTask]) -> None:
    """Refuse a folder in which other jobs of an array make another data set: one shard tells."""
    for task in tasks:
        if _is_done(task, verify=False):
            return


def _is_done(task: ShardTask, *, verify: bool = True) -> bool:
    """Whether a whole shard of this recipe is already there."""
    path = task.folder / shard_name(task.index)
    if not path.exists():
        return False
    with read_shard(path, verify=verify) as file:
        found = file.attrs["recipe_id"]
        text = file["recipe"].asstr()[()]
    if found != identity(task.recipe, "recipe"):
        _tell_changed_builder(task, path, text)
        raise DatabaseError(
            f"{path} belongs to another recipe ({found}, not {identity(task.recipe, 'recipe')}): "
            "choose an empty folder"
        )
    return True


def _tell_changed_builder(task: ShardTask, path: Path, stored: str) -> None:
    """Refuse a shard that differs in what its builder is made of and in nothing else."""
    before = tomllib.loads(stored)["dataset"]
    now = tomllib.loads(to_toml({"dataset": to_table(task.recipe)}))["dataset"]
    if "specimen" not in before or "specimen" not in now:
        return
    made_of = [
        {key: table["specimen"].pop(key, "") for key in ("builder_version", "builder_source")}
        for table in (before, now)
    ]
    if before == now:
        old, new = (" ".join(filter(None, one.values()))[:24] for one in made_of)
        raise DatabaseError(
            f"{path} was made by another version of the builder {now['specimen']['builder']} "
            f"({old}, now {new}): its source has changed since, so choose an empty folder, or give "
            "the builder as it was"
        )


def _common_cell(recipe: DatasetRecipe, on_error: OnError) -> tuple[float, float] | None:
    """Build the first structure, so that what is wrong is said at once; return its cell."""
    if recipe.specimen is None:
        return None
    last = min(TRIALS, recipe.structures) - 1 if on_error == "skip" else 0
    for index in range(last + 1):
        try:
            plan = plan_structure(recipe, index)
            x, y, _ = build_structure(plan, recipe.specimen.runner).specimen.cell
        except BuilderError:
            if index == last:
                raise
            continue
        check_pixels(
            (x, y), recipe.wave.pixel_size, recipe.detector.pixel_size, "the builder's cell"
        )
        return x, y
    raise AssertionError("the last trial returns or raises")


def _check_cell(task: ShardTask, structure: SimulatedStructure) -> None:
    """Refuse a structure that would not fill the images of the others."""
    x, y, _ = structure.built.specimen.cell
    if task.cell and max(abs(x - task.cell[0]), abs(y - task.cell[1])) > 1e-6:
        raise BuilderError(
            f"structure {structure.plan.index}: the builder must give all structures one cell "
            f"along x and y, {task.cell[0]:g} x {task.cell[1]:g} angstrom; got {x:g} x {y:g}"
        )


def _prepare(folder: Path, recipe: DatasetRecipe, n_shards: int) -> None:
    """Make the folder, refuse leftovers of a larger data set, write the recipe down."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        expected = {shard_name(index) for index in range(n_shards)}
        strangers = sorted(p.name for p in folder.glob("shard-*.h5") if p.name not in expected)
        if strangers:
            raise DatabaseError(f"{folder} holds shards of another data set: {strangers[0]}")
        sweep(folder)
        text = to_toml({"dataset": to_table(recipe)})
        _keep(folder / "recipe.toml", text)
        if recipe.specimen is not None and recipe.specimen.runner.text:  # kept, and never run
            name, _, _ = recipe.specimen.builder.rpartition(":")
            _keep(folder / name, recipe.specimen.runner.text)
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be written: {error}") from None


def _keep(path: Path, text: str) -> None:
    """Write a text that may lie there already."""
    if not path.is_file() or path.read_bytes() != text.encode():
        write_whole(path, text, synced=True)
