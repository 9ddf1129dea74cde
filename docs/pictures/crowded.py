"""Eight micrographs of crowded fields with their masks and instances.

Usage: python docs/pictures/crowded.py

Particles cover up to 0.6 of the field, may lie upon each other in half of the structures, and are
cut by its border. Each instance has a colour; the number above is the covered part.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.provenance import Distribution

HERE = Path(__file__).parent
COLOURS = 20


def recipe():
    """The recipe `real_micrographs` with particles as crowded as they may be."""
    known = read_dataset_recipe("real_micrographs")
    particle = replace(
        known.particle,
        radius=Distribution("log_uniform", (8.0, 40.0)),
        count=Distribution("constant", (1.0,)),
        coverage=Distribution("uniform", (0.0, 0.6)),
    )
    return replace(
        known,
        seed=6,
        structures=8,
        images_per_structure=1,
        particle=particle,
        placement=replace(known.placement, border="cut", overlap=0.5),
        imaging=replace(known.imaging, dose=Distribution("constant", (1500.0,))),
        storage=replace(known.storage, labels=("instances",)),
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = build_dataset(recipe(), folder)
        rows = range(len(database))
        counts, masks, ids = database.counts(rows), database.masks(rows), database.labels(rows)
        covered = database.catalogue["coverage"]
        database.close()
    figure = Figure(figsize=(16, 6.3), layout="constrained")
    for row, axes in zip(rows, figure.subplots(3, len(rows)).T, strict=True):
        axes[0].imshow(counts[row], cmap="gray")
        axes[0].set_title(f"{covered[row]:.2f}", fontsize=9)
        axes[1].imshow(masks[row], cmap="gray", vmin=0, vmax=1)
        shown = np.where(ids[row], (ids[row] - 1) % COLOURS, np.nan)
        axes[2].imshow(shown, cmap="tab20", vmin=0, vmax=COLOURS - 1, interpolation="nearest")
        for ax in axes:
            ax.set(xticks=[], yticks=[])
    figure.savefig(HERE / "crowded.png", dpi=80)


if __name__ == "__main__":
    main()
