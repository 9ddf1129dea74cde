"""
A cell that repeats
===================

A hexagonal array of gold particles on graphene: one cell holds one particle, which lies on its
corner.
"""

# %%
# The cell is twelve by twelve cells of graphene, 30 angstrom high.

import matplotlib.pyplot as plt
import numpy as np
from ase.neighborlist import neighbor_list

from czone import viz
from czone.generator import Generator
from czone.scene import PeriodicScene
from czone.util.voxel import Voxel
from czone.volume import Plane, Sphere, Volume

carbon = Generator.from_unit_cell(
    Z=["C", "C"],
    coords=[[1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]],
    cell_dims=[2.46, 2.46, 10],
    cell_angs=[90, 90, 120],
)
cell = Voxel(carbon.voxel.bases * [12, 12, 3])

# %%
# A sheet of the size of the cell, and a cap of gold on the corner: three quarters of it lie outside
# the cell. `PeriodicScene` brings them in through the opposite faces, and counts no atom twice that
# lies on a face.

corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0.1, 0.2)])
sheet = Volume(points=cell.get_cartesian_coords(corners), generator=carbon, tolerance=1e-6)
gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sgn=225
)
middle = [0, 0, 12.5]
cap = [Sphere(9, middle), Plane([0, 0, -1], [0, 0, 8.0])]
particle = Volume(alg_objects=cap, generator=gold, gen_origin=middle)

scene = PeriodicScene(cell, [sheet, particle], (True, True, False), min_distance="contact")
scene.populate()
symbols, counts = np.unique(scene.ase_atoms.symbols, return_counts=True)
print(dict(zip(symbols.tolist(), counts.tolist(), strict=True)))

# %%
# The sheet has 2 x 12 x 12 atoms, each with three neighbours, those at the edges too.

graphene = scene.ase_atoms[scene.labels == 0]
neighbours = np.bincount(neighbor_list("i", graphene, 1.6))
print(f"{len(graphene)} atoms of carbon, neighbours of each: {np.unique(neighbours).tolist()}")

# %%
# One cell, and three by three of them.

figure, (one, many) = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
atoms = scene.ase_atoms
viz.plot(atoms, projections="top", ax=one)
outline = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) @ scene.cell[:2, :2]
one.plot(*outline.T, color="tab:red", lw=1.5)
viz.plot(atoms.repeat((3, 3, 1)), projections="top", ax=many, legend=False)
one.set_title("one cell", loc="center", pad=22)
many.set_title("three by three", pad=22)
plt.show()
