"""
A whole micrograph
==================

Segment a micrograph larger than any the network has seen, list its particles, and compare their
sizes with those that were simulated. Run examples 30 and 40 first.
"""

# %%
# A field of 31 nm with many particles, from the recipe of the data set.

from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from hrtem_sim.dataset import plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.figures import show_micrograph
from hrtem_sim.provenance import Distribution
from seg_train import load_network, particle_table, predict, write_mask

runs = Path("runs")
recipe = read_dataset_recipe(runs / "example.toml")
recipe = replace(
    recipe,
    seed=5,
    particle=replace(recipe.particle, count=Distribution("constant", (18.0,)), gap=8.0),
    placement=replace(recipe.placement, field=(307.2, 307.2)),
)
plan = plan_structure(recipe, 0)
simulated = simulate_structure(recipe, plan)
micrograph = max(simulated.micrographs, key=lambda m: m.conditions.dose)

# %%
# `predict` cuts the image into windows that overlap by the receptive field of the network, so that
# the tiles join without seams; `window` bounds the memory. `symmetries` averages over the eight
# orientations of the image.

network = load_network(runs / "example-network")
found = predict(
    network, micrograph.counts, pixel_size=micrograph.pixel_size, window=192, symmetries=True
)
particles = particle_table(found.mask, pixel_size=found.pixel_size, min_area=100)
write_mask(runs / "43_mask.tif", found.mask, pixel_size=found.pixel_size)
print(particles.head().round(1).to_string(index=False))

# %%
# Beside the truth: the radii in the plan of the structure.

true = np.array([2 * particle.radius for particle in plan.specimen.particles]) / 10
whole = particles.loc[~particles["touches_edge"], "equivalent_diameter"] / 10
print(f"simulated {len(true)} particles, mean diameter {true.mean():.2f} nm")
print(f"found {len(particles)}, mean diameter of the whole ones {whole.mean():.2f} nm")

figure, (picture, sizes) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
show_micrograph(picture, micrograph.counts, micrograph.pixel_size)
picture.contour(simulated.mask.classes, [0.5], colors="#ffb000", linewidths=1)
picture.contour(found.mask, [0.5], colors="#00a5ff", linewidths=1)
picture.set_axis_off()
picture.set_title("mask (orange) and prediction (blue)")
bins = np.arange(0.0, 7.0, 0.5)
sizes.hist([true, whole], bins=bins, color=["#ffb000", "#00a5ff"], label=["simulated", "found"])
sizes.set(xlabel="diameter (nm)", ylabel="particles")
sizes.yaxis.get_major_locator().set_params(integer=True)
sizes.legend(frameon=False)
plt.show()
