"""Journeys with networks: for one's own platinum, with a matched recipe, for a figure."""

import tomllib

import pandas as pd
import pytest

from hrtem_sim.database import open_database
from hrtem_sim.interchange import read_micrograph
from tests.journeys.typed import command

PLATINUM = """
[dataset]
name = "platinum"
seed = 5
structures = 4
images_per_structure = 1

[dataset.particle]
materials = ["Pt"]
radius = { uniform = [14.0, 18.0] }

[dataset.film]
thickness = 15.0

[dataset.placement]
field = [102.4, 102.4]

[dataset.wave]
pixel_size = 0.2
phonons = 1
rms = 0.07

[dataset.imaging]
dose = 800.0
defocus = 150.0
focal_spread = 15.0

[dataset.detector]
pixel_size = 0.4
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Micrographs of platinum as TIFFs with drawn masks, which stand for a user's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "platinum.toml").write_text(PLATINUM)
    command(folder, "hrtem-sim build platinum.toml --out data --quiet")
    command(folder, "hrtem-sim export data --format tiff --out tiff")
    (folder / "own").mkdir()
    masks = sorted((folder / "tiff").glob("*_mask.tif"))
    for number, mask in enumerate(masks):
        mask.rename(folder / "own" / f"pt{number}_mask.tif")
        image = mask.with_name(mask.name.replace("_mask", ""))
        image.rename(folder / "own" / f"pt{number}.tif")
    return folder


def changed(recipe: str, changes: dict[str, str]) -> str:
    """Return a printed recipe with what a user changes in it."""
    for old, new in changes.items():
        assert recipe.count(old) == 1, old
        recipe = recipe.replace(old, new)
    return recipe


@pytest.mark.slow
def test_a_network_for_ones_own_platinum_lists_its_particles(folder):
    """Drawn masks of some micrographs, two steps on from the network of the package."""
    recipe = command(folder, "hrtem-sim recipes training/fine_tune")
    short = {"patches = 64": "patches = 16", "epochs = 10": "epochs = 1"}
    short |= {"batch_size = 16": "batch_size = 8", "learning_rate = 2e-5": "learning_rate = 1e-5"}
    (folder / "tune.toml").write_text(changed(recipe, short))
    command(folder, "seg-train fit tune.toml own --out mine --quiet")
    command(folder, "seg-train predict mine own/pt?.tif --out found")
    particles = pd.read_csv(folder / "found" / "particles.csv")
    assert list(particles["image"]) == [f"pt{number}" for number in range(4)]
    # radii are from 14 to 18 angstrom; what is drawn reaches an atom's radius beyond the centres
    assert particles["diameter_nm"].between(2.6, 4.2).all()
    for number in range(4):
        drawn = read_micrograph(folder / "own" / f"pt{number}_mask.tif").image > 0
        found = read_micrograph(folder / "found" / f"pt{number}_mask.tif").image > 0
        assert 2 * (drawn & found).sum() / (drawn.sum() + found.sum()) > 0.7


MATCH = "seg-train match own/pt?.tif --material Pt --energy 300e3 --out mine.toml"

FEW = {
    "structures = 120": "structures = 1",
    "images_per_structure = 6": "images_per_structure = 2",
    "field = [128.0, 128.0]": "field = [76.8, 76.8]",
    "radius = { log_uniform = [8.0, 50.0] }": "radius = { uniform = [14.0, 18.0] }",
    "phonons = 2": "phonons = 1",
}
"""What a user changes in the matched recipe to see two micrographs of it."""


@pytest.mark.slow
def test_a_recipe_matched_to_ones_own_micrographs_builds_more_like_them(folder):
    command(folder, MATCH)
    assert (folder / "mine.csv").exists() and (folder / "mine.html").exists()
    recipe = tomllib.loads((folder / "mine.toml").read_text())["dataset"]
    truth = {"imaging.dose": 800.0, "imaging.defocus": 150.0, "film.thickness": 15.0}
    for path, value in truth.items():
        table, field = path.split(".")
        ((kind, limits),) = recipe[table][field].items()
        low, high = limits if field != "defocus" else limits[1]
        assert low < value < high < 3 * low, (path, kind)
    (folder / "few.toml").write_text(changed((folder / "mine.toml").read_text(), FEW))
    command(folder, "hrtem-sim build few.toml --out more --quiet")
    made = open_database(folder / "more").catalogue
    assert made["material"].eq("Pt").all() and made["dose"].between(400, 1600).all()


SMALL = {
    "structures = 256": "structures = 4",
    "images_per_structure = 12": "images_per_structure = 8",
    "[50.0, 100.0, 200.0, 400.0, 800.0]": "[50.0, 800.0]",
    "field = [102.4, 102.4]": "field = [51.2, 51.2]",
    "radius = { uniform = [10.0, 40.0] }": "radius = { uniform = [10.0, 15.0] }",
    "phonons = 8": "phonons = 1",
    "repeats = 5": "repeats = 1",
    "held_out = 0.2": "held_out = 0.5",
    "patch = 80": "patch = 64",
    "epochs = 15": "epochs = 1",
    "batch_size = 16": "batch_size = 2",
    'backbone = "resnet18"': 'backbone = "plain"\nwidth = 4',
    "stages = 3": "stages = 2",
}
"""What a user changes in the recipe of a figure to see it in a minute."""


@pytest.mark.slow
def test_a_figure_of_the_paper_is_printed_made_small_and_drawn(tmp_path):
    recipe = command(tmp_path, "hrtem-sim recipes studies/two_cores/dose")
    recipe = changed(recipe, SMALL)
    for dose in (100, 200, 400):
        condition = f'"{dose}"]\nselect = "dose == {dose}"\nn_images = 400\n\n'
        recipe = changed(recipe, {f"[study.conditions.{condition}": ""})
    (tmp_path / "dose.toml").write_text(recipe.replace("n_images = 400", "n_images = 4"))
    command(tmp_path, "hrtem-sim build dose.toml --out data --quiet")
    command(tmp_path, "seg-train study dose.toml data --out study --quiet")
    table = pd.read_csv(tmp_path / "study" / "table.csv")
    assert list(table["condition"]) == [50, 800]
    for dose in (50, 800):  # each network is scored on the same structures at every dose
        assert table[f"f1 held out {dose} mean"].between(0.0, 1.0).all()
    assert (tmp_path / "study" / "transfer.png").stat().st_size > 10_000  # the figure
