"""From masks to particles: a table, a size histogram and files other programs read."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation

from hrtem_sim.refusal import Refusal
from seg_train.metrics import label_particles


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
    _check_pixel(pixel_size)
    if not 0 <= min_area < np.inf:
        raise Refusal(f"min_area must be >= 0, in square angstrom; got {min_area!r}")
    smallest = max(1, int(np.ceil(min_area / pixel_size**2)))
    labels = label_particles(mask, min_area=smallest, separate=separate)
    n = int(labels.max(initial=0))
    flat = labels.ravel()
    pixels = np.bincount(flat, minlength=n + 1)[1:]
    y, x = (axis.ravel() + 0.5 for axis in np.indices(labels.shape))
    centre_y = np.bincount(flat, weights=y, minlength=n + 1)[1:] / pixels
    centre_x = np.bincount(flat, weights=x, minlength=n + 1)[1:] / pixels
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    if left_out is not None:
        border = np.concatenate([border, labels[binary_dilation(left_out, np.ones((3, 3)))]])
    area = pixels * pixel_size**2
    return pd.DataFrame(
        {
            "label": np.arange(1, n + 1),
            "area": area,
            "equivalent_diameter": 2 * np.sqrt(area / np.pi),
            "x": centre_x * pixel_size,
            "y": centre_y * pixel_size,
            "touches_edge": np.isin(np.arange(1, n + 1), border),
        }
    )


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
    _check_pixel(pixel_size)
    mask = np.asarray(mask)
    if mask.ndim != 2:
        raise Refusal(f"mask must have shape (ny, nx); got {mask.shape}")
    from hrtem_sim.pictures import tifffile

    shown = np.where(mask > 0, 255, 0) if mask.max(initial=0) <= 1 else mask
    tifffile().imwrite(
        path,
        shown.astype(np.uint8),
        imagej=True,
        resolution=(1 / pixel_size, 1 / pixel_size),
        metadata={"unit": "angstrom"},
    )


def _check_pixel(pixel_size: float) -> None:
    if not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
