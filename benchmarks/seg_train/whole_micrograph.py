"""Time and memory of segmenting a whole micrograph, and how exactly its tiles join.

python benchmarks/seg_train/whole_micrograph.py [--size 4096] [--stages 5] [--overlap N]
python benchmarks/seg_train/whole_micrograph.py --run real_micrographs --pixel-size 0.4 --all-looks
"""

import argparse
import resource
import time

import numpy as np

from seg_train import ModelRecipe, Network, TrainingRecipe, load_networks, predict
from seg_train.model import model_for, receptive_radius


def measured(network, image, **how) -> None:
    """Predict, and print what it took."""
    start, begun = time.perf_counter(), time.process_time()
    predict(network, image, **how)
    seconds, busy = time.perf_counter() - start, time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(image)} x {len(image)}: {seconds:.0f} s, {busy:.0f} CPU seconds, "
        f"peak memory {peak:.2f} GB",
        flush=True,
    )


def main() -> None:
    """Compare tiles with the whole on a small image, then measure a large one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--window", type=int, default=1408)
    parser.add_argument("--stages", type=int, default=5)
    parser.add_argument("--overlap", type=int, help="default: the receptive field, exact")
    parser.add_argument("--run", help="folder or name in place of an untrained network")
    parser.add_argument("--pixel-size", type=float, help="of the micrograph, with --run")
    parser.add_argument("--all-looks", action="store_true", help="eight symmetries, three scales")
    options = parser.parse_args()
    image = np.random.default_rng(1).random((options.size, options.size), dtype=np.float32)
    if options.run is not None:
        looks = {"symmetries": True, "scales": (1, 1.12, 1.25)} if options.all_looks else {}
        networks = load_networks(options.run)
        measured(networks, image, pixel_size=options.pixel_size, window=options.window, **looks)
        return
    recipe = TrainingRecipe(seed=1, patch=512, model=ModelRecipe(stages=options.stages))
    network = Network(model_for(recipe), recipe, pixel_size=0.5)
    radius = receptive_radius(network.model)
    print(f"U-Net on ResNet18, {options.stages} stages: receptive radius {radius:.0f} pixels")
    measured(network, image, window=options.window, overlap=options.overlap)
    part = image[:1024, :1024]
    whole = predict(network, part, window=2048).probabilities
    tiled = predict(network, part, window=736, overlap=options.overlap).probabilities
    print(f"largest difference of tiles from the whole: {np.abs(whole - tiled).max():.1e}")


if __name__ == "__main__":
    main()
