"""A small fake database, a tiny recipe and one trained run, shared by the tests."""

import dataclasses

import pytest

from seg_train import ModelRecipe, TrainingRecipe
from tests.discs import FakeDatabase


@pytest.fixture(scope="session")
def make_database():
    """The class, to build databases of any size."""
    return FakeDatabase


@pytest.fixture(scope="session")
def database():
    return FakeDatabase()


@pytest.fixture(scope="session")
def recipe():
    """A network of 5,409 weights and two steps per epoch."""
    model = ModelRecipe(backbone="plain", width=4, stages=2, norm_momentum=0.8)
    return TrainingRecipe(seed=1, batch_size=4, epochs=2, patch=64, model=model)


@pytest.fixture(scope="session")
def run(recipe, tmp_path_factory):
    """A run long enough to find discs."""
    from seg_train import fit

    longer = dataclasses.replace(recipe, epochs=12, learning_rate=0.02, decay=0.9)
    folder = tmp_path_factory.mktemp("run") / "run"
    return fit(longer, FakeDatabase(structures=16), folder, progress=False)


@pytest.fixture(scope="session")
def network(run):
    from seg_train import load_network

    return load_network(run)
