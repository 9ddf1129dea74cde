"""Instances as COCO JSON, the format that detection networks and their viewers read."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hrtem_sim.database import Database
from hrtem_sim.dataset.again import stored_recipe
from hrtem_sim.dataset.plan import StructurePlan
from hrtem_sim.interchange.manifest import prepared
from hrtem_sim.interchange.structures import rows_of, stored_instances
from hrtem_sim.mask import InstanceMap
from hrtem_sim.pictures import to_8_bit, write_png, write_tiff
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders import ParticlesOnFilm
from hrtem_sim.specimen.materials import name_of
from hrtem_sim.whole import write_whole

ANNOTATIONS = "instances.json"


@typed
def to_coco(
    database: Database,
    rows: Sequence[int] | None,
    folder: str | Path,
    *,
    images: Literal["png", "tiff"] = "png",
) -> Path:
    """Write micrographs and their particles as a COCO data set.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue, for example `database.select("dose < 500").index`; None: all.
    folder
        Folder for `instances.json` and the folder `images`; made if it is missing.
    images
        `"png"`: 8 bits between the 0.1 and 99.9 percentiles; `"tiff"`: the counts themselves, with
        the pixel size (needs tifffile).

    Returns
    -------
    path
        Path of `instances.json`.

    Notes
    -----
    Lin et al., Microsoft COCO, ECCV (2014); format: https://cocodataset.org/#format-data.
    Instances share out the stored mask: particles that touch have annotations of their own, and so
    has each part of one that the border cuts; `particle` is the number of the particle in its
    micrograph, the same for all its parts.
    Segmentations are run lengths down the columns (`{"size": [ny, nx], "counts": [...]}`, which
    pycocotools takes as it is); `bbox` is [x, y, width, height] and `area` a number, both in
    pixels. Categories are the materials of the recipe, in its order, whichever rows are written, or
    the classes of the masks where a builder makes the structures.
    Each image carries `pixel_size` in angstrom, the id of
    the micrograph and of its structure: split by structure, not by image.

    Examples
    --------
    >>> import json
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> len(json.loads(to_coco(database, [0, 1], "out-coco").read_text())["images"])
    2
    """
    if images not in ("png", "tiff"):
        raise Refusal(f'images must be "png" or "tiff"; got {images!r}')
    rows = rows_of(database, rows)
    ending = "png" if images == "png" else "tif"
    names = database.catalogue["micrograph"].iloc[rows]
    folder = prepared(folder, [*(f"images/{name}.{ending}" for name in names), ANNOTATIONS])
    (folder / "images").mkdir(exist_ok=True)
    pictures: list[dict] = []
    annotations: list[dict] = []
    recipe = stored_recipe(database)
    if recipe.specimen is None:
        categories_of = tuple(map(name_of, recipe.on_film.particle.materials))
    else:
        categories_of = database.classes[1:]
    for number, (row, plan, instances) in enumerate(stored_instances(database, rows), start=1):
        record = database.catalogue.iloc[row]
        name = f"{record['micrograph']}.{ending}"
        counts = database.counts([row])[0]
        if images == "png":
            write_png(folder / "images" / name, to_8_bit(counts), database.pixel_size)
        else:
            write_tiff(folder / "images" / name, counts, database.pixel_size)
        pictures.append(
            {
                "id": number,
                "file_name": name,
                "height": database.shape[0],
                "width": database.shape[1],
                "pixel_size": database.pixel_size,
                "micrograph": str(record["micrograph"]),
                "structure": str(record["structure"]),
                "dose": _number(record["dose"]),
                "defocus": _number(record["defocus"]),
            }
        )
        for i, facts in enumerate(_facts(plan, instances, database.masks([row])[0], categories_of)):
            whole = instances.ids == i + 1
            middle = facts.pop("middle")
            for here in parts_cut_by_border(whole, middle, database.pixel_size):
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": number,
                        "segmentation": encode_rle(here),
                        "area": int(here.sum()),
                        "bbox": bounding_box(here),
                        "iscrowd": 0,
                        "particle": i + 1,
                        **facts,
                    }
                )
    categories = [
        {"id": i, "name": name, "supercategory": "particle"}
        for i, name in enumerate(categories_of, start=1)
    ]
    info = {
        "description": f"{database.identity}: simulated HRTEM micrographs, lengths in angstrom",
        "version": "1",
    }
    content = {
        "info": info,
        "licenses": [],
        "images": pictures,
        "annotations": annotations,
        "categories": categories,
    }
    path = folder / ANNOTATIONS
    write_whole(path, json.dumps(content, allow_nan=False))
    return path


def _facts(
    plan: StructurePlan, instances: InstanceMap, mask: np.ndarray, names: Sequence[str]
) -> list[dict[str, Any]]:
    """What is told of each instance: its category and its middle (x, y), sizes where known."""
    if isinstance(plan.specimen, ParticlesOnFilm):
        field = plan.specimen.field
        return [
            {
                "category_id": names.index(name_of(particle.material)) + 1,
                "radius": particle.radius,
                "n_defects": particle.defects,
                "middle": [n / 2 + s for n, s in zip(field, particle.offset, strict=True)],
            }
            for particle in plan.specimen.particles
        ]
    facts = []
    for i in range(len(instances)):
        here = instances.ids == i + 1
        classes = np.bincount(mask[here], minlength=2)
        middle = [_round_middle(line, instances.pixel_size) for line in (here.sum(0), here.sum(1))]
        facts.append({"category_id": int(classes[1:].argmax()) + 1, "middle": middle})
    return facts


def _round_middle(weights: np.ndarray, pixel_size: float) -> float:
    """Mean place along a periodic axis, in angstrom: the angle of the mean point of a circle."""
    turns = np.exp(2j * np.pi * (np.arange(len(weights)) + 0.5) / len(weights))
    angle = np.angle((weights * turns).sum()) / (2 * np.pi)
    return float(angle % 1 * len(weights) * pixel_size)


def parts_cut_by_border(
    mask: np.ndarray, middle: Sequence[float], pixel_size: float
) -> list[np.ndarray]:
    """Return the pixels of a particle, side by side of the border that it lies across.

    Parameters
    ----------
    mask
        Pixels of the particle, bool (ny, nx); they cover the periodic field.
    middle
        x and y of the middle of the particle, in angstrom.
    pixel_size
        In angstrom.

    Returns
    -------
    parts
        One mask of this shape for each copy of the particle that the image shows a part of; one
        where it lies whole inside, none where no pixel is of it.

    Examples
    --------
    >>> mask = np.zeros((8, 8), bool)
    >>> mask[3, [0, 1, 7]] = True
    >>> [part[3].nonzero()[0].tolist() for part in parts_cut_by_border(mask, (0.5, 3.5), 1.0)]
    [[0, 1], [7]]
    """
    y, x = np.nonzero(mask)
    ny, nx = mask.shape
    across = np.round(((x + 0.5) * pixel_size - middle[0]) / (nx * pixel_size))
    down = np.round(((y + 0.5) * pixel_size - middle[1]) / (ny * pixel_size))
    copies = list(zip(down.tolist(), across.tolist(), strict=True))
    parts = {copy: np.zeros_like(mask) for copy in sorted(set(copies), key=_from_middle)}
    for copy, i, j in zip(copies, y, x, strict=True):
        parts[copy][i, j] = True
    return list(parts.values())


def _from_middle(copy: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    return abs(copy[0]) + abs(copy[1]), copy


def encode_rle(mask: np.ndarray) -> dict[str, list[int]]:
    """Return the COCO run lengths of a mask.

    Parameters
    ----------
    mask
        Bool, shape (ny, nx).

    Returns
    -------
    rle
        `size` [ny, nx] and `counts`: lengths of runs of 0 and 1 in turn, down the columns, the
        first of 0.

    Examples
    --------
    >>> encode_rle(np.array([[0, 1], [1, 1]], bool))
    {'size': [2, 2], 'counts': [1, 3]}
    >>> encode_rle(np.array([[1, 0], [1, 0]], bool))
    {'size': [2, 2], 'counts': [0, 2, 2]}
    """
    if np.ndim(mask) != 2:
        raise Refusal(f"mask must have shape (ny, nx); got {np.shape(mask)}")
    flat = np.asarray(mask, bool).ravel(order="F")
    turns = np.flatnonzero(np.diff(flat)) + 1
    ends = np.concatenate([[0] if flat.size and flat[0] else [], turns, [flat.size]])
    counts = np.diff(ends, prepend=0)
    return {"size": [int(n) for n in mask.shape], "counts": [int(n) for n in counts]}


def decode_rle(rle: dict[str, list[int]]) -> np.ndarray:
    """Return the mask, bool (ny, nx), of COCO run lengths.

    Parameters
    ----------
    rle
        `size` [ny, nx] and `counts`, as `encode_rle` returns them.

    Examples
    --------
    >>> decode_rle({"size": [2, 2], "counts": [1, 3]}).astype(int).tolist()
    [[0, 1], [1, 1]]
    """
    counts = np.asarray(rle["counts"], int)
    pixels = int(np.prod(rle["size"]))
    if counts.sum() != pixels or (counts < 0).any():
        raise Refusal(f"counts must add up to {pixels}, the pixels; got {counts.tolist()[:10]}")
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(rle["size"], order="F")


def bounding_box(mask: np.ndarray) -> list[int]:
    """Return [x, y, width, height] in pixels of the pixels of a mask.

    Examples
    --------
    >>> bounding_box(np.eye(4, dtype=bool)[:, :2])
    [0, 0, 2, 2]
    """
    y, x = np.nonzero(mask)
    low, high = (x.min(), y.min()), (x.max(), y.max())
    return [int(low[0]), int(low[1]), int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)]


def _number(value: float) -> float | None:
    """A number that JSON holds."""
    return float(value) if math.isfinite(value) else None
