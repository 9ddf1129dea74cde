"""Molecules: explicit atoms, to be placed like any other object."""

from czone.molecule.molecule import BaseMolecule, Molecule
from czone.spelling import names_from

__all__ = ["BaseMolecule", "Molecule"]

__getattr__ = names_from(__name__, "czone.transform")
