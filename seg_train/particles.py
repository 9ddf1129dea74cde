"""From masks to particles: a table, a size histogram and files other programs read."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation, center_of_mass, find_objects, label

from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole
from seg_train.arrays import as_classes, as_pixel
from seg_train.metrics import label_particles

MASK = "_mask"
"""Ending of the names of masks, which are no micrographs."""


def particle_table(
    mask: np.ndarray,
    *,
    pixel_size: float,
    min_area: float = 0.0,
    separate: bool = False,
    left_out: np.ndarray | None = None,
) -> pd.DataFrame:
    """List the particles of a mask.

    Parameters
    ----------
    mask
        (ny, nx); everything but 0 is particle.
    pixel_size
        In angstrom.
    min_area
        Smaller particles are left out, in square angstrom.
    separate
        Split particles that touch at their necks; without, they are one.
    left_out
        Pixels that are no micrograph, bool (ny, nx), as a `Prediction` has them; what touches them
        touches an edge.

    Returns
    -------
    table
        One row per particle: `label`, `area` (square angstrom), `equivalent_diameter` of the disc
        of that area (angstrom), `x` and `y` of its centre from the corner of the image (angstrom),
        `touches_edge`.

    Examples
    --------
    >>> particle_table(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), pixel_size=2.0)
       label  area  equivalent_diameter    x    y  touches_edge
    0      1   4.0             2.256758  3.0  3.0         False
    """
    pixel_size = as_pixel(pixel_size)
    if not 0 <= min_area < np.inf:
        raise Refusal(f"min_area must be >= 0, in square angstrom; got {min_area!r}")
    smallest = max(1, int(np.ceil(min_area / pixel_size**2)))
    labels = label_particles(mask, min_area=smallest, separate=separate)
    return instance_table(labels, pixel_size=pixel_size, left_out=left_out)


def instance_table(
    instances: np.ndarray, *, pixel_size: float, left_out: np.ndarray | None = None
) -> pd.DataFrame:
    """List particles that are numbered, by a program or by hand.

    Parameters
    ----------
    instances
        Whole numbers, (ny, nx): pixels of one number that touch, also by a corner, are one
        particle; 0 is background. A number that was drawn at two places is two particles.
    pixel_size
        In angstrom.
    left_out
        Pixels that are no micrograph, as `particle_table` takes them.

    Returns
    -------
    table
        Table as of `particle_table`, `label` being the number; in the order of the numbers.

    Examples
    --------
    >>> drawn = np.array([[7, 7, 3], [7, 7, 3]])
    >>> instance_table(drawn, pixel_size=2.0)[["label", "area", "x"]]
       label  area    x
    0      3   8.0  5.0
    1      7  16.0  2.0
    """
    pixel_size = as_pixel(pixel_size)
    instances = as_classes(instances, "instances")
    if instances.dtype.kind not in "biu":
        raise Refusal(
            "instances must be whole numbers from 0, of shape (ny, nx); got "
            f"{instances.dtype} {instances.shape} from {instances.min(initial=0):g}"
        )
    beside = np.zeros(instances.shape, bool)
    beside[[0, -1]] = beside[:, [0, -1]] = True
    if left_out is not None:
        left_out = np.asarray(left_out)
        if left_out.dtype != bool or left_out.shape != instances.shape:
            raise Refusal(
                f"left_out must be true or false for each pixel, {instances.shape}; got "
                f"{left_out.dtype} {left_out.shape}"
            )
        beside |= binary_dilation(left_out, np.ones((3, 3)))
    rows = []
    for number, box in enumerate(find_objects(instances.astype(int)), start=1):
        if box is None:
            continue
        parts, n = label(instances[box] == number, structure=np.ones((3, 3)))
        pixels = np.bincount(parts.ravel(), minlength=n + 1)[1:]
        centres = np.array(center_of_mass(parts > 0, parts, range(1, n + 1)))
        corner = [box[0].start + 0.5, box[1].start + 0.5]
        at_edge = set(parts[beside[box]].tolist())
        for part, (area, (y, x)) in enumerate(zip(pixels, centres + corner, strict=True), start=1):
            rows.append((number, area * pixel_size**2, y, x, part in at_edge))
    found = np.array(rows, dtype=float).reshape(-1, 5)
    return pd.DataFrame(
        {
            "label": found[:, 0].astype(int),
            "area": found[:, 1],
            "equivalent_diameter": 2 * np.sqrt(found[:, 1] / np.pi),
            "x": found[:, 3] * pixel_size,
            "y": found[:, 2] * pixel_size,
            "touches_edge": found[:, 4].astype(bool),
        }
    )


def in_nanometres(particles: pd.DataFrame) -> pd.DataFrame:
    """Return a table of particles as people read it: in nanometres, with the units in its head.

    Parameters
    ----------
    particles
        As `particle_table` returns it, with whatever columns more.

    Returns
    -------
    table
        `area_nm2`, `diameter_nm`, `x_nm` and `y_nm`, to 0.01, which no micrograph is better than,
        in place of the lengths in angstrom; the other columns as they are.

    Examples
    --------
    >>> table = particle_table(np.ones((10, 10)), pixel_size=4.0)
    >>> in_nanometres(table)[["area_nm2", "diameter_nm", "x_nm"]]
       area_nm2  diameter_nm  x_nm
    0      16.0         4.51   2.0
    """
    shown = particles.assign(area=particles["area"] / 100)
    for name in ("equivalent_diameter", "x", "y"):
        shown[name] = particles[name] / 10
    units = {"area": "area_nm2", "equivalent_diameter": "diameter_nm", "x": "x_nm", "y": "y_nm"}
    return shown.rename(columns=units).round(2)


def write_mask(path: str | Path, mask: np.ndarray, *, pixel_size: float) -> None:
    """Write a mask as TIFF with its pixel size, as ImageJ and Fiji read it.

    Parameters
    ----------
    path
        Ends in .tif or .tiff.
    mask
        (ny, nx), uint8. Particles of one class are written as 255, white in any viewer; where there
        are more, classes are written as they are.
    pixel_size
        In angstrom.

    Examples
    --------
    >>> write_mask("mask.tif", np.eye(8, dtype=np.uint8), pixel_size=0.5)
    """
    pixel_size, mask = as_pixel(pixel_size), as_classes(mask)
    if Path(path).suffix.lower() not in (".tif", ".tiff"):
        raise Refusal(f"path must end in .tif or .tiff; got {Path(path).name}")
    if mask.max(initial=0) > 255:
        raise Refusal(f"mask must hold classes to 255, in 8 bits; got up to {mask.max():g}")
    from hrtem_sim.pictures import tifffile

    shown = np.where(mask > 0, 255, 0) if mask.max(initial=0) <= 1 else mask
    writer = tifffile()
    with whole(path) as part:
        writer.imwrite(
            part,
            shown.astype(np.uint8),
            imagej=True,
            resolution=(1 / pixel_size, 1 / pixel_size),
            metadata={"unit": "angstrom"},
        )
