"""Point views with matplotlib's 3D axes, under the names of Construction Zone.

`plot` makes better pictures, `view` turns in the browser; these stay for notebooks that call them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from czone.viz.atoms import drawn_atoms
from czone.viz.extras import optional

__all__ = [
    "simple_scene_view",
    "simple_scene_view_with_rotate",
    "simple_scene_widget",
    "simple_view_widget",
    "simple_view_with_rotate",
]


def simple_view_with_rotate(data: np.ndarray, azim: float = -60, elev: float = 30) -> Any:
    """Draw points in 3D and along the three axes.

    Parameters
    ----------
    data
        Points, (n, 3), in angstrom.
    azim, elev
        Direction of the 3D view in degrees.

    Returns
    -------
    figure : matplotlib.figure.Figure

    Examples
    --------
    >>> len(simple_view_with_rotate(np.eye(3)).axes)
    4
    """
    points = np.asarray(data, dtype=float)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"data must have shape (n, 3); got {points.shape}")
    return _four_views(points, "tab:blue", azim, elev)


def simple_scene_view(scene: Any, azim: float = -60, elev: float = 30) -> Any:
    """Draw the atoms of a scene as points in 3D and along the three axes.

    Parameters
    ----------
    scene
        A populated Scene, or anything else that `plot` takes.
    azim, elev
        Direction of the 3D view in degrees.

    Returns
    -------
    figure : matplotlib.figure.Figure

    Examples
    --------
    >>> len(simple_scene_view(([[0, 0, 0], [0, 0, 1.13]], [6, 8])).axes)
    4
    """
    atoms = drawn_atoms(scene)
    return _four_views(atoms.positions, atoms.colors, azim, elev, atoms.symbols)


def simple_scene_view_with_rotate(scene: Any, azim: float = -60, elev: float = 30) -> Any:
    """Draw a scene: see `simple_scene_view`, which does the same.

    Parameters
    ----------
    scene, azim, elev
        As in `simple_scene_view`.

    Returns
    -------
    figure : matplotlib.figure.Figure

    Examples
    --------
    >>> len(simple_scene_view_with_rotate(([[0, 0, 0], [0, 0, 1.13]], [6, 8])).axes)
    4
    """
    return simple_scene_view(scene, azim, elev)


def simple_view_widget(data: np.ndarray) -> Any:
    """Show `simple_view_with_rotate` with sliders for the two angles, in Jupyter.

    Parameters
    ----------
    data
        Points, (n, 3), in angstrom.

    Returns
    -------
    widget : ipywidgets.interactive

    Examples
    --------
    >>> simple_view_widget(scene.all_atoms)  # doctest: +SKIP
    """
    return _with_sliders(lambda azim, elev: simple_view_with_rotate(data, azim, elev))


def simple_scene_widget(scene: Any) -> Any:
    """Show `simple_scene_view` with sliders for the two angles, in Jupyter.

    Parameters
    ----------
    scene
        A populated Scene, or anything else that `plot` takes.

    Returns
    -------
    widget : ipywidgets.interactive

    Examples
    --------
    >>> simple_scene_widget(scene)  # doctest: +SKIP
    """
    return _with_sliders(lambda azim, elev: simple_scene_view(scene, azim, elev))


def _four_views(
    points: np.ndarray, colors: Any, azim: float, elev: float, symbols: Any = None
) -> Any:
    pyplot = optional("matplotlib.pyplot")
    figure = pyplot.figure(figsize=(9, 9), layout="constrained")
    views = [(elev, azim, ""), (90, -90, "xy"), (0, -90, "xz"), (0, 0, "yz")]
    extent = np.ptp(points, axis=0) if len(points) else np.ones(3)
    extent = np.maximum(extent, max(0.2 * extent.max(), 1e-9))  # flat structures keep some depth
    for place, (up, around, name) in enumerate(views, start=1):
        axes = figure.add_subplot(2, 2, place, projection="3d", proj_type="ortho")
        axes.scatter(*points.T, c=colors, s=9, edgecolors="0.4", linewidths=0.2)
        axes.view_init(elev=up, azim=around)
        axes.set_box_aspect(extent)
        axes.set(xlabel="x (Å)", ylabel="y (Å)", zlabel="z (Å)", title=name)
        toward = {"xy": axes.zaxis, "xz": axes.yaxis, "yz": axes.xaxis}
        for seen, axis in toward.items():
            if name == seen:  # the axis that points at the viewer
                axis.set_ticks([])
                axis.set_label_text("")
    if symbols:
        line = optional("matplotlib.lines").Line2D
        handles = [
            line([], [], ls="", marker="o", color=color, label=symbol)
            for symbol, color in symbols.items()
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=8, frameon=False)
    return figure


def _with_sliders(draw: Any) -> Any:
    widgets = optional("ipywidgets")

    def show(azim: float, elev: float) -> None:
        draw(azim, elev)
        optional("matplotlib.pyplot").show()

    return widgets.interactive(
        show,
        azim=widgets.IntSlider(-60, -180, 180, description="azim"),
        elev=widgets.IntSlider(30, -90, 90, description="elev"),
    )
