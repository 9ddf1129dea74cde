"""Surface atoms and adsorbates of gold spheres.

Give radii in angstrom as arguments; 25 and 35 by default.
"""

import sys

import numpy as np
from common import ball, case, module, quiet
from scipy.spatial import cKDTree

surface = module("surface")
CO = module("molecule").Molecule([6, 8], [[0, 0, 0], [0, 0, 1.13]])


def quality(atoms, indices):
    """Return recall and precision against the atoms with fewer than twelve neighbours."""
    missing = cKDTree(atoms).query_ball_point(atoms, 3.2, return_length=True) < 13
    found = np.zeros(len(atoms), dtype=bool)
    found[list(indices)] = True
    both = (found & missing).sum()
    return {
        "recall": round(float(both / missing.sum()), 3),
        "precision": round(float(both / max(1, found.sum())), 3),
    }


def decorate(particle, count):
    """Return how many of the molecules found a place."""
    calls = (surface.add_adsorbate(CO, 0, 2.0, particle, seed=seed) for seed in range(count))
    return sum(bool(ok) for _, ok in calls)


for radius in [float(r) for r in sys.argv[1:]] or [25.0, 35.0]:
    particle = ball(radius)
    particle.populate_atoms()
    atoms = np.array(particle.atoms)
    name = f"{len(atoms)} atoms"
    case(
        f"surface of {name}",
        quiet(lambda atoms=atoms: surface.alpha_shape_alg_3D(atoms, 2.5)),
        lambda found, atoms=atoms: quality(atoms, found),
    )
    case(
        f"surface of {name}, with sampling",
        quiet(lambda atoms=atoms: surface.alpha_shape_alg_3D_with_sampling(atoms, 2.5, 20, seed=1)),
        lambda found, atoms=atoms: quality(atoms, found),
    )
    for count in (1, 10):
        case(
            f"{count} CO on {name}",
            quiet(lambda p=particle, n=count: decorate(p, n)),
            lambda placed: {"placed": placed},
        )
