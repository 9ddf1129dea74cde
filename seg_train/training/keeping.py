"""What a finished run keeps beside its history: weights, provenance, versions."""

import json
import platform
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.hdf5 import new_file, new_group, open_hdf5
from hrtem_sim.whole import whole, write_whole
from seg_train.backend import keras, tf
from seg_train.runs import ALGORITHM, PROVENANCE, WEIGHTS, weights_identity


def save_weights(model: "keras.Model", folder: Path) -> None:
    """Write the weights of a model, the optimiser's left out, whole or not at all.

    Parameters
    ----------
    model
        Model, compiled or not.
    folder
        Folder of the run.

    Notes
    -----
    The same weights are the same bytes: Keras' own file also holds the names of layers, which count
    the models that the process has made before.
    """
    kept = folder / "keras.weights.h5"  # an ending that Keras insists on
    bare = keras.Model(model.inputs, model.outputs)  # Keras would save the optimiser with it
    try:
        bare.save_weights(kept)
        copy_weights(kept, folder / WEIGHTS)
    finally:
        kept.unlink(missing_ok=True)


def copy_weights(
    source: Path, target: Path, write: Callable[[h5py.Group, str, np.ndarray], Any] | None = None
) -> None:
    """Copy the arrays of a weights file to a file whose bytes depend on nothing else.

    Parameters
    ----------
    source
        File of Keras 3, `.weights.h5`.
    target
        Path of the copy, which Keras reads as well. It appears whole or not at all.
    write
        Function that writes an array of a name into a group; absent: as it is.
    """
    write = write or (lambda group, name, values: group.create_dataset(name, data=values))
    with (
        whole(target, synced=True) as part,
        open_hdf5(source) as old,
        new_file(part) as new,
    ):

        def copy(name: str, item: h5py.HLObject) -> None:
            if isinstance(item, h5py.Group):
                new_group(new, name)
            else:
                write(new, name, item[...])

        old.visititems(copy)  # in the order of the alphabet


def write_provenance(
    folder: Path, ids: Mapping[str, Any], *, run: str, model: "keras.Model"
) -> None:
    """Write what makes a folder a finished run.

    Parameters
    ----------
    folder
        Folder of the run, with its weights.
    ids
        Ids of recipe and data, the pixel size, and what else there is to know.
    run
        Id of the run.
    model
        Its model.
    """
    provenance = {
        **ids,
        "run": run,
        "weights": weights_identity(folder / WEIGHTS),
        "parameters": model.count_params(),
        "algorithm": ALGORITHM,
        "versions": _versions(),
    }
    write_whole(folder / PROVENANCE, json.dumps(provenance, indent=2) + "\n", synced=True)


def _versions() -> dict[str, str]:
    names = ("micrograph-foundry", "numpy", "keras", "segmentation-models")
    found = {"python": platform.python_version(), "tensorflow": tf.__version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
