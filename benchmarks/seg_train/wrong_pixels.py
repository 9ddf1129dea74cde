"""Where a network is wrong on the experimental sample: at borders, in particles, on the film.

    python benchmarks/seg_train/wrong_pixels.py RUN

Every wrong pixel is counted once, as part of all pixels of masks and predictions together (so that
one minus twice the F1's complement is left): within 4 angstrom of the border of a mask, where
hand-drawn outlines differ among themselves; in particles found and in particles missed; on film
beside particles and in regions on no particle.
"""

import argparse

import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation, binary_erosion, label

from seg_train.data import load_experimental_sample
from seg_train.model import load_networks
from seg_train.prediction import predict

BORDER = 4.0  # angstrom


def wrong_pixels(mask: np.ndarray, found: np.ndarray, pixel_size: float) -> dict[str, int]:
    """Count wrong pixels by kind; `border_out` and `border_in` tell the sign of the outlines."""
    reach = round(BORDER / pixel_size)
    inner = binary_erosion(mask, iterations=reach, border_value=1)
    outer = binary_dilation(mask, iterations=reach)
    missed, invented = mask & ~found, found & ~mask
    parts, n = label(mask)
    overlap = np.bincount(parts[mask & found], minlength=n + 1) / np.maximum(
        np.bincount(parts.ravel(), minlength=n + 1), 1
    )
    lost = mask & (overlap < 0.5)[parts]
    return {
        "border_in": int((missed & ~inner & ~lost).sum()),
        "border_out": int((invented & outer).sum()),
        "inside_found": int((missed & inner & ~lost).sum()),
        "particles_missed": int((missed & lost).sum()),
        "film": int((invented & ~outer).sum()),
        "pixels": int(mask.sum() + found.sum()),
    }


def main() -> None:
    """Print the table of a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--symmetries", action="store_true")
    options = parser.parse_args()
    network = load_networks(options.run)
    rows = []
    for sample in load_experimental_sample():
        found = predict(
            network, sample.image, pixel_size=sample.pixel_size, symmetries=options.symmetries
        ).mask
        mask = sample.mask.astype(bool)
        counts = wrong_pixels(mask, found.astype(bool), sample.pixel_size)
        rows.append({"group": sample.group, **counts})
    table = pd.DataFrame(rows)
    groups = pd.concat(
        [table.groupby("group").sum(), table.assign(group="all").groupby("group").sum()]
    )
    shares = groups.drop(columns="pixels").div(groups["pixels"], axis=0)
    shares.insert(0, "f1", 1 - shares.sum(axis=1))
    print(shares.to_string(float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
