"""The one door to TensorFlow.

Every module that needs TensorFlow, Keras or segmentation-models takes them from here, so that the
order in which they must be imported is written once. Importing this module takes seconds and needs
the extra `train`; the light modules never do it.
"""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

# At "2" machines without a GPU or AVX-512 are told so as errors; what goes wrong is an exception.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back the informative lines that TensorFlow's libraries print while they load.

    They are written past Python and past `TF_CPP_MIN_LOG_LEVEL`; warnings and errors go through.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        kept = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            chatter = (b"I0000 ", b"WARNING: All log messages before absl::InitializeLog")
            for line in held:
                if not line.startswith(chatter):
                    os.write(2, line)


try:
    with _without_chatter():
        import keras
        import tensorflow as tf
except ImportError as error:
    raise ImportError(
        'this needs TensorFlow, which is not installed: pip install "micrograph-foundry[train]"'
    ) from error


def _import_segmentation_models() -> Any:
    """Import segmentation-models for Keras 3, silently and without touching the user's Keras.

    The package reads `SM_FRAMEWORK` when it is imported, prints a banner and adds names to the
    global registry of custom Keras objects; the variable and the registry are put back.
    """
    registry = keras.utils.get_custom_objects()
    names, framework = dict(registry), os.environ.get("SM_FRAMEWORK")
    os.environ["SM_FRAMEWORK"] = "tf.keras"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import segmentation_models
    except ImportError as error:
        raise ImportError(
            "this needs segmentation-models, which is not installed: "
            'pip install "micrograph-foundry[train]"'
        ) from error
    finally:
        registry.clear()
        registry.update(names)
        if framework is None:
            del os.environ["SM_FRAMEWORK"]
        else:
            os.environ["SM_FRAMEWORK"] = framework
    return segmentation_models


segmentation_models = _import_segmentation_models()

__all__ = ["keras", "segmentation_models", "tf"]
