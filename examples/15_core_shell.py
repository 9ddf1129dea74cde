"""
A core-shell particle
=====================

A cube of Co3O4 in six strained grains of Mn3O4, each cut by planes of its own crystal.
"""

# %%
# Two crystals. The shell's is tetragonal, pressed along c and turned so that [110] lies along x.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.scene import Scene
from czone.transform import HStrain, Rotation, rot_v, rot_vtv
from czone.volume import MultiVolume, Plane, Volume, snap_plane_near_point

edge = 50.0
half = edge / 2
spinel = Generator.from_spacegroup(
    Z=["Co", "Co", "O"],
    coords=[[0, 0, 0], [0.625, 0.625, 0.625], [0.388, 0.388, 0.388]],
    cell_dims=[8.08] * 3,
    cell_angs=[90] * 3,
    sym="Fd-3m",
)
hausmannite = Generator.from_spacegroup(
    Z=["Mn", "Mn", "O"],
    coords=[[0, 0, 0], [0, 0.25, 0.625], [0, 0.2222, 0.3845]],
    cell_dims=[5.765, 5.765, 9.442],
    cell_angs=[90] * 3,
    sym="I4_1/amd",
    strain_field=HStrain([1, 1, 0.875]),
)
hausmannite.transform(Rotation(rot_v([0, 0, 1], np.pi / 4)))

# %%
# `snap_plane_near_point` moves a face to the nearest lattice plane. The core is a cube of such
# faces; a grain has a roof, a floor inside the core, and eight sloping sides.

normals = np.vstack([np.eye(3), -np.eye(3)])
faces = [snap_plane_near_point(half * n, spinel, n) for n in normals]
core = Volume(alg_objects=faces, generator=spinel, priority=0)

roof = snap_plane_near_point([0, 0, 1.9 * half], hausmannite, (0, 0, 1))
floor = Plane([0, 0, -1], [0, 0, 0.6 * half])
sides = []
for hkl, reach in (((1, 1, 2), 1.25), ((1, 0, 1), 1.55)):
    for k in range(4):
        indices = np.rint(rot_v([0, 0, 1], k * np.pi / 2) @ hkl).astype(int)
        outward = snap_plane_near_point([0, 0, 0], hausmannite, indices).normal * [1, 1, 0]
        point = reach * half * outward / np.linalg.norm(outward) + [0, 0, half]
        sides.append(snap_plane_near_point(point, hausmannite, indices))
grain = Volume(alg_objects=[roof, floor, *sides], generator=hausmannite, priority=1)

# %%
# The other five grains are turned copies. Where objects overlap, the smaller priority number wins:
# the core over all grains, the first pair of grains over the second.

axes = [[0, 0, 1], [0, 0, -1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
grains = [
    grain.from_volume(transformation=Rotation(rot_vtv([0, 0, 1], axis)), priority=1 + k // 2)
    for k, axis in enumerate(axes)
]
scene = Scene([[-edge] * 3, [edge] * 3], [MultiVolume([core, *grains])], min_distance="contact")
scene.populate()
symbols, counts = np.unique(scene.ase_atoms.symbols, return_counts=True)
print(dict(zip(symbols.tolist(), counts.tolist(), strict=True)))

figure, (whole, cut) = plt.subplots(1, 2, figsize=(10, 5.4))
figure.subplots_adjust(left=0.02, right=0.98, bottom=0.08, top=0.84, wspace=0.05)
viz.plot(scene, projections="xz", ax=whole)
rear = scene.all_atoms[:, 1] > 0
viz.plot((scene.all_atoms[rear], scene.all_species[rear]), projections="xz", ax=cut, legend=False)
whole.set_title("whole", loc="center", pad=22)
cut.set_title("cut through the middle", pad=22)
plt.show()
