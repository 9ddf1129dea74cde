"""Networks for other programs and for other people: SavedModel, ONNX, packed runs."""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np

from seg_train.backend import keras
from seg_train.model import Network, load_network
from seg_train.runs import (
    HISTORY,
    PROVENANCE,
    RECIPE,
    WEIGHTS,
    TrainingRun,
    load_run,
    weights_identity,
    write_atomically,
)


def export_network(network: Network | TrainingRun | str | Path, path: str | Path) -> Path:
    """Write a network for programs that know nothing of this one.

    Parameters
    ----------
    network
        A network, a run or the folder of one.
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
    """
    network, path = load_network(network), Path(path)
    if path.suffix == ".keras":
        network.model.save(path)
    elif path.suffix == ".onnx":
        try:
            import onnx  # noqa: F401
            import tf2onnx  # noqa: F401
        except ImportError as error:
            raise ImportError("ONNX needs its converter: pip install onnx tf2onnx") from error
        images = keras.InputSpec(shape=network.model.input_shape, dtype="float32")
        network.model.export(path, format="onnx", verbose=False, input_signature=[images])
    else:
        network.model.export(path, format="tf_saved_model", verbose=False)
    return path


def pack_run(run: TrainingRun | str | Path, folder: str | Path) -> TrainingRun:
    """Write a run in little space, to be kept or passed on.

    Parameters
    ----------
    run
        A finished run, or the folder of one.
    folder
        Folder for the packed run; `load_run` reads it like any other.

    Returns
    -------
    packed
        Run with weights rounded to the ten binary digits of half precision, in the range of single
        precision, and compressed: about half the size. Its provenance names the weights it was
        packed from.

    Raises
    ------
    FileExistsError
        If the folder holds something.
    """
    run, folder = run if isinstance(run, TrainingRun) else load_run(run), Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"folder must be new or empty; {folder} holds something")
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(run.weights) as source, h5py.File(folder / WEIGHTS, "w") as target:

        def copy(name: str, item: h5py.HLObject) -> None:
            if isinstance(item, h5py.Group):
                place = target.require_group(name)
            else:
                place = _compressed(target, name, item[...])
            place.attrs.update(item.attrs)

        target.attrs.update(source.attrs)
        source.visititems(copy)
    for name in (RECIPE, HISTORY):
        shutil.copyfile(run.folder / name, folder / name)
    provenance = {
        **run.provenance,
        "weights": weights_identity(folder / WEIGHTS),
        "packed_from": run.provenance["weights"],
    }
    write_atomically(folder / PROVENANCE, (json.dumps(provenance, indent=2) + "\n").encode())
    return load_run(folder)


def _compressed(target: h5py.File, name: str, values: np.ndarray) -> h5py.Dataset:
    if values.dtype != np.float32 or not values.ndim:
        return target.create_dataset(name, data=values)
    bits = values.view(np.uint32)  # of the 23 binary digits keep 10, rounded
    rounded = ((bits + 0x1000) & 0xFFFFE000).astype(np.uint32).view(np.float32)
    return target.create_dataset(
        name, data=rounded, compression="gzip", compression_opts=9, shuffle=True
    )
