"""Networks for other programs and for other people: SavedModel, ONNX, packed runs."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole, write_whole
from seg_train.backend import keras
from seg_train.ensembles import Runs, as_runs, write_ensemble
from seg_train.model import Network, Networks, load_networks
from seg_train.runs import (
    HISTORY,
    PROVENANCE,
    RECIPE,
    THRESHOLD,
    WEIGHTS,
    TrainingRun,
    load_run,
    weights_identity,
)
from seg_train.training.keeping import copy_weights

OURS = (".keras", ".onnx")
"""Endings of the files that are written."""

OTHERS = (".h5", ".hdf5", ".json", ".mlmodel", ".pb", ".pt", ".pth", ".tflite", ".zip")
"""Endings of files that people expect of a network, which no folder should pass for."""


def export_network(network: Networks, path: str | Path) -> Path:
    """Write a network for programs that know nothing of this one.

    Parameters
    ----------
    network
        A network, a run, the folder or name of one or of several, or a list of these. Several are
        written as one network, the mean of their probabilities.
    path
        A file that ends in `.onnx`, a file that ends in `.keras`, or a folder for a TensorFlow
        SavedModel.

    Returns
    -------
    path
        Path of what was written. Its input is (n, ny, nx, 1), float32, prepared as the model card
        says.

    Raises
    ------
    ImportError
        If ONNX is asked for and its converter is not installed.
    Refusal
        If several networks are not fed alike, or the path is of a format that is not written.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if (kind in OTHERS and not path.is_dir()) or (kind in OURS and path.suffix != kind):
        raise Refusal(
            f"path must end in .onnx or .keras, or be a folder for a SavedModel; got {path.name}: "
            "TensorFlow, onnxruntime and their converters make the other formats of these"
        )
    model = _as_one(load_networks(network))
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".onnx":
        _refuse_without_converter()
    with whole(path, named=True) as part:
        if kind == ".keras":
            model.save(part)
        elif kind == ".onnx":
            images = keras.InputSpec(shape=model.input_shape, dtype="float32")
            model.export(part, format="onnx", verbose=False, input_signature=[images])
        else:
            model.export(part, format="tf_saved_model", verbose=False)
    return path


def _refuse_without_converter() -> None:
    try:
        import onnx  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise ImportError("ONNX needs its converter: pip install onnx tf2onnx") from error


def _as_one(networks: Sequence[Network]) -> "keras.Model":
    """Return one model: of several networks the mean of what they find."""
    first, *others = networks
    if not others:
        return first.model
    fed = [(n.pixel_size, n.recipe.preprocessing, n.recipe.model.channels) for n in networks]
    other = next((one for one in fed if one != fed[0]), None)
    if other is not None:
        raise Refusal(
            "network must be several that are fed alike, with one pixel size, preprocessing and "
            f"number of channels; got {fed[0]} and {other}: export them one by one"
        )
    images = keras.Input((None, None, first.recipe.model.channels), name="data")
    found = [
        keras.Model(network.model.input, network.model.output, name=f"network_{k}")(images)
        for k, network in enumerate(networks, start=1)
    ]
    return keras.Model(images, keras.layers.Average(name="mean")(found), name="ensemble")


def pack_run(
    run: Runs,
    folder: str | Path,
    *,
    threshold: float | None = None,
) -> list[TrainingRun]:
    """Write a run, or several as one ensemble, in little space, to be kept or passed on.

    Parameters
    ----------
    run
        A finished run, the folder or name of one or of several, or a list of these.
    folder
        Folder for what is packed; `load_runs`, `predict` and the like read it as any other.
    threshold
        Probability above which a pixel is particle, where these networks predict; absent: as it
        was.

    Returns
    -------
    packed
        Runs with weights rounded to the ten binary digits of half precision, in the range of single
        precision, and compressed: about half the size. Their provenance names the weights they were
        packed from. Several lie in `1`, `2` and so on.

    Raises
    ------
    FileExistsError
        If the folder holds something.
    """
    if threshold is not None:
        THRESHOLD.refuse("threshold", threshold)
    runs, folder = as_runs(run), Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"folder must be new or empty; {folder} holds something")
    if len(runs) == 1:
        return [_packed(runs[0], folder, threshold)]
    return write_ensemble(
        folder, [_packed(one, folder / str(k), threshold) for k, one in enumerate(runs, start=1)]
    )


def _packed(run: TrainingRun, folder: Path, threshold: float | None) -> TrainingRun:
    """Write one run in little space."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_weights(run.weights, folder / WEIGHTS, _compressed)
    for name in (RECIPE, HISTORY):
        shutil.copyfile(run.folder / name, folder / name)
    provenance = {
        "packed_from": run.provenance["weights"],  # unless it was packed before
        **run.provenance,
        "weights": weights_identity(folder / WEIGHTS),
    }
    if threshold is not None:
        provenance["threshold"] = threshold
    write_whole(folder / PROVENANCE, json.dumps(provenance, indent=2) + "\n", synced=True)
    return load_run(folder)


def _compressed(target: h5py.Group, name: str, values: np.ndarray) -> h5py.Dataset:
    if values.dtype != np.float32 or not values.ndim:
        return target.create_dataset(name, data=values)
    bits = values.view(np.uint32)  # of the 23 binary digits keep 10, rounded
    rounded = ((bits + 0x1000) & 0xFFFFE000).astype(np.uint32).view(np.float32)
    return target.create_dataset(
        name, data=rounded, compression="gzip", compression_opts=9, shuffle=True
    )
