"""What training costs per step beside plain `model.fit` on arrays in memory.

    python benchmarks/seg_train/step_time.py [--patch 128] [--rounds 3]

Both train the paper's network (U-Net on ResNet18) with the same loss and optimiser. Ours also cuts,
turns and normalises the images anew, repeats itself bit for bit, and saves its state after every
epoch. Each measurement is a process of its own, the two kinds in turn, so that whatever else the
machine does meets both.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

BATCH, STEPS, EPOCHS = 16, 8, 3


class Noise:
    """A database of noise: the content of images does not change the cost of a step."""

    def __init__(self, patch: int) -> None:
        n, edge = BATCH * STEPS, patch + patch // 2
        rng = np.random.default_rng(1)
        self.pixel_size, self.shape, self.identity = 0.5, (edge, edge), "noise"
        self.catalogue = pd.DataFrame({"structure": [str(i) for i in range(n)]})
        self._counts = rng.poisson(20, (n, edge, edge)).astype(np.uint16)
        self._masks = (rng.random((n, edge, edge)) > 0.5).astype(np.uint8)

    def counts(self, rows):
        return self._counts[rows]

    def masks(self, rows):
        return self._masks[rows]


def plain(patch: int) -> dict[str, float]:
    """Time `model.fit` on arrays, in TensorFlow's default mode."""
    from seg_train import TrainingRecipe
    from seg_train.training.loop import compiled_model

    model = compiled_model(TrainingRecipe(seed=1))
    rng = np.random.default_rng(1)
    n = BATCH * STEPS
    images = rng.random((n, patch, patch, 1), dtype=np.float32)
    masks = (rng.random((n, patch, patch, 1)) > 0.5).astype(np.uint8)
    model.fit(images, masks, batch_size=BATCH, verbose=0)
    start = time.perf_counter()
    model.fit(images, masks, batch_size=BATCH, epochs=EPOCHS - 1, verbose=0)
    return {"step": (time.perf_counter() - start) / (STEPS * (EPOCHS - 1))}


def ours(patch: int) -> dict[str, float]:
    """Time `seg_train.fit`; the seconds of its history leave out saving the state."""
    from seg_train import TrainingRecipe, fit
    from seg_train.data import Batches, StoredMicrographs

    recipe = TrainingRecipe(seed=1, patch=patch, batch_size=BATCH, epochs=EPOCHS, validation=0)
    database = Noise(patch)
    examples = Batches(StoredMicrographs(database, recipe), recipe)
    start = time.perf_counter()
    for step in range(STEPS):
        examples.batch(0, step)
    prepared = BATCH * STEPS / (time.perf_counter() - start)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = fit(recipe, database, folder, progress=False)
        whole = time.perf_counter() - start
    steps = run.history["seconds"].iloc[1:].sum() / (STEPS * (EPOCHS - 1))
    rest = whole - run.history["seconds"].sum()
    return {"step": steps, "prepared images/s": prepared, "start and saving": rest}


def main() -> None:
    """Measure both kinds in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=("plain", "ours"), help="measure one, print JSON")
    options = parser.parse_args()
    if options.kind:
        print(json.dumps({"plain": plain, "ours": ours}[options.kind](options.patch)))
        return
    found: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
    for _ in range(options.rounds):
        for kind, results in found.items():
            command = [sys.executable, __file__, "--patch", str(options.patch), "--kind", kind]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            results.append(json.loads(done.stdout.splitlines()[-1]))
    medians = {
        kind: {key: statistics.median(result[key] for result in results) for key in results[0]}
        for kind, results in found.items()
    }
    for kind, results in found.items():
        steps = ", ".join(f"{result['step']:.3f}" for result in results)
        print(f"{kind}: {medians[kind]['step']:.3f} s per step (of {steps})")
    ratio = medians["ours"]["step"] / medians["plain"]["step"]
    need = BATCH / medians["ours"]["step"]
    print(f"ours / plain: {ratio:.3f}")
    print(
        f"the step takes {need:.0f} images/s, one thread prepares "
        f"{medians['ours']['prepared images/s']:.0f} images/s"
    )


if __name__ == "__main__":
    main()
