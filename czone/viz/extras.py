"""Optional libraries, loaded when a picture is made."""

import importlib
from types import ModuleType

__all__ = ["optional"]


def optional(name: str) -> ModuleType:
    """Return a module of the ``viz`` extra, or say how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f'czone.viz needs {name.split(".")[0]}: pip install "micrograph-foundry[viz]"'
        ) from error
