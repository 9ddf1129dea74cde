"""
Nanoislands on MoS2
===================

Gold islands on a bilayer of molybdenum disulfide: a hexagonal crystal, facets on lattice planes,
copies turned in the plane.
"""

# %%
# The sheet: two layers of 2H MoS2.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.scene import Scene
from czone.transform import MultiTransform, Rotation, Translation, rot_v, rot_vtv
from czone.volume import Plane, Volume, make_rect_prism, snap_plane_near_point

size = 90.0
mos2 = Generator.from_spacegroup(
    Z=["Mo", "S"],
    coords=[[1 / 3, 2 / 3, 0.25], [1 / 3, 2 / 3, 0.6448]],
    cell_dims=[3.19, 3.19, 14.879],
    cell_angs=[90, 90, 120],
    sym="P6_3/mmc",
)
box = make_rect_prism(size, size, 14.0, center=[size / 2, size / 2, 0])
sheet = Volume(points=box, generator=mos2, priority=1)

# %%
# The island: a truncated triangle with (111) on (111) and three sloping {111} sides.

gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sym="Fm-3m"
)
gold.transform(Rotation(rot_vtv([1, 1, 1], [0, 0, 1])))


def island(radius: float) -> Volume:
    """Return an island about the origin, standing on the plane z = -1."""
    faces = [Plane([0, 0, -1], [0, 0, -1]), snap_plane_near_point([0, 0, 9], gold, (1, 1, 1))]
    for hkl in ((-1, 1, 1), (1, -1, 1), (1, 1, -1)):
        outward = snap_plane_near_point([0, 0, 0], gold, hkl).normal
        faces.append(snap_plane_near_point(radius * outward, gold, hkl))
    return Volume(alg_objects=faces, generator=gold, priority=0)


# %%
# Copies are turned in the plane and set on the sheet.

rng = np.random.default_rng(4)
islands = []
for radius, x, y in ((9.0, 25, 25), (11.0, 62, 30), (8.0, 40, 65)):
    turn = Rotation(rot_v([0, 0, 1], rng.uniform(0, 2 * np.pi)))
    place = MultiTransform([turn, Translation([x, y, 8.0])])
    islands.append(island(radius).from_volume(transformation=place))
scene = Scene([[0, 0, -8], [size, size, 25]], [sheet, *islands], min_distance=2.0)
scene.populate()
print(f"atoms of the sheet and of each island: {np.bincount(scene.labels).tolist()}")

viz.plot(scene, projections=("top", "xz"))
plt.show()
