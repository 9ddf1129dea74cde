"""Suppliers of atoms: crystals, amorphous matter, and nothing at all."""

from .amorphous import AmorphousGenerator, number_density
from .base import BaseGenerator, NullGenerator
from .crystal import Generator

__all__ = ["AmorphousGenerator", "BaseGenerator", "Generator", "NullGenerator", "number_density"]
