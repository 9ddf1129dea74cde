"""Nodes of scenes."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.molecules import MoleculeNode
from czone.blueprint.nodes import BaseNode, node, node_of
from czone.blueprint.surfaces import VoxelNode
from czone.blueprint.volumes import BaseVolumeNode
from czone.scene import BaseScene, PeriodicScene, Scene

__all__ = ["BaseSceneNode", "PeriodicSceneNode", "SceneNode"]


class BaseSceneNode(BaseNode):
    """Kind of node: a scene; its cell and its objects lie below."""

    base = BaseScene
    holds = (VoxelNode, BaseVolumeNode, MoleculeNode)
    single = (VoxelNode,)

    def cell_and_objects(self) -> tuple[Any, list[Any]]:
        """Return the cell of the scene and its objects."""
        cells = self.parts(VoxelNode)
        if len(cells) != 1:
            raise ValueError("children must hold the cell of the scene, a Voxel; got none")
        return cells[0], [c.build() for c in self.children if not isinstance(c, VoxelNode)]


def _below(scene: Any) -> list[BaseNode]:
    return [node_of(scene.domain), *map(node_of, scene.objects)]


@node
class SceneNode(BaseSceneNode):
    """A scene; `bounds` are those of one that was made from them."""

    made = Scene

    bounds: np.ndarray | None = given(fields.rows(3), None)
    min_distance: Any = given(fields.number_or_word, None)
    clip: bool = given(fields.flag, False)
    periodic: tuple[bool, bool] = given(fields.flags(2), (False, False))

    @classmethod
    def of(cls, obj: Any) -> "SceneNode":
        """Return the node of a scene."""
        return cls(obj._bounds, obj.min_distance, obj.clip, obj.periodic, children=_below(obj))

    def built(self) -> Scene:
        """Return a new scene."""
        cell, objects = self.cell_and_objects()
        return Scene(
            cell if self.bounds is None else self.bounds,
            objects,
            min_distance=self.min_distance,
            clip=self.clip,
            periodic=self.periodic,
        )


@node
class PeriodicSceneNode(BaseSceneNode):
    """A scene that repeats."""

    made = PeriodicScene

    pbc: tuple[bool, bool, bool] = given(fields.flags(3))
    min_distance: Any = given(fields.number_or_word, None)
    clip: bool = given(fields.flag, False)

    @classmethod
    def of(cls, obj: Any) -> "PeriodicSceneNode":
        """Return the node of a scene that repeats."""
        return cls(obj.pbc, obj.min_distance, obj.clip, children=_below(obj))

    def built(self) -> PeriodicScene:
        """Return a new scene that repeats."""
        cell, objects = self.cell_and_objects()
        return PeriodicScene(
            cell, objects, self.pbc, min_distance=self.min_distance, clip=self.clip
        )
