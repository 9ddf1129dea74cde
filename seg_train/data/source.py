"""Where training examples come from: the interface of all sources, and the door that makes one.

A `Source` says of every epoch which micrographs it shows, and which validate the network. Training
knows nothing else of them: whether they lie in shards, are formed anew from waves, are drawn by
hand or are all of these together is the source's affair.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from seg_train.data.examples import Examples

if TYPE_CHECKING:
    from hrtem_sim.imaging import Recorder


@runtime_checkable
class Source(Protocol):
    """What trains a network; anything with these four members is one.

    `epoch` and `validation` may also return plain arrays, images (n, ny, nx) and masks (n, ny, nx),
    of pixels of `pixel_size`.

    Examples
    --------
    >>> class Stripes:
    ...     pixel_size, identity = 0.5, "stripes-1"
    ...
    ...     def epoch(self, number):
    ...         masks = np.tile(np.arange(64) // 16 % 2, (4, 64, 1))
    ...         return np.random.default_rng(number).poisson(20 + 9 * masks), masks
    ...
    ...     def validation(self):
    ...         return self.epoch(10_000)
    >>> isinstance(Stripes(), Source)
    True
    """

    @property
    def pixel_size(self) -> float:
        """Pixel of the training grid in angstrom where the recipe does not set one."""

    @property
    def identity(self) -> str:
        """Id of all that the source shows: other micrographs, another id."""

    def epoch(self, number: int, /) -> Examples | tuple[np.ndarray, np.ndarray]:
        """Return the examples of an epoch, from 0; the same for the same number."""

    def validation(self) -> Examples | tuple[np.ndarray, np.ndarray]:
        """Return the examples that choose the best weights, of structures that train none."""


@runtime_checkable
class MicrographStore(Protocol):
    """What a source needs of a data set: `hrtem_sim.database.Database` is one."""

    pixel_size: float
    catalogue: pd.DataFrame

    @property
    def identity(self) -> str:
        """Id of all that the data set hands out."""

    def counts(self, rows: np.ndarray, /) -> np.ndarray:
        """Return the images of some rows, (n, ny, nx)."""

    def masks(self, rows: np.ndarray, /) -> np.ndarray:
        """Return the classes of some rows, (n, ny, nx)."""


@runtime_checkable
class ExpectedStore(Protocol):
    """What a source needs of a data set that keeps expected images, besides the other members."""

    keeps_expected: bool

    def expected(self, rows: np.ndarray, /) -> np.ndarray:
        """Return the expected images of some rows, (n, ny, nx)."""

    def recorder(self, row: int, /) -> "Recorder":
        """Return the camera and the dose of a row."""


@runtime_checkable
class ClassedStore(Protocol):
    """A data set that knows the names of the classes of its masks, the background first."""

    classes: tuple[str, ...]


def open_store(store: MicrographStore | str | Path) -> MicrographStore:
    """Return a data set, opened if a folder is given.

    Parameters
    ----------
    store
        A database or the folder of one.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(store, str | Path):
        from hrtem_sim.database import open_database

        return open_database(store)
    if not isinstance(store, MicrographStore):
        raise TypeError(
            "data must be a database, the folder of one, labelled micrographs, several of these, "
            f"or a source with pixel_size, identity, epoch and validation; got {_kind(store)}"
        )
    return store


def _kind(value: object) -> str:
    if isinstance(value, Iterable):
        return f"{type(value).__name__} of {', '.join(sorted({type(v).__name__ for v in value}))}"
    wanted = ("pixel_size", "identity", "epoch", "validation")
    missing = [name for name in wanted if not hasattr(value, name)]
    return f"{type(value).__name__} without {', '.join(missing)}"
