"""What a finished run keeps beside its history: weights, provenance, versions."""

import json
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from seg_train.backend import keras, tf
from seg_train.runs import ALGORITHM, PROVENANCE, WEIGHTS, weights_identity, write_atomically


def save_weights(model: "keras.Model", folder: Path) -> None:
    """Write the weights of a model, the optimiser's left out, whole or not at all.

    Parameters
    ----------
    model
        Model, compiled or not.
    folder
        Folder of the run.
    """
    part = folder / "part.weights.h5"
    bare = keras.Model(model.inputs, model.outputs)  # Keras would save the optimiser with it
    bare.save_weights(part)
    part.replace(folder / WEIGHTS)


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
    write_atomically(folder / PROVENANCE, (json.dumps(provenance, indent=2) + "\n").encode())


def _versions() -> dict[str, str]:
    names = ("micrograph-foundry", "numpy", "keras", "segmentation-models")
    found = {"python": platform.python_version(), "tensorflow": tf.__version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
