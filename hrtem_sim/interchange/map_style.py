"""Micrographs for training in other people's loops: PyTorch, tf.data, plain Python."""

import copy
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hrtem_sim.database import Database, PooledDatabase
from hrtem_sim.refusal import Refusal


class MapDataset:
    """Rows of a data set as examples by number: a map-style data set of PyTorch.

    Parameters
    ----------
    database
        Data set, or several pooled.
    rows
        Positions in its catalogue, for example `database.select("dose > 300").index`; absent: all.
    labels
        Names of the label maps that each example holds besides its mask; see `Database.labels`.
    expected
        Whether images are what micrographs scatter about, without noise, of a data set that keeps
        it (`storage.images = "expected"`); `database.recorder(row)` draws micrographs of it.
    transform
        Function of an example that returns what is handed out; absent: the example.

    Notes
    -----
    An example is a dict of arrays: `image`, float32 (1, ny, nx); `mask`, int64 (ny, nx); each of
    `labels`, int64 (ny, nx); and `row`. PyTorch's loader takes anything with a length and examples
    by number, so nothing needs to be installed here, and makes tensors of the arrays::

        from torch.utils.data import DataLoader

        if __name__ == "__main__":  # which workers need that are spawned
            loader = DataLoader(MapDataset(database), batch_size=16, shuffle=True, num_workers=4)

    Worker processes open the shards for themselves, whether they are forked or spawned. Split by
    `database.catalogue["structure"]`: micrographs of one structure differ in focus and noise only.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> examples = MapDataset(open_database("data"))
    >>> len(examples), examples[0]["image"].shape, examples[0]["mask"].dtype
    (4, (1, 64, 64), dtype('int64'))
    """

    def __init__(
        self,
        database: Database | PooledDatabase,
        rows: Sequence[int] | None = None,
        *,
        labels: Sequence[str] = (),
        expected: bool = False,
        transform: Callable[[dict[str, Any]], Any] | None = None,
    ) -> None:
        chosen = np.arange(len(database)) if rows is None else np.array(rows)
        outside = chosen.size and not (0 <= chosen.min() and chosen.max() < len(database))
        if chosen.ndim != 1 or not chosen.size or chosen.dtype.kind not in "iu" or outside:
            raise Refusal(
                f"rows must be at least one of 0..{len(database) - 1}, the rows of the catalogue; "
                f"got {rows!r}"
            )
        if isinstance(labels, str):
            raise Refusal(f"labels must be a list of names; got {labels!r}")
        self.rows, self.labels, self.expected = chosen, tuple(labels), expected
        self.transform = transform
        self._database, self._process = database, os.getpid()
        for name in self.labels:
            database.labels(chosen[:1], name)  # says what the data set keeps, before the training

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"index must be below {len(self)}, the number of rows; got {index}")
        row = self.rows[[index]]
        database = self._own()
        images = database.expected(row) if self.expected else database.counts(row)
        example = {
            "image": images.astype(np.float32),
            "mask": database.masks(row)[0].astype(np.int64),
            **{name: database.labels(row, name)[0].astype(np.int64) for name in self.labels},
            "row": int(row[0]),
        }
        return example if self.transform is None else self.transform(example)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_process": None}

    def _own(self) -> Database | PooledDatabase:
        """The data set with files that this process has opened: file handles do not fork."""
        if self._process != os.getpid():
            self._database, self._process = copy.deepcopy(self._database), os.getpid()
        return self._database
