"""The tiling cell under the path Construction Zone has for it."""

from czone.util.voxel import Voxel

__all__ = ["Voxel"]
