"""The door of training: whatever a user trains on becomes a source."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.data.labelled import LabelledSource
from seg_train.data.micrographs import LabelledMicrograph
from seg_train.data.pooled import PooledSource
from seg_train.data.source import MicrographStore, Source, open_store
from seg_train.data.stored import StoredMicrographs
from seg_train.recipe import TrainingRecipe

One = Source | MicrographStore | str | Path
Trainable = One | Sequence[LabelledMicrograph] | Sequence[One | Sequence[LabelledMicrograph]]
"""What `seg_train.fit` trains on."""


def as_source(data: Trainable, recipe: TrainingRecipe, *, rows: np.ndarray | None = None) -> Source:
    """Return the source of what a network is to be trained on.

    Parameters
    ----------
    data
        A database of `hrtem_sim.database.open_database` or the folder of one; labelled
        micrographs; a source; or a list of these, which are pooled.
    recipe
        Recipe whose `select`, `n_images`, `validation` and `seed` choose from a database; its
        `validation` and `seed` from labelled micrographs.
    rows
        Positions in the catalogue of a database to choose from; absent: all.

    Raises
    ------
    TypeError
        If it is none of these.
    Refusal
        If the recipe's `shares` are not as many as what is pooled.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> recipe = TrainingRecipe(seed=1)
    >>> type(as_source("data", recipe)).__name__
    'StoredMicrographs'
    >>> type(as_source(["data", load_experimental_sample()], recipe)).__name__
    'PooledSource'
    """
    if isinstance(data, Sequence) and not isinstance(data, str):
        if rows is not None:
            raise Refusal("rows must be absent where several things are pooled; got some")
        micrographs = [item for item in data if isinstance(item, LabelledMicrograph)]
        if micrographs and len(micrographs) == len(data):
            _refuse_shares(recipe)
            _refuse_catalogue(recipe, "labelled micrographs, which have no catalogue")
            pixel = recipe.pixel_size or max(one.pixel_size for one in micrographs)
            return LabelledSource(
                micrographs,
                seed=recipe.seed,
                held_out=recipe.validation,
                piece=recipe.patch and recipe.patch * pixel,
            )
        if micrographs:
            raise TypeError(
                "data must be labelled micrographs alone, or hold them as a list of their own; "
                f"got {len(micrographs)} micrographs among {len(data)} items"
            )
        others = [item for item in data if not isinstance(item, LabelledMicrograph)]
        if recipe.shares is not None and len(recipe.shares) != len(others):
            raise Refusal(
                f"shares must be one for each of the {len(others)} that are pooled; "
                f"got {len(recipe.shares)}"
            )
        alone = replace(recipe, shares=None)
        sources = [as_source(item, alone) for item in others]
        ours = StoredMicrographs | LabelledSource
        _refuse_leaks([source for source in sources if isinstance(source, ours)])
        return PooledSource(sources)
    _refuse_shares(recipe)
    if isinstance(data, str | Path) or not isinstance(data, Source):
        return StoredMicrographs(open_store(data), recipe, rows=rows)
    if rows is not None:
        raise Refusal("rows must be absent for a source, which chooses itself; got some")
    _refuse_catalogue(recipe, "a source, which chooses itself")
    return data


def _refuse_catalogue(recipe: TrainingRecipe, what: str) -> None:
    """Refuse a recipe that chooses where there is nothing to choose from by it."""
    for name in ("select", "n_images"):
        value = getattr(recipe, name)
        if value is not None:
            raise Refusal(f"{name} must be absent for {what}; got {value!r}")


def _refuse_leaks(sources: Sequence[StoredMicrographs | LabelledSource]) -> None:
    """Refuse parts that share structures, or images, of which one trains and another validates.

    Structures of one recipe are the same whatever their number.
    """
    trained = frozenset[str]().union(*(source.structures[0] for source in sources))
    held_out = frozenset[str]().union(*(source.structures[1] for source in sources))
    if both := trained & held_out:
        raise Refusal(
            "data must hold out the same structures of all that is pooled; got "
            f"{len(both)} that one part trains on and another validates with, {min(both)} among "
            "them: open_databases gives data sets of one kind as one, and lists of micrographs add"
        )


def _refuse_shares(recipe: TrainingRecipe) -> None:
    if recipe.shares is not None:
        raise Refusal(f"shares must be absent where nothing is pooled; got {recipe.shares}")
