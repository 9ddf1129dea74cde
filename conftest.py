"""Examples in docstrings run in a folder of their own, with a small data set `data` in it."""

import pytest

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


@pytest.fixture(autouse=True)
def in_the_example_folder(request, monkeypatch):
    """Take an example of a package that works on files to the folder."""
    is_example = isinstance(request.node, pytest.DoctestItem)
    if is_example and not request.node.name.startswith("czone"):
        monkeypatch.chdir(request.getfixturevalue("example_folder"))
