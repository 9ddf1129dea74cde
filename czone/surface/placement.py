"""Placing many molecules on a surface at once: sites, orientations, collisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from czone.surface.spacing import Obstacles, Spacing

__all__ = ["Placement", "Placer"]


@dataclass(frozen=True)
class Placement:
    """Rigid motions that bring copies of a molecule to their sites.

    Attributes
    ----------
    sites
        Index of the surface atom below every molecule, (m,).
    rotations
        (m, 3, 3).
    shifts
        To add after the rotation, in angstrom, (m, 3).
    """

    sites: np.ndarray
    rotations: np.ndarray
    shifts: np.ndarray

    def __len__(self) -> int:
        return len(self.sites)

    def positions(self, atoms: np.ndarray) -> np.ndarray:
        """Return the atoms of every copy, (m, k, 3), in angstrom."""
        return atoms @ self.rotations.transpose(0, 2, 1) + self.shifts[:, None]

    def pick(self, chosen: np.ndarray) -> Placement:
        """Return some of the motions."""
        return Placement(self.sites[chosen], self.rotations[chosen], self.shifts[chosen])

    @classmethod
    def joined(cls, parts: list[Placement]) -> Placement:
        """Return all motions of several placements."""
        return cls(
            np.concatenate([part.sites for part in parts]),
            np.concatenate([part.rotations for part in parts]),
            np.concatenate([part.shifts for part in parts]),
        )


@dataclass(frozen=True)
class Placer:
    """A molecule, how it stands on a surface, and how close things may come.

    Attributes
    ----------
    atoms
        Atoms of the molecule, (k, 3), in angstrom.
    numbers
        Their atomic numbers, (k,).
    anchor
        Index of the atom that binds.
    direction
        Unit vector of the molecule that is to point along the surface normal, (3,).
    bond
        Distance from the surface atom to the anchor.
    apart
        Smallest distance between an atom of a molecule and any other atom. The bond is exempt.
    min_spacing
        Smallest distance between two anchors, in angstrom.
    """

    atoms: np.ndarray
    numbers: np.ndarray
    anchor: int
    direction: np.ndarray
    bond: Spacing
    apart: Spacing
    min_spacing: float

    def place(
        self,
        surface: np.ndarray,
        species: np.ndarray,
        sites: np.ndarray,
        normals: np.ndarray,
        angles: np.ndarray,
    ) -> Placement:
        """Stand the molecule on sites.

        Parameters
        ----------
        surface, species
            All atoms of the surface, (n, 3), in angstrom, and their atomic numbers (n,).
        sites
            Atoms to stand on, (m,).
        normals
            Unit normals there, (m, 3).
        angles
            Rotation about the normals in radians, (m,).
        """
        rotations = _about(normals, angles) @ _turn_to(self.direction, normals)
        lengths = self.bond.between(self.numbers[self.anchor], species[sites])
        anchors = surface[sites] + lengths[:, None] * normals
        return Placement(sites, rotations, anchors - rotations @ self.atoms[self.anchor])

    def clear_of(self, surface: Obstacles, placement: Placement) -> np.ndarray:
        """Return which copies keep their distance from the atoms of the surface, (m,).

        The anchor is as far as its bond from the atom below, and no closer to any other.
        """
        spacings = [self.apart] * len(self.atoms)
        spacings[self.anchor] = Spacing(self.bond.share * (1 - 1e-9), self.bond.more * (1 - 1e-9))
        return surface.clear(placement.positions(self.atoms), self.numbers, spacings)

    def clear_of_others(self, others: Placement, placement: Placement) -> np.ndarray:
        """Return which copies keep their distance from other copies of the molecule, (m,)."""
        atoms = others.positions(self.atoms).reshape(-1, 3)
        obstacles = Obstacles(atoms, np.tile(self.numbers, len(others)))
        spacings = [self.apart] * len(self.atoms)
        return obstacles.clear(placement.positions(self.atoms), self.numbers, spacings)

    def compatible(self, placement: Placement, limit: int) -> np.ndarray:
        """Return a choice of copies that do not disturb each other, earlier ones first.

        Parameters
        ----------
        placement
            Copies in order of preference.
        limit
            Largest number of copies wanted.

        Returns
        -------
        chosen : numpy.ndarray
            Indices, in increasing order.
        """
        conflicts = self._conflicts(placement)
        free = np.ones(len(placement), dtype=bool)
        chosen: list[int] = []
        for index in range(len(placement)):
            if len(chosen) >= limit:
                break
            if free[index]:
                chosen.append(index)
                free[conflicts.indices[conflicts.indptr[index] : conflicts.indptr[index + 1]]] = (
                    False
                )
        return np.array(chosen, dtype=np.int64)

    def _conflicts(self, placement: Placement) -> csr_matrix:
        count, size = len(placement), len(self.atoms)
        positions = placement.positions(self.atoms)
        reach = self.apart.between(self.numbers[:, None], self.numbers[None])
        every = positions.reshape(-1, 3)
        close = cKDTree(every).query_pairs(reach.max(), output_type="ndarray")
        distances = np.linalg.norm(every[close[:, 0]] - every[close[:, 1]], axis=1)
        close = close[distances < reach[close[:, 0] % size, close[:, 1] % size]]
        pairs = [close // size]
        if self.min_spacing > 0:
            anchors = cKDTree(positions[:, self.anchor])
            pairs.append(
                anchors.query_pairs(np.nextafter(self.min_spacing, 0), output_type="ndarray")
            )
        first, second = np.concatenate(pairs).T
        other = first != second
        first, second = first[other], second[other]
        entries = (np.r_[first, second], np.r_[second, first])
        return csr_matrix((np.ones(len(entries[0]), dtype=bool), entries), shape=(count, count))


def _about(axes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return rotations about unit axes, (m, 3, 3) (Rodrigues' formula)."""
    cross = np.zeros((len(axes), 3, 3))
    cross[:, [2, 0, 1], [1, 2, 0]] = axes
    cross[:, [1, 2, 0], [2, 0, 1]] = -axes
    sine, cosine = np.sin(angles)[:, None, None], np.cos(angles)[:, None, None]
    return np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross)


def _turn_to(direction: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Return the smallest rotations of one unit vector to others, (m, 3, 3)."""
    axes = np.cross(direction, normals)
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    across = np.cross(direction, np.eye(3)[np.abs(direction).argmin()])
    parallel = lengths < 1e-9
    axes = np.where(parallel, across, axes)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return _about(axes, np.arctan2(np.where(parallel, 0, lengths)[:, 0], normals @ direction))
