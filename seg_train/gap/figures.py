"""Real and training patches side by side: pictures, spectra, statistics."""

from textwrap import fill
from typing import Any

import numpy as np

from hrtem_sim.drawing import Figure
from seg_train.gap.comparison import NAMES, Gap
from seg_train.gap.patches import Patch
from seg_train.gap.statistics import FRINGES, spectrum

REAL, TRAINING = "#d55e00", "#0072b2"  # told apart with any colour vision


def gap_figure(found: Gap, *, shown: int = 6) -> Figure:
    """Draw patches, mean power spectra and the statistics of both sides.

    Parameters
    ----------
    found
        Gap with its patches.
    shown
        Number of patches of each side.

    Examples
    --------
    >>> from seg_train.gap import compare
    >>> noise = [Patch(np.random.default_rng(k).normal(size=(32, 32)), np.eye(32)) for k in (1, 2)]
    >>> gap_figure(compare(noise, noise, pixel_size=0.8), shown=2).savefig("gap.png")
    """
    figure = Figure(figsize=(1.9 * shown, 7), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.6, 1))[:, 0]
    sides = (("real", found.real_patches, REAL), ("training", found.training_patches, TRAINING))
    for row, (side, patches, color) in zip(above.subplots(2, shown), sides, strict=True):
        for ax, k in zip(row, np.linspace(0, len(patches) - 1, shown).astype(int), strict=True):
            _picture(ax, patches[k], color)
        row[0].set_title(side, fontsize=10, loc="left")
    axes = below.subplots(1, 1 + len(NAMES), width_ratios=(2.2, *[1] * len(NAMES)))
    for side, patches, color in sides:
        _spectra(axes[0], patches, found.pixel_size, color, side)
    axes[0].axvspan(*FRINGES, color="0.9", zorder=0)
    axes[0].set(xlabel="frequency (1/Å)", ylabel="power (1: white noise)", yscale="log")
    axes[0].legend(fontsize=8, frameon=False)
    for ax, name in zip(axes[1:], NAMES, strict=True):
        _values(ax, found, name)
    return figure


def _picture(ax: Any, patch: Patch, color: str) -> None:
    low, high = np.percentile(patch.image, [0.5, 99.5])
    ax.imshow(patch.image, cmap="gray", vmin=low, vmax=high)
    if patch.mask.any() and not patch.mask.all():
        ax.contour(patch.mask > 0, [0.5], colors=[color], linewidths=1)
    ax.set_axis_off()


def _values(ax: Any, found: Gap, name: str) -> None:
    row = found.table.loc[name]
    sides = (("real", found.real, REAL), ("training", found.training, TRAINING))
    for place, (side, statistics, color) in enumerate(sides):
        values = statistics[name].dropna()
        ax.plot(place + np.linspace(-0.25, 0.25, len(values)), values, ".", ms=3, color=color)
        ax.plot([place, place], [row[f"{side}_low"], row[f"{side}_high"]], color="k", lw=1)
        ax.plot(place, row[side], "o", color="k", ms=5)
    ax.set_xticks([0, 1], ["real", "train"], fontsize=8)
    ax.tick_params(axis="y", labelsize=7)
    ax.set_title(fill(NAMES[name], 20), fontsize=8, color="k" if row["fits"] else "#c00000")


def _spectra(
    ax: Any, patches: tuple[Patch, ...], pixel_size: float, color: str, label: str
) -> None:
    powers = np.array([spectrum(patch.image, pixel_size=pixel_size) for patch in patches])
    k = (np.arange(powers.shape[1]) + 0.5) / powers.shape[1] / (2 * pixel_size)
    low, middle, high = np.percentile(powers, [5, 50, 95], axis=0)
    ax.plot(k, middle, color=color, label=label)
    ax.fill_between(k, low, high, color=color, alpha=0.2, lw=0)
