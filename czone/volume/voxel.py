"""The tiling cell under the path Construction Zone has for it."""

from czone.geometry import Voxel

__all__ = ["Voxel"]
