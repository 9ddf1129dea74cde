"""All volumes under one path, as Construction Zone has it."""

from ..geometry import make_rect_prism
from .base import BaseVolume
from .convex import Volume
from .multi import MultiVolume

__all__ = ["BaseVolume", "MultiVolume", "Volume", "makeRectPrism", "make_rect_prism"]

makeRectPrism = make_rect_prism
