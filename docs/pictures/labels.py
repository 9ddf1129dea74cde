"""Draw the picture of docs/labels.md: all labels of one structure with two particles.

Usage: python docs/pictures/labels.py [docs/pictures/labels.png]
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy.spatial.transform import Rotation

from hrtem_sim.figures import scale_bar, show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.mask import (
    atom_columns,
    class_map,
    find_grains,
    instance_map,
    phase_mask,
    plan_bases,
    plan_volumes,
    projected_thickness,
)
from hrtem_sim.provenance import rng_for
from hrtem_sim.specimen.builders import ParticlesOnFilm, build_particles_on_film
from hrtem_sim.specimen.particles import ParticlePlan
from hrtem_sim.wave import WaveSettings, compute_exit_waves

PIXEL, FIELD, SEED = 0.2, 76.8, 3


def main(path: str) -> None:
    # gold seen along [1 -1 0] with its faults edge-on; a smaller CdSe particle any way round
    upright, _ = Rotation.align_vectors(
        [[0, 0, 1], [1, 0, 0]], np.array([[1, -1, 0], [1, 1, 1]]) / [[2**0.5], [3**0.5]]
    )
    tilt = Rotation.from_euler("z", 25, degrees=True)
    gold = ParticlePlan("Au", "sphere", 19.0, tuple((tilt * upright).as_quat()), (-14, -8), 2, 0.5)
    turn = tuple(Rotation.random(random_state=1).as_quat())
    cdse = ParticlePlan("CdSe", "wulff", 13.0, turn, (17.0, 10.0), 0, 0.5)
    plan = ParticlesOnFilm((FIELD, FIELD), (gold, cdse), 0.2, "exit", 4.0, "C", 20.0, 0.1103, 1.4)
    built = build_particles_on_film(plan, lambda *key: rng_for(SEED, *key))
    specimen = built.specimen

    settings = WaveSettings(pixel_size=0.1, phonons=2)
    groups = [specimen.objects, built.particles]
    wave, particles = compute_exit_waves(specimen, groups, settings, rng=1)
    conditions = ImagingConditions(defocus=40.0, dose=3000.0, focal_spread=12.0)
    image = form_image(wave, conditions, Detector(PIXEL), rng=2)
    mask = phase_mask(particles, PIXEL)

    shape, volumes = mask.classes.shape, plan_volumes(plan)
    instances = instance_map(specimen, shape, PIXEL, volumes=volumes, within=mask)
    structure = find_grains(specimen, bases=plan_bases(plan))
    options = {"structure": structure, "volumes": volumes, "within": mask}
    crystals = class_map(specimen, shape, PIXEL, **options)
    grains = class_map(specimen, shape, PIXEL, by="grain", **options)
    thickness = projected_thickness(
        specimen, shape, PIXEL, objects=built.particles, volumes=volumes
    )
    columns = atom_columns(specimen, structure)

    figure = Figure(figsize=(11, 7.7), layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    for ax in axes:
        show_micrograph(ax, image.counts, PIXEL)
        ax.set_axis_off()
    axes[0].set_title("micrograph")
    axes[0].contour(mask.classes, [0.5], colors="#ffb000", linewidths=1)
    overlay(axes[1], instances.ids, ["#1f77b4", "#ff7f0e"], list(instances.names))
    axes[1].set_title("instance_map")
    overlay(axes[2], crystals.classes, ["#4daf4a", "#e41a1c", "#984ea3"], crystals.names[1:])
    axes[2].set_title('class_map, by "structure"')
    names = [name.replace("particle", "p.") for name in grains.names[1:]]
    overlay(axes[3], grains.classes, ["#66c2a5", "#fc8d62", "#8da0cb", "#e78ac3"], names)
    axes[3].set_title('class_map, by "grain"')
    shown = axes[4].imshow(thickness.total, cmap="viridis")
    key(axes[4], shown)
    scale_bar(axes[4], shape, PIXEL)
    axes[4].set_title("projected_thickness, in Å")
    points = axes[5].scatter(
        columns.x / PIXEL - 0.5, columns.y / PIXEL - 0.5, c=columns.heights, s=5, cmap="plasma"
    )
    key(axes[5], points)
    axes[5].set_title("atom_columns, number of atoms")
    figure.savefig(path, dpi=80)


def key(ax, shown) -> None:
    """Draw a colour bar inside a picture."""
    bar = ax.figure.colorbar(shown, cax=ax.inset_axes([0.87, 0.6, 0.03, 0.37]))
    bar.ax.tick_params(colors="white", labelsize=8)


def overlay(ax, classes, colours, names) -> None:
    """Draw classes 1, 2, ... over what is there, with their names."""
    shown = np.ma.masked_equal(classes, 0)
    colours = colours[: len(names)]
    ax.imshow(shown, cmap=ListedColormap(colours), vmin=1, vmax=len(names), alpha=0.55,
              interpolation="nearest")  # fmt: skip
    keys = [Patch(color=colour, label=name) for name, colour in zip(names, colours, strict=True)]
    ax.legend(handles=keys, loc="upper right", fontsize=9, framealpha=0.9, borderaxespad=0.3)


if __name__ == "__main__":
    main(*sys.argv[1:] or [str(Path(__file__).parent / "labels.png")])
