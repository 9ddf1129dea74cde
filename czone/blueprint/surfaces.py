"""Nodes of surfaces, and of the cell that tiles space."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.nodes import BaseNode, exactly, node
from czone.geometry import BaseAlgebraic, Cylinder, Ellipsoid, MovedAlgebraic, Plane, Sphere
from czone.util.voxel import Voxel

__all__ = [
    "BaseAlgebraicNode",
    "CylinderNode",
    "EllipsoidNode",
    "MovedAlgebraicNode",
    "PlaneNode",
    "SphereNode",
    "VoxelNode",
]


class BaseAlgebraicNode(BaseNode):
    """Kind of node: a surface."""

    base = BaseAlgebraic


@node
class SphereNode(BaseAlgebraicNode):
    """A ball."""

    made = Sphere

    tol: float = given(fields.number)
    radius: float = given(fields.number)
    center: np.ndarray = given(fields.vector)

    @classmethod
    def of(cls, obj: Any) -> "SphereNode":
        """Return the node of a ball."""
        return cls(obj.tol, obj.radius, obj.center)

    def built(self) -> Sphere:
        """Return a new ball."""
        return Sphere(self.radius, self.center, tol=self.tol)


@node
class EllipsoidNode(BaseAlgebraicNode):
    """An ellipsoid."""

    made = Ellipsoid

    tol: float = given(fields.number)
    axes: np.ndarray = given(fields.matrix)
    center: np.ndarray = given(fields.vector)

    @classmethod
    def of(cls, obj: Any) -> "EllipsoidNode":
        """Return the node of an ellipsoid."""
        return cls(obj.tol, obj.axes, obj.center)

    def built(self) -> Ellipsoid:
        """Return a new ellipsoid."""
        return Ellipsoid(self.axes, self.center, tol=self.tol)


@node
class PlaneNode(BaseAlgebraicNode):
    """A half space."""

    made = Plane

    tol: float = given(fields.number)
    normal: np.ndarray = given(fields.vector)
    point: np.ndarray = given(fields.vector)

    @classmethod
    def of(cls, obj: Any) -> "PlaneNode":
        """Return the node of a half space."""
        return cls(obj.tol, obj.normal, obj.point)

    def built(self) -> Plane:
        """Return a new half space."""
        plane = Plane(self.normal, self.point, tol=self.tol)
        exactly(plane, "normal", self.normal)
        return plane


@node
class CylinderNode(BaseAlgebraicNode):
    """A finite cylinder."""

    made = Cylinder

    tol: float = given(fields.number)
    axis: np.ndarray = given(fields.vector)
    point: np.ndarray = given(fields.vector)
    radius: float = given(fields.number)
    length: float = given(fields.number)

    @classmethod
    def of(cls, obj: Any) -> "CylinderNode":
        """Return the node of a cylinder."""
        return cls(obj.tol, obj.axis, obj.point, obj.radius, obj.length)

    def built(self) -> Cylinder:
        """Return a new cylinder."""
        cylinder = Cylinder(self.axis, self.point, self.radius, self.length, tol=self.tol)
        exactly(cylinder, "axis", self.axis)
        return cylinder


@node
class MovedAlgebraicNode(BaseAlgebraicNode):
    """A surface seen through an affine map; the surface itself lies below."""

    made = MovedAlgebraic
    holds = (BaseAlgebraicNode,)
    single = (BaseAlgebraicNode,)

    tol: float = given(fields.number)
    matrix: np.ndarray = given(fields.matrix)
    shift: np.ndarray = given(fields.vector)

    @classmethod
    def of(cls, obj: Any) -> "MovedAlgebraicNode":
        """Return the node of a moved surface."""
        from czone.blueprint.nodes import node_of

        return cls(obj.tol, obj.matrix, obj.shift, children=[node_of(obj.region)])

    def built(self) -> MovedAlgebraic:
        """Return a new moved surface."""
        surfaces = self.parts(BaseAlgebraicNode)
        if len(surfaces) != 1:
            raise ValueError(f"children must hold the surface that was moved; got {len(surfaces)}")
        moved = MovedAlgebraic(surfaces[0], self.matrix, self.shift)
        moved.tol = self.tol
        return moved


@node
class VoxelNode(BaseNode):
    """The cell that tiles space."""

    made = Voxel
    base = Voxel

    bases: np.ndarray = given(fields.matrix)
    origin: np.ndarray = given(fields.vector)
    scale: np.ndarray = given(fields.numbers)

    @classmethod
    def of(cls, obj: Any) -> "VoxelNode":
        """Return the node of a cell."""
        return cls(obj.bases, obj.origin, obj.scale)

    def built(self) -> Voxel:
        """Return a new cell."""
        return Voxel(self.bases, self.scale, self.origin)
