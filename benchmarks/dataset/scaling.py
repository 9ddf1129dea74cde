"""Cost per item and memory of data sets from 100 to 10,000 micrographs.

Usage: python benchmarks/dataset/scaling.py [ITEMS ...]

The structures are as small as they can be (a particle of 8 atoms' width on a film of one layer, 64
x 64 pixels), so that what is measured is the house and not the physics: what it costs to plan,
to write, to open, to select, to read, to check and to go on. Every stage runs in a process of its
own; CPU seconds (user and system) and peak resident memory are the process's, after one
structure has loaded and compiled everything. Prints a markdown table.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

from hrtem_sim.database import open_database
from hrtem_sim.dataset import DatasetRecipe, build_dataset, check_dataset
from hrtem_sim.provenance import from_table

IMAGES = 10
TINY = {
    "name": "scaling",
    "seed": 1,
    "structures": 1,
    "images_per_structure": IMAGES,
    "particle": {"radius": {"uniform": [4.0, 5.0]}},
    "film": {"thickness": 2.0},
    "placement": {"field": [12.8, 12.8]},
    "wave": {"pixel_size": 0.2, "slice_thickness": 4.0},
    "imaging": {"dose": 400.0, "defocus": {"uniform": [-100.0, 100.0]}, "focal_spread": 10.0},
    "detector": {"pixel_size": 0.2},
    "storage": {"structures_per_shard": 10},
}
STAGES = ("build", "resume", "open", "select", "read", "check")
COLUMNS = ("micrographs", *(f"{stage} / ms" for stage in STAGES), "build / MB", "read / MB")


def recipe(items: int) -> DatasetRecipe:
    """The tiny recipe for a number of micrographs."""
    return replace(from_table(DatasetRecipe, TINY), structures=-(-items // IMAGES))


def run(stage: str, folder: Path, items: int) -> None:
    """Run one stage and print its CPU seconds and peak memory as JSON."""
    if stage == "build":
        with tempfile.TemporaryDirectory() as other:
            build_dataset(recipe(IMAGES), other, progress=False)
    database = None if stage in ("build", "resume", "open") else open_database(folder)
    start = time.process_time()
    if stage in ("build", "resume"):
        build_dataset(recipe(items), folder, progress=False)
    elif stage == "open":
        open_database(folder)
    elif stage == "select":
        for seed in range(10):
            database.select("dose > 300 and defocus < 50", n=items // 4, rng=seed)
    elif stage == "read":
        for row in range(0, len(database), 100):
            rows = range(row, min(row + 100, len(database)))
            database.counts(rows)
            database.masks(rows)
    elif stage == "check":
        check_dataset(database)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds / (10 if stage == "select" else 1), peak]))


def main(sizes: list[int]) -> None:
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for items in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found = {}
            for stage in STAGES:
                command = [sys.executable, __file__, "--stage", stage, folder, str(items)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                found[stage] = json.loads(done.stdout.splitlines()[-1])
            costs = [f"{1e3 * found[stage][0] / items:.3g}" for stage in STAGES]
            memory = [f"{found[stage][1]:.0f}" for stage in ("build", "read")]
            print("| " + " | ".join([f"{items:,}", *costs, *memory]) + " |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stage"]:
        run(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main([int(word) for word in sys.argv[1:]] or [100, 1000, 10000])
