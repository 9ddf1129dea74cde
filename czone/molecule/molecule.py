"""Molecules under the path Construction Zone has for them."""

from .base import BaseMolecule, Molecule

__all__ = ["BaseMolecule", "Molecule"]
