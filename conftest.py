"""Examples in docstrings run in a folder of their own, with a small data set `data` in it."""

import pytest

collect_ignore = [f"seg_train/viewer/{name}.py" for name in ("desk", "forms", "panel", "particles")]
"""Modules without examples that need napari, which not every machine has."""

EXAMPLE = """
[dataset]
name = "example"
seed = 11
structures = 2
images_per_structure = 2

[dataset.particle]
radius = 6.0

[dataset.film]
thickness = 6.0

[dataset.placement]
field = [25.6, 25.6]

[dataset.imaging]
dose = 1000.0
defocus = { normal = [0.0, 100.0] }

[dataset.detector]
pixel_size = 0.4

[dataset.storage]
waves = true
"""


@pytest.fixture(scope="session")
def example_folder(tmp_path_factory):
    """A folder with the recipe `tiny.toml` and its data set `data`."""
    from hrtem_sim.dataset import build_dataset, read_dataset_recipe

    folder = tmp_path_factory.mktemp("examples")
    (folder / "tiny.toml").write_text(EXAMPLE)
    build_dataset(read_dataset_recipe(folder / "tiny.toml"), folder / "data", progress=False)
    return folder


@pytest.fixture(scope="session")
def example_run(example_folder):
    """A network trained for one epoch on that data set, in the folder `run`."""
    from hrtem_sim.database import open_database
    from seg_train import ModelRecipe, TrainingRecipe, fit

    model = ModelRecipe(backbone="plain", stages=2, width=2)
    recipe = TrainingRecipe(seed=1, epochs=1, batch_size=2, validation=0.5, model=model)
    fit(recipe, open_database(example_folder / "data"), example_folder / "run", progress=False)


USING_A_RUN = ("load_run", "load_runs", "as_runs", "load_network", "load_networks", "initial_run")
"""Functions whose examples need the network."""


@pytest.fixture(autouse=True)
def in_the_example_folder(request, monkeypatch):
    """Take an example of a package that works on files to the folder."""
    if not isinstance(request.node, pytest.DoctestItem) or request.node.name.startswith("czone"):
        return
    monkeypatch.chdir(request.getfixturevalue("example_folder"))
    if request.node.name.endswith(USING_A_RUN):
        request.getfixturevalue("example_run")
