"""Scenes: objects in a box, with one answer to which atoms are there."""

from ..spelling import names_from
from .scene import Scene

__all__ = ["Scene"]

__getattr__ = names_from(__name__, "czone.volume", "czone.molecule")
