"""Weights out of HDF5 files of Keras 2, in which networks of other groups are released.

Two layouts are in use, those of `model.save_weights("x.h5")` and of `model.save("x.h5")`, which has
the first below `model_weights`: an attribute `layer_names`, a group for each layer with an
attribute `weight_names`, and a data set for each of these. Lists too long for one attribute of HDF5
are cut into `layer_names0`, `layer_names1` and so on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.refusal import Refusal


class LayerWeights(NamedTuple):
    """The weights of a layer.

    Parameters
    ----------
    name
        Name of the layer.
    arrays
        Arrays by their own names: kernel, bias, gamma, moving_mean, ...

    Examples
    --------
    >>> LayerWeights("conv0", {"kernel": np.zeros((3, 3, 1, 8))}).name
    'conv0'
    """

    name: str
    arrays: Mapping[str, np.ndarray]


def read_keras_weights(path: str | Path) -> list[LayerWeights]:
    """Read the weights of all layers that have some, in the order of the file.

    Parameters
    ----------
    path
        HDF5 file.

    Raises
    ------
    Refusal
        If it is no such file.

    Examples
    --------
    >>> with h5py.File("tiny.h5", "w") as file:
    ...     file.attrs["layer_names"] = [b"data", b"conv"]
    ...     file.create_group("data").attrs["weight_names"] = np.zeros(0, "S1")
    ...     file["conv/conv/kernel:0"] = np.zeros((3, 3, 1, 2), np.float32)
    ...     file["conv"].attrs["weight_names"] = [b"conv/kernel:0"]
    >>> [(layer.name, list(layer.arrays)) for layer in read_keras_weights("tiny.h5")]
    [('conv', ['kernel'])]
    """
    with open_hdf5(path) as file:
        top = file["model_weights"] if "model_weights" in file else file
        names = _listed(top, "layer_names")
        if not names:
            raise Refusal(
                "weights must be an HDF5 file of Keras 2, whole model or weights alone, with an "
                f"attribute layer_names; got {path} without: weights of Keras 3 (.weights.h5, "
                ".keras) belong to a run of their own, save them as .h5 with Keras 2"
            )
        layers = [layer for name in names for layer in _layers(name, top[name])]
    if not layers:
        raise Refusal(f"weights must hold layers with weights; {path} has {len(names)} without")
    return layers


def _layers(name: str, group: h5py.Group) -> list[LayerWeights]:
    """Return the layers of a group: one, or all of a model that stands as a layer in another."""
    arrays: dict[str, dict[str, np.ndarray]] = {}
    listed = _listed(group, "weight_names")
    shorts = [_short(weight) for weight in listed]
    nested = len(set(shorts)) < len(shorts)
    for weight, short in zip(listed, shorts, strict=True):
        owner = weight.split("/")[-2] if nested and "/" in weight else name
        arrays.setdefault(owner, {})[short] = np.asarray(group[weight], np.float32)
    return [LayerWeights(owner, weights) for owner, weights in arrays.items()]


def _short(weight: str) -> str:
    """Return `kernel` of `conv0/kernel:0`."""
    return weight.split("/")[-1].split(":")[0]


def _listed(group: h5py.Group, name: str) -> list[str]:
    """Return a list of names out of one attribute or of the pieces that it was cut into."""
    if name in group.attrs:
        pieces = [group.attrs[name]]
    else:
        pieces = []
        while f"{name}{len(pieces)}" in group.attrs:
            pieces.append(group.attrs[f"{name}{len(pieces)}"])
    found = [item for piece in pieces for item in np.atleast_1d(piece).tolist()]
    return [item.decode() if isinstance(item, bytes) else str(item) for item in found]
