"""Memory of a worker does not depend on how much it has made."""

import tracemalloc
from dataclasses import replace

import pytest

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.dataset.build import ShardTask, build_shard
from hrtem_sim.provenance import from_table

IMAGES = 10
SMALL = {
    "name": "memory",
    "seed": 3,
    "structures": 1,
    "images_per_structure": IMAGES,
    "particle": {"radius": {"uniform": [4.0, 5.0]}},
    "film": {"thickness": {"uniform": [2.0, 4.0]}},
    "placement": {"field": [12.8, 12.8]},
    "wave": {"pixel_size": 0.2, "slice_thickness": 4.0},
    "imaging": {"dose": 400.0, "defocus": {"uniform": [-100.0, 100.0]}, "focal_spread": 10.0},
    "detector": {"pixel_size": 0.2},
    "storage": {"structures_per_shard": 2, "waves": True},
}


@pytest.fixture(scope="module")
def recipe():
    return replace(from_table(DatasetRecipe, SMALL), structures=30)


def peak(recipe, folder, shards):
    """Most bytes in use while a worker makes some shards, above those in use before."""
    tracemalloc.start()
    for index in shards:
        build_shard(ShardTask(recipe, index, folder))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_two_hundred_micrographs_take_the_memory_of_twenty(recipe, tmp_path):
    peak(recipe, tmp_path, range(0, 2))  # loads, compiles, fills caches
    few = peak(recipe, tmp_path, range(2, 3))
    many = peak(recipe, tmp_path, range(3, 13))
    images = 200 * 64 * 64 * 2  # bytes, without waves and masks
    assert few > 0.1 * images
    assert many - few < 0.3 * images, (few, many)
