"""
The exit wave
=============

A gold particle on carbon, and the electron wave behind it: its modulus and its phase.
"""

# %%
# The beam enters at z = 0 and runs along +z. Scenes become specimens with a name for each object.

import matplotlib.pyplot as plt
import numpy as np

from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import Rotation, rot_vtv
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.figures import scale_bar
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_waves

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
gold.transform(Rotation(rot_vtv([1, 1, 0], [0, 0, 1])))
centre = [32, 32, 18]
ball = Volume(alg_objects=[Sphere(15, centre)], generator=gold, gen_origin=centre, priority=0)
slab = make_rect_prism(64, 64, 20) + [0, 0, 30]
film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
scene = Scene([[0, 0, 0], [64, 64, 52]], [ball, film], min_distance="contact")
scene.populate()
specimen = Specimen.from_scene(scene, objects=["particle", "film"])

# %%
# One call gives the wave behind everything and the wave behind the particle alone. Pixels of 0.1
# angstrom are right for a crystal on its zone axis.

settings = WaveSettings(energy=300e3, pixel_size=0.1, slice_thickness=2.0)
wave, alone = compute_exit_waves(specimen, [["particle", "film"], ["particle"]], settings)
intensity = np.abs(wave.array) ** 2
print(f"{len(specimen)} atoms, {wave.array.shape[1:]} pixels of {wave.grid.pixel_size[0]:g} Å")
print(f"{intensity.mean():.4f} of the electrons are in the wave, the others beyond its band")

figure, panels = plt.subplots(1, 3, figsize=(12, 3.9), layout="constrained")
columns = {
    "modulus": (np.abs(wave.array[0]), "gray", None),
    "phase": (np.angle(wave.array[0]), "twilight", "rad"),
    "phase, particle alone": (np.angle(alone.array[0]), "twilight", "rad"),
}
for ax, (name, (values, colours, unit)) in zip(panels, columns.items(), strict=True):
    limits = {"vmin": -np.pi, "vmax": np.pi} if unit else {}
    shown = ax.imshow(values, cmap=colours, interpolation="nearest", **limits)
    figure.colorbar(shown, ax=ax, shrink=0.85, label=unit or "of the incident wave")
    scale_bar(ax, values.shape, wave.grid.pixel_size[0])
    ax.set_title(name)
    ax.set_axis_off()
plt.show()
