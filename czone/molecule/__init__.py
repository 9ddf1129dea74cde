"""Molecules: explicit atoms, to be placed like any other object."""

from .base import BaseMolecule, Molecule

__all__ = ["BaseMolecule", "Molecule"]
