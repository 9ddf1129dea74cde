"""Molecules: explicit atoms, to be placed like any other object."""

from ..spelling import names_from
from .base import BaseMolecule
from .molecule import Molecule

__all__ = ["BaseMolecule", "Molecule"]

__getattr__ = names_from(__name__, "czone.transform")
