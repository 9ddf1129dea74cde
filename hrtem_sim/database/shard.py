"""One shard: an HDF5 file that is either whole or not there.

Layout, all arrays with their first axis over the rows of the catalogue unless said otherwise::

    attributes        format, version, recipe_id, beside_id (of masks, labels, atoms and waves),
                      index, pixel_size (angstrom), checksum, versions
    recipe            the data set's recipe as TOML text
    catalogue/NAME    one column: float64, int64 or UTF-8 text
    images/counts     uint16 or uint32 (rows, ny, nx): electrons per pixel; or instead
    images/contrast   float16 (rows, ny, nx): expected intensity less that of the incident beam
    masks/packed      uint8 (structures, ny, ceil(nx / 8)): bits along x, most significant first;
                      of more than one class besides the background instead
    masks/maps        uint8 (structures, ny, nx): numbers of the classes
    masks/of          int64 (rows,): which mask belongs to a row
    structures/plan   UTF-8 text (structures,): the numbers of each structure as JSON
    structures/K/...  optional: positions (angstrom), numbers, labels of structure K
    waves/K           optional: complex64 (phonons, ny, nx) exit wave of structure K
    labels/K/KIND     optional: uint8 or uint16 (ny, nx) label map of structure K

The checksum is the SHA-256 over names, types, shapes and bytes of all arrays.
"""

import errno
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from hrtem_sim.hdf5 import new_file, new_group, open_hdf5
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole

FORMAT = "micrograph-foundry shard"
VERSION = 1

CLASSES = ("background", "particle")
"""Classes of masks, unless the recipe names others."""

SLACK = 1 << 17
"""Bytes of a shard beside its arrays and texts, at most: names, attributes, indices."""

UNITS = {"counts": "electrons per pixel", "contrast": "incident beams, less one"}
"""What images are kept as, and in which units."""


class DatabaseError(Refusal, RuntimeError):
    """A data set that cannot be used as it lies on disk; the message names the file."""


@dataclass(frozen=True, eq=False)
class ShardContent:
    """What a shard holds.

    Parameters
    ----------
    index
        Number of the shard in its data set.
    recipe, recipe_id
        TOML text and id of the recipe.
    beside_id
        Id of how all that lies beside the images was made: masks, labels, atoms and waves.
    pixel_size
        Pixel size of images and masks, in angstrom.
    catalogue
        One row per micrograph.
    images
        Shape (rows, ny, nx): uint16 or uint32 counts, or float16 contrast of expected images.
    masks
        Shape (structures, ny, nx), numbers of the classes.
    mask_of
        Index of the mask of each row.
    plans
        JSON text per structure.
    extras
        Further arrays by HDF5 path: atoms, waves and labels.
    versions
        Versions of the libraries that took part.
    classes
        Names of the classes of the masks.
    skipped
        Structures that are left out, and why, by their index.
    """

    index: int
    recipe: str
    recipe_id: str
    beside_id: str
    pixel_size: float
    catalogue: pd.DataFrame
    images: np.ndarray
    masks: np.ndarray
    mask_of: np.ndarray
    plans: tuple[str, ...]
    extras: dict[str, np.ndarray] = field(default_factory=dict)
    versions: str = ""
    classes: tuple[str, ...] = CLASSES
    skipped: dict[int, str] = field(default_factory=dict)


def image_kind(images: np.ndarray) -> str:
    """Return what images are: `"contrast"` of expected images where they are float16."""
    return "contrast" if images.dtype == np.float16 else "counts"


def shard_name(index: int) -> str:
    """Return the file name of a shard.

    Parameters
    ----------
    index
        Index of the shard, from 0.

    Examples
    --------
    >>> shard_name(3)
    'shard-00003.h5'
    """
    return f"shard-{index:05d}.h5"


def write_shard(folder: Path, content: ShardContent) -> Path:
    """Write a shard so that its final name appears only when it is whole and on disk.

    Parameters
    ----------
    folder
        Folder of the data set.
    content
        Content of the shard.

    Returns
    -------
    path

    Raises
    ------
    DatabaseError
        If the folder cannot be written or the disk is full; nothing is left behind.

    Examples
    --------
    Workers of `build_dataset` call it; a name that ends in .part is a shard that is not whole:

    >>> from hrtem_sim.database import open_database
    >>> [path.name for path in open_database("data").paths]
    ['shard-00000.h5']
    """
    path = Path(folder) / shard_name(content.index)
    try:
        with whole(path, synced=True) as part:
            _check_room(part, content)
            with new_file(part, compact=True) as file:
                _fill(file, content)
                file.attrs["checksum"] = _checksum(file)
    except (OSError, RuntimeError) as error:
        raise DatabaseError(f"{path} cannot be written: {error}") from error
    return path


