"""Make it again: any micrograph from its stored plan, new micrographs from stored waves."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.database import Database, DatabaseError, read_shard
from hrtem_sim.database.selecting import checked_rows
from hrtem_sim.dataset.plan import StructurePlan, draw_conditions
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.dataset.simulate import micrograph_id, simulate_structure
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Micrograph, form_image
from hrtem_sim.provenance import from_table, identity, number_held_out, rng_for, without_doubts
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave


@without_doubts()
def stored_recipe(database: Database) -> DatasetRecipe:
    """Return the recipe that a data set was made from.

    Raises
    ------
    DatabaseError
        If the stored recipe does not have the id that the shards carry.
    """
    recipe = from_table(DatasetRecipe, tomllib.loads(database.recipe_toml)["dataset"], "dataset")
    if identity(recipe, "recipe") != database.recipe_id:
        raise DatabaseError(
            f"{database.folder}: the recipe has the id {identity(recipe, 'recipe')}, "
            f"not {database.recipe_id}; the file was edited or is of another version"
        )
    return recipe


@typed
def stored_plan(database: Database, row: int) -> StructurePlan:
    """Return the plan of the structure that a row of the catalogue shows.

    Parameters
    ----------
    database
        Data set whose plans are asked.
    row
        Position in its catalogue.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> stored_plan(database, 3).index
    1
    """
    (place,) = checked_rows([row], len(database))
    record = database.catalogue.iloc[place]
    with read_shard(database.paths[int(record["shard"])]) as file:
        return _plan(file, int(record["row"]))


@typed
def regenerate(
    database: Database,
    micrograph: str,
    *,
    builder: str | Path | Callable[..., Any] | None = None,
) -> Micrograph:
    """Make a micrograph again from its stored plan alone, bit for bit on the same machine.

    Parameters
    ----------
    database
        Data set.
    micrograph
        Id, from the column "micrograph" of its catalogue.
    builder
        Builder of the data set, where it is a user's file or function: the folder keeps a copy of
        the file, which runs only if it is named here.

    Raises
    ------
    ValueError
        If the data set has no such micrograph.
    DatabaseError
        If the stored plan does not have the id that the catalogue says.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> micrograph = regenerate(database, database.catalogue["micrograph"][2])
    >>> bool((micrograph.counts == database.counts([2])[0]).all())
    True
    """
    found = np.flatnonzero(database.catalogue["micrograph"] == micrograph)
    if not len(found):
        raise Refusal(f"micrograph must be an id of the catalogue; got {micrograph!r}")
    row = int(found[0])
    recipe, plan = stored_recipe(database), stored_plan(database, row)
    image = int(database.catalogue.iloc[row]["image_index"])
    if micrograph_id(recipe, plan, image) != micrograph:
        raise DatabaseError(f"{database.folder}: {micrograph} does not belong to its stored plan")
    if recipe.specimen is not None or builder is not None:
        recipe = recipe.with_builder(builder)
    return simulate_structure(recipe, plan).micrographs[image]


@typed
def check_dataset(database: Database) -> None:
    """Verify a data set: checksums, ids made again from the stored plans, and that none is missing.

    Parameters
    ----------
    database
        All of its shards are read.

    Raises
    ------
    DatabaseError
        At the first thing that is wrong; the message names the file.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> check_dataset(database)  # says nothing when all is well
    """
    database.check()
    recipe = stored_recipe(database)
    table = database.catalogue
    for number, path in enumerate(database.paths):
        with read_shard(path) as file:
            plans: dict[int, StructurePlan] = {}
            for record in table[table["shard"] == number].itertuples():
                structure = int(file["masks/of"][record.row])
                if structure not in plans:
                    plans = {structure: _plan(file, record.row)}  # rows of one follow each other
                plan = plans[structure]
                if micrograph_id(recipe, plan, record.image_index) != record.micrograph:
                    raise DatabaseError(f"{path}: {record.micrograph} is not what its plan makes")
    if database.missing:
        raise DatabaseError(
            f"{database.folder} lacks {database.missing} of {recipe.structures} structures: build "
            "it again to go on"
        )


class ConditionStream:
    """Fresh micrographs of stored waves at every epoch: new conditions, new noise, no files.

    Parameters
    ----------
    database
        A data set whose recipe keeps waves (`storage.waves`).
    seed
        Root of its random streams; default: the recipe's.
    held_out
        Part of the structures that `validation` shows and no epoch does, at least one; 0: none.

    Raises
    ------
    DatabaseError
        If the data set keeps no waves.

    Notes
    -----
    Epoch i is the same whenever and however often it is asked for. With `pixel_size` and
    `identity` it is a source that `seg_train.fit` trains on.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> images, masks = ConditionStream(database).epoch(0)
    >>> images.shape, masks.shape
    ((4, 64, 64), (4, 64, 64))
    >>> stream = ConditionStream(database, held_out=0.5)
    >>> len(stream.epoch(0)[0]), len(stream.validation()[0])
    (2, 2)
    """

    def __init__(
        self, database: Database, seed: int | None = None, *, held_out: float = 0.0
    ) -> None:
        self.database, self.recipe = database, stored_recipe(database)
        if not self.recipe.storage.waves:
            raise DatabaseError(
                f"{database.folder} keeps no waves: set storage.waves = true in its recipe and "
                "build into a new folder"
            )
        self.seed = self.recipe.seed if seed is None else seed
        self.pixel_size = database.pixel_size
        index = database.catalogue["structure_index"].to_numpy()
        out = np.isin(index, _held_out(np.unique(index), self.seed, held_out))
        self._kept, self._held = np.flatnonzero(~out), np.flatnonzero(out)

    @property
    def identity(self) -> str:
        """Id of the waves, the masks, the ranges and the structures held out."""
        parts = [self.database.identity, self.seed, self._held.astype(np.int64)]
        return identity(parts, "stream")

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the images (n, ny, nx) and masks (n, ny, nx) of an epoch, from 0.

        They are in the order of the catalogue, without the structures held out.
        """
        return self._form(self._kept, "stream", number)

    def validation(self) -> tuple[np.ndarray, np.ndarray]:
        """Return images and masks of the structures held out, always the same."""
        return self._form(self._held, "validation stream", 0)

    def _form(self, rows: np.ndarray, purpose: str, number: int) -> tuple[np.ndarray, np.ndarray]:
        images: dict[int, np.ndarray] = {}
        table = self.database.catalogue.iloc[rows]
        for shard, group in table.groupby("shard"):
            with read_shard(self.database.paths[int(shard)]) as file:
                for row, record in zip(group.index, group.itertuples(), strict=True):
                    images[row] = self._image(file, record, purpose, number)
        empty = np.zeros((0, *self.database.shape), np.uint16)
        formed = np.stack([images[row] for row in rows.tolist()]) if len(rows) else empty
        return formed, self.database.masks(rows)

    @without_doubts()
    def _image(self, file: h5py.File, record: Any, purpose: str, number: int) -> np.ndarray:
        array = file[f"waves/{int(file['masks/of'][record.row])}"][:]
        extent = [n * self.database.pixel_size for n in self.database.shape]
        pixel = tuple(e / n for e, n in zip(extent, array.shape[1:], strict=True))
        wave = ExitWave(array, Grid(array.shape[1:], pixel), self.recipe.wave.energy, owned=True)
        key = (purpose, number, int(record.structure_index), int(record.image_index))
        drawn = draw_conditions(self.recipe.imaging, self.seed, *key)
        zero = getattr(record, "focus_zero", 0.0)
        conditions = replace(drawn, defocus=drawn.defocus + zero)
        noise = rng_for(self.seed, "noise", *key)
        return form_image(wave, conditions, self.recipe.detector, rng=noise).counts


def _held_out(structures: np.ndarray, seed: int, fraction: float) -> np.ndarray:
    if not 0 <= fraction < 1:
        raise Refusal(f"held_out must be in [0, 1); got {fraction!r}")
    if not fraction:
        return structures[:0]
    if len(structures) < 2:
        raise Refusal(f"held_out must be 0 for a data set of one structure; got {fraction!r}")
    n = number_held_out(fraction, len(structures))
    return rng_for(seed, "held out").choice(structures, size=n, replace=False)


@without_doubts()
def _plan(file: h5py.File, row: int) -> StructurePlan:
    text = file["structures/plan"].asstr()[int(file["masks/of"][row])]
    return from_table(StructurePlan, json.loads(text), "plan")
