"""Throughput of data set generation, stage by stage and end to end.

Usage: python benchmarks/dataset/throughput.py [STRUCTURES [RECIPE ...]]

Stages are CPU seconds of one process on one thread after a first structure has compiled and warmed
everything; end to end is the wall time of two workers. Prints a markdown table with the projection
to the recipe's full number of images.
"""

import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

from hrtem_sim.dataset import build_dataset, plan_structure, read_dataset_recipe
from hrtem_sim.dataset.simulate import build_structure
from hrtem_sim.imaging import form_images
from hrtem_sim.mask import phase_mask
from hrtem_sim.wave import compute_exit_waves

WORKERS = 2
COLUMNS = (
    "recipe",
    "structure / s",
    "waves of a phonon / s",
    "image / s",
    "wall per structure, 2 workers / s",
    "images/s",
    "kB per image",
    "peak MB per process",
    "full recipe / h",
)


def stages(recipe, structures: int) -> dict[str, float]:
    """Mean CPU seconds per structure of each stage."""
    seconds = dict.fromkeys(("structure", "waves", "mask", "images"), 0.0)

    def timed(stage, function):
        start = time.process_time()
        result = function()
        seconds[stage] += time.process_time() - start
        return result

    for index in range(structures + 1):
        if index == 1:
            seconds = dict.fromkeys(seconds, 0.0)
        plan = plan_structure(recipe, index)
        built = timed("structure", lambda: build_structure(plan))  # noqa: B023
        parts = [built.specimen.objects, built.particles]
        settings = replace(recipe.wave, particles=built.particles)
        wave, alone = timed(
            "waves",
            lambda: compute_exit_waves(built.specimen, parts, settings, rng=1),  # noqa: B023
        )
        timed("mask", lambda: phase_mask(alone, recipe.detector.pixel_size))  # noqa: B023
        noise = range(len(plan.images))
        timed(
            "images",
            lambda: list(form_images(wave, plan.images, recipe.detector, noise)),  # noqa: B023
        )
    return {stage: value / structures for stage, value in seconds.items()}


def main(structures: int, paths: list[Path]) -> None:
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for path in paths:
        full = read_dataset_recipe(path)
        cost = stages(full, max(2, structures // 4))
        shards = replace(full.storage, structures_per_shard=max(1, structures // 4))
        small = replace(full, structures=structures, storage=shards)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            database = build_dataset(small, folder, workers=WORKERS, progress=False)
            wall = time.perf_counter() - start
            size = np.mean([p.stat().st_size for p in database.paths]) * len(database.paths)
        images = structures * full.images_per_structure
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        hours = wall / structures * full.structures / 3600
        print(
            f"| {full.name} | {cost['structure']:.2f} | "
            f"{cost['waves'] / max(1, full.wave.phonons):.2f} | "
            f"{cost['images'] / full.images_per_structure:.3f} | {wall / structures:.2f} | "
            f"{images / wall:.2f} | {size / images / 1e3:.0f} | {peak:.0f} | {hours:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    recipes = Path(__file__).parents[2] / "hrtem_sim" / "recipes"
    named = [Path(p) for p in sys.argv[2:]]
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 8,
        named or [recipes / "baseline.toml", recipes / "optimized_au.toml"],
    )
