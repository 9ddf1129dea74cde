"""
Saving a structure, not its atoms
=================================

A scene goes to a file of some lines, from which it can be made again, atom by atom, or changed.
"""

# %%
# A random alloy on an amorphous film: nobody could draw these atoms a second time.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.blueprint import Serializer
from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.volume import Sphere, Volume, make_rect_prism

alloy = Generator.from_spacegroup(
    Z=[{"Au": 0.6, "Cu": 0.4}],
    coords=[[0, 0, 0]],
    cell_dims=[3.95] * 3,
    cell_angs=[90] * 3,
    sgn=225,
)
middle = [20, 20, 18]
particle = Volume(alg_objects=Sphere(10, middle), generator=alloy, gen_origin=middle, priority=0)
film = Volume(make_rect_prism(40, 40, 10), generator=AmorphousGenerator(), priority=1)
scene = Scene([[0, 0, 0], [40, 40, 30]], [particle, film], min_distance="contact")
scene.populate()

# %%
# What is written is what the scene is made of, random seeds included. The id covers all of it: a
# file that was torn or changed is refused. JSON, YAML, TOML and HDF5 hold the same.

folder = Path(tempfile.mkdtemp())
scene.save(folder / "scene.yaml")
print((folder / "scene.yaml").read_text())

# %%
# The scene comes back, and so do its atoms, to the last digit.

again = Scene.load(folder / "scene.yaml")
again.populate()
print(f"the same atoms: {np.array_equal(again.all_atoms, scene.all_atoms)}")
print(f"the same elements: {np.array_equal(again.all_species, scene.all_species)}")

# %%
# Between the object and the file stands its blueprint, a tree that can be looked at and changed.
# Here the particle grows; every site that it had before keeps its atom.

blueprint = Serializer.read(folder / "scene.yaml")
_, volume, _ = blueprint.mapping.children
_, sphere = volume.children
sphere.radius = 13.0
grown = blueprint.to_object()
grown.populate()

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5))
figure.subplots_adjust(left=0.02, right=0.98, bottom=0.08, top=0.84, wspace=0.05)
viz.plot(again, projections="xz", ax=left)
viz.plot(grown, projections="xz", ax=right, legend=False)
left.set_title("as saved", loc="center", pad=22)
right.set_title("with another radius", pad=22)
plt.show()
