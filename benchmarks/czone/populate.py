"""Populating volumes and scenes: a large sphere, fifty overlapping objects, a million atoms."""

import numpy as np
from common import ball, case, gold, module

transform, volume, scene = module("transform"), module("volume"), module("scene")


def populated(thing):
    """Populate and return."""
    thing.populate_atoms()
    return thing


def populated_scene(world):
    """Populate and return."""
    world.populate()
    return world


def fifty(kind):
    """Return a scene of fifty overlapping spheres or boxes with random priorities."""
    rng = np.random.default_rng(7)
    objects = []
    for _ in range(50):
        priority = int(rng.integers(0, 1000))
        if kind == "spheres":
            crystal = gold()
            axis, angle = rng.normal(size=3), rng.uniform(0, np.pi)
            crystal.transform(transform.Rotation(transform.rot_v(axis, angle)))
            sphere = module("volume.algebraic").Sphere(15.0, rng.uniform(0, 60, 3))
            part = volume.Volume(alg_objects=[sphere], generator=crystal, priority=priority)
        else:
            corners = volume.makeRectPrism(24, 24, 24) + rng.uniform(0, 60, 3)
            part = volume.Volume(points=corners, generator=gold(), priority=priority)
        objects.append(part)
    bounds = np.array([[-15.0, -15, -15], [84, 84, 84]])
    return scene.Scene(bounds=bounds, objects=objects)


def million():
    """Return a scene with a million atoms of gold."""
    return scene.Scene(bounds=np.array([[-160.0] * 3, [160.0] * 3]), objects=[ball(160.0)])


large = ball(100.0)
case("sphere of radius 10 nm", lambda: populated(large), lambda v: {"atoms": len(v.atoms)})
for kind in ("spheres", "boxes"):
    world = fifty(kind)
    case(
        f"scene of 50 overlapping {kind}",
        lambda world=world: populated_scene(world),
        lambda s: {"atoms": len(s.all_atoms)},
    )
world = million()
case(
    "scene of a million atoms",
    lambda: populated_scene(world),
    lambda s: {"atoms": len(s.all_atoms)},
)
