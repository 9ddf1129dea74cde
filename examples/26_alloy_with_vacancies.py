"""
An alloy with vacancies
=======================

Elements that share a site, and sites that are vacant at times, are decided by chance: site by site,
so that a particle keeps its atoms wherever it goes.
"""

# %%
# Disordered platinum-cobalt, with two in a hundred sites vacant. The seed decides what stands on
# every site of the endless crystal.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.prefab import WulffSingle
from czone.transform import Rotation, rot_v

alloy = Generator.from_spacegroup(
    [{"Pt": 0.735, "Co": 0.245}], [[0, 0, 0]], [3.854] * 3, [90] * 3, sym="Fm-3m", rng=1
)
particle = WulffSingle(alloy, {(1, 1, 1): 1.0, (1, 0, 0): 1.15}, natoms=4000).get_construction()
particle.populate_atoms()
cobalt = (particle.species == 27).mean()
print(f"{len(particle.atoms)} atoms, {cobalt:.1%} of them cobalt; asked for 25.0 %")

# %%
# The particle is turned and made anew: the same atoms, turned.

turn = Rotation(rot_v([1, 2, 3], 0.6))
before, species = turn.apply_transformation(particle.atoms), particle.species
particle.transform(turn)
particle.populate_atoms()
order, again = (np.lexsort(atoms.round(3).T) for atoms in (before, particle.atoms))
changed = (species[order] != particle.species[again]).sum()
print(f"{changed} of {len(species)} atoms have become another element")

viz.plot(particle, projections=("xy", "xz"))
plt.show()
