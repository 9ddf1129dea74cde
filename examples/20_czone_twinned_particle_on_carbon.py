"""A gold particle with one twin, on amorphous carbon: volumes, precedence, and a picture.

Usage: python examples/20_czone_twinned_particle_on_carbon.py [picture.png]
"""

import sys

import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import Reflection, Rotation, Translation, rot_vtv
from czone.volume import MultiVolume, Sphere, Volume, make_rect_prism, snap_plane_near_point


def twinned_particle(radius: float) -> MultiVolume:
    """Return a ball of gold whose upper half is the mirror image of the lower one."""
    gold = Generator.from_spacegroup(
        Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sym="Fm-3m"
    )
    ball = Sphere(radius, [0, 0, 0])
    boundary = snap_plane_near_point([0, 0, 0], gold, (1, 1, 1))
    mirrored = gold.from_generator(transformation=Reflection(boundary))
    lower = Volume(alg_objects=[ball, boundary], generator=gold, priority=0)
    whole = Volume(alg_objects=[ball], generator=mirrored, priority=1)
    return MultiVolume([lower, whole])


def main(picture: str = "twinned_particle.png") -> None:
    radius, size, thickness = 18.0, 70.0, 20.0
    particle = twinned_particle(radius)
    # Seen along a close-packed row, [1 -1 0], the twin boundary is a line.
    particle.transform(Rotation(rot_vtv([1, -1, 0], [0, 0, 1])))
    particle.transform(Translation([size / 2, size / 2, thickness + 0.8 * radius]))

    film = Volume(
        points=make_rect_prism(size, size, thickness),
        generator=AmorphousGenerator(rng=7),
        priority=1,
    )
    top = thickness + 2 * radius
    scene = Scene([[0, 0, 0], [size, size, top]], [particle, film], min_distance=2.0)
    scene.populate()

    counts = np.bincount(scene.labels)
    print(f"{scene}: {counts[0]} gold atoms on {counts[1]} carbon atoms")
    viz.plot(scene, projections=("xy", "xz")).savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
