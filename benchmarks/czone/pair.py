"""Structure pair: a gold particle with a defect, alone and on carbon, written to two files."""

import os
import tempfile

import numpy as np
from common import ball, case, gold, module

transform, volume = module("transform"), module("volume")
generator, scene = module("generator"), module("scene")
prefab = module("prefab")


def pair(radius, folder, seed=1):
    """Build and write both structures, as for a set of training images."""
    np.random.seed(seed)
    rng = np.random.default_rng(seed)
    shape = ball(radius)
    particle = prefab.fccMixedTwinSF(generator=gold(), volume=shape, ratio=0.5, N=1).build_object()
    axis = rng.normal(size=3)
    matrix = transform.rot_vtv(axis / np.linalg.norm(axis), np.array([0.0, 0.0, 1.0]))
    particle.transform(transform.Rotation(matrix=matrix))
    place = [50.0, 50.0, 50 + 0.8 * radius] + rng.normal(size=3) * [5, 5, 0]
    particle.transform(transform.Translation(place))
    bounds = np.array([[0, 0, 0], [100, 100, 50 + 2 * radius]])
    world = scene.Scene(bounds=bounds, objects=[particle])
    world.populate()
    world.to_file(os.path.join(folder, "particle.xyz"))
    film = volume.Volume(
        points=volume.makeRectPrism(100, 100, 50),
        generator=generator.AmorphousGenerator(),
        priority=1,
    )
    world.add_object(film)
    world.populate()
    world.to_file(os.path.join(folder, "particle_on_film.xyz"))
    return len(world.all_atoms)


with tempfile.TemporaryDirectory() as folder:
    for radius in (20.0, 50.0):
        case(
            f"structure pair, particle of radius {radius / 10:g} nm",
            lambda radius=radius: pair(radius, folder),
            lambda atoms: {"atoms": int(atoms)},
        )
