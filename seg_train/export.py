"""Networks for other programs: SavedModel and ONNX."""

from pathlib import Path

from seg_train.backend import keras
from seg_train.model import Network, load_network
from seg_train.runs import TrainingRun


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
        What was written. Its input is (n, ny, nx, 1), float32, prepared as the model card says.

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
