"""What a dry run says of a data set, and what the data set then takes.

Usage: python benchmarks/dataset/dry_run.py RECIPE[:SCALE] ...

Both in CPU seconds of one process, so that other programs on the machine do not count. Prints a
markdown table.
"""

import os
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

from hrtem_sim.dataset import build_dataset, read_dataset_recipe, trial

COLUMNS = ("recipe", "structures", "sample", "known to", "dry run / s", "build / s", "ratio")


def main(names: list[str]) -> None:
    trial.time.perf_counter = time.process_time  # type: ignore[attr-defined]
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for name, _, scale in (given.partition(":") for given in names):
        recipe = read_dataset_recipe(name).scaled(float(scale or 1))
        cost = trial.estimate(recipe, patience=40.0)
        with tempfile.TemporaryDirectory() as folder:
            begin = time.process_time()
            build_dataset(recipe, folder, progress=False)
            seconds = time.process_time() - begin
        print(
            f"| {recipe.name} | {recipe.structures} | {len(cost.sample)} | {cost.known:.0%} | "
            f"{cost.seconds[1]:.0f} | {seconds:.0f} | {cost.seconds[1] / seconds:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:] or ["demo", "sheet_defects:0.06", "core_shell:0.04"])
