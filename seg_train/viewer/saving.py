"""What napari saves: micrographs with their masks beside them, as `load_folder` reads them back."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from hrtem_sim.interchange import read_micrograph
from hrtem_sim.pictures import write_tiff
from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes
from seg_train.particles import MASK, write_mask
from seg_train.viewer.layers import LayerData, pixel_size_of


def save_pair(
    folder: str | Path,
    name: str,
    image: np.ndarray,
    labels: np.ndarray,
    *,
    pixel_size: float,
    replace: bool = False,
) -> list[str]:
    """Write a micrograph as `NAME.tif` and its mask as `NAME_mask.tif`; return their paths.

    Parameters
    ----------
    folder
        Folder, made if it is not there.
    name
        Name of the micrograph, of which both files get theirs.
    image
        (ny, nx).
    labels
        Number of the particle at each pixel, (ny, nx); in the mask all are white.
    pixel_size
        In angstrom.
    replace
        Whether another micrograph of this name may be overwritten.

    Raises
    ------
    Refusal
        If the name is none of a file or is one of masks, the numbers are none of particles, or the
        folder holds another micrograph of this name.

    Examples
    --------
    >>> image, labels = np.random.default_rng(1).random((8, 8)), np.eye(8, dtype=int)
    >>> [Path(path).name for path in save_pair("saved", "a", image, labels, pixel_size=0.5)]
    ['a.tif', 'a_mask.tif']
    >>> from seg_train import load_folder
    >>> load_folder("saved")[0].pixel_size
    0.5
    """
    if not name.strip() or Path(name).name != name or "\\" in name or name.endswith(MASK):
        raise Refusal(
            f"name must be one of a file, without folders, and not end in {MASK}; got {name!r}: "
            "give its layer another"
        )
    particle = as_classes(labels, "labels") > 0
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{name}.tif", folder / f"{name}{MASK}.tif"
    if not replace and paths[0].exists() and not _holds(paths[0], image):
        raise Refusal(
            f"folder must not hold another {paths[0].name}; {folder} does, with other pixels: "
            "choose another folder, or give the layer another name"
        )
    write_tiff(paths[0], image, pixel_size)
    write_mask(paths[1], particle, pixel_size=pixel_size)
    return [str(path) for path in paths]


def write_layers(path: str, layers: Sequence[LayerData]) -> list[str]:
    """Write the selected layers, a micrograph and its particles.

    Parameters
    ----------
    path
        Path `NAME.tif` of the micrograph; the mask goes beside it.
    layers
        One of each kind.

    Raises
    ------
    Refusal
        If the micrograph's pixel size is not known, or the two differ in shape.
    """
    image, settings, _ = next(layer for layer in layers if layer[2] == "image")
    labels = next(data for data, _, kind in layers if kind == "labels")
    pixel_size = calibrated(SimpleNamespace(**settings))
    if np.shape(image) != np.shape(labels):
        raise Refusal(
            f"layers must be a micrograph and its particles, of one shape; got {np.shape(image)} "
            f"and {np.shape(labels)}"
        )
    target = Path(path)
    if target.suffix.lower() not in (".tif", ".tiff"):
        raise Refusal(f"path must end in .tif or .tiff; got {target.name}")
    return save_pair(  # whoever chose the name was asked
        target.parent, target.stem, image, labels, pixel_size=pixel_size, replace=True
    )


def _holds(path: Path, image: np.ndarray) -> bool:
    """Whether a file holds one micrograph, of these pixels."""
    try:
        held = read_micrograph(path, pixel_size=1.0).image
    except (ValueError, OSError, ImportError):
        return False
    same = np.shape(held) == np.shape(image)
    return same and bool((held == np.asarray(image).astype(held.dtype))[~np.isnan(held)].all())


def write_labels(path: str, data: Any, settings: dict[str, Any]) -> list[str]:
    """Write particles as a mask with its pixel size, white where there is particle.

    Parameters
    ----------
    path
        Path of the TIFF file.
    data
        Number of the particle at each pixel, (ny, nx).
    settings
        Those of the layer.
    """
    pixel_size = calibrated(SimpleNamespace(**settings))
    write_mask(path, as_classes(data, "labels") > 0, pixel_size=pixel_size)
    return [path]


def calibrated(layer: Any) -> float:
    """Return the pixel size of a layer in angstrom.

    Parameters
    ----------
    layer
        Layer, or anything with `name`, `scale` and `units`.

    Raises
    ------
    Refusal
        If the layer is in pixels, or its pixels are not square.
    """
    pixel_size = pixel_size_of(layer)
    if pixel_size is None:
        axes = zip(layer.scale[-2:], layer.units[-2:], strict=True)
        raise Refusal(
            f"pixel size of {layer.name} must be known, of square pixels; got a scale of "
            f"{' x '.join(f'{one:g} {unit}' for one, unit in axes)}: write it, in nanometres, into "
            "the field of the panel Find particles"
        )
    return pixel_size
