"""Whether images are ready before the network wants them: CPU seconds per image and per step.

    python benchmarks/seg_train/pipeline.py [--structures 4]

A small data set of the recipe `real_micrographs` is built with its waves; then the same images are
taken from the shards, cut and varied (what `fit` does with a database), formed anew from the waves
(`ConditionStream`), and trained on.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import tempfile
import time

from hrtem_sim.dataset import ConditionStream, build_dataset, read_dataset_recipe
from seg_train.data import Batches, StoredMicrographs
from seg_train.recipe import read_training_recipe


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--structures", type=int, default=4)
    options = parser.parse_args()
    recipe = read_dataset_recipe("real_micrographs")
    recipe = dataclasses.replace(
        recipe,
        structures=options.structures,
        storage=dataclasses.replace(recipe.storage, waves=True),
    )
    training = dataclasses.replace(read_training_recipe("real_micrographs"), validation=0)
    batch = training.batch_size
    with tempfile.TemporaryDirectory() as folder:
        database = build_dataset(recipe, folder)
        examples = Batches(StoredMicrographs(database, training), training)
        rounds = 10
        start = time.process_time()
        for epoch in range(rounds):
            images, masks = examples.batch(epoch, 0)
        patch = (time.process_time() - start) / (rounds * len(images))
        stream = ConditionStream(database)
        start = time.process_time()
        fresh = len(stream.epoch(0)[0])
        fresh = (time.process_time() - start) / fresh

    from seg_train.training.loop import compiled_model

    model = compiled_model(training)
    model.train_on_batch(images, masks)
    start = time.process_time()
    for _ in range(5):
        model.train_on_batch(images, masks)
    step = (time.process_time() - start) / 5
    print(f"training step, {batch} patches of {training.patch} pixels: {step:.2f} CPU s")
    print(f"patches from shards: {patch * batch:.3f} CPU s per step")
    print(f"fresh micrographs from waves: {fresh:.3f} CPU s each, {fresh * batch:.2f} per step")


if __name__ == "__main__":
    main()
