"""
A million atoms
===============

Forty-two gold particles on a carbon film of 100 x 100 nm, and how long it takes to build them.
"""

# %%
# Particles of different sizes, each turned at random. The film is amorphous; where a particle
# lies in it, the particle wins.

import time

import matplotlib.pyplot as plt
import numpy as np

from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import Rotation
from czone.util import random_rotations
from czone.volume import Sphere, Volume, make_rect_prism

rng = np.random.default_rng(1)
size, thickness = 1000.0, 10.0
begin = time.process_time()
gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sgn=225
)
particles = []
for i, turn in enumerate(random_rotations(42, rng=rng)):
    radius = rng.uniform(15, 35)
    row, column = divmod(i, 7)
    middle = [75 + 140 * column, 80 + 165 * row, thickness + 0.8 * radius]
    crystal = gold.from_generator(transformation=Rotation(turn))
    ball = Sphere(radius, middle)
    particles.append(Volume(alg_objects=[ball], generator=crystal, gen_origin=middle, priority=i))
film = Volume(
    points=make_rect_prism(size, size, thickness),
    generator=AmorphousGenerator(rng=rng),
    priority=len(particles),
)
scene = Scene([[0, 0, 0], [size, size, 90]], [*particles, film], min_distance="contact")
scene.populate()
seconds = time.process_time() - begin
print(f"{len(scene.all_atoms)} atoms in {seconds:.1f} s of processor time")

# %%
# So many atoms are better looked at as a map: the gold along the beam, in atoms per square nm.

gold_atoms = scene.all_atoms[scene.all_species == 79]
areal, _, _ = np.histogram2d(
    gold_atoms[:, 1] / 10, gold_atoms[:, 0] / 10, bins=400, range=[[0, size / 10]] * 2
)
figure, ax = plt.subplots(figsize=(6.4, 5.4), layout="constrained")
shown = ax.imshow(areal / 0.25**2, extent=(0, 100, 100, 0), cmap="viridis")  # y runs down
figure.colorbar(shown, ax=ax, label="gold atoms per nm²")
ax.set(xlabel="x (nm)", ylabel="y (nm)")
plt.show()
