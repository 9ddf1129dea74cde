"""Stored micrographs as a source: the same rows of a data set at every epoch.

Of data sets of expected images the noise is drawn anew whenever a row is shown.
"""

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.data.examples import Example
from seg_train.data.selection import split_by_structure
from seg_train.data.source import ExpectedStore, MicrographStore
from seg_train.recipe import TrainingRecipe

if TYPE_CHECKING:
    from hrtem_sim.imaging import Recorder


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
        of_rows = store.catalogue["structure"].to_numpy()
        training, validation = self.split.training, self.split.validation
        self.structures = frozenset(of_rows[training]), frozenset(of_rows[validation])
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
        recorders: list[Recorder | None] = [None] * len(rows)
        with self.lock:
            masks = self.store.masks(rows)
            if isinstance(self.store, ExpectedStore) and self.store.keeps_expected:
                images = self.store.expected(rows)
                recorders = [self.store.recorder(row) for row in rows.tolist()]
            else:
                images = self.store.counts(rows)
        if masks.shape != images.shape:
            raise Refusal(
                f"masks must have the shape of the images, {images.shape}; got {masks.shape}"
            )
        pixel = float(self.store.pixel_size)
        return [
            Example(image, mask, pixel, recorder)
            for image, mask, recorder in zip(images, masks, recorders, strict=True)
        ]
