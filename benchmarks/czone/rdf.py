"""Pair distances of 10 000 atoms in a periodic box and of 100 000 in a film, checked by a KD-tree.

The cutoff is 10 angstrom; give another one as an argument.
"""

import sys

import numpy as np
from common import case, module
from scipy.spatial import cKDTree

measure = module("util.measure")
cutoff = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0


def true_pairs(points, periodic_z):
    """Return the number of ordered pairs from 0.1 angstrom to the cutoff."""
    points = points - points.min(axis=0)
    size = points.max(axis=0) * (1 + 1e-12)
    box = size if periodic_z else np.array([size[0], size[1], 0])
    tree = cKDTree(np.minimum(points, size * (1 - 1e-12)), boxsize=box)
    return int(np.diff(tree.count_neighbors(tree, [0.1, cutoff]))[0])


for n_atoms, periodic_z in ((10_000, True), (100_000, False)):
    side = (n_atoms / 0.1103075) ** (1 / 3)
    points = np.random.default_rng(0).uniform(0, side, (n_atoms, 3))
    truth = true_pairs(points, periodic_z)
    case(
        f"pair distances of {n_atoms} atoms, {'periodic' if periodic_z else 'free in z'}",
        lambda p=points, z=periodic_z: measure.calc_rdf(p.copy(), cutoff=cutoff, pz=z),
        lambda counts, truth=truth: {"share of pairs found": round(float(sum(counts)) / truth, 4)},
    )
