"""Structures that no network of a study sees, and the micrographs of them that test them all."""

from collections.abc import Callable

import numpy as np

from hrtem_sim.provenance import number_held_out, rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data import LabelledMicrograph, load_simulated
from seg_train.data.selection import select_rows
from seg_train.data.source import MicrographStore
from seg_train.study.recipe import Condition, StudyRecipe

PREFIX = "held out "
"""Begins the group of the micrographs held out; the condition follows that they are drawn from."""


def kept_rows(
    recipe: StudyRecipe, condition: Condition, database: MicrographStore
) -> np.ndarray | None:
    """Return the positions in a catalogue that a condition may train on; absent: all.

    Parameters
    ----------
    recipe
        Recipe whose `seed` and `held_out` are used.
    condition
        One of its conditions, whose `structures` are used.
    database
        As `hrtem_sim.database.open_database` returns it.

    Raises
    ------
    ValueError
        If the data set has fewer structures than the condition wants.

    Notes
    -----
    Structures are held out by their index in the data set, so that data sets of the same
    structures under other conditions hold out the same ones.
    """
    kept = np.ones(len(database.catalogue), dtype=bool)
    if recipe.held_out:
        kept &= ~_is_out(recipe, database)
    if condition.structures is not None:
        index = database.catalogue["structure_index"].to_numpy()
        every = np.unique(index[kept])
        if condition.structures > len(every):
            raise Refusal(
                f"structures must be at most {len(every)}, those of the data set that train; "
                f"got {condition.structures} of the condition {condition.name!r}"
            )
        kept &= np.isin(index, every[: condition.structures])
    return None if kept.all() else np.flatnonzero(kept)


def test_micrographs(
    recipe: StudyRecipe, database_of: Callable[[Condition], MicrographStore]
) -> list[LabelledMicrograph]:
    """Return the micrographs held out, by the condition that they are drawn from.

    Parameters
    ----------
    recipe
        Recipe whose `seed`, `held_out`, `test_images` and conditions are used.
    database_of
        Returns the database of a condition.

    Returns
    -------
    micrographs
        Up to `test_images` for each condition, in a group of its name; conditions that draw from
        the same micrographs, because they differ in the training alone, share one group.
    """
    if not recipe.held_out:
        return []
    drawn, micrographs = set(), []
    for condition in recipe.conditions:
        source = (condition.database, condition.training.select)
        if source in drawn:
            continue
        drawn.add(source)
        database = database_of(condition)
        out = np.flatnonzero(_is_out(recipe, database))
        rows = select_rows(database.catalogue, condition.training.select, rows=out)
        rng = rng_for(recipe.seed, "test micrographs", condition.name)
        n = min(recipe.test_images, len(rows))
        rows = np.sort(rng.choice(rows, size=n, replace=False))
        group = PREFIX + condition.name
        micrographs += load_simulated(database, rows, group=group)
    return micrographs


def _is_out(recipe: StudyRecipe, database: MicrographStore) -> np.ndarray:
    index = database.catalogue["structure_index"].to_numpy()
    every = np.unique(index)
    if len(every) < 2:
        raise Refusal(
            f"held_out must be 0 when a data set has one structure; got {recipe.held_out}"
        )
    n = number_held_out(recipe.held_out, len(every))
    chosen = rng_for(recipe.seed, "held out").choice(every, size=n, replace=False)
    return np.isin(index, chosen)
