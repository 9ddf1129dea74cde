"""Node of amorphous solids."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.generators import BaseGeneratorNode
from czone.blueprint.nodes import node
from czone.generator import AmorphousGenerator
from czone.generator.amorphous_algorithms import atom_count
from czone.generator.composition import atomic_number

__all__ = ["AmorphousGeneratorNode"]


@node
class AmorphousGeneratorNode(BaseGeneratorNode):
    """An amorphous solid.

    Mixtures have rows (atomic number, share) as `species` and rows (atomic number, atomic number,
    distance) as `min_dist`. `block` holds corner and edges of the block of atoms that is kept.
    """

    made = AmorphousGenerator

    origin: Any = given(fields.vector)
    min_dist: Any = given(fields.either(fields.number, fields.rows(3)))
    density: float = given(fields.number)
    species: Any = given(fields.either(fields.integer, fields.rows(2)))
    seed: int | None = given(fields.seed, None)
    fresh: bool = given(fields.flag, False)
    periodic: tuple[bool, bool] | None = given(fields.flags(2), None)
    bases: np.ndarray | None = given(fields.matrix, None)
    use_old_result: bool = given(fields.flag, False)
    block: np.ndarray | None = given(fields.rows(3), None)

    @classmethod
    def of(cls, obj: Any) -> "AmorphousGeneratorNode":
        """Return the node of an amorphous solid."""
        apart, shares, block = obj.min_dist, list(obj._shares.items()), obj._block
        if isinstance(apart, Mapping):
            apart = [(*map(atomic_number, pair), value) for pair, value in apart.items()]
        known = obj._fixed_seed or block is not None
        return cls(
            obj.origin,
            apart,
            obj.density,
            shares[0][0] if len(shares) == 1 else shares,
            obj._seed if known else None,
            known and not obj._fixed_seed,
            None if obj.periodic == (True, True) else obj.periodic,
            None if np.array_equal(obj._bases, np.eye(3)) else obj._bases,
            obj.use_old_result,
            None if block is None else block[:2],
        )

    def built(self) -> AmorphousGenerator:
        """Return a new amorphous solid, with the block of atoms that was kept."""
        apart = self.min_dist
        if isinstance(apart, np.ndarray):
            apart = {(int(one), int(other)): value for one, other, value in apart.tolist()}
        mixed = self.species.tolist() if isinstance(self.species, np.ndarray) else []
        shares = {int(number): share for number, share in mixed} or {self.species: 1.0}
        solid = AmorphousGenerator(self.origin, apart, self.density, shares, self.seed)
        # Shares as they are, which adding them up again would change in the last digit.
        solid._shares = shares
        solid.periodic = (True, True) if self.periodic is None else self.periodic
        solid._bases = np.eye(3) if self.bases is None else np.array(self.bases)
        solid.use_old_result = self.use_old_result
        if self.block is not None:
            low, edges = self.block
            count = atom_count(edges, self.density)
            if count > fields.LARGEST:
                raise ValueError(f"block must hold {fields.LARGEST} atoms at most; got {count}")
            solid._block = (low, edges, solid.solid.block(low, edges))
        if self.fresh:
            solid._fixed_seed = False
        return solid
