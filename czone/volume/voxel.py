"""The tiling cell under the path Construction Zone has for it."""

from ..geometry import Voxel

__all__ = ["Voxel"]
