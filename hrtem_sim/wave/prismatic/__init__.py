"""Prismatic 2: as an engine, where a user has installed it, and its wave files.

Prismatic (L. Rangel DaCosta et al., Micron 151, 103141 (2021)) is GPL software that users install
themselves; nothing of it is here.

* `PrismaticEngine` has it compute waves, one subprocess for each, in a folder of its own.
* `find_prismatic` says which one there is.
* `read_prismatic` reads the waves that it has written, with their energy, pixels and plane,
  `read_prismatic_atoms` the atoms that it was given.
"""

from hrtem_sim.wave.prismatic.engine import PrismaticEngine
from hrtem_sim.wave.prismatic.files import read_prismatic, read_prismatic_atoms
from hrtem_sim.wave.prismatic.program import Prismatic, PrismaticError, find_prismatic

__all__ = [
    "Prismatic",
    "PrismaticEngine",
    "PrismaticError",
    "find_prismatic",
    "read_prismatic",
    "read_prismatic_atoms",
]
