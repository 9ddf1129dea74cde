"""The atoms of one particle as a crystal: bonds, close-packed layers, grains and faults."""

from itertools import combinations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from hrtem_sim.mask.environment import FCC, HCP, OTHER, Environments, local_environment
from hrtem_sim.mask.orientation import fcc_bases, misorientation

SAME = np.deg2rad(3.0)
"""rad; crystals of one particle less apart than this are one grain on both sides of a fault."""

SMALLEST = 4
"""Inner atoms of the smallest grain."""

STRUCTURES = ("none", "crystal", "twin", "stacking_fault")
NONE, CRYSTAL, TWIN, STACKING_FAULT = range(4)


class Lattice:
    """Surroundings and bonds of the atoms of one particle.

    Parameters
    ----------
    positions
        Shape (n, 3) in angstrom.
    numbers
        Atomic numbers, shape (n,).
    cell
        Periods along x and y in angstrom.
    """

    def __init__(
        self, positions: np.ndarray, numbers: np.ndarray, cell: tuple[float, float]
    ) -> None:
        self.positions = positions - cell_shift(positions, cell)
        # an alloy is close-packed as a whole, a compound element by element
        whole = local_environment(self.positions)
        parts = _by_element(self.positions, numbers)
        more = (parts.kinds != OTHER).sum() > (whole.kinds != OTHER).sum()
        self.around: Environments = parts if more else whole
        self.kinds = self.around.kinds
        self.links = self._bonds(np.arange(len(numbers)))
        self.bonds = self.links
        if more:
            groups = [np.flatnonzero(numbers == z) for z in np.unique(numbers)]
            self.bonds = np.concatenate([self._bonds(group) for group in groups])
        self.above, self.below = self._stacked()
        thick, stacked = (self.above & self.below).sum(), (self.above | self.below).sum()
        fcc = (self.kinds == FCC).sum()
        # fcc crystals have hcp layers alone or in pairs
        hexagonal = stacked > fcc and (thick >= SMALLEST or not fcc)
        self.matrix = HCP if hexagonal else FCC

    def _bonds(self, atoms: np.ndarray) -> np.ndarray:
        """Pairs of nearest neighbours among some atoms, (m, 2)."""
        if len(atoms) < 2:
            return np.zeros((0, 2), int)
        tree = cKDTree(self.positions[atoms])
        nearest = np.median(tree.query(self.positions[atoms], k=2)[0][:, 1])
        return atoms[tree.query_pairs(1.2 * nearest, output_type="ndarray")]

    def _parallel(self, bonds: np.ndarray) -> np.ndarray:
        """The bonds between hcp atoms of the same basal plane's direction."""
        normals = self.around.normals  # 0 of all others
        cosines = np.einsum("ni,ni->n", normals[bonds[:, 0]], normals[bonds[:, 1]])
        return bonds[np.abs(cosines) > 0.9]

    def _stacked(self) -> tuple[np.ndarray, np.ndarray]:
        """Which hcp atoms have a parallel one in the layer above and in the layer below."""
        bonds = self._parallel(self.bonds)
        bonds = np.concatenate([bonds, bonds[:, ::-1]])
        vectors = self._vectors(bonds)
        height = np.einsum("ni,ni->n", vectors, self.around.normals[bonds[:, 0]])
        height /= np.linalg.norm(vectors, axis=1)
        everyone = np.arange(len(self.positions))
        return (
            np.isin(everyone, bonds[height > 0.5, 0]),
            np.isin(everyone, bonds[height < -0.5, 0]),
        )

    def grains(self, fault_of: np.ndarray) -> tuple[np.ndarray, list[np.ndarray | None]]:
        """Grain of each atom and the lattice of each grain, the largest first.

        `fault_of` is the stacking fault of each atom, -1 for none.
        """
        n = len(self.positions)
        if self.matrix == HCP or not (self.kinds == FCC).any():
            return np.zeros(n, int), [None]
        fcc = self.kinds == FCC
        part_of = _parts(n, self.bonds[fcc[self.bonds].all(axis=1)])
        part_of[~fcc] = -1
        parts, sizes = np.unique(part_of[fcc], return_counts=True)
        large = parts[sizes >= SMALLEST] if sizes.max() >= SMALLEST else parts[:1]
        lattices = {part: fcc_bases(self.around.vectors[part_of == part]) for part in large}
        pairs = [
            (one, other)
            for one, other in self._across(part_of, fault_of)
            if one in lattices
            and other in lattices
            and misorientation(lattices[one], lattices[other]) < SAME
        ]
        joined = _parts(n, np.array(pairs, int).reshape(-1, 2))
        grain_of = np.full(n, -1)
        kept = np.isin(part_of, large)
        grain_of[kept] = joined[part_of[kept]]
        names, sizes = np.unique(grain_of[kept], return_counts=True)
        bases: list[np.ndarray | None] = []
        for i, name in enumerate(names[np.argsort(-sizes, kind="stable")]):
            members = kept & (grain_of == name)
            bases.append(fcc_bases(self.around.vectors[members]))
            grain_of[members] = -2 - i
        return _spread(np.where(kept, -2 - grain_of, -1), self.bonds), bases

    def _across(self, part_of: np.ndarray, fault_of: np.ndarray) -> list[tuple[int, int]]:
        """Pairs of parts that touch the same stacking fault."""
        both = np.concatenate([self.bonds, self.bonds[:, ::-1]])
        touching = both[(part_of[both[:, 0]] >= 0) & (fault_of[both[:, 1]] >= 0)]
        known = np.unique(
            np.column_stack([fault_of[touching[:, 1]], part_of[touching[:, 0]]]), axis=0
        )
        return [
            (int(one), int(other))
            for fault in np.unique(known[:, 0])
            for one, other in combinations(known[known[:, 0] == fault, 1], 2)
        ]

    def faults(
        self,
    ) -> tuple[
        np.ndarray, list[tuple[str, tuple[float, float, float], int]], np.ndarray, np.ndarray
    ]:
        """Structure of each atom; kind, normal and size of each fault; stacking fault of each.

        Last the fault, of either kind, that each atom belongs to, rims included; -1 for none.
        """
        n = len(self.positions)
        kinds, fault_of = np.full(n, CRYSTAL, np.uint8), np.full(n, -1)
        layer_of = np.full(n, -1)
        links = np.concatenate([self.links, self.bonds])
        if self.matrix == HCP:
            wanted, deep = self.kinds == FCC, np.ones(n, bool)
            inner = links[wanted[links].all(axis=1)]
        else:
            wanted, deep = self.kinds == HCP, self.above | self.below
            inner = self._parallel(links)
        part_of = _parts(n, inner)
        layers: list[tuple[str, tuple[float, float, float], int]] = []
        for part in np.unique(part_of[wanted]):
            members = np.flatnonzero(wanted & (part_of == part))
            if len(members) < SMALLEST:
                continue
            kind = STACKING_FAULT if deep[members].mean() > 0.5 else TWIN
            normal = self._normal(members)
            rim = self._with_rim(members, normal)
            kinds[rim], layer_of[rim] = kind, len(layers)
            if kind == STACKING_FAULT:
                fault_of[members] = len(layers)
            x, y, z = normal.tolist()
            layers.append((STRUCTURES[kind], (x, y, z), len(members)))
        return kinds, layers, fault_of, layer_of

    def _vectors(self, bonds: np.ndarray) -> np.ndarray:
        return self.positions[bonds[:, 1]] - self.positions[bonds[:, 0]]

    def _normal(self, members: np.ndarray) -> np.ndarray:
        own = self.around.normals[members]
        if own.any():
            _, axes = np.linalg.eigh(own.T @ own)
            normal = axes[:, -1]
        else:
            points = self.positions[members] - self.positions[members].mean(axis=0)
            normal = np.linalg.svd(points)[2][-1]
        return normal if normal[2] >= 0 else -normal

    def _with_rim(self, members: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Members and the surface atoms of their planes, step by step along bonds."""
        joined = np.isin(np.arange(len(self.positions)), members)
        vectors = self._vectors(self.bonds)
        flat = np.abs(vectors @ normal) < 0.3 * np.linalg.norm(vectors, axis=1)
        a, b = self.bonds[flat].T
        free = self.kinds == OTHER
        while True:
            fresh = np.concatenate([b[joined[a] & free[b]], a[joined[b] & free[a]]])
            fresh = fresh[~joined[fresh]]
            if not len(fresh):
                return np.flatnonzero(joined)
            joined[fresh] = True


def cell_shift(positions: np.ndarray, cell: tuple[float, float]) -> np.ndarray:
    """Shifts (n, 3) that put the atoms of a particle across the border together again."""
    shift = np.zeros_like(positions)
    for axis, length in enumerate(cell):
        angles = 2 * np.pi * positions[:, axis] / length
        middle = np.arctan2(np.sin(angles).mean(), np.cos(angles).mean()) * length / (2 * np.pi)
        shift[:, axis] = np.round((positions[:, axis] - middle) / length) * length
    return shift


def _by_element(positions: np.ndarray, numbers: np.ndarray) -> Environments:
    """Surroundings within the sublattice of each element."""
    n = len(positions)
    out = [np.zeros(n, np.uint8), np.zeros((n, 12), int), np.zeros((n, 12, 3)), np.zeros((n, 3))]
    for element in np.unique(numbers):
        own = np.flatnonzero(numbers == element)
        found = local_environment(positions[own])
        parts = (found.kinds, own[found.neighbours], found.vectors, found.normals)
        for whole, part in zip(out, parts, strict=True):
            whole[own] = part
    return Environments(*out)


def _parts(n: int, bonds: np.ndarray) -> np.ndarray:
    """Connected part of each of n atoms."""
    graph = coo_array((np.ones(len(bonds), bool), tuple(bonds.T)), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _spread(labels: np.ndarray, bonds: np.ndarray) -> np.ndarray:
    """Give atoms of label -1 the label of most of their neighbours, from the inside out."""
    labels = labels.copy()
    both = np.concatenate([bonds, bonds[:, ::-1]])
    while True:
        useful = both[(labels[both[:, 0]] < 0) & (labels[both[:, 1]] >= 0)]
        if not len(useful):
            labels[labels < 0] = 0
            return labels
        votes = np.zeros((len(labels), labels.max() + 1), np.int32)
        np.add.at(votes, (useful[:, 0], labels[useful[:, 1]]), 1)
        reached = votes.any(axis=1)
        labels[reached] = votes[reached].argmax(axis=1)  # of equal votes the larger grain
