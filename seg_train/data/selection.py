"""Which micrographs train a network and which validate it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtem_sim.database.selecting import checked_rows
from hrtem_sim.provenance import identity, number_held_out, rng_for, rows_that_meet
from hrtem_sim.refusal import Refusal
from seg_train.recipe import TrainingRecipe


@dataclass(frozen=True, eq=False)
class Split:
    """Integer positions in a catalogue, sorted, of training and validation micrographs.

    Parameters
    ----------
    training, validation
        Rows, (n,) each.
    """

    training: np.ndarray
    validation: np.ndarray

    @property
    def identity(self) -> str:
        """Id of these positions."""
        return identity([self.training.astype(np.int64), self.validation.astype(np.int64)], "split")


def split_by_structure(
    catalogue: pd.DataFrame, recipe: TrainingRecipe, *, rows: np.ndarray | None = None
) -> Split:
    """Select micrographs as a recipe says and hold whole structures out for validation.

    Parameters
    ----------
    catalogue
        One row per micrograph with the column "structure".
    recipe
        Recipe whose `select`, `n_images`, `validation` and `seed` are used.
    rows
        Integer positions to choose from; absent: all.

    Returns
    -------
    split
        Micrographs of one structure are all on one side.

    Raises
    ------
    ValueError
        If nothing is selected, or too few structures are left to hold one out.

    Notes
    -----
    Micrographs of one structure differ in focus and noise only. Split by micrograph, as the
    archived scripts of the paper do, validation would score what training has seen.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> split = split_by_structure(database.catalogue, TrainingRecipe(seed=1, validation=0.5))
    >>> len(split.training), len(split.validation)
    (2, 2)
    """
    chosen = _selected(catalogue, recipe, rows)
    structures = catalogue["structure"].to_numpy()[chosen]
    names = np.unique(structures)
    if recipe.validation == 0:
        return Split(chosen, chosen[:0])
    if len(names) < 2:
        raise Refusal(
            f"validation must be 0 when all images show one structure; got {recipe.validation}"
        )
    held = number_held_out(recipe.validation, len(names))
    rng = rng_for(recipe.seed, "validation")
    out = np.isin(structures, rng.choice(names, size=held, replace=False))
    return Split(chosen[~out], chosen[out])


def select_rows(
    catalogue: pd.DataFrame, select: str | None, *, rows: np.ndarray | None = None
) -> np.ndarray:
    """Return the positions in a catalogue that meet a condition, sorted.

    Parameters
    ----------
    catalogue
        One row per micrograph.
    select
        Condition, see `hrtem_sim.provenance.parse_condition`; absent: all.
    rows
        Positions to choose from; absent: all.

    Raises
    ------
    ValueError
        If the condition cannot be read or leaves nothing.
    """
    n = len(catalogue)
    chosen = np.arange(n) if rows is None else np.unique(checked_rows(rows, n))
    if select is not None:
        table = catalogue.iloc[chosen]
        try:
            chosen = chosen[rows_that_meet(select, table)]
        except Refusal as error:
            raise Refusal(
                f"select must be a condition on {', '.join(map(str, catalogue.columns))}; "
                f"got {select!r} ({error})"
            ) from None
    if not len(chosen):
        raise Refusal(
            f"select must leave at least one of {len(catalogue)} micrographs; "
            f"got {select!r}, which leaves none"
        )
    return chosen


def _selected(
    catalogue: pd.DataFrame, recipe: TrainingRecipe, rows: np.ndarray | None
) -> np.ndarray:
    chosen = select_rows(catalogue, recipe.select, rows=rows)
    if recipe.n_images is not None:
        if recipe.n_images > len(chosen):
            raise Refusal(
                f"n_images must be at most {len(chosen)}, the micrographs selected; "
                f"got {recipe.n_images}"
            )
        drawn = rng_for(recipe.seed, "images").choice(
            len(chosen), size=recipe.n_images, replace=False
        )
        chosen = chosen[np.sort(drawn)]
    return chosen
