"""Figures of data sets and of what becomes of a structure; all return a matplotlib figure.

Figures are made without pyplot, so that nothing is left behind in a session; notebooks show them,
and `figure.savefig(path)` saves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.drawing import Figure, scale_bar, show_micrograph, show_phase

if TYPE_CHECKING:
    from hrtem_sim.database import Database
    from hrtem_sim.dataset import SimulatedStructure


__all__ = ["contact_sheet", "scale_bar", "show_micrograph", "structure_to_mask"]


def contact_sheet(database: Database, rows: Sequence[int], *, columns: int = 6) -> Figure:
    """Draw micrographs of a data set with the outlines of their masks.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue.
    columns
        Pictures side by side.
    """
    return database.plot(rows, columns=columns)


def structure_to_mask(simulated: SimulatedStructure, image: int = 0) -> Figure:
    """Draw what becomes of one structure: exit-wave phases, micrograph and mask.

    Parameters
    ----------
    simulated
        Result of `hrtem_sim.dataset.simulate_structure`.
    image
        Index of the micrograph to show.
    """
    figure = Figure(figsize=(12, 3.3), layout="constrained")
    axes = figure.subplots(1, 4)
    pixel = simulated.wave.grid.pixel_size[0]
    phases = [np.angle(w.array.mean(axis=0)) for w in (simulated.wave, simulated.particle_wave)]
    for ax, phase, title in zip(
        axes, phases, ("exit wave, phase", "particle alone, phase"), strict=False
    ):
        show_phase(ax, phase, title)
        scale_bar(ax, phase.shape, pixel)
    micrograph = simulated.micrographs[image]
    show_micrograph(axes[2], micrograph.counts, micrograph.pixel_size)
    conditions = micrograph.conditions
    axes[2].set_title(
        f"micrograph: defocus {conditions.defocus / 10:.0f} nm, {conditions.dose:.0f} e/Å²",
        fontsize=10,
    )
    axes[3].imshow(simulated.mask.classes, cmap="gray", interpolation="nearest")
    axes[3].set_title("mask", fontsize=10)
    for ax in axes:
        ax.set_axis_off()
    return figure
