"""Nodes of what fills volumes: crystals, and nothing."""

from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.changes import BasePostTransformNode, BaseStrainNode
from czone.blueprint.fields import given
from czone.blueprint.nodes import BaseNode, node, part
from czone.generator import BaseGenerator, Generator, NullGenerator
from czone.matter import Crystal, UnitCell

__all__ = ["BaseGeneratorNode", "GeneratorNode", "NullGeneratorNode"]


class BaseGeneratorNode(BaseNode):
    """Kind of node: what fills a volume."""

    base = BaseGenerator


@node
class NullGeneratorNode(BaseGeneratorNode):
    """Nothing."""

    made = NullGenerator

    @classmethod
    def of(cls, obj: Any) -> "NullGeneratorNode":
        """Return the node of nothing."""
        return cls()

    def built(self) -> NullGenerator:
        """Return a new generator of no atoms."""
        return NullGenerator()


@node
class GeneratorNode(BaseGeneratorNode):
    """A crystal.

    `lattice_matrix` holds the lattice vectors as they are, as rows; `structure_matrix` those before
    all transforms, where they differ. `basis_shares` holds rows (site, atomic number, share) of
    sites that elements share, `seed` the number that decides what stands there.
    """

    made = Generator

    origin: np.ndarray = given(fields.vector)
    lattice_matrix: np.ndarray = given(fields.matrix)
    basis_species: np.ndarray = given(fields.whole)
    basis_coords: np.ndarray = given(fields.points)
    strain_field: BaseStrainNode | None = given(part(BaseStrainNode), None)
    post_transform: BasePostTransformNode | None = given(part(BasePostTransformNode), None)
    scale: np.ndarray | None = given(fields.numbers, None)
    structure_matrix: np.ndarray | None = given(fields.matrix, None)
    basis_shares: np.ndarray | None = given(fields.rows(3), None)
    seed: int | None = given(fields.seed, None)

    @classmethod
    def of(cls, obj: Any) -> "GeneratorNode":
        """Return the node of a crystal."""
        crystal = obj.crystal
        cell, lattice = crystal.cell, crystal.bases.T
        shares = [(k, *part) for k, content in enumerate(cell.contents or ()) for part in content]
        return cls(
            crystal.origin,
            lattice,
            cell.numbers,
            cell.coords,
            crystal.strain,
            crystal.post,
            None if (crystal.scale == 1).all() else crystal.scale,
            None if np.array_equal(cell.matrix, lattice) else cell.matrix,
            np.array(shares) if shares else None,
            crystal.seed,
        )

    def built(self) -> Generator:
        """Return a new crystal."""
        matrix = self.lattice_matrix if self.structure_matrix is None else self.structure_matrix
        contents = None
        if self.basis_shares is not None:
            sites: list[list] = [[] for _ in self.basis_species]
            for site, number, share in self.basis_shares.tolist():
                if not 0 <= site < len(sites) or site % 1:
                    raise ValueError(f"basis_shares must name sites by their index; got {site}")
                sites[int(site)].append((int(number), share))
            contents = tuple(tuple(site) for site in sites)
        return Generator.from_crystal(
            Crystal(
                UnitCell(self.basis_species, self.basis_coords, matrix, contents),
                self.lattice_matrix.T,
                self.origin,
                np.ones(1) if self.scale is None else self.scale,
                None if self.strain_field is None else self.strain_field.build(),
                None if self.post_transform is None else self.post_transform.build(),
                self.seed,
            )
        )
