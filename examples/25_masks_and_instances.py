"""
Masks and instances
===================

Labels from the atoms: the paper's mask, one id for each particle, twins, and thickness.
"""

# %%
# Two gold particles that touch in projection, one with twins seen edge-on. Objects named
# `particle...` are labelled; all else is background.

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from czone.generator import AmorphousGenerator, Generator
from czone.prefab import FCCTwin
from czone.scene import Scene
from czone.transform import Rotation, Translation, rot_align, rot_vtv
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.figures import scale_bar, show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.mask import class_map, find_grains, instance_map, phase_mask, projected_thickness
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_waves

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
first = FCCTwin(gold, Volume(alg_objects=[Sphere(17, [0, 0, 0])], generator=gold), N=2, rng=4)
twinned = first.build_object()
row, normal = np.array([1, -1, 0]) / 2**0.5, np.array([1, 1, 1]) / 3**0.5
twinned.transform(Rotation(rot_align([row, normal], [[0, 0, 1], [0.6, 0.8, 0]])))
twinned.transform(Translation([26, 32, 19]))
turned = gold.from_generator(transformation=Rotation(rot_vtv([1, 0.3, 0.2], [0, 0, 1])))
second = Volume(alg_objects=[Sphere(12, [54, 42, 24])], generator=turned, priority=1)
slab = make_rect_prism(76.8, 64, 15) + [0, 0, 35]
film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=2)
scene = Scene([[0, 0, 0], [76.8, 64, 52]], [twinned, second, film], min_distance="contact")
scene.populate()
specimen = Specimen.from_scene(scene, objects=["particle-0", "particle-1", "film"])

# %%
# The mask is a threshold on the phase of the particles' own wave. Instances and structure share
# that mask out; the thickness is counted in atoms.

particles = ["particle-0", "particle-1"]
wave, alone = compute_exit_waves(
    specimen, [specimen.objects, particles], WaveSettings(pixel_size=0.1)
)
pixel = 0.2
image = form_image(wave, ImagingConditions(defocus=60.0, dose=2000.0), Detector(pixel), rng=2)
mask = phase_mask(alone, pixel)
shape = mask.classes.shape
instances = instance_map(specimen, shape, pixel, within=mask)
structure = find_grains(specimen)
kinds = class_map(specimen, shape, pixel, structure=structure, within=mask)
thickness = projected_thickness(specimen, shape, pixel, objects=particles).total
print(f"particles cover {mask.classes.mean():.1%}; classes: {kinds.names}")
print(f"{len(structure.grains)} grains, {len(structure.faults)} planar faults")
print(f"thickest place: {thickness.max() / 10:.2f} nm")


def overlay(ax, classes, colours, names) -> None:
    """Draw classes 1, 2, ... over the micrograph."""
    shown = np.ma.masked_equal(classes, 0)
    colours = colours[: len(names)]
    ax.imshow(shown, cmap=ListedColormap(colours), vmin=1, vmax=len(names), alpha=0.6)
    for colour, name in zip(colours, names, strict=True):
        ax.plot([], [], "s", color=colour, label=name)
    ax.legend(loc="upper right", fontsize=8, framealpha=0.9)


figure, panels = plt.subplots(2, 2, figsize=(9.5, 7.6), layout="constrained")
panels = panels.ravel()
for ax, name in zip(panels, ("mask", "instances", "structure", "thickness"), strict=True):
    show_micrograph(ax, image.counts, pixel)
    ax.set_title(name)
    ax.set_axis_off()
panels[0].contour(mask.classes, [0.5], colors="#ffb000", linewidths=1.2)
overlay(panels[1], instances.ids, ["#0072b2", "#e69f00"], instances.names)
overlay(panels[2], kinds.classes, ["#56b4e9", "#d55e00"], kinds.names[1:3])
shown = panels[3].imshow(thickness / 10, cmap="viridis")
scale_bar(panels[3], shape, pixel)
figure.colorbar(shown, ax=panels[3], shrink=0.85, label="nm")
plt.show()
