"""Figures of waves, micrographs and masks; every function returns a matplotlib figure.

Figures are made without pyplot, so that nothing is left behind in a session; notebooks show them,
and `figure.savefig(path)` saves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as PlainFigure
except ImportError as error:
    raise ImportError(
        'figures need matplotlib, which is not installed: pip install "micrograph-foundry[viz]"'
    ) from error

if TYPE_CHECKING:
    from hrtem_sim.database import Database
    from hrtem_sim.dataset import SimulatedStructure


__all__ = ["contact_sheet", "scale_bar", "show_micrograph", "structure_to_mask"]


class Figure(PlainFigure):
    """A matplotlib figure that a notebook shows although pyplot does not know it.

    Examples
    --------
    >>> Figure(figsize=(1, 1))._repr_png_()[1:4]
    b'PNG'
    """

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=100)
        return stream.getvalue()


OUTLINE = "#ffb000"

SHEET_PIXELS = 320
"""Along x of a picture in a contact sheet."""


def contact_sheet(
    database: Database, rows: Sequence[int], *, columns: int = 6, outlines: bool = True
) -> Figure:
    """Draw micrographs of a data set with the outlines of their masks.

    Parameters
    ----------
    database
        Data set.
    rows
        Positions in its catalogue.
    columns
        Pictures side by side.
    outlines
        Draw the masks.
    """
    rows = list(rows)
    counts, masks = database.counts(rows), database.masks(rows)
    columns = max(1, min(columns, len(rows)))
    height = -(-len(rows) // columns)
    figure = Figure(figsize=(2.2 * columns, 2.45 * height), layout="constrained")
    axes = figure.subplots(height, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, row, image, mask in zip(axes.flat, rows, counts, masks, strict=False):
        show_micrograph(ax, image, database.pixel_size, pixels=SHEET_PIXELS)
        if outlines and mask.any() and not mask.all():
            ax.contour(mask, [0.5], colors=OUTLINE, linewidths=0.9)
        record = database.catalogue.iloc[row]
        ax.set_title(
            f"defocus {record['defocus'] / 10:.0f} nm, {record['dose']:.0f} e/Å²", fontsize=7
        )
    return figure


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
        high = np.percentile(phase, 99.5)  # columns of heavy atoms wrap around beyond pi
        shown = ax.imshow(phase, cmap="magma", vmin=0, vmax=high, interpolation="nearest")
        figure.colorbar(shown, ax=ax, shrink=0.8, label="rad")
        scale_bar(ax, phase.shape, pixel)
        ax.set_title(title, fontsize=10)
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


def show_micrograph(
    ax: Axes, image: np.ndarray, pixel_size: float, *, pixels: int | None = None
) -> None:
    """Draw an image in gray from its 0.5 to its 99.5 percentile, with a scale bar.

    Parameters
    ----------
    ax
        Axes to draw in.
    image
        Shape (ny, nx).
    pixel_size
        In angstrom.
    pixels
        Average whole pixels until at most so many are left along x: a picture smaller than its
        image shows every so-manieth pixel otherwise, which overstates noise and makes moire of
        lattice fringes.
    """
    ny, nx = image.shape
    by = 1 if pixels is None else max(1, -(-nx // pixels))
    whole = image[: ny // by * by, : nx // by * by]
    mean = whole.reshape(ny // by, by, nx // by, by).mean(axis=(1, 3))
    low, high = np.percentile(mean, [0.5, 99.5])
    extent = (-0.5, whole.shape[1] - 0.5, whole.shape[0] - 0.5, -0.5)
    ax.imshow(mean, cmap="gray", vmin=low, vmax=high, interpolation="antialiased", extent=extent)
    scale_bar(ax, image.shape, pixel_size)


def scale_bar(ax: Axes, shape: tuple[int, int], pixel_size: float) -> None:
    """Put a bar of a round length, about a fifth of the width, into a picture.

    Parameters
    ----------
    ax
        Axes in pixels.
    shape
        Shape of the picture, (ny, nx).
    pixel_size
        In angstrom.
    """
    width = shape[1] * pixel_size / 10
    lengths = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500])
    length = float(lengths[np.abs(np.log(lengths / (width / 5))).argmin()])
    pixels = 10 * length / pixel_size
    x, y = 0.05 * shape[1], 0.94 * shape[0]
    ax.plot([x, x + pixels], [y, y], color="white", lw=3, solid_capstyle="butt")
    ax.text(
        x + pixels / 2,
        y - 0.03 * shape[0],
        f"{length:g} nm",
        color="white",
        fontsize=7,
        ha="center",
        va="bottom",
        bbox={"boxstyle": "round,pad=0.15", "fc": "black", "ec": "none", "alpha": 0.6},
    )
