"""A core-shell particle: a cube of Co3O4 in six strained grains of Mn3O4.

Each grain is cut by planes of its own crystal; five of the six are turned copies of the first.
Where grains meet, the smaller priority number wins.

Usage: python examples/21_czone_core_shell_particle.py [picture.png [edge-of-core-in-angstrom]]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.scene import Scene
from czone.transform import HStrain, Rotation, rot_v, rot_vtv
from czone.volume import MultiVolume, Plane, Volume, snap_plane_near_point


def cobalt_spinel() -> Generator:
    """Return Co3O4, cubic."""
    return Generator.from_spacegroup(
        Z=["Co", "Co", "O"],
        coords=[[0, 0, 0], [0.625, 0.625, 0.625], [0.388, 0.388, 0.388]],
        cell_dims=[8.08] * 3,
        cell_angs=[90] * 3,
        sym="Fd-3m",
    )


def hausmannite() -> Generator:
    """Return Mn3O4, tetragonal, pressed along c and turned so that [110] lies along x."""
    crystal = Generator.from_spacegroup(
        Z=["Mn", "Mn", "O"],
        coords=[[0, 0, 0], [0, 0.25, 0.625], [0, 0.2222, 0.3845]],
        cell_dims=[5.765, 5.765, 9.442],
        cell_angs=[90] * 3,
        sym="I4_1/amd",
        strain_field=HStrain([1, 1, 0.875]),
    )
    crystal.transform(Rotation(rot_v([0, 0, 1], np.pi / 4)))
    return crystal


def cube(edge: float) -> Volume:
    """Return the core, faced by {100} planes."""
    crystal = cobalt_spinel()
    normals = np.vstack([np.eye(3), -np.eye(3)])
    faces = [snap_plane_near_point(edge / 2 * n, crystal, n) for n in normals]
    return Volume(alg_objects=faces, generator=crystal, priority=0)


def grain(edge: float) -> Volume:
    """Return the grain on top of the core: a {001} roof and eight sloping {112} and {101} sides."""
    crystal, half = hausmannite(), edge / 2
    roof = snap_plane_near_point([0, 0, 1.9 * half], crystal, (0, 0, 1))
    sides = []
    for hkl, reach in (((1, 1, 2), 1.25), ((1, 0, 1), 1.55)):
        for k in range(4):
            turn = rot_v([0, 0, 1], k * np.pi / 2)
            indices = np.rint(turn @ hkl).astype(int)
            outward = snap_plane_near_point([0, 0, 0], crystal, indices).normal
            out_in_plane = outward * [1, 1, 0]
            point = reach * half * out_in_plane / np.linalg.norm(out_in_plane) + [0, 0, half]
            sides.append(snap_plane_near_point(point, crystal, indices))
    floor = Plane([0, 0, -1], [0, 0, 0.6 * half])
    return Volume(alg_objects=[roof, floor, *sides], generator=crystal, priority=1)


def main(picture: str = "core_shell_particle.png", edge: str = "60") -> None:
    core, first = cube(float(edge)), grain(float(edge))
    axes = [[0, 0, 1], [0, 0, -1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
    grains = [
        first.from_volume(transformation=Rotation(rot_vtv([0, 0, 1], axis)), priority=1 + k // 2)
        for k, axis in enumerate(axes)
    ]
    particle = MultiVolume([core, *grains])
    scene = Scene([[-float(edge)] * 3, [float(edge)] * 3], [particle])
    scene.populate()
    found = dict(zip(*np.unique(scene.ase_atoms.symbols, return_counts=True), strict=True))
    print(f"{scene}: " + ", ".join(f"{n} {symbol}" for symbol, n in found.items()))

    figure, (outside, inside) = plt.subplots(1, 2, figsize=(10, 5.4), dpi=150)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.08, top=0.84, wspace=0.05)
    rear = scene.all_atoms[:, 1] > 0
    viz.plot(scene, projections="xz", ax=outside, legend=False)
    halved = (scene.all_atoms[rear], scene.all_species[rear])
    viz.plot(halved, projections="xz", ax=inside, scale_bar=False)
    outside.set_title("whole", fontsize=10, pad=20)
    inside.set_title("cut through the middle", fontsize=10, pad=20)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
