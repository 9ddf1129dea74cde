"""Gold islands on a bilayer of MoS2: a hexagonal lattice, snapped facets, copies turned in plane.

Usage: python examples/22_czone_gold_islands_on_mos2.py [picture.png]
"""

import sys

import numpy as np

from czone import viz
from czone.generator import Generator
from czone.geometry import Plane
from czone.scene import Scene
from czone.transform import MultiTransform, Rotation, Translation, rot_v, rot_vtv
from czone.volume import Volume, make_rect_prism, snap_plane_near_point


def bilayer(size: float) -> Volume:
    """Return two layers of 2H MoS2, sulfur up to z = 5.3 angstrom."""
    crystal = Generator.from_spacegroup(
        Z=["Mo", "S"],
        coords=[[1 / 3, 2 / 3, 0.25], [1 / 3, 2 / 3, 0.6448]],
        cell_dims=[3.19, 3.19, 14.879],
        cell_angs=[90, 90, 120],
        sym="P6_3/mmc",
    )
    sheet = make_rect_prism(size, size, 14.0, center=[size / 2, size / 2, 0])
    return Volume(points=sheet, generator=crystal, priority=1)


def island(radius: float) -> Volume:
    """Return a truncated triangle of gold, (111) on (111), with three sloping {111} sides."""
    crystal = Generator.from_spacegroup(
        Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sym="Fm-3m"
    )
    crystal.transform(Rotation(rot_vtv([1, 1, 1], [0, 0, 1])))
    faces = [Plane([0, 0, -1], [0, 0, -1]), snap_plane_near_point([0, 0, 9], crystal, (1, 1, 1))]
    for hkl in ((-1, 1, 1), (1, -1, 1), (1, 1, -1)):
        outward = snap_plane_near_point([0, 0, 0], crystal, hkl).normal
        faces.append(snap_plane_near_point(radius * outward, crystal, hkl))
    return Volume(alg_objects=faces, generator=crystal, priority=0)


def main(picture: str = "gold_islands.png") -> None:
    size, bottom = 90.0, 8.0
    rng = np.random.default_rng(4)
    islands = []
    for radius, x, y in ((9.0, 25, 25), (11.0, 62, 30), (8.0, 40, 65)):
        turn = Rotation(rot_v([0, 0, 1], rng.uniform(0, 2 * np.pi)))
        place = MultiTransform([turn, Translation([x, y, bottom])])
        islands.append(island(radius).from_volume(transformation=place))
    scene = Scene([[0, 0, -8], [size, size, 25]], [bilayer(size), *islands], min_distance=2.0)
    scene.populate()
    print(f"{scene}: atoms of the sheet and of each island {np.bincount(scene.labels).tolist()}")
    viz.plot(scene, projections=("xy", "xz")).savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
