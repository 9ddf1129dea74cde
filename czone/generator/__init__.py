"""Suppliers of atoms: crystals, amorphous matter, and nothing at all."""

from .base import BaseGenerator, NullGenerator
from .crystal import Generator

__all__ = ["BaseGenerator", "Generator", "NullGenerator"]

try:
    from .amorphous import AmorphousGenerator
except ModuleNotFoundError:  # pragma: no cover
    pass
else:
    __all__ = [*__all__, "AmorphousGenerator"]
