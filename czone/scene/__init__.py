"""Scenes: objects in a box, with one answer to which atoms are there."""

from czone.scene.scene import Scene
from czone.spelling import names_from

__all__ = ["Scene"]

__getattr__ = names_from(__name__, "czone.volume", "czone.molecule")
