"""
A tour in thirty minutes
========================

From atoms to a network's mask on an experimental micrograph, one step after the other: every step
is a function of its own that takes what the last one gave. The script runs in a minute; reading it
takes the thirty.
"""

# %%
# Atoms
# -----
# A `Generator` supplies the atoms of an infinite crystal, a `Volume` says which of them are kept.
# Here a gold sphere, turned so that [110] points along the beam. Lengths are in angstrom, and the
# beam enters at z = 0 and runs along +z.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import Rotation, rot_vtv
from czone.volume import Sphere, Volume, make_rect_prism

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
gold.transform(Rotation(rot_vtv([1, 1, 0], [0, 0, 1])))
centre = [32, 32, 33]
ball = Volume(alg_objects=[Sphere(15, centre)], generator=gold, gen_origin=centre, priority=0)

# %%
# The film is amorphous carbon. A `Scene` puts both into a box; where they overlap the smaller
# priority wins, so the sphere makes itself room in the film.

slab = make_rect_prism(64, 64, 20) + [0, 0, 2]
film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
scene = Scene([[0, 0, 0], [64, 64, 50]], [ball, film], min_distance="contact")
scene.populate()
print(scene)
viz.plot(scene, projections=("top", "xz"))
plt.show()

# %%
# The wave
# --------
# A `Specimen` is what the beam meets: atoms in a cell, with the object each came from. Multislice
# gives the wave behind all of it and, with the same potential, behind the particle alone. Two
# frozen phonons let the atoms vibrate; `rng` is where their places are drawn from.

from hrtem_sim.figures import scale_bar, show_micrograph
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_waves

specimen = Specimen.from_scene(scene, objects=["particle", "film"])
settings = WaveSettings(energy=300e3, pixel_size=0.1, slice_thickness=2.0, phonons=2)
wave, alone = compute_exit_waves(specimen, [["particle", "film"], ["particle"]], settings, rng=2)
print(f"wave: {wave.array.shape} (phonons, y, x), pixels of {wave.grid.pixel_size[0]:g} Å")

# %%
# The micrograph
# --------------
# The lens, the beam and the camera are settings; positive defocus is underfocus. The mask is where
# the particle alone shifts the phase of the wave.

from hrtem_sim.imaging import Aberrations, Detector, ImagingConditions, form_image
from hrtem_sim.mask import phase_mask

conditions = ImagingConditions(
    defocus=80.0, aberrations=Aberrations(C30=-1e4, C12=10.0), focal_spread=15.0, dose=800.0
)
image = form_image(wave, conditions, Detector(0.2), rng=3)
mask = phase_mask(alone, 0.2)
print(
    f"{image.counts.mean():.1f} electrons per pixel; the particle covers {mask.classes.mean():.0%}"
)

figure, panels = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
phase = np.angle(wave.array.mean(axis=0))
shown = panels[0].imshow(phase, cmap="magma", vmin=0, vmax=np.percentile(phase, 99.5))
figure.colorbar(shown, ax=panels[0], shrink=0.8, label="rad")
scale_bar(panels[0], phase.shape, wave.grid.pixel_size[0])
show_micrograph(panels[1], image.counts, image.pixel_size)
panels[2].imshow(mask.classes, cmap="gray")
scale_bar(panels[2], mask.classes.shape, mask.pixel_size)
for ax, title in zip(panels, ("phase of the exit wave", "micrograph", "mask"), strict=True):
    ax.set_title(title)
    ax.set_axis_off()
plt.show()

# %%
# A data set
# ----------
# The same with ranges instead of numbers is a recipe. Data sets are built from it on any number of
# processes, to the same bits, and every number that was drawn stands in their catalogue.

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.figures import contact_sheet

runs = Path("runs")
runs.mkdir(exist_ok=True)
recipe_file = runs / "tour.toml"
recipe_file.write_text(
    """
[dataset]
name = "tour"
seed = 3
structures = 24
images_per_structure = 5
particle = { radius = { uniform = [8.0, 26.0] }, count = { integers = [1, 3] }, gap = 4.0 }
film = { thickness = { uniform = [15.0, 35.0] } }
placement = { field = [76.8, 76.8] }
wave = { energy = 300e3, pixel_size = 0.2 }
detector = { pixel_size = 0.8 }

[dataset.imaging]
dose = { log_uniform = [200.0, 1200.0] }
defocus = { normal = [30.0, 150.0] }
focal_spread = 15.0

[training]
seed = 1
patch = 64
batch_size = 8
epochs = 8
learning_rate = 0.003
model = { backbone = "plain", stages = 3, width = 12, norm_momentum = 0.9 }
preprocessing = { normalisation = "standard" }

[training.augmentation]
blur = { uniform = [0.0, 1.0] }
magnification = { uniform = [0.8, 1.3] }
""",
    encoding="utf-8",
)
database = build_dataset(read_dataset_recipe(recipe_file), runs / "tour-data", progress=False)
print(database)
figure = contact_sheet(database, range(0, 60, 5))
figure.savefig(runs / "tour-micrographs.png")
figure

# %%
# A network
# ---------
# The second table of the file is a training. A run is a folder with its recipe, history, weights
# and where they come from; called again, `fit` finds it finished.

from seg_train import (
    evaluate,
    fit,
    load_experimental_sample,
    load_network,
    summarise,
)
from seg_train.figures import predictions_over_micrographs
from seg_train.recipe import read_training_recipe

run = fit(read_training_recipe(recipe_file), database, runs / "tour-network", progress=False)
print(f"particle F1 on simulations it has not seen: {run.history['val_particle_f1'].max():.2f}")

# %%
# Experiments
# -----------
# Sixteen experimental micrographs with hand-drawn masks come with the package. This network saw 90
# small images; what larger data sets and longer trainings give is on the page about training.

samples = load_experimental_sample()
network = load_network(run)
evaluation = evaluate(network, samples)
scores = summarise(evaluation.table, rng=0)
print(scores[["images", "particle_f1", "particle_f1_low", "particle_f1_high"]].round(2).to_string())

figure = predictions_over_micrographs(samples[::4], evaluation.masks[::4])
figure.savefig(runs / "tour-predictions.png")
figure

# %%
# From here
# ---------
# The gallery has one short script for each idea; the how-to pages say how to build a structure of
# your own, describe your microscope, make your data set and use networks on your micrographs.
