"""Draw the picture of the README from the folder that `make demo` leaves.

Usage: python docs/pictures/path.py [demo-run [demo]]
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from czone.viz import plot
from hrtem_sim.dataset import plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.figures import scale_bar, show_micrograph
from hrtem_sim.specimen.builders import particle_scene
from seg_train import load_experimental_sample, load_run, predict

STRUCTURE, SAMPLE = 9, "au2p2nm_330kx_hp_0"


def main(folder: str = "demo-run", recipe: str = "demo") -> None:
    dataset = read_dataset_recipe(recipe)
    plan = plan_structure(dataset, STRUCTURE)
    scene, _ = particle_scene(plan.specimen, plan.rng)
    simulated = simulate_structure(dataset, plan)
    figure = Figure(figsize=(15, 3.5), layout="constrained")
    axes = figure.subplots(1, 5)

    turned = (scene.all_atoms * [1, -1, -1], scene.all_species)
    plot(turned, projections="xz", legend=False, ax=axes[0])
    phase = np.angle(simulated.wave.array.mean(axis=0))
    axes[1].imshow(phase, cmap="magma", vmin=0, vmax=np.percentile(phase, 99.5))
    scale_bar(axes[1], phase.shape, simulated.wave.grid.pixel_size[0])
    micrograph = min(simulated.micrographs, key=lambda m: abs(m.conditions.defocus - 100))
    show_micrograph(axes[2], micrograph.counts, micrograph.pixel_size)
    axes[3].imshow(simulated.mask.classes, cmap="gray")

    (sample,) = (s for s in load_experimental_sample() if s.name == SAMPLE)
    found = predict(load_run(Path(folder) / "training"), sample.image, pixel_size=sample.pixel_size)
    show_micrograph(axes[4], sample.image, sample.pixel_size)
    axes[4].contour(sample.mask, [0.5], colors="#ffb000", linewidths=1.4)
    axes[4].contour(found.mask, [0.5], colors="#00a5ff", linewidths=1.4)

    titles = ("atoms", "exit wave (phase)", "micrograph", "mask", "prediction on a real micrograph")
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, fontsize=13)
        ax.set_axis_off()
    figure.savefig(Path(__file__).with_name("path.png"), dpi=75)


if __name__ == "__main__":
    main(*sys.argv[1:])
