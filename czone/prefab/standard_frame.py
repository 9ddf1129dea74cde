"""Between a generator's unit cell and the standard setting of its crystal, which WulffPack uses."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import Any

import numpy as np
from ase import Atoms

from czone.util.miller import is_hexagonal, plane_indices

__all__ = ["StandardFrame"]


class StandardFrame:
    """Frames of a crystal: untransformed cell, standard setting, laboratory.

    Parameters
    ----------
    generator
        The crystal.
    """

    def __init__(self, generator: Any) -> None:
        self.generator = generator
        self.numbers = np.array(generator.species)

    @property
    def orientation(self) -> np.ndarray:
        """Matrix from the untransformed cell to the laboratory, (3, 3)."""
        return self.generator.orientation

    @cached_property
    def lattice(self) -> np.ndarray:
        """Untransformed lattice vectors as rows, (3, 3), in angstrom."""
        return (np.linalg.inv(self.orientation) @ self.generator.voxel.sbases).T

    @cached_property
    def cell_atoms(self) -> Atoms:
        """The untransformed unit cell as ASE Atoms."""
        return Atoms(
            self.numbers, scaled_positions=self.generator.coords, cell=self.lattice, pbc=True
        )

    @property
    def volume_per_atom(self) -> float:
        """In cubic angstrom."""
        return float(abs(np.linalg.det(self.lattice)) / len(self.numbers))

    @cached_property
    def _dataset(self) -> Any:
        import spglib

        dataset = spglib.get_symmetry_dataset(
            (self.lattice.tolist(), self.generator.coords.tolist(), self.numbers.tolist()),
            symprec=1e-5,
        )
        if dataset is None:
            raise ValueError(f"generator must have a recognisable symmetry; got {self.generator!r}")
        return dataset

    @property
    def cubic(self) -> str | None:
        """Letter of a cubic lattice, ``"P"``, ``"F"`` or ``"I"``; None for other crystals."""
        return str(self._dataset.international[0]) if self._dataset.number >= 195 else None

    @property
    def atoms_per_lattice_point(self) -> int:
        """Number of atoms in the primitive cell."""
        return len(np.unique(self._dataset.mapping_to_primitive))

    @property
    def to_standard(self) -> np.ndarray:
        """Rotation from the untransformed cell to the standard setting, (3, 3)."""
        return self._dataset.std_rotation_matrix

    def rotation_of(self, standardized: Atoms) -> np.ndarray:
        """Return the rotation from the untransformed cell to a turned standard cell, (3, 3)."""
        turn = np.linalg.solve(self._dataset.std_lattice, np.array(standardized.cell)).T
        return turn @ self.to_standard

    def to_lab(self, normals: np.ndarray) -> np.ndarray:
        """Return unit normals of facets, given in the standard setting, in the laboratory."""
        return self._unit((normals @ self.to_standard) @ np.linalg.inv(self.orientation))

    def normal(self, miller: Any) -> np.ndarray:
        """Return the unit normal (3,) of (hkl), indices of the standard cell, in the laboratory."""
        lattice = self._dataset.std_lattice
        indices = plane_indices("interface", miller, lattice.T)
        return self.to_lab(np.linalg.inv(lattice) @ indices)

    def family(self, miller: Any) -> np.ndarray:
        """Return the unit normals (f, 3) of all planes like (hkl), in the standard setting."""
        lattice = self._dataset.std_lattice
        indices = plane_indices("surface_energies keys", miller, lattice.T)
        alike = np.unique(np.round(indices @ self._standard_rotations, 9), axis=0)
        return self._unit(alike @ np.linalg.inv(lattice).T)

    @cached_property
    def _standard_rotations(self) -> np.ndarray:
        """Operations of the point group on fractional coordinates of the standard cell."""
        import spglib

        data = self._dataset
        cell = (data.std_lattice, data.std_positions, data.std_types)
        standard = spglib.get_symmetry_dataset(cell, symprec=1e-5)
        assert standard is not None  # the crystal itself has one
        return standard.rotations

    def written(self, miller: tuple[int, int, int]) -> tuple[int, ...]:
        """Return Miller indices as they are written for the crystal, with four if hexagonal."""
        h, k, l = miller  # noqa: E741
        return (h, k, -(h + k), l) if self.hexagonal else (h, k, l)

    @property
    def hexagonal(self) -> bool:
        """Whether the standard cell takes four Miller indices."""
        return is_hexagonal(self._dataset.std_lattice.T)

    def means_another(self, miller: tuple[int, ...]) -> bool:
        """Tell whether (hkl) is another plane in the cell of the generator.

        Of primitive cells of centred lattices it is not asked, but for rhombohedral axes: their
        crystals go by the indices of the centred cell.
        """
        volumes = np.linalg.det(self._dataset.std_lattice) / np.linalg.det(self.lattice)
        conventional = np.isclose(abs(volumes), 1.0)
        if len(miller) == 4 or not (conventional or self._dataset.international.startswith("R")):
            return False
        own = self._unit(self.to_standard @ np.linalg.inv(self.lattice) @ np.array(miller))
        return bool((self.family(miller) @ own).max() < 1 - 1e-6)

    def edges(self) -> list[float]:
        """Return the edges of the standard cell, in angstrom, to the hundredth."""
        return np.linalg.norm(self._dataset.std_lattice, axis=1).round(2).tolist()

    def crystal_at_origin(self) -> Any:
        """Return a copy of the untransformed crystal with its first atom at (0, 0, 0)."""
        crystal = deepcopy(self.generator)
        voxel = deepcopy(crystal.voxel)
        voxel.bases = self.lattice.T / voxel.scale
        voxel.origin = -(self.generator.coords[0] @ self.lattice)
        crystal.voxel = voxel
        return crystal

    @staticmethod
    def _unit(vectors: np.ndarray) -> np.ndarray:
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
