"""
Ligands
=======

A faceted gold particle in a shell of butanethiolate, on amorphous carbon.
"""

# %%
# A ligand is a molecule with its binding atom at the origin and its tail along z.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator, Generator
from czone.molecule import Molecule
from czone.prefab import WulffSingle
from czone.scene import Scene
from czone.surface import ligand_shell
from czone.transform import Translation
from czone.volume import Plane, Volume, make_rect_prism

butanethiolate = Molecule(
    ["S", "C", "C", "C", "C"],
    [[0, 0, 0], [1.05, 0, 1.45], [0.15, 0, 2.7], [1.05, 0, 3.95], [0.15, 0, 5.2]],
)

# %%
# The shell stands on the surface atoms of the particle, as dense as the spacing allows and only
# where the film leaves room: `region` is any surface.

size, thickness = 70.0, 15.0
gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.07825] * 3, cell_angs=[90] * 3, sgn=225
)
particle = WulffSingle(gold, {(1, 0, 0): 1.15, (1, 1, 1): 1.0}, natoms=1200).get_construction()
particle.populate_atoms()
bottom = particle.atoms[:, 2].min()
particle.transform(Translation([size / 2, size / 2, thickness + 1.5 - bottom]))
particle.populate_atoms()

shell = ligand_shell(
    butanethiolate,
    particle,
    bond_length=2.4,
    min_spacing=4.3,
    min_distance=2.2,
    region=Plane([0, 0, -1], [0, 0, thickness + 4]),
    rng=3,
)
film = Volume(
    points=make_rect_prism(size, size, thickness), generator=AmorphousGenerator(rng=4), priority=1
)
scene = Scene([[0, 0, 0], [size, size, 70]], [particle, shell, film], min_distance=1.5)
scene.populate()
found = np.bincount(scene.labels)
print(f"{found[0]} gold atoms, {found[1] // 5} ligands, {found[2]} atoms of the film")

viz.plot(scene, projections=("xy", "xz"), colors={"C": "0.45"})
plt.show()
