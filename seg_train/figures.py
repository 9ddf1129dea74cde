"""Figures of training, predictions and particles; every function returns a matplotlib figure.

Figures are made without pyplot, so that nothing is left behind in a session; notebooks show them,
and `figure.savefig(path)` saves them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hrtem_sim.drawing import Figure, scale_bar
from hrtem_sim.refusal import Refusal
from seg_train.curves import loss_curves
from seg_train.metrics import mean_interval

__all__ = [
    "loss_curves",
    "predictions_over_micrographs",
    "size_histogram",
    "study_figure",
    "transfer_figure",
]

_TRUTH, _FOUND = "#ffb000", "#00a5ff"  # told apart with any colour vision


def predictions_over_micrographs(
    samples: Sequence[Any], masks: Sequence[np.ndarray] | None = None, *, columns: int = 4
) -> Figure:
    """Draw micrographs with the outlines of true particles and of those found.

    Parameters
    ----------
    samples
        Labelled micrographs (`image`, `mask`, `pixel_size`, `name`).
    masks
        Classes found in each, (ny, nx); if absent, the truth alone is shown.
    columns
        Pictures side by side.
    """
    columns = max(1, min(columns, len(samples)))
    rows = -(-len(samples) // columns)
    figure = Figure(figsize=(3 * columns, 3.25 * rows + 0.3), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for number, sample in enumerate(samples):
        ax = axes.flat[number]
        low, high = np.percentile(sample.image, [0.5, 99.5])
        ax.imshow(sample.image, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        _outline(ax, sample.mask, _TRUTH, "-")
        title = sample.name
        if masks is not None:
            _outline(ax, masks[number], _FOUND, "-")
            title += f"\nF1 {_f1(sample.mask, masks[number]):.2f}"
        ax.set_title(title, fontsize=8)
        scale_bar(ax, sample.image.shape, sample.pixel_size)
    handles = [_line(_TRUTH, "mask")] + ([_line(_FOUND, "found")] if masks is not None else [])
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def found_over_micrograph(
    image: np.ndarray, mask: np.ndarray, *, pixel_size: float, title: str = ""
) -> Figure:
    """Draw a micrograph with the outlines of what was found in it.

    Parameters
    ----------
    image
        (ny, nx).
    mask
        Classes found, (ny, nx).
    pixel_size
        In angstrom.
    title
        Title of the picture.
    """
    ny, nx = image.shape
    figure = Figure(figsize=(8 * min(1, nx / ny), 8 * min(1, ny / nx) + 0.3), layout="constrained")
    ax = figure.subplots()
    ax.set_axis_off()
    low, high = np.percentile(image, [0.5, 99.5])
    ax.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="antialiased")
    _outline(ax, mask, _FOUND, "-")
    ax.set_title(title, fontsize=9)
    scale_bar(ax, image.shape, pixel_size)
    return figure


def size_histogram(particles: pd.DataFrame, *, bins: int | str = "auto") -> Figure:
    """Draw the diameters of the particles that lie wholly in the image.

    Parameters
    ----------
    particles
        As `seg_train.particles.particle_table` returns it, of one image or several put together.
    bins
        As `numpy.histogram` takes them.
    """
    whole = particles.loc[~particles["touches_edge"], "equivalent_diameter"] / 10
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    ax = figure.subplots()
    if len(whole):
        ax.hist(whole, bins=bins, color="#4c78a8", edgecolor="white")
        ax.axvline(whole.median(), color="black", lw=1, ls="--")
        plural = "" if len(whole) == 1 else "s"
        ax.set_title(f"{len(whole)} particle{plural}, median {whole.median():.2f} nm", fontsize=10)
    else:
        ax.set_title("no whole particle", fontsize=10)
    ax.set(xlabel="equivalent diameter (nm)", ylabel="particles")
    return figure


def transfer_figure(results: pd.DataFrame, *, label: str = "condition") -> Figure:
    """Draw how networks of each condition score on micrographs of every condition.

    Parameters
    ----------
    results
        As `seg_train.study.run_study` returns them, of a study that holds structures out.
    label
        Label of the axis of conditions.

    Returns
    -------
    figure
        A field for each pair: particle F1, mean over the networks, with the half width of its
        95 % interval.
    """
    names = list(dict.fromkeys(results["condition"].astype(str)))
    start = "particle_f1 held out "
    tests = [name for name in names if start + name in results]
    if not tests:
        raise Refusal("results must be of a study that holds structures out; got none held out")
    values = np.array(
        [
            [
                results.loc[results["condition"].astype(str) == name, start + test].to_numpy(float)
                for test in tests
            ]
            for name in names
        ]
    )
    means = values.mean(axis=-1)
    size = (1.0 * len(tests) + 2.4, 0.62 * len(names) + 1.5)
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots()
    picture = ax.imshow(means, cmap="viridis", aspect="auto")
    middle = (means.min() + means.max()) / 2
    for row, column in np.ndindex(means.shape):
        text = f"{means[row, column]:.3f}"
        if values.shape[-1] > 1:
            text += f"\n± {mean_interval(values[row, column]):.3f}"
        color = "black" if means[row, column] > middle else "white"
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=color)
    ax.set_xticks(range(len(tests)), tests)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel=f"scored on: {label}", ylabel=f"trained on: {label}")
    figure.colorbar(picture, ax=ax, label="particle F1")
    return figure


def _outline(ax: Any, mask: np.ndarray, color: str, style: str) -> None:
    inside = np.asarray(mask) > 0
    if inside.any() and not inside.all():
        ax.contour(inside, levels=[0.5], colors=color, linewidths=1.2, linestyles=style)


def _line(color: str, label: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=color, label=label)


def _f1(mask: np.ndarray, found: np.ndarray) -> float:
    truth, found = np.asarray(mask) > 0, np.asarray(found) > 0
    total = truth.sum() + found.sum()
    return float(2 * (truth & found).sum() / total) if total else 1.0


def study_figure(
    results: pd.DataFrame, *, score: str = "particle_f1 all", label: str = "condition"
) -> Figure:
    """Draw every network of a study as a point and the mean with its 95 % interval.

    Parameters
    ----------
    results
        As `seg_train.study.run_study` returns them.
    score
        A column of it.
    label
        Label of the axis of conditions.

    Notes
    -----
    Conditions that are all numbers stand at their values, on a logarithmic axis when they span
    more than a factor of ten. The interval is Student's, of the mean over networks.
    """
    names = list(dict.fromkeys(results["condition"].astype(str)))
    try:
        places, numeric = [float(name) for name in names], True
    except ValueError:
        places, numeric = list(range(len(names))), False
    figure = Figure(figsize=(max(4.5, 0.9 * len(names) + 2), 3.6), layout="constrained")
    ax = figure.subplots()
    for place, name in zip(places, names, strict=True):
        values = results.loc[results["condition"].astype(str) == name, score].to_numpy(float)
        ax.plot(np.full(len(values), place), values, "o", ms=4, color="#4c78a8", alpha=0.5)
        error = np.nan_to_num(mean_interval(values))
        ax.errorbar(place, values.mean(), error, fmt="D", ms=5, color="black", capsize=4)
    if numeric:
        if min(places) > 0 and max(places) / min(places) > 10:
            ax.set_xscale("log")
        ax.set_xticks(places, names)
        ax.set_xticks([], minor=True)
    else:
        tilt: dict[str, Any] = {"rotation": 30, "ha": "right"} if sum(map(len, names)) > 40 else {}
        ax.set_xticks(places, names, **tilt)
        ax.set_xlim(-0.5, len(names) - 0.5)
    ax.set(
        xlabel=label, ylabel=score.replace("particle_f1 ", "particle F1, ").replace("_f1", " F1")
    )
    ax.grid(axis="y", alpha=0.3)
    return figure
