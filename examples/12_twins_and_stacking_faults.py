"""
Twins and stacking faults
=========================

A gold particle with one twin and one stacking fault on the same {111} planes, on amorphous carbon.
"""

# %%
# The prefab takes a crystal and a shape and draws where the defects lie; `defects` tells.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator, Generator
from czone.prefab import FCCMixedTwinSF
from czone.scene import Scene
from czone.transform import Rotation, Translation, rot_align
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.mask import ENVIRONMENTS, local_environment

gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sym="Fm-3m"
)
ball = Volume(alg_objects=[Sphere(18, [0, 0, 0])], generator=gold)
prefab = FCCMixedTwinSF(gold, ball, N=2, rng=5)
particle = prefab.build_object()
for defect in prefab.defects:
    print(f"{defect.kind} on plane {defect.plane_index}")

# %%
# Turned so that a close-packed row, [1 -1 0], points along the beam and [111] along y, the planes
# lie edge-on. A film of carbon carries the particle.

size, thickness = 60.0, 12.0
row, normal = np.array([1, -1, 0]) / 2**0.5, np.array([1, 1, 1]) / 3**0.5
particle.transform(Rotation(rot_align([row, normal], [[0, 0, 1], [0, 1, 0]])))
particle.transform(Translation([size / 2, size / 2, thickness + 16]))
film = Volume(
    points=make_rect_prism(size, size, thickness), generator=AmorphousGenerator(rng=7), priority=1
)
scene = Scene([[0, 0, 0], [size, size, 50]], [particle, film], min_distance=2.0)
scene.populate()
print(f"{np.bincount(scene.labels).tolist()} atoms of gold and of carbon")

viz.plot(scene, projections=("xy", "xz"))
plt.show()

# %%
# The columns along the beam, by what surrounds their atoms: in one layer of hexagonal stacking a
# crystal turns into its twin, in two a plane is left out.

atoms = scene.atoms_from_object(0)
kinds = local_environment(atoms).kinds
figure, ax = plt.subplots(figsize=(6, 5.2), layout="constrained")
for kind, colour in zip(ENVIRONMENTS, ("0.75", "#0072b2", "#d55e00"), strict=True):
    x, y = atoms[kinds == ENVIRONMENTS.index(kind), :2].T / 10
    label = {"other": "surface"}.get(kind, kind)
    ax.scatter(x, y, s=22, color=colour, label=label, zorder=1 + (kind != "other"))
ax.set(xlabel="x (nm)", ylabel="y (nm)", aspect="equal")
ax.invert_yaxis()  # as files of micrographs are shown
figure.legend(loc="outside right upper", frameon=False)
plt.show()
