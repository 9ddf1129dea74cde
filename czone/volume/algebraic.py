"""All surfaces under one path, as Construction Zone has it."""

from czone.geometry import (
    BaseAlgebraic,
    Cylinder,
    Ellipsoid,
    Plane,
    Sphere,
    convex_hull_to_planes,
    get_bounding_box,
)
from czone.volume.snapping import snap_plane_near_point

__all__ = [
    "BaseAlgebraic",
    "Cylinder",
    "Ellipsoid",
    "Plane",
    "Sphere",
    "convex_hull_to_planes",
    "get_bounding_box",
    "snap_plane_near_point",
]
