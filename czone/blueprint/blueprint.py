"""The blueprint: an object as a tree of nodes, from which it can be made again."""

from collections.abc import Callable
from typing import Any

from czone.blueprint.changes import (
    BasePostTransformNode,
    BaseStrainNode,
    ChemicalSubstitutionNode,
    HStrainNode,
    PostSequenceNode,
)
from czone.blueprint.generators import BaseGeneratorNode, GeneratorNode, NullGeneratorNode
from czone.blueprint.molecules import ExtrasNode, MoleculeNode
from czone.blueprint.nodes import NODES, BaseNode, BlueprintError, node_of
from czone.blueprint.scenes import BaseSceneNode, PeriodicSceneNode, SceneNode
from czone.blueprint.solids import AmorphousGeneratorNode
from czone.blueprint.surfaces import (
    BaseAlgebraicNode,
    CylinderNode,
    EllipsoidNode,
    MovedAlgebraicNode,
    PlaneNode,
    SphereNode,
    VoxelNode,
)
from czone.blueprint.transforms import (
    AffineTransformNode,
    BaseTransformNode,
    InversionNode,
    MatrixTransformNode,
    MultiTransformNode,
    ReflectionNode,
    RotationNode,
    TranslationNode,
)
from czone.blueprint.volumes import (
    BaseVolumeNode,
    GrainBoundaryVolumeNode,
    MultiVolumeNode,
    VolumeNode,
)

__all__ = [
    "AffineTransformNode",
    "AmorphousGeneratorNode",
    "BaseAlgebraicNode",
    "BaseGeneratorNode",
    "BaseNode",
    "BaseNodeMap",
    "BasePostTransformNode",
    "BaseSceneNode",
    "BaseStrainNode",
    "BaseTransformNode",
    "BaseVolumeNode",
    "Blueprint",
    "BlueprintError",
    "ChemicalSubstitutionNode",
    "CylinderNode",
    "EllipsoidNode",
    "ExtrasNode",
    "GeneratorNode",
    "GrainBoundaryVolumeNode",
    "HStrainNode",
    "InversionNode",
    "MatrixTransformNode",
    "MoleculeNode",
    "MovedAlgebraicNode",
    "MultiTransformNode",
    "MultiVolumeNode",
    "NodeMap",
    "NullGeneratorNode",
    "PeriodicSceneNode",
    "PlaneNode",
    "PostSequenceNode",
    "ReflectionNode",
    "RotationNode",
    "SceneNode",
    "SphereNode",
    "TranslationNode",
    "VolumeNode",
    "VoxelNode",
]

BaseNodeMap: dict[str, type[BaseNode]] = NODES

NodeMap: dict[str, type[BaseNode]] = {
    spelt: kind for name, kind in NODES.items() for spelt in (name, name.lower(), name.upper())
}


def _mapped(kind: type[BaseNode]) -> Callable[[Any], BaseNode]:
    """Return the way from objects of one kind to their nodes."""

    def forward(obj: Any) -> BaseNode:
        """Return the node of an object of this kind."""
        node = node_of(obj)
        if not isinstance(node, kind):
            raise TypeError(f"obj must be made by a {kind.__name__}; got {node.class_name}")
        return node

    return forward


def _unmapped(kind: type[BaseNode]) -> Callable[[BaseNode], Any]:
    """Return the way from nodes of one kind to new objects."""

    def inverse(node: BaseNode) -> Any:
        """Return a new object of a node of this kind."""
        if not isinstance(node, kind):
            raise TypeError(f"node must be a {kind.__name__}; got {type(node).__name__}")
        return node.build()

    return inverse


class Blueprint:
    """An object as a tree of nodes; later changes of the object do not show.

    Parameters
    ----------
    obj
        A generator, molecule, volume, scene, surface, cell, transform, strain field or post
        transform; or a node, which is kept itself.

    Examples
    --------
    >>> from czone.volume import Sphere
    >>> blueprint = Blueprint(Sphere(2.0, [0, 0, 1]))
    >>> blueprint.mapping["radius"]
    2.0
    >>> blueprint.to_object() == Sphere(2.0, [0, 0, 1])
    True
    """

    def __init__(self, obj: Any) -> None:
        self.get_mapping(obj)

    @property
    def mapping(self) -> BaseNode:
        """The node at the root: what it holds may be changed before `to_object`."""
        return self._mapping

    @mapping.setter
    def mapping(self, value: BaseNode) -> None:
        if not isinstance(value, BaseNode):
            raise TypeError(f"mapping must be a node; got {value!r}")
        self._mapping = value

    def get_mapping(self, obj: Any) -> None:
        """Take the tree of another object, or a node."""
        self.mapping = obj if isinstance(obj, BaseNode) else self.forward_map(obj)

    def to_object(self) -> Any:
        """Return a new object.

        Raises
        ------
        BlueprintError
            If the nodes say what no object can be; with the place in the tree.
        """
        return self.inverse_map(self.mapping)

    forward_map = staticmethod(node_of)
    map_generator = staticmethod(_mapped(BaseGeneratorNode))
    map_algebraic = staticmethod(_mapped(BaseAlgebraicNode))
    map_volume = staticmethod(_mapped(BaseVolumeNode))
    map_voxel = staticmethod(_mapped(VoxelNode))
    map_scene = staticmethod(_mapped(BaseSceneNode))

    inverse_map = staticmethod(_unmapped(BaseNode))
    inverse_map_generator = staticmethod(_unmapped(BaseGeneratorNode))
    inverse_map_algebraic = staticmethod(_unmapped(BaseAlgebraicNode))
    inverse_map_volume = staticmethod(_unmapped(BaseVolumeNode))
    inverse_map_voxel = staticmethod(_unmapped(VoxelNode))
    inverse_map_scene = staticmethod(_unmapped(BaseSceneNode))

    def __eq__(self, other: object) -> bool:
        made = self.to_object()
        return bool(made == (other.to_object() if isinstance(other, Blueprint) else other))

    __hash__ = None  # type: ignore[assignment]  # its nodes may be changed

    def __repr__(self) -> str:
        return f"Blueprint({self.to_object()!r})"
