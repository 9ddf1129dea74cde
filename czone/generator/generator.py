"""All generators under one path, as Construction Zone has it."""

from .base import BaseGenerator, NullGenerator
from .crystal import Generator

__all__ = ["BaseGenerator", "Generator", "NullGenerator"]

try:
    from .amorphous import AmorphousGenerator
except ModuleNotFoundError:  # pragma: no cover
    pass
else:
    __all__ = [*__all__, "AmorphousGenerator"]
