"""The gap between real micrographs and what every shipped recipe trains on, kept as a table.

    python benchmarks/seg_train/gaps.py [NAME ...]

Builds a few structures of each data set, measures what the training makes of them beside the
experimental sample (`seg_train.gap`), and writes `gaps.csv` beside this file: the statistics of
each pair with the ids of both recipes. A test compares the ids with those of the recipes as they
are, so that a changed recipe has to be measured again. Minutes each.
"""

import argparse
import os

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import dataclasses
import tempfile
from pathlib import Path

import pandas as pd

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.provenance import identity
from seg_train import load_experimental_sample, read_training_recipe
from seg_train.gap.measure import measure_gap

TABLE = Path(__file__).with_suffix(".csv")

SAMPLE = "the sample"

PAIRS = {
    (SAMPLE, "training/fine_tune"): set(),
    ("demo", "demo"): set(),
    ("demo", "training/two_cores"): set(),
    ("baseline", "training/paper"): {"background", "lag_1", "lag_2", "coverage"},
}
"""Data set and training, and what is known not to fit; `real_micrographs` has a test of its own.

`paper` is as the paper has it."""

SIZE = {"demo": (12, 8), "baseline": (5, 3)}
"""Structures of each data set that are built, and images of each."""


def ids(data: str, training: str) -> tuple[str, str]:
    """Return the ids of what a pair trains on and of how it does."""
    made = SAMPLE if data == SAMPLE else identity(read_dataset_recipe(data), "recipe")
    return made, read_training_recipe(training).identity


def measured(data: str, training: str, folder: Path) -> pd.DataFrame:
    """Return the table of a pair, with its ids in front; data sets that are there are taken."""
    recipe, sample = read_training_recipe(training), load_experimental_sample()
    shown = sample
    if data != SAMPLE:
        structures, images = SIZE[data]
        full = read_dataset_recipe(data)
        few = dataclasses.replace(full, structures=structures, images_per_structure=images)
        shown = build_dataset(few, folder / data)
    table = measure_gap(recipe, shown, sample, number=96).table
    names = {"data_recipe": data, "training_recipe": training}
    made = dict(zip(("data_id", "training_id"), ids(data, training), strict=True))
    return table.rename_axis("statistic").reset_index().assign(**names, **made)


def main() -> None:
    """Measure pairs, all or those whose data sets are named, and update the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="data sets (default: all)")
    parser.add_argument("--keep", type=Path, help="folder for the data sets, which are reused")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for pair in PAIRS:
            if not options.names or pair[0] in options.names:
                write(measured(*pair, options.keep or Path(scratch)), pair)


def write(table: pd.DataFrame, pair: tuple[str, str]) -> None:
    """Put the rows of a pair into the table in place of older ones."""
    if TABLE.is_file():
        old = pd.read_csv(TABLE)
        same = (old["data_recipe"] == pair[0]) & (old["training_recipe"] == pair[1])
        table = pd.concat([old[~same], table], ignore_index=True)
    table.round(4).to_csv(TABLE, index=False)
    print(f"{' with '.join(pair)}:", TABLE, flush=True)


if __name__ == "__main__":
    main()
