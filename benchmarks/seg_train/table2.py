"""The paper's Table 2, what everything costs, measured on this machine beside its numbers.

    python benchmarks/seg_train/table2.py [--structures 2]

CPU seconds of one process on one thread, so that a busy machine changes little; the paper's are
wall seconds of a workstation with 16 cores and a graphics card, Rangel DaCosta et al., npj Comput.
Mater. 10 (2024), doi 10.1038/s41524-024-01336-0. Structures are those of the recipe `thermal`, the
network is the paper's, 14.3 million weights on 512 x 512 pixels.
"""

import argparse
import time

import numpy as np

from benchmarks.dataset.throughput import stages  # sets one thread, so it comes first
from hrtem_sim.dataset import read_dataset_recipe
from seg_train import read_training_recipe
from seg_train.backend import tf
from seg_train.training.loop import compiled_model

EDGE, BATCH, IMAGES = 512, 2, 512
PAPER = {
    "a structure": "15.2 s, 4 s on 128 cores (a pair)",
    "a frozen phonon": "1.125 s, 0.294 s on 128 cores",
    "an image": "1.4 s on a GPU, 0.108 s on 128 cores",
    "training, 512 images of 512 x 512, an epoch": "15 s on a GPU",
    "training, a step of 16 of these": "",
    "inference, 512 x 512 pixels": "0.014 s on a GPU",
}


def simulation(structures: int) -> dict[str, float]:
    """Return the CPU seconds of what a data set is made of."""
    recipe = read_dataset_recipe("thermal")
    cost = stages(recipe, structures)
    return {
        "a structure": cost["structure"],
        "a frozen phonon": cost["waves"] / recipe.wave.phonons,
        "an image": cost["images"] / recipe.images_per_structure,
    }


def network() -> dict[str, float]:
    """Return the CPU seconds of training and of inference, after one step that traces."""
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    model = compiled_model(read_training_recipe("training/paper"))
    rng = np.random.default_rng(1)
    images = rng.random((BATCH, EDGE, EDGE, 1), dtype=np.float32)
    masks = (rng.random((BATCH, EDGE, EDGE, 1)) > 0.5).astype(np.uint8)
    step = _busy(lambda: model.train_on_batch(images, masks)) / BATCH
    look = _busy(lambda: model.predict_on_batch(images[:1]))
    return {
        "training, 512 images of 512 x 512, an epoch": IMAGES * step,
        "training, a step of 16 of these": 16 * step,
        "inference, 512 x 512 pixels": look,
    }


def _busy(call) -> float:
    """Return the CPU seconds of a call, the least of two after a first one."""
    call()
    found = []
    for _ in range(2):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--structures", type=int, default=2)
    found = simulation(parser.parse_args().structures) | network()
    print("| | here, CPU seconds of one core | the paper |\n|---|---|---|")
    for name, seconds in found.items():
        print(f"| {name} | {seconds:.3g} | {PAPER[name]} |", flush=True)


if __name__ == "__main__":
    main()
