"""Micrographs and particles as layers of napari, with lengths in nanometres."""

from typing import Any

import numpy as np

from hrtem_sim.interchange.lengths import pixel_of
from hrtem_sim.refusal import Refusal

LayerData = tuple[Any, dict[str, Any], str]
"""Data, what napari's layer of the kind takes, and the kind."""

ROLE = "micrograph_foundry"
"""Key, in the metadata of a layer, of what the layer is: `"micrograph"`, `"particles"`, ..."""


def length_scale(pixel_size: float | None) -> dict[str, Any]:
    """Return scale and units of a layer.

    Parameters
    ----------
    pixel_size
        In angstrom; None: not known, so that the layer is in pixels.

    Examples
    --------
    >>> length_scale(0.5)
    {'scale': (0.05, 0.05), 'units': ('nm', 'nm')}
    >>> length_scale(None)["units"]
    ('pixel', 'pixel')
    """
    if pixel_size is None:
        return {"scale": (1.0, 1.0), "units": ("pixel", "pixel")}
    return {"scale": (pixel_size / 10,) * 2, "units": ("nm", "nm")}


def pixel_size_of(layer: Any) -> float | None:
    """Return the pixel size of a layer in angstrom, None if it is in pixels or these not square.

    Parameters
    ----------
    layer
        Layer, or anything with `scale` and `units`.

    Notes
    -----
    It is what napari shows and lets be changed, so that no second number can contradict it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> pixel_size_of(SimpleNamespace(scale=(0.04, 0.04), units=("nanometer", "nanometer")))
    0.4
    """
    axes = zip(layer.scale[-2:], layer.units[-2:], strict=True)
    try:
        return pixel_of([{"scale": scale, "units": str(unit)} for scale, unit in axes])
    except Refusal:
        return None


def micrograph_layer(image: np.ndarray, *, pixel_size: float | None, name: str) -> LayerData:
    """Return a micrograph as a layer.

    Parameters
    ----------
    image
        (ny, nx).
    pixel_size
        In angstrom; None: not known.
    name
        Name of the layer.

    Examples
    --------
    >>> data, settings, kind = micrograph_layer(np.eye(4), pixel_size=0.4, name="gold")
    >>> kind, settings["name"], settings["scale"]
    ('image', 'gold', (0.04, 0.04))
    """
    low, high = (float(value) for value in np.percentile(image, [0.5, 99.5]))
    settings = {
        "name": name,
        "metadata": {ROLE: "micrograph"},
        "colormap": "gray",
        "contrast_limits": (low, high if high > low else low + 1),
        **length_scale(pixel_size),
    }
    return image, settings, "image"


def particles_layer(labels: np.ndarray, *, pixel_size: float | None, name: str) -> LayerData:
    """Return particles as a layer that shows their outlines.

    Parameters
    ----------
    labels
        Number of the particle at each pixel, (ny, nx); 0 is background.
    pixel_size
        In angstrom; None: not known.
    name
        Name of the micrograph.

    Examples
    --------
    >>> particles_layer(np.eye(4, dtype=int), pixel_size=0.4, name="gold")[1]["name"]
    'gold particles'
    """
    settings = {
        "name": f"{name} particles",
        "metadata": {ROLE: "particles"},
        "opacity": 0.8,
        **length_scale(pixel_size),
    }
    return np.asarray(labels, np.int32), settings, "labels"
