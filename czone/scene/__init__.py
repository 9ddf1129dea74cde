"""Scenes: objects in a box or a cell that repeats, with one answer to which atoms are there."""

from czone.scene.base import BaseScene
from czone.scene.scene import PeriodicScene, Scene
from czone.spelling import names_from

__all__ = ["BaseScene", "PeriodicScene", "Scene"]

__getattr__ = names_from(__name__, "czone.volume", "czone.molecule")
