"""Suppliers of atoms: crystals, amorphous matter, and nothing at all."""

from czone.generator.amorphous import AmorphousGenerator, number_density
from czone.generator.base import BaseGenerator, NullGenerator
from czone.generator.early import BasicStructure, from_generator, from_spacegroup
from czone.generator.films import Film, ImplausibleDensity, film_of, mass_density
from czone.generator.generator import Generator
from czone.generator.paracrystal import with_grains
from czone.generator.solid import Amorphous
from czone.spelling import names_from

__all__ = [
    "Amorphous",
    "AmorphousGenerator",
    "BaseGenerator",
    "BasicStructure",
    "Film",
    "Generator",
    "ImplausibleDensity",
    "NullGenerator",
    "film_of",
    "from_generator",
    "from_spacegroup",
    "mass_density",
    "number_density",
    "with_grains",
]

__getattr__ = names_from(
    __name__, "czone.transform", "czone.geometry", "czone.generator.amorphous_algorithms"
)
