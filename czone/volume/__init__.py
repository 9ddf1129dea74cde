"""Regions of space filled with atoms: volumes, volumes of volumes, the surfaces around them."""

from czone.spelling import names_from
from czone.volume.algebraic import (
    BaseAlgebraic,
    Cylinder,
    Ellipsoid,
    Plane,
    Sphere,
    convex_hull_to_planes,
    get_bounding_box,
    snap_plane_near_point,
)
from czone.volume.early import from_volume
from czone.volume.volume import BaseVolume, MultiVolume, Volume, make_rect_prism, makeRectPrism
from czone.volume.voxel import Voxel

__all__ = [
    "BaseAlgebraic",
    "BaseVolume",
    "Cylinder",
    "Ellipsoid",
    "MultiVolume",
    "Plane",
    "Sphere",
    "Volume",
    "Voxel",
    "convex_hull_to_planes",
    "from_volume",
    "get_bounding_box",
    "makeRectPrism",
    "make_rect_prism",
    "snap_plane_near_point",
]

__getattr__ = names_from(__name__, "czone.generator", "czone.transform", "czone.util")
