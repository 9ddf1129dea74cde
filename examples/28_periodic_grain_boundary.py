"""
A grain boundary across a periodic cell
=======================================

Two grains in a cell that repeats in all directions: one boundary in the middle, the other at the
face of the cell.
"""

# %%
# A symmetric tilt boundary of gold, sigma 5 (310) [001]: the two crystals are turned by 18.4
# degrees to either side. Along the boundary both repeat after sqrt(10) lattice constants, along
# the tilt axis after one, so the cell holds whole periods of both.

import matplotlib.pyplot as plt
import numpy as np
from ase.neighborlist import neighbor_list

from czone.generator import Generator
from czone.scene import PeriodicScene
from czone.transform import Rotation, rot_v
from czone.util.voxel import Voxel
from czone.volume import Volume, make_rect_prism

a = 4.078
period = np.sqrt(10) * a
width, length, thickness = 2 * period, 2 * period, 2 * a
gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[a] * 3, cell_angs=[90] * 3, sgn=225
)


def grain(left: float, angle: float, priority: int) -> Volume:
    """Return a slab whose crystal is turned about z and begins at its left face."""
    crystal = gold.from_generator(transformation=Rotation(rot_v([0, 0, 1], angle)))
    slab = make_rect_prism(width, length, thickness) + [left, 0, 0]
    return Volume(slab, None, crystal, priority, tolerance=1e-6, gen_origin=[left, 0, 0])


# %%
# The planes of both boundaries belong to both grains. The grain of smaller priority number keeps
# its atoms there; atoms of the other that would be closer than 2.4 angstrom to them go.

half = np.arctan(1 / 3)
cell = Voxel(np.diag([2 * width, length, thickness]))
grains = [grain(0, -half, priority=0), grain(width, half, priority=1)]
scene = PeriodicScene(cell, grains, min_distance=2.4)
scene.populate()
bulk = 4 * 2 * width * length * thickness / a**3
print(f"{len(scene.all_atoms)} atoms, a perfect crystal has {bulk:.0f}")

# %%
# How many neighbours each atom has, counted across the faces. Inside the grains there are twelve.

first, distances = neighbor_list("id", scene.ase_atoms, 3.4)
neighbours = np.bincount(first, minlength=len(scene.all_atoms))
print(f"nearest two atoms: {distances.min():.2f} A")

figure, ax = plt.subplots(figsize=(10, 3.6), layout="constrained")
x, y, _ = scene.all_atoms.T
colors = plt.get_cmap("RdYlBu", 5)
for shift in (0, 2 * width):  # the cell and the next one
    shown = ax.scatter(
        x + shift, y, c=neighbours, cmap=colors, vmin=7.5, vmax=12.5, s=42, ec="k", lw=0.4
    )
ax.axvline(2 * width, color="0.3", lw=1.2, ls="--", zorder=0)
ax.set_title("face of the cell")
figure.colorbar(shown, ax=ax, label="neighbours within 3.4 Å", ticks=range(8, 13))
ax.set(aspect="equal", xlabel="x (Å)", ylabel="y (Å)")
plt.show()
