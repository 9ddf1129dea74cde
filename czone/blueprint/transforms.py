"""Nodes of transforms."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.nodes import BaseNode, node, node_of
from czone.blueprint.surfaces import PlaneNode
from czone.transform import (
    AffineTransform,
    BaseTransform,
    Inversion,
    MatrixTransform,
    MultiTransform,
    Reflection,
    Rotation,
    Translation,
)

__all__ = [
    "AffineTransformNode",
    "BaseTransformNode",
    "InversionNode",
    "MatrixTransformNode",
    "MultiTransformNode",
    "ReflectionNode",
    "RotationNode",
    "TranslationNode",
]


class BaseTransformNode(BaseNode):
    """Kind of node: a transform."""

    base = BaseTransform


@node
class TranslationNode(BaseTransformNode):
    """A shift; None before it is set."""

    made = Translation

    locked: bool = given(fields.flag, True)
    basis_only: bool = given(fields.flag, False)
    shift: np.ndarray | None = given(fields.vector, None)

    @classmethod
    def of(cls, obj: Any) -> "TranslationNode":
        """Return the node of a shift."""
        return cls(obj.locked, obj.basis_only, obj._shift)

    def built(self) -> Translation:
        """Return a new shift."""
        return Translation(self.shift, self.locked, self.basis_only)


@node
class AffineTransformNode(BaseTransformNode):
    """An affine map."""

    made = AffineTransform

    matrix: np.ndarray = given(fields.matrix)
    shift: np.ndarray = given(fields.vector)
    locked: bool = given(fields.flag, True)
    basis_only: bool = given(fields.flag, False)

    @classmethod
    def of(cls, obj: Any) -> "AffineTransformNode":
        """Return the node of an affine map."""
        return cls(obj.matrix, obj.shift, obj.locked, obj.basis_only)

    def built(self) -> AffineTransform:
        """Return a new affine map."""
        return AffineTransform(self.matrix, self.shift, self.locked, self.basis_only)


@node
class MatrixTransformNode(BaseTransformNode):
    """A linear map about a point."""

    made = MatrixTransform

    locked: bool = given(fields.flag, True)
    basis_only: bool = given(fields.flag, False)
    matrix: np.ndarray | None = given(fields.matrix, None)
    origin: np.ndarray | None = given(fields.vector, None)

    @classmethod
    def of(cls, obj: Any) -> "MatrixTransformNode":
        """Return the node of a linear map."""
        return cls(obj.locked, obj.basis_only, obj._matrix, obj.origin)

    def built(self) -> MatrixTransform:
        """Return a new map."""
        made: type[MatrixTransform] = self.made
        return made(self.matrix, self.origin, self.locked, self.basis_only)


@node
class RotationNode(MatrixTransformNode):
    """A rotation about a point."""

    made = Rotation


@node
class InversionNode(MatrixTransformNode):
    """An inversion through a point."""

    made = Inversion


@node
class ReflectionNode(BaseTransformNode):
    """A mirror image; the mirror lies below."""

    made = Reflection
    holds = (PlaneNode,)
    single = (PlaneNode,)

    locked: bool = given(fields.flag, True)
    basis_only: bool = given(fields.flag, False)

    @classmethod
    def of(cls, obj: Any) -> "ReflectionNode":
        """Return the node of a mirror image."""
        mirror = [] if obj._plane is None else [node_of(obj._plane)]
        return cls(obj.locked, obj.basis_only, children=mirror)

    def built(self) -> Reflection:
        """Return a new mirror image."""
        return Reflection(next(iter(self.parts(PlaneNode)), None), self.locked, self.basis_only)


@node
class MultiTransformNode(BaseTransformNode):
    """Transforms one after another; they lie below."""

    made = MultiTransform
    holds = (BaseTransformNode,)

    @classmethod
    def of(cls, obj: Any) -> "MultiTransformNode":
        """Return the node of a sequence."""
        return cls(children=[node_of(member) for member in obj.transforms])

    def built(self) -> MultiTransform:
        """Return a new sequence."""
        return MultiTransform(self.parts(BaseTransformNode))
