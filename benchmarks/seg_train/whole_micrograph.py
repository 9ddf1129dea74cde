"""Time and memory of segmenting a whole micrograph, and how exactly its tiles join.

python benchmarks/seg_train/whole_micrograph.py [--size 4096] [--stages 5] [--overlap N]
"""

import argparse
import resource
import time

import numpy as np

from seg_train import ModelRecipe, Network, TrainingRecipe, predict
from seg_train.model import model_for, receptive_radius


def main() -> None:
    """Compare tiles with the whole on a small image, then measure a large one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--window", type=int, default=1408)
    parser.add_argument("--stages", type=int, default=5)
    parser.add_argument("--overlap", type=int, help="default: the receptive field, exact")
    options = parser.parse_args()
    recipe = TrainingRecipe(seed=1, patch=512, model=ModelRecipe(stages=options.stages))
    network = Network(model_for(recipe), recipe, pixel_size=0.5)
    radius = receptive_radius(network.model)
    print(f"U-Net on ResNet18, {options.stages} stages: receptive radius {radius:.0f} pixels")
    image = np.random.default_rng(1).random((options.size, options.size), dtype=np.float32)

    start = time.perf_counter()
    predict(network, image, window=options.window, overlap=options.overlap)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{options.size} x {options.size}: {seconds:.0f} s, peak memory {peak:.2f} GB")

    part = image[:1024, :1024]
    whole = predict(network, part, window=2048).probabilities
    tiled = predict(network, part, window=736, overlap=options.overlap).probabilities
    print(f"largest difference of tiles from the whole: {np.abs(whole - tiled).max():.1e}")


if __name__ == "__main__":
    main()
