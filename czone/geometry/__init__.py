"""Shapes and frames, below everything else: surfaces, hulls, rotations, the tiling cell.

A surface implements ``moved(matrix, shift)``; nothing here knows what a transform is.
"""

from czone.geometry.base import BaseAlgebraic, MovedAlgebraic
from czone.geometry.cylinder import Cylinder
from czone.geometry.hull import (
    Hull,
    convex_hull_to_planes,
    enclosed_corners,
    get_bounding_box,
    make_rect_prism,
)
from czone.geometry.primitives import Ellipsoid, Plane, Sphere
from czone.geometry.region import Region
from czone.geometry.rotations import rot_align, rot_v, rot_vtv, rot_zxz
from czone.util.voxel import Voxel

__all__ = [
    "BaseAlgebraic",
    "Cylinder",
    "Ellipsoid",
    "Hull",
    "MovedAlgebraic",
    "Plane",
    "Region",
    "Sphere",
    "Voxel",
    "convex_hull_to_planes",
    "enclosed_corners",
    "get_bounding_box",
    "make_rect_prism",
    "rot_align",
    "rot_v",
    "rot_vtv",
    "rot_zxz",
]
