"""Scenes: objects in a box, with one answer to which atoms are there."""

from .scene import Scene

__all__ = ["Scene"]
