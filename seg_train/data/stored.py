"""Stored micrographs as a source: the same rows of a data set at every epoch."""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.data.examples import Example
from seg_train.data.selection import split_by_structure
from seg_train.data.source import MicrographStore
from seg_train.recipe import TrainingRecipe


class StoredMicrographs:
    """Micrographs of a data set, some structures held out for validation.

    Parameters
    ----------
    store
        As `hrtem_sim.database.open_database` returns it.
    recipe
        Recipe whose `select`, `n_images`, `validation` and `seed` choose the rows.
    rows
        Positions in the catalogue to choose from; absent: all.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> source = StoredMicrographs(open_database("data"), TrainingRecipe(seed=1, validation=0.5))
    >>> len(source.epoch(0)), len(source.validation())
    (2, 2)
    """

    def __init__(
        self, store: MicrographStore, recipe: TrainingRecipe, *, rows: np.ndarray | None = None
    ) -> None:
        self.split = split_by_structure(store.catalogue, recipe, rows=rows)
        self.pixel_size = float(store.pixel_size)
        self.identity = f"{store.identity}/{self.split.identity}"
        lock = Lock()
        self._training = _Rows(store, self.split.training, lock)
        self._validation = _Rows(store, self.split.validation, lock)

    def epoch(self, number: int) -> "_Rows":
        """Return the examples of an epoch: the same in each."""
        return self._training

    def validation(self) -> "_Rows":
        """Return the examples of the structures held out."""
        return self._validation


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of a data set, read when they are asked for."""

    store: MicrographStore
    rows: np.ndarray
    lock: Lock  # batches are prepared in several threads, files are read in one

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: np.ndarray) -> list[Example]:
        rows = self.rows[positions]
        with self.lock:
            images, masks = self.store.counts(rows), self.store.masks(rows)
        if masks.shape != images.shape:
            raise Refusal(
                f"masks must have the shape of the images, {images.shape}; got {masks.shape}"
            )
        pixel = float(self.store.pixel_size)
        return [Example(image, mask, pixel) for image, mask in zip(images, masks, strict=True)]
