"""Still pictures of structures: spheres in three projections, with a scale bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from czone.viz.atoms import DrawnAtoms, drawn_atoms
from czone.viz.extras import optional
from czone.viz.render import ARROWS, PROJECTIONS, render_spheres

__all__ = ["plot"]

_FINEST = 150.0  # pixels per angstrom; more shows nothing new
_NICE_BARS = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]) * 1.0  # angstrom


def plot(
    source: Any,
    *,
    projections: str | Sequence[str] = ("xy", "xz", "yz"),
    colors: Mapping[str, Any] | None = None,
    radius_scale: float = 1.0,
    scale_bar: bool = True,
    legend: bool = True,
    width: float = 10.0,
    dpi: float = 150.0,
    ax: Any = None,
) -> Any:
    """Draw a structure as lit spheres, seen along the axes.

    Parameters
    ----------
    source
        A populated Scene or Volume, a Molecule, ASE Atoms, or a pair of positions (n, 3) and atomic
        numbers (n,).
    projections
        ``"xy"`` (along the beam, from -z, y downwards: as micrographs show it), ``"top"`` (from +z,
        y upwards), ``"xz"`` (from -y), ``"yz"`` (from +x), z upwards, or several of them side by
        side on the same scale.
    colors
        Colours by element symbol, anything matplotlib takes; the others are those of Jmol.
    radius_scale
        Factor on the covalent radii.
    scale_bar
        Draw a bar with its length in nm.
    legend
        Name the elements.
    width
        Width of the figure, in inches.
    dpi
        Resolution in pixels per inch.
    ax
        matplotlib Axes to draw a single projection into, instead of a new figure.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Save it with ``figure.savefig(name)``.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If there are no atoms, or an argument is out of range.

    Examples
    --------
    >>> figure = plot(([[0, 0, 0], [0, 0, 1.13]], [6, 8]), projections="xz")
    >>> len(figure.axes)
    1
    """
    names = [projections] if isinstance(projections, str) else list(projections)
    unknown = [name for name in names if name not in PROJECTIONS]
    if unknown or not names:
        raise ValueError(f"projections must be among {list(PROJECTIONS)}; got {projections!r}")
    if ax is not None and len(names) != 1:
        raise ValueError(f"projections must be a single one when ax is given; got {projections!r}")
    atoms = drawn_atoms(source, colors, radius_scale)
    if len(atoms.positions) == 0:
        raise ValueError("source must hold at least one atom; it holds none")

    sizes = [_size(atoms, PROJECTIONS[name]) for name in names]
    if ax is None:
        figure, panels = _panels(sizes, width, dpi, legend)
    else:
        figure, panels = ax.figure, [ax]
    inches = [panel.get_position().width * figure.get_figwidth() for panel in panels]
    if ax is not None:
        inches = [1.5 * inches[0]]  # the layout may still give it more room
    for panel, name, size, inch in zip(panels, names, sizes, inches, strict=True):
        scale = min(inch * figure.dpi / size[0], 4000 / size.max(), _FINEST)
        picture, extent = render_spheres(atoms, PROJECTIONS[name], scale)
        if name == "xy":  # the axis shows y, which runs downwards
            left, right, bottom, top = extent
            extent = (left, right, -bottom, -top)
        panel.imshow(picture, extent=extent, origin="lower", interpolation="antialiased")
        panel.set_axis_off()
        panel.text(
            0.0, 1.0, ARROWS[name], transform=panel.transAxes, fontsize=8,
            va="bottom", color="0.35",
        )  # fmt: skip
    if scale_bar:
        _draw_bar(panels[0], sizes[0][0])
    if legend:
        place: dict[str, Any] = {"loc": "upper center"}
        if ax is not None:
            place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderpad": 0.0}
        _draw_legend(figure if ax is None else ax, atoms, place)
    return figure


def _size(atoms: DrawnAtoms, view: np.ndarray) -> np.ndarray:
    """Return width and height of a projection in angstrom, rim included."""
    return np.ptp(atoms.positions @ view[:2].T, axis=0) + 2 * (atoms.radii.max() + 1.0)


def _panels(sizes: Any, width: float, dpi: float, legend: bool) -> Any:
    """Return a figure, and one panel for every size, all on the same scale."""
    pyplot = optional("matplotlib.pyplot")
    gap, top, bottom = 0.25, 0.25 + 0.3 * legend, 0.35  # inches
    total = sum(size[0] for size in sizes)
    scale = (width - gap * (len(sizes) + 1)) / total  # inches per angstrom
    tall = max(size[1] for size in sizes) * scale
    if tall > 1.2 * width:
        scale *= 1.2 * width / tall
        tall = 1.2 * width
    height = tall + top + bottom
    figure = pyplot.figure(figsize=(width, height), dpi=dpi, facecolor="white")
    left = (width - total * scale - gap * (len(sizes) - 1)) / 2
    panels = []
    for size in sizes:
        wide, high = size * scale
        middle = bottom + (tall - high) / 2
        panels.append(figure.add_axes([left / width, middle / height, wide / width, high / height]))
        left += wide + gap
    return figure, panels


def _draw_bar(panel: Any, size: float) -> None:
    """Draw a bar of about a quarter of the width below a panel."""
    length = _NICE_BARS[max(0, int(np.searchsorted(_NICE_BARS, 0.3 * size)) - 1)]
    left, right = panel.get_xlim()
    low, high = panel.get_ylim()
    start, y = left + 1.0, low - 0.02 * (high - low)
    panel.plot([start, start + length], [y, y], color="black", lw=2.5, clip_on=False,
               solid_capstyle="butt")  # fmt: skip
    panel.annotate(
        f"{length / 10:g} nm", (start + length / 2, y), xytext=(0, -4), ha="center", va="top",
        textcoords="offset points", fontsize=9, annotation_clip=False,
    )  # fmt: skip
    panel.set_xlim(left, right)
    panel.set_ylim(low, high)


def _draw_legend(target: Any, atoms: DrawnAtoms, place: dict) -> None:
    line = optional("matplotlib.lines").Line2D
    handles = [
        line([], [], ls="", marker="o", ms=9, mfc=color, mec="0.3", mew=0.6, label=symbol)
        for symbol, color in atoms.symbols.items()
    ]
    target.legend(
        handles=handles, **place, ncols=min(len(handles), 8), frameon=False, fontsize=9,
        handletextpad=0.1, columnspacing=1.2,
    )  # fmt: skip
