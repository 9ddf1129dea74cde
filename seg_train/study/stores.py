"""The data sets of a study, opened and looked at before the first network trains."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.data.selection import split_by_structure
from seg_train.data.source import MicrographStore, open_store
from seg_train.study.held_out import kept_rows
from seg_train.study.recipe import Condition, StudyRecipe

Stores = MicrographStore | str | Path | Mapping[str | None, MicrographStore | str | Path]
"""Data sets of a study: one, or those of its conditions by their names."""


def open_stores(recipe: StudyRecipe, databases: Stores) -> dict[str | None, MicrographStore]:
    """Return the data sets of a study by the names that its conditions call them.

    Parameters
    ----------
    recipe
        Recipe whose conditions name data sets.
    databases
        As `seg_train.study.run_study` takes them.

    Raises
    ------
    Refusal
        If a condition has none.
    """
    stores: dict[str | None, MicrographStore] = {}
    for condition in recipe.conditions:
        if condition.database not in stores:
            stores[condition.database] = open_store(_given(databases, condition))
    return stores


def rows_of_conditions(
    recipe: StudyRecipe, stores: Mapping[str | None, MicrographStore]
) -> dict[str, np.ndarray | None]:
    """Return the positions in a catalogue that each condition may train on; None: all.

    Parameters
    ----------
    recipe
        Recipe with the conditions and what is held out.
    stores
        As `open_stores` returns them.

    Raises
    ------
    Refusal
        If a condition cannot draw what its training asks for.
    """
    kept = {c.name: kept_rows(recipe, c, stores[c.database]) for c in recipe.conditions}
    for c in recipe.conditions:
        split_by_structure(stores[c.database].catalogue, c.training, rows=kept[c.name])
    return kept


def _given(databases: Stores, condition: Condition) -> MicrographStore | str | Path:
    if isinstance(databases, Mapping):
        if condition.database not in databases:
            raise Refusal(
                f"databases must hold {condition.database!r} of the condition {condition.name!r}; "
                f"got {', '.join(map(repr, databases))}"
            )
        return databases[condition.database]
    if condition.database is None:
        return databases
    if not isinstance(databases, str | Path):
        raise Refusal(
            f"databases must be a dict or a folder for the condition {condition.name!r}, which "
            f"has a data set of its own; got {type(databases).__name__}"
        )
    return Path(databases) / condition.database
