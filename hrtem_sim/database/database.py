"""The whole data set: shards in a folder, one catalogue."""

from __future__ import annotations

import re
import tomllib
import warnings
from functools import cached_property
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hrtem_sim.database.shard import DatabaseError, read_catalogue, read_shard
from hrtem_sim.provenance import identity, rows_that_meet
from hrtem_sim.refusal import Refusal

MAX_OPEN = 32

SHARD = re.compile(r"shard-\d{5}\.h5")
"""Names of shards. Copies that a file manager makes are called otherwise, and are none."""


class IncompleteDataset(UserWarning):
    """Shards of a data set are not there, or files lie among them that are none."""


class Database:
    """Labelled micrographs, read only.

    Parameters
    ----------
    folder
        Folder in which the shards lie.

    Raises
    ------
    DatabaseError
        If there are none, they cannot be read, or they come from different recipes.

    Notes
    -----
    A row is a position in `catalogue`, which is in the order of the shards and the same on
    every machine. Files are opened as they are needed.

    Examples
    --------
    >>> database = Database("data")
    >>> database.counts([0, 3]).shape
    (2, 64, 64)
    >>> database.select("dose > 0", n=2, rng=1)["micrograph"].nunique()
    2
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        found = sorted(self.folder.glob("shard-*.h5"))
        self.paths = [path for path in found if SHARD.fullmatch(path.name)]
        if not self.paths:
            raise DatabaseError(
                f"folder must hold a data set, files shard-*.h5; {self.folder} holds no data set"
            )
        self._files: dict[int, h5py.File] = {}
        frames, recipes = [], set()
        for number, path in enumerate(self.paths):
            with read_shard(path) as file:
                frame = read_catalogue(file)
                frames.append(frame.assign(shard=number, row=np.arange(len(frame))))
                recipes.add(file.attrs["recipe_id"])
                self.beside_id = str(file.attrs.get("beside_id", ""))
                self.recipe_toml = file["recipe"].asstr()[()]
                self.pixel_size = float(file.attrs["pixel_size"])
                self.shape = tuple(int(n) for n in file["images/counts"].shape[1:])
        if len(recipes) > 1:
            raise DatabaseError(f"{self.folder} mixes data sets of the recipes {sorted(recipes)}")
        (self.recipe_id,) = recipes
        self.catalogue = pd.concat(frames, ignore_index=True)
        strangers = [path.name for path in found if path not in self.paths]
        if strangers:
            warnings.warn(
                f"{self.folder} holds files that are no shards and do not count: "
                f"{', '.join(strangers[:3])}; shards are named shard-00000.h5 and so on",
                IncompleteDataset,
                stacklevel=3,
            )
        if self.missing:
            warnings.warn(
                f"{self.folder} lacks {self.missing} of {self.structures} structures: shards are "
                "missing, or not built yet; build it again to go on",
                IncompleteDataset,
                stacklevel=3,
            )

    def __len__(self) -> int:
        return len(self.catalogue)

    def __repr__(self) -> str:
        return (
            f"Database({str(self.folder)!r}: {len(self)} micrographs of "
            f"{self.catalogue['structure'].nunique()} structures, {self.shape[0]} x "
            f"{self.shape[1]} pixels of {self.pixel_size:g} angstrom)"
        )

    @cached_property
    def structures(self) -> int:
        """Number of structures that the recipe asks for."""
        recipe = tomllib.loads(self.recipe_toml)
        return int(recipe["dataset"]["structures"])

    @property
    def missing(self) -> int:
        """Number of structures that the recipe asks for and that are not there."""
        return self.structures - self.catalogue["structure_index"].nunique()

    @cached_property
    def identity(self) -> str:
        """Id of all that the data set hands out: its micrographs, and what lies beside them."""
        return identity([list(self.catalogue["micrograph"]), self.beside_id], "dataset")

    def counts(self, rows: ArrayLike) -> np.ndarray:
        """Return the images of some rows.

        Parameters
        ----------
        rows
            Positions in the catalogue, in any order.

        Returns
        -------
        counts
            Electrons per pixel, shape (n, ny, nx), uint16 or uint32.
        """
        places = self._places(self._checked(rows))
        images = [self._file(s)["images/counts"][r] for s, r in places]
        return np.stack(images) if images else np.zeros((0, *self.shape), np.uint16)

    def masks(self, rows: ArrayLike) -> np.ndarray:
        """Return the masks of some rows: uint8 (n, ny, nx), 0 background, 1 particle."""
        places = self._places(self._checked(rows))
        out = np.zeros((len(places), *self.shape), np.uint8)
        for mask, (shard, row) in zip(out, places, strict=True):
            group = self._file(shard)["masks"]
            packed = group["packed"][int(group["of"][row])]
            mask[...] = np.unpackbits(packed, axis=-1, count=self.shape[1])
        return out

    def labels(self, rows: ArrayLike, name: str = "instances") -> np.ndarray:
        """Return the label maps of some rows, (n, ny, nx).

        Parameters
        ----------
        rows
            Positions in the catalogue, in any order.
        name
            One of the `storage.labels` of the recipe: `"instances"` (id of the particle) or
            `"structure"` (1 crystal, 2 twin, 3 stacking fault); 0 is the background.

        Raises
        ------
        DatabaseError
            If the data set does not keep them.
        """
        maps = []
        for shard, row in self._places(self._checked(rows)):
            file = self._file(shard)
            path = f"labels/{int(file['masks/of'][row])}/{name}"
            if path not in file:
                raise DatabaseError(
                    f"{self.folder} keeps no labels {name!r}: set storage.labels in its recipe, or "
                    "make them from its plans with hrtem_sim.interchange.stored_instances"
                )
            maps.append(file[path][:])
        return np.stack(maps) if maps else np.zeros((0, *self.shape), np.uint8)

    def select(
        self,
        query: str | None = None,
        *,
        n: int | None = None,
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Return part of the catalogue.

        Parameters
        ----------
        query
            Condition on the columns, for example `"300 < dose < 500 and n_defects > 0"`, see
            `hrtem_sim.provenance.parse_condition`; default: everything.
        n
            Draw this many rows of it without replacement; default: all.
        rng
            Source of the draw, needed with `n`.

        Returns
        -------
        rows
            Rows of the catalogue; their index serves `counts` and `masks`, in ascending order.

        Raises
        ------
        ValueError
            If the query cannot be understood, selects nothing, or fewer than `n`.
        """
        found = self.catalogue
        if query is not None:
            try:
                found = found[rows_that_meet(query, found)]
            except Refusal as error:
                columns = ", ".join(map(str, self.catalogue.columns))
                raise Refusal(
                    f"query must be a condition on the columns {columns}; got {query!r} ({error})"
                ) from None
        if not len(found):
            raise Refusal(f"query must select at least one micrograph; got none for {query!r}")
        if n is None:
            return found
        if rng is None:
            raise Refusal("rng must be given to draw n rows; got None")
        if not 1 <= n <= len(found):
            raise Refusal(f"n must be in 1..{len(found)}, the micrographs selected; got {n}")
        chosen = np.random.default_rng(rng).choice(len(found), size=n, replace=False)
        return found.iloc[np.sort(chosen)]

    def check(self) -> None:
        """Verify the checksum of every shard; raise `DatabaseError` at the first that is wrong."""
        for path in self.paths:
            read_shard(path, verify=True).close()

    def close(self) -> None:
        """Close the open files."""
        while self._files:
            self._files.popitem()[1].close()

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_files": {}}

    def _checked(self, rows: ArrayLike) -> np.ndarray:
        array = np.atleast_1d(np.asarray(rows))
        if array.size == 0:
            return array.astype(int)
        if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= len(self):
            raise Refusal(f"rows must be integers in 0..{len(self) - 1}; got {rows!r}")
        return array

    def _places(self, rows: np.ndarray) -> list[tuple[int, int]]:
        places = self.catalogue[["shard", "row"]].to_numpy()[rows]
        return [(int(shard), int(row)) for shard, row in places]

    def _file(self, shard: int) -> h5py.File:
        if shard not in self._files:
            if len(self._files) >= MAX_OPEN:
                self.close()
            self._files[shard] = read_shard(self.paths[shard])
        return self._files[shard]


def open_database(folder: str | Path) -> Database:
    """Return the data set in a folder, open for reading; see `Database`.

    Parameters
    ----------
    folder
        Folder that holds the shards of one data set.

    Examples
    --------
    >>> database = open_database("data")
    >>> len(database), database.shape, database.pixel_size
    (4, (64, 64), 0.4)
    """
    return Database(folder)
