"""Nodes of volumes."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.generators import BaseGeneratorNode
from czone.blueprint.molecules import MoleculeNode
from czone.blueprint.nodes import BaseNode, node, node_of
from czone.blueprint.surfaces import BaseAlgebraicNode
from czone.prefab.grain_boundary import GrainBoundaryVolume
from czone.volume import BaseVolume, MultiVolume, Volume

__all__ = ["BaseVolumeNode", "GrainBoundaryVolumeNode", "MultiVolumeNode", "VolumeNode"]


class BaseVolumeNode(BaseNode):
    """Kind of node: a volume."""

    base = BaseVolume


@node
class VolumeNode(BaseVolumeNode):
    """A volume; its generator and its surfaces lie below."""

    made = Volume
    holds = (BaseGeneratorNode, BaseAlgebraicNode)
    single = (BaseGeneratorNode,)

    priority: int = given(fields.integer)
    tolerance: float = given(fields.number)
    points: np.ndarray | None = given(fields.points, None)

    @classmethod
    def of(cls, obj: Any) -> "VolumeNode":
        """Return the node of a volume."""
        filling = [] if obj.generator is None else [node_of(obj.generator)]
        return cls(
            obj.priority,
            obj.tolerance,
            obj.points if len(obj.points) else None,
            children=[*filling, *map(node_of, obj.alg_objects)],
        )

    def built(self) -> Volume:
        """Return a new volume."""
        points = self.points if self.points is not None and len(self.points) else None
        volume = Volume(points, priority=self.priority, tolerance=self.tolerance)
        for generator in self.parts(BaseGeneratorNode):
            volume.add_generator(generator)
        volume.add_alg_object(self.parts(BaseAlgebraicNode))
        return volume


@node
class MultiVolumeNode(BaseVolumeNode):
    """A volume of volumes; they lie below."""

    made = MultiVolume

    priority: int = given(fields.integer)

    @classmethod
    def of(cls, obj: Any) -> "MultiVolumeNode":
        """Return the node of a volume of volumes."""
        return cls(obj.priority, children=[node_of(member) for member in obj.volumes])

    def built(self) -> MultiVolume:
        """Return a new volume of volumes."""
        return MultiVolume(self.parts(BaseNode), priority=self.priority)


@node
class GrainBoundaryVolumeNode(MultiVolumeNode):
    """Grains that keep their atoms apart; they lie below."""

    made = GrainBoundaryVolume

    min_distance: float = given(fields.number, 0.0)

    @classmethod
    def of(cls, obj: Any) -> "GrainBoundaryVolumeNode":
        """Return the node of a bicrystal."""
        plain = [node_of(member) for member in obj.volumes]
        return cls(obj.priority, obj.min_distance, children=plain)

    def built(self) -> GrainBoundaryVolume:
        """Return a new bicrystal."""
        return GrainBoundaryVolume(self.parts(BaseNode), self.priority, self.min_distance)


MultiVolumeNode.holds = (BaseVolumeNode, MoleculeNode)
