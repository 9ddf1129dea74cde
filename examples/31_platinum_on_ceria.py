"""
Platinum on ceria by orientation relation
=========================================

A catalyst particle on a crystalline support: Pt(111) on CeO2(111), directions [1-10] parallel.
"""

# %%
# The support comes first: (111) up and [1-10] along x. `orientation_relation` returns the rotation
# that makes two planes, and two directions in them, parallel; here with x, y, z as the other
# crystal. The slab is cut between two O-Ce-O layers, where (111) is stable.

import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.matter import contact_distance
from czone.prefab import WulffSingle
from czone.scene import Scene
from czone.transform import Rotation, Translation
from czone.util import orientation_relation
from czone.volume import Volume, make_rect_prism

edge = 5.411
ceria = Generator.from_spacegroup(
    ["Ce", "O"], [[0, 0, 0], [0.25, 0.25, 0.25]], [edge] * 3, [90] * 3, sgn=225
)
upright = orientation_relation(
    ceria.voxel.sbases,
    (1, 1, 1),
    (1, -1, 0),
    onto=np.eye(3),
    onto_plane=(0, 0, 1),
    onto_direction=(1, 0, 0),
)
ceria.transform(Rotation(upright))
layer = edge / np.sqrt(3)
size = np.array([18 * edge / np.sqrt(2), 10 * edge * np.sqrt(1.5), 4 * layer])
slab = make_rect_prism(*size) - [size[0] / 2, size[1] / 2, size[2] - layer / 2]
support = Volume(slab + [0.1, 0.1, 0], generator=ceria, priority=0)

# %%
# Cube on cube: the same planes and directions of both crystals are parallel. The shape follows from
# the surface energies (Vitos et al., Surf. Sci. 411, 186 (1998), in J/m2) and an adhesion chosen
# for this page. The facet in contact is the one that faces down.

platinum = Generator.from_spacegroup(["Pt"], [[0, 0, 0]], [3.924] * 3, [90] * 3, sgn=225)
relation = orientation_relation(
    platinum.voxel.sbases, (1, 1, 1), (1, -1, 0), onto=ceria.voxel.sbases
)
platinum.transform(Rotation(relation))
recipe = WulffSingle(platinum, {(1, 1, 1): 2.299, (1, 0, 0): 2.734, (1, 1, 0): 2.819}, natoms=1500)
particle = recipe.winterbottom((-1, -1, -1), -0.5, face_down=False)

# %%
# The two lattices do not match, so every kind of contact occurs. A platinum atom that stands on an
# oxygen atom is the closest: the sum of the covalent radii sets the distance of the planes. The
# particle's facet reaches below its last atoms, so the support, of smaller priority number, keeps
# its own there.

bond = contact_distance("Pt", "O", share=1.0)
support.populate_atoms()
particle.populate_atoms()
lift = support.atoms[:, 2].max() + bond - particle.atoms[:, 2].min()
particle.transform(Translation([0, 0, lift]))
particle.priority = 1
scene = Scene(bounds=[support.atoms.min(axis=0), [*size[:2] / 2, 40]], objects=[support, particle])
scene.populate()
atoms, numbers = scene.all_atoms, scene.all_species
metal, oxygen = atoms[numbers == 78], atoms[numbers == 8]
nearest = cKDTree(oxygen).query(metal)[0].min()
print(f"{len(metal)} Pt on {np.sum(numbers == 58)} CeO2; nearest Pt-O {nearest:.2f} A")

# %%
# Along [1-10] the rows of both crystals are seen end on; from above, the moiré of the two planes.

figure, (side, top) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
colors = {58: ("#d9b64c", 40), 8: ("#c0392b", 14), 78: ("#5b6b7b", 46)}
middle = np.abs(atoms[:, 0]) < 12
for number, (color, area) in colors.items():
    shown = atoms[middle & (numbers == number)]
    side.scatter(shown[:, 1], shown[:, 2], s=area, c=color, ec="k", lw=0.2)
side.set(aspect="equal", xlabel="[11-2] (Å)", ylabel="[111] (Å)", xlim=(-26, 26))
last = oxygen[oxygen[:, 2] > oxygen[:, 2].max() - 0.1]
first = metal[metal[:, 2] < metal[:, 2].min() + 0.1]
top.scatter(last[:, 0], last[:, 1], s=30, c=colors[8][0], label="last O plane")
top.scatter(first[:, 0], first[:, 1], s=30, fc="none", ec=colors[78][0], label="first Pt plane")
top.set(aspect="equal", xlabel="[1-10] (Å)", ylabel="[11-2] (Å)", xlim=(-22, 22), ylim=(-22, 22))
top.legend(loc="upper right")
plt.show()