def read_shard(path: Path, *, verify: bool = False) -> h5py.File:
    """Return a shard, open for reading.

    Parameters
    ----------
    path
        Path of the shard.
    verify
        Compare the checksum of its arrays (reads all of it).

    Raises
    ------
    DatabaseError
        If the file is missing, torn, of another format, or its checksum is wrong.

    Examples
    --------
    >>> from pathlib import Path
    >>> with read_shard(Path("data/shard-00000.h5"), verify=True) as file:
    ...     sorted(file)
    ['catalogue', 'images', 'masks', 'recipe', 'structures', 'waves']
    """
    try:
        file = open_hdf5(path)
    except OSError as error:
        raise DatabaseError(f"{path} cannot be read as HDF5: {error}") from None
    try:
        if file.attrs.get("format") != FORMAT:
            got = file.attrs.get("format")
            raise DatabaseError(f"{path} is not a shard: its format is {got!r}")
        if file.attrs.get("version") != VERSION:
            raise DatabaseError(
                f"{path} must be of version {VERSION}; got {file.attrs.get('version')!r}"
            )
        if verify and file.attrs.get("checksum") != _checksum(file):
            raise DatabaseError(f"{path} is damaged or edited: its checksum does not match")
    except (DatabaseError, OSError) as error:
        file.close()
        if isinstance(error, DatabaseError):
            raise
        raise DatabaseError(f"{path} is damaged: {error}") from None
    return file


def read_catalogue(file: h5py.File) -> pd.DataFrame:
    """Return the catalogue of an open shard."""
    columns = {}
    for name in file["catalogue"].attrs["columns"]:
        dataset = file["catalogue"][name]
        text = h5py.check_string_dtype(dataset.dtype)
        columns[name] = dataset.asstr()[:] if text else dataset[:]
    return pd.DataFrame(columns)


def _check_room(part: Path, content: ShardContent) -> None:
    """Meet a full disk before HDF5 does, which would tell of it in tracebacks."""
    arrays = (content.images, content.masks, *map(np.asarray, content.extras.values()))
    texts = len(content.recipe) + sum(map(len, content.plans))
    table = content.catalogue.memory_usage(deep=True).sum()
    with part.open("wb") as stream:
        try:
            size = sum(array.nbytes for array in arrays) + texts + int(table) + SLACK
            os.posix_fallocate(stream.fileno(), 0, size)
        except AttributeError:
            return  # macOS, Windows
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise


def _fill(file: h5py.File, content: ShardContent) -> None:
    file.attrs["format"] = FORMAT
    file.attrs["version"] = VERSION
    file.attrs["recipe_id"] = content.recipe_id
    file.attrs["beside_id"] = content.beside_id
    file.attrs["index"] = content.index
    file.attrs["pixel_size"] = content.pixel_size
    file.attrs["versions"] = content.versions
    text = h5py.string_dtype("utf-8")
    file.create_dataset("recipe", data=content.recipe, dtype=text)
    catalogue = new_group(file, "catalogue")
    catalogue.attrs["columns"] = list(content.catalogue.columns)
    for name, column in content.catalogue.items():
        plain = column.dtype.kind in "iuf"
        values = column.to_numpy() if plain else column.astype(str).to_numpy(object)
        catalogue.create_dataset(name, data=values, dtype=None if plain else text)
    kept = image_kind(content.images)
    images = new_group(file, "images").create_dataset(
        kept,
        data=content.images,
        chunks=(1, *content.images.shape[1:]),
        compression="gzip",
        compression_opts=1,
        shuffle=True,
    )
    images.attrs["units"] = UNITS[kept]
    group = new_group(file, "masks")
    if len(content.classes) == 2:
        packed = np.packbits(content.masks.astype(bool), axis=-1)
        masks = group.create_dataset("packed", data=packed)
        masks.attrs["width"] = content.masks.shape[-1]
    else:
        chunks = (1, *content.masks.shape[1:])
        masks = group.create_dataset("maps", data=content.masks, chunks=chunks, compression="gzip")
    masks.attrs["classes"] = list(content.classes)
    if content.skipped:
        file.create_dataset("skipped", data=json.dumps(content.skipped), dtype=text)
    group.create_dataset("of", data=np.asarray(content.mask_of, np.int64))
    structures = new_group(file, "structures")
    structures.create_dataset("plan", data=list(content.plans), dtype=text)
    for name, array in content.extras.items():
        packing = "gzip" if name.startswith("labels/") else None
        *above, last = name.split("/")
        parent: h5py.Group = file
        for step in above:
            parent = parent[step] if step in parent else new_group(parent, step)
        parent.create_dataset(last, data=array, compression=packing)


def _checksum(file: h5py.File) -> str:
    digest = hashlib.sha256()

    def add(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            if h5py.check_string_dtype(item.dtype):
                strings = np.atleast_1d(item.asstr()[()])
                data = "\0".join(map(str, strings)).encode()
                kind = "text"
            else:
                data, kind = np.ascontiguousarray(item[()]).tobytes(), item.dtype.str
            digest.update(f"{name} {kind} {item.shape}\n".encode())
            digest.update(data)

    file.visititems(add)  # alphabetical
    for name in ("recipe_id", "beside_id", "index", "pixel_size", "versions"):
        if name not in file.attrs:
            continue  # older data sets have no beside_id
        digest.update(f"{name} {file.attrs[name]}\n".encode())
    return digest.hexdigest()
