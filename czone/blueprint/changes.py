"""Nodes of what changes the atoms of a crystal: strain fields and post transforms."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.nodes import BaseNode, node, node_of
from czone.transform.post import BasePostTransform, ChemicalSubstitution, PostSequence
from czone.transform.strain import BaseStrain, HStrain

__all__ = [
    "BasePostTransformNode",
    "BaseStrainNode",
    "ChemicalSubstitutionNode",
    "HStrainNode",
    "PostSequenceNode",
]


class BaseStrainNode(BaseNode):
    """Kind of node: a strain field."""

    base = BaseStrain


@node
class HStrainNode(BaseStrainNode):
    """A homogeneous deformation; `frame` is how it was turned, `origin` its own point if any."""

    made = HStrain

    matrix: np.ndarray = given(fields.matrix)
    mode: str = given(fields.text)
    origin: np.ndarray | None = given(fields.vector, None)
    frame: np.ndarray | None = given(fields.matrix, None)

    @classmethod
    def of(cls, obj: Any) -> "HStrainNode":
        """Return the node of a homogeneous strain."""
        origin = obj.origin if obj.origin_type == "global" else None
        turned = not np.array_equal(obj._frame, np.eye(3))
        return cls(obj.matrix, obj.mode, origin, obj._frame if turned else None)

    def built(self) -> HStrain:
        """Return a new strain field."""
        origin = "generator" if self.origin is None else self.origin
        strain = HStrain(self.matrix, origin=origin, mode=self.mode)
        if self.frame is not None:
            strain._frame = np.array(self.frame)
        return strain


class BasePostTransformNode(BaseNode):
    """Kind of node: a post transform."""

    base = BasePostTransform


@node
class ChemicalSubstitutionNode(BasePostTransformNode):
    """A substitution, with the number that was drawn for it."""

    made = ChemicalSubstitution

    target: np.ndarray = given(fields.whole)
    substitute: np.ndarray = given(fields.whole)
    frac: np.ndarray = given(fields.numbers)
    exact: bool = given(fields.flag)
    seed: int = given(fields.seed)

    @classmethod
    def of(cls, obj: Any) -> "ChemicalSubstitutionNode":
        """Return the node of a substitution."""
        return cls(obj.target, obj.substitute, obj.frac, obj.exact, obj.seed)

    def built(self) -> ChemicalSubstitution:
        """Return a new substitution."""
        return ChemicalSubstitution(
            self.target, self.substitute, self.frac, exact=self.exact, seed=self.seed
        )


@node
class PostSequenceNode(BasePostTransformNode):
    """Post transforms one after another; they lie below."""

    made = PostSequence
    holds = (BasePostTransformNode,)

    @classmethod
    def of(cls, obj: Any) -> "PostSequenceNode":
        """Return the node of a sequence."""
        return cls(children=[node_of(member) for member in obj.transforms])

    def built(self) -> PostSequence:
        """Return a new sequence."""
        return PostSequence(self.parts(BasePostTransformNode))
