"""The comparison itself: what leaves the range of what a network is trained on."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seg_train.gap.patches import Patch
from seg_train.gap.statistics import patch_statistics

BARE = 0.005
"""Coverage below which a patch counts as bare film."""

RANGE = (5, 95)
"""Percentiles of the training between which the median of real patches must lie."""

SEEN = (1, 99)
"""Percentiles of the real patches between which the median of the training must lie: the first rule
the other way round. The first alone passes whoever varies enough: blurs to 1.2 angstrom with
shading to 3 % of the mean, on which a network learnt no fringes, had real medians inside all its
ranges and its own medians outside theirs. Of a dozen patches 5 to 95 % would leave out the second
least and the second greatest of what is real, so it is all but all of them."""

NAMES = {
    "fringes": "fringes inside particles",
    "background": "slow background over the film's rms",
    "lag_1": "correlation of neighbours on film",
    "lag_2": "correlation of second neighbours",
    "coverage": "coverage",
}
"""Statistics by the name of their column."""


@dataclass(frozen=True, eq=False)
class Gap:
    """What patches of a training and real ones have in common, and what not.

    Parameters
    ----------
    real, training
        Statistics, one row per patch; see `PatchStatistics`.
    pixel_size
        Pixel of the training grid, in angstrom.
    real_patches, training_patches
        Lists of the patches themselves.
    """

    real: pd.DataFrame
    training: pd.DataFrame
    pixel_size: float
    real_patches: tuple[Patch, ...] = ()
    training_patches: tuple[Patch, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """Median and range of each statistic on both sides, and whether they fit.

        `fits` is true where the median of the real patches lies within the 5 to 95 % of the
        training's, and the median of the training's within the 1 to 99 % of the real ones: a range
        wide enough to hold anything would otherwise hide a training that hardly shows what is real.
        The row `bare` is the share of bare film; it fits if it is no less than a third of the real
        one and no more than three times as much, give or take a twentieth.
        """
        rows = {}
        for name in NAMES:
            seen, ours = self.real[name].dropna(), self.training[name].dropna()
            real, low, high = np.percentile(seen, [50, *SEEN])
            middle, our_low, our_high = np.percentile(ours, [50, *RANGE])
            fits = our_low <= real <= our_high and low <= middle <= high
            rows[name] = [real, low, high, middle, our_low, our_high, bool(fits)]
        real, ours = (
            float((side["coverage"] < BARE).mean()) for side in (self.real, self.training)
        )
        fits = real / 3 - 0.05 <= ours <= 3 * real + 0.05
        rows["bare"] = [real, np.nan, np.nan, ours, np.nan, np.nan, bool(fits)]
        columns = [f"{side}{of}" for side in ("real", "training") for of in ("", "_low", "_high")]
        return pd.DataFrame.from_dict(rows, orient="index", columns=[*columns, "fits"])

    @property
    def failures(self) -> list[str]:
        """Sentences about what does not fit, none where all does."""
        lines = []
        for name, row in self.table[~self.table["fits"].astype(bool)].iterrows():
            if name == "bare":
                lines.append(
                    f"bare film: {row['real']:.0%} of the real patches, "
                    f"{row['training']:.0%} of those of the training"
                )
                continue
            lines.append(
                f"{NAMES[str(name)]}: {row['real']:.3f} ({row['real_low']:.3f} to "
                f"{row['real_high']:.3f}) in real patches, {row['training']:.3f} "
                f"({row['training_low']:.3f} to {row['training_high']:.3f}) in the training"
            )
        return lines


def compare(real: Sequence[Patch], training: Sequence[Patch], *, pixel_size: float) -> Gap:
    """Compare real patches with those of a training.

    Parameters
    ----------
    real, training
        Patches on the training grid.
    pixel_size
        Pixel of that grid, in angstrom.

    Returns
    -------
    gap

    Examples
    --------
    Noise does not train for noise of half the grain:

    >>> rng = np.random.default_rng(1)
    >>> fine = [Patch(rng.normal(size=(64, 64)), np.arange(64)[:, None] // 32 * np.ones(64)) ] * 4
    >>> coarse = [Patch(np.kron(p.image[:32, :32], np.ones((2, 2))), p.mask) for p in fine]
    >>> compare(fine, fine, pixel_size=0.8).failures
    []
    >>> compare(fine, coarse, pixel_size=0.8).failures[2].split(":")[0]
    'correlation of neighbours on film'
    """
    return Gap(
        real=_measured(real, pixel_size),
        training=_measured(training, pixel_size),
        pixel_size=pixel_size,
        real_patches=tuple(real),
        training_patches=tuple(training),
    )


def _measured(patches: Sequence[Patch], pixel_size: float) -> pd.DataFrame:
    found = [patch_statistics(patch.image, patch.mask, pixel_size=pixel_size) for patch in patches]
    return pd.DataFrame([dataclasses.asdict(statistics) for statistics in found])
