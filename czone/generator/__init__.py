"""Suppliers of atoms: crystals, amorphous matter, and nothing at all."""

from ..spelling import names_from
from .amorphous import AmorphousGenerator, number_density
from .base import BaseGenerator, NullGenerator
from .crystal import Generator

__all__ = ["AmorphousGenerator", "BaseGenerator", "Generator", "NullGenerator", "number_density"]

__getattr__ = names_from(
    __name__, "czone.transform", "czone.geometry", "czone.generator.amorphous_algorithms"
)
