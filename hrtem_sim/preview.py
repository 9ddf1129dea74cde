"""A recipe at a glance: atoms, micrographs and labels of a few structures, without a data set."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from ase.data import covalent_radii
from ase.data.colors import jmol_colors
from matplotlib.axes import Axes

from hrtem_sim.dataset import DatasetRecipe, SimulatedStructure, plan_structure, simulate_structure
from hrtem_sim.dataset.labels import make_labels
from hrtem_sim.drawing import CLASS_COLOURS, Figure, scale_bar, show_micrograph
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

ROWS = ("from the side", "along the beam", "micrograph", "classes", "instances")

MOST_ATOMS = 60_000
"""Atoms that are drawn of a structure, those nearest to the eye."""


@typed
def preview(
    recipe: DatasetRecipe,
    *,
    structures: int = 6,
    builder: str | Path | Callable[..., Any] | None = None,
) -> Figure:
    """Draw a few structures of a recipe.

    Parameters
    ----------
    recipe
        Recipe of a data set.
    structures
        Number of structures, the first ones of the recipe.
    builder
        As in `hrtem_sim.dataset.build_dataset`.

    Returns
    -------
    figure
        A column for each structure: its atoms from the side, the beam coming from above, and along
        the beam; one micrograph; classes and instances.

    Notes
    -----
    Particles run on the film's pixels and with one frozen phonon at most, which is quick and looks
    alike; all else is as in the data set.

    Examples
    --------
    >>> from hrtem_sim.dataset import read_dataset_recipe
    >>> figure = preview(read_dataset_recipe("tiny.toml"), structures=1)
    >>> [ax.get_ylabel() for ax in figure.axes][:2]
    ['from the side', 'along the beam']
    """
    if isinstance(structures, bool) or not isinstance(structures, int) or structures < 1:
        raise Refusal(f"structures must be a whole number of at least 1; got {structures!r}")
    if recipe.specimen is not None or builder is not None:
        recipe = recipe.with_builder(builder)
    wave = replace(recipe.wave, particle_pixel=None, phonons=min(1, recipe.wave.phonons))
    quick = replace(recipe, wave=wave, images_per_structure=1)
    count = min(structures, recipe.structures)
    figure = Figure(figsize=(2.3 * count + 0.4, 11), layout="constrained")
    grid = figure.subplots(len(ROWS), count, squeeze=False)
    for index in range(count):
        simulated = simulate_structure(quick, plan_structure(quick, index))
        _draw(list(grid[:, index]), quick, simulated)
        grid[0, index].set_title(f"structure {index}", fontsize=8)
    for ax, name in zip(grid[:, 0], ROWS, strict=True):
        ax.set_ylabel(name, fontsize=9)
    return figure


def _draw(axes: Sequence[Axes], recipe: DatasetRecipe, simulated: SimulatedStructure) -> None:
    built, mask, micrograph = simulated.built, simulated.mask, simulated.micrographs[0]
    _draw_atoms(axes[0], built.specimen, across=2, depth=1)
    _draw_atoms(axes[1], built.specimen, across=1, depth=2)
    show_micrograph(axes[2], micrograph.counts, micrograph.pixel_size)
    colours = np.array([_rgb(name) for name in CLASS_COLOURS])
    classes = np.where(mask.classes, (mask.classes - 1) % (len(colours) - 1) + 1, 0)
    axes[3].imshow(colours[classes], interpolation="nearest")
    ids = make_labels(("instances",), built, recipe.mask, mask, recipe.wave.tilt)["instances"]
    axes[4].imshow(
        np.where(ids, (ids - 1) % 20, np.nan),
        cmap="tab20",
        vmin=0,
        vmax=19,
        interpolation="nearest",
    )
    scale_bar(axes[3], mask.classes.shape, mask.pixel_size)
    for ax in axes:
        ax.set(xticks=[], yticks=[])


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))


def _draw_atoms(ax: Axes, specimen: Specimen, *, across: int, depth: int) -> None:
    """Draw atoms as discs of their elements' colours; x to the right, the other axis downwards."""
    positions = specimen.positions % [*specimen.cell[:2], np.inf]
    order = np.argsort(-positions[:, depth], kind="stable")[-MOST_ATOMS:]
    numbers = specimen.numbers[order]
    width, height = specimen.cell[0], specimen.cell[across]
    points = 72 * 2.1 / max(width, height)  # of an angstrom, in a picture two inches wide
    ax.scatter(
        positions[order, 0],
        positions[order, across],
        s=(1.6 * points * covalent_radii[numbers]) ** 2,
        c=jmol_colors[numbers],
        edgecolors="0.25",
        linewidths=0.08 * points,
        rasterized=True,
    )
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
