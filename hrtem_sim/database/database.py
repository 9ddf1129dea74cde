"""The whole data set: shards in a folder, one catalogue."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hrtem_sim.database.selecting import checked_rows, selected
from hrtem_sim.database.shard import DatabaseError, read_catalogue, read_shard
from hrtem_sim.provenance import from_table, identity, rng_for
from hrtem_sim.provenance.doubts import say
from hrtem_sim.shown import Shown

if TYPE_CHECKING:
    from hrtem_sim.imaging import Detector, Recorder

MAX_OPEN = 32

SHARD = re.compile(r"shard-\d{5}\.h5")
"""Names of shards. Copies that a file manager makes are called otherwise, and are none."""


class IncompleteDataset(UserWarning):
    """Shards of a data set are not there, or files lie among them that are none."""


class Database(Shown):
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
    every machine. Files are opened as they are needed. `keeps_expected` says whether it keeps
    expected images (`storage.images` of the recipe) in place of micrographs; `classes` are the
    names of the classes of its masks, `skipped` the structures whose builder failed, and why.

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
        self.skipped: dict[int, str] = {}
        self._checksums: list[str] = []
        frames, recipes = [], set()
        for number, path in enumerate(self.paths):
            with read_shard(path) as file:
                frame = read_catalogue(file)
                frames.append(frame.assign(shard=number, row=np.arange(len(frame))))
                recipes.add(file.attrs["recipe_id"])
                self._checksums.append(str(file.attrs.get("checksum")))
                self.beside_id = str(file.attrs.get("beside_id", ""))
                self.recipe_toml = file["recipe"].asstr()[()]
                self.pixel_size = float(file.attrs["pixel_size"])
                masks = file["masks/maps" if "masks/maps" in file else "masks/packed"]
                self.classes = tuple(map(str, masks.attrs["classes"]))
                if "skipped" in file:
                    told = json.loads(file["skipped"].asstr()[()])
                    self.skipped |= {int(index): words for index, words in told.items()}
                kept = "images/contrast" if "images/contrast" in file else "images/counts"
                self.keeps_expected = kept == "images/contrast"
                self.shape = tuple(int(n) for n in file[kept].shape[1:])
        if len(recipes) > 1:
            raise DatabaseError(f"{self.folder} mixes data sets of the recipes {sorted(recipes)}")
        (self.recipe_id,) = recipes
        self.catalogue = pd.concat(frames, ignore_index=True)
        strangers = [path.name for path in found if path not in self.paths]
        if strangers:
            say(
                f"{self.folder} holds files that are no shards and do not count: "
                f"{', '.join(strangers[:3])}; shards are named shard-00000.h5 and so on",
                IncompleteDataset,
            )
        if self.missing:
            say(
                f"{self.folder} lacks {self.missing} of {self.structures} structures: shards are "
                "missing, or not built yet; build it again to go on",
                IncompleteDataset,
            )

    def __len__(self) -> int:
        return len(self.catalogue)

    def __repr__(self) -> str:
        facts = self._facts()
        return f"Database({str(self.folder)!r}: {facts['holds']}, {facts['pixels']})"

    def _facts(self) -> dict[str, str]:
        what = "expected images" if self.keeps_expected else "micrographs"
        ny, nx = self.shape
        return {
            "folder": str(self.folder),
            "holds": f"{len(self)} {what} of {self.catalogue['structure'].nunique()} structures",
            "pixels": f"{ny} x {nx} pixels of {self.pixel_size:g} angstrom",
        }

    def plot(self, rows: Sequence[int] | None = None, *, columns: int = 6) -> Any:
        """Return a figure of micrographs with the outlines of their masks.

        Parameters
        ----------
        rows
            Positions in the catalogue; default: the first image of up to six structures.
        columns
            Pictures side by side.
        """
        from hrtem_sim.drawing import draw_images  # loads when someone looks

        if rows is None:
            rows = list(self.catalogue.drop_duplicates("structure").index[:6])
        table = self.catalogue.iloc[list(rows)]
        titles = [
            f"defocus {defocus / 10:.0f} nm, {dose:.0f} e/Å²"
            for defocus, dose in zip(table["defocus"], table["dose"], strict=True)
        ]
        images, masks = self.counts(rows), self.masks(rows)
        return draw_images(images, self.pixel_size, masks=masks, titles=titles, columns=columns)

    @cached_property
    def structures(self) -> int:
        """Number of structures that the recipe asks for."""
        return int(self._table["structures"])

    @cached_property
    def _table(self) -> dict[str, Any]:
        """Table `[dataset]` of the recipe."""
        return tomllib.loads(self.recipe_toml)["dataset"]

    @property
    def missing(self) -> int:
        """Number of structures that the recipe asks for and that are not there."""
        return self.structures - self.catalogue["structure_index"].nunique() - len(self.skipped)

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
            Electrons per pixel, shape (n, ny, nx), uint16 or uint32. A data set of expected images
            draws them, each from the noise stream of its own, the same every time.
        """
        chosen = checked_rows(rows, len(self))
        if self.keeps_expected:
            pairs = zip(chosen.tolist(), self.expected(chosen), strict=True)
            drawn = [self.recorder(row).record(image, self._noise(row)) for row, image in pairs]
            dtype = np.uint16 if self._detector.saturation < 2**16 else np.uint32
            images = [image.astype(dtype) for image in drawn]
        else:
            images = [self._file(s)["images/counts"][r] for s, r in self._places(chosen)]
        return np.stack(images) if images else np.zeros((0, *self.shape), np.uint16)

    def expected(self, rows: ArrayLike) -> np.ndarray:
        """Return what the images of some rows scatter about, without noise.

        Parameters
        ----------
        rows
            Positions in the catalogue, in any order.

        Returns
        -------
        expected
            Intensity per pixel, the camera's transfer included; 1 is the incident beam. Shape (n,
            ny, nx), float32, right to 2^-11 of the contrast, see `hrtem_sim.imaging.as_contrast`.

        Raises
        ------
        DatabaseError
            If the data set keeps micrographs (`storage.images = "counts"`).
        """
        from hrtem_sim.imaging import from_contrast

        self._check_expected()
        places = self._places(checked_rows(rows, len(self)))
        kept = [self._file(s)["images/contrast"][r] for s, r in places]
        return from_contrast(np.stack(kept) if kept else np.zeros((0, *self.shape), np.float16))

    def recorder(self, row: int) -> Recorder:
        """Return the camera and the dose of a row, which make micrographs of what is expected.

        Parameters
        ----------
        row
            Position in the catalogue.

        Raises
        ------
        DatabaseError
            If the data set keeps micrographs (`storage.images = "counts"`).
        """
        from hrtem_sim.imaging import Recorder

        self._check_expected()
        return Recorder(self._detector, float(self.catalogue["dose"].iloc[row]))

    def _check_expected(self) -> None:
        if not self.keeps_expected:
            raise DatabaseError(
                f"{self.folder} keeps micrographs and no expected images: set storage.images = "
                '"expected" in its recipe and build into a new folder'
            )

    @cached_property
    def _detector(self) -> Detector:
        from hrtem_sim.imaging import Detector

        return from_table(Detector, self._table.get("detector", {}), "detector")

    def _noise(self, row: int) -> np.random.Generator:
        """Stream of a micrograph's noise, named as plans name it."""
        record = self.catalogue.iloc[row]
        seed = int(self._table["seed"])
        return rng_for(seed, "noise", int(record["structure_index"]), int(record["image_index"]))

    def masks(self, rows: ArrayLike) -> np.ndarray:
        """Return the masks of some rows: uint8 (n, ny, nx), numbers of `classes`."""
        places = self._places(checked_rows(rows, len(self)))
        out = np.zeros((len(places), *self.shape), np.uint8)
        for mask, (shard, row) in zip(out, places, strict=True):
            group = self._file(shard)["masks"]
            number = int(group["of"][row])
            if "maps" in group:
                mask[...] = group["maps"][number]
            else:
                mask[...] = np.unpackbits(group["packed"][number], axis=-1, count=self.shape[1])
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
        for shard, row in self._places(checked_rows(rows, len(self))):
            file = self._file(shard)
            path = f"labels/{int(file['masks/of'][row])}/{name}"
            if path not in file:
                raise DatabaseError(
                    f"{self.folder} keeps no labels {name!r}: set storage.labels in its recipe and "
                    "build into a new folder, or make instances from its plans with "
                    "hrtem_sim.interchange.stored_instances"
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
        return selected(self.catalogue, query, n=n, rng=rng)

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

    def _places(self, rows: np.ndarray) -> list[tuple[int, int]]:
        places = self.catalogue[["shard", "row"]].to_numpy()[rows]
        return [(int(shard), int(row)) for shard, row in places]

    def _file(self, shard: int) -> h5py.File:
        if shard not in self._files:
            if len(self._files) >= MAX_OPEN:
                self.close()
            file = read_shard(self.paths[shard])
            if str(file.attrs.get("checksum")) != self._checksums[shard]:
                file.close()
                raise DatabaseError(
                    f"{self.paths[shard]} must be the shard that was there when the data set was "
                    "opened; got another, made since: open the data set again"
                )
            self._files[shard] = file
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
