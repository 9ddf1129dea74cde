"""Builders: any specimen becomes a data set, from ten lines of a user's own."""

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from czone.molecule import Molecule
from czone.scene import Scene
from hrtem_sim.cli import main
from hrtem_sim.database import DatabaseError, open_database
from hrtem_sim.dataset import (
    build_dataset,
    check_dataset,
    plan_structure,
    read_dataset_recipe,
    regenerate,
)
from hrtem_sim.dataset.again import stored_plan, stored_recipe
from hrtem_sim.dataset.specimen_recipe import SpecimenRecipe
from hrtem_sim.interchange import to_coco
from hrtem_sim.provenance import identity, rng_for, to_table, to_toml
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import BuilderError, Built, Signature, as_builder
from tests.hrtem_sim.test_dataset import assert_same

PAGE = (Path(__file__).parents[2] / "docs" / "builders.md").read_text(encoding="utf-8")
USERS, RECIPE = (
    re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1] for language in ("python", "toml")
)
"""The file and the recipe of the page about builders, which so are known to run."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder outside the package with a user's file and recipe."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "my_structures.py").write_text(USERS)
    (folder / "mine.toml").write_text(RECIPE)
    return folder


@pytest.fixture(scope="module")
def database(folder):
    recipe = read_dataset_recipe(folder / "mine.toml")
    builder = folder / "my_structures.py"
    return build_dataset(recipe, folder / "set", builder=builder, progress=False)


def command(folder, out, *more):
    words = ["build", folder / "mine.toml", "--out", out, "--builder", folder / "my_structures.py"]
    return [*map(str, words), "--quiet", *more]


def test_ten_lines_of_a_user_become_a_data_set_with_three_classes(database):
    assert database.classes == ("background", "core", "shell")
    masks = database.masks(range(len(database)))
    assert set(np.unique(masks)) == {0, 1, 2}
    table = database.catalogue
    assert table["core"].between(4, 6).all() and (table["n_particles"] == 2).all()
    np.testing.assert_allclose(table["outer"], table["core"] + 3.0)
    for row, record in enumerate(table.itertuples()):
        for shown, radius in ((masks[row] == 1, record.core), (masks[row] > 0, record.outer)):
            found = np.sqrt(shown.sum() * 0.4**2 / np.pi)
            assert radius - 0.5 < found < radius + 2.0  # an atom's radius beyond its centres
        y, x = np.nonzero(masks[row])
        assert abs(y.mean() * 0.4 - 12.8) < 0.8 and abs(x.mean() * 0.4 - 12.8) < 0.8
    ids = database.labels([0])[0]
    np.testing.assert_array_equal(ids > 0, masks[0] > 0)
    assert set(np.unique(ids)) == {0, 1, 2}


def test_two_workers_give_the_bytes_of_one(folder, database, tmp_path):
    builder = as_builder(folder / "my_structures.py", "core_shell")
    travelled = pickle.loads(pickle.dumps(builder))
    assert travelled == builder and travelled.signature.parameters[0].name == "core"
    recipe = read_dataset_recipe(folder / "mine.toml").with_builder(builder)
    assert_same(database, build_dataset(recipe, tmp_path, workers=2, progress=False))


def test_a_killed_build_goes_on_and_ends_the_same(folder, database, tmp_path):
    line = [sys.executable, "-m", "hrtem_sim", *command(folder, tmp_path / "set", "--workers", "2")]
    process = subprocess.Popen(line, start_new_session=True)
    for _ in range(600):
        if list((tmp_path / "set").glob("shard-*.h5")) or process.poll() is not None:
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert main(command(folder, tmp_path / "set")) == 0
    assert_same(database, open_database(tmp_path / "set"))


def test_every_micrograph_can_be_made_again_from_its_plan_and_the_kept_file(database, tmp_path):
    check_dataset(database)
    kept = database.folder / "my_structures.py"
    assert kept.read_text() == USERS
    names = database.catalogue["micrograph"]
    for row in (0, 5):
        again = regenerate(database, names[row], builder=kept)
        np.testing.assert_array_equal(again.counts, database.counts([row])[0])
    with pytest.raises(ValueError, match=r"a recipe runs none by itself: .* --builder my_struct"):
        regenerate(database, names[0])
    changed = tmp_path / "my_structures.py"
    changed.write_text(USERS + "\n# another\n")
    with pytest.raises(ValueError, match="must have the source that the data set was begun with"):
        regenerate(database, names[0], builder=changed)


def test_a_changed_source_is_noticed_and_makes_another_data_set(folder, database, tmp_path):
    changed = tmp_path / "my_structures.py"
    changed.write_text(USERS.replace("6.0, streams", "5.0, streams"))
    recipe = read_dataset_recipe(folder / "mine.toml")
    with pytest.raises(
        DatabaseError, match=r"another version of the builder my_structures\.py:core"
    ):
        build_dataset(recipe, database.folder, builder=changed, progress=False)
    both = [recipe.with_builder(path) for path in (folder / "my_structures.py", changed)]
    plans = [plan_structure(one, 1) for one in both]
    assert plans[0].structure_id != plans[1].structure_id
    assert plans[0].specimen.numbers == plans[1].specimen.numbers
    assert identity(both[0], "recipe") == database.recipe_id != identity(both[1], "recipe")


def test_a_file_runs_only_where_its_user_names_it(folder, tmp_path, capsys):
    """Opening, showing, checking and exporting never run it, nor does building by recipe alone."""
    mark = tmp_path / "was-run"
    (tmp_path / "my_structures.py").write_text(f"open({str(mark)!r}, 'w')\n{USERS}")
    (tmp_path / "mine.toml").write_text(RECIPE.replace("structures = 4", "structures = 1"))
    out = str(tmp_path / "set")
    assert main(["build", str(tmp_path / "mine.toml"), "--out", out, "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "hrtem-sim build RECIPE --builder my_structures.py" in told and not mark.exists()
    assert not (tmp_path / "set").exists()
    assert main(command(tmp_path, out)) == 0
    assert mark.exists()
    mark.unlink()
    for words in (["show", out], ["check", out]):
        assert main(words) == 0
    for form in ("coco", "numpy"):
        assert main(["export", out, "--format", form, "--out", str(tmp_path / form)]) == 0
    assert stored_recipe(open_database(out)).specimen.builder == "my_structures.py:core_shell"
    assert not mark.exists()


def test_categories_of_coco_are_the_classes(database, tmp_path):
    content = json.loads(to_coco(database, [0], tmp_path / "coco").read_text())
    assert [one["name"] for one in content["categories"]] == ["core", "shell"]
    assert [one["category_id"] for one in content["annotations"]] == [1, 2]


def pair(distance: float, height: float = 5.0) -> Specimen:
    """Two atoms of gold, without streams, scene or film."""
    places = [[6.4, 6.4, height], [6.4 + distance, 6.4, height]]
    return Specimen(places, [79, 79], (25.6, 25.6, 10.0), [0, 1], ("left", "right"))


def of_function(tiny, function, **ranges):
    specimen = SpecimenRecipe(ranges=ranges)
    recipe = replace(tiny, particle=None, film=None, placement=None, specimen=specimen)
    mask = replace(tiny.mask, rule="outline")
    return replace(recipe, structures=2, mask=mask).with_builder(function)


def test_a_function_is_a_builder_and_travels(tiny, tmp_path):
    recipe = of_function(tiny, pair, distance={"uniform": [3.0, 9.0]})
    assert recipe.specimen.builder == "pair" and len(recipe.specimen.source) == 64
    assert stored_numbers(recipe, 0)["height"] == 5.0  # defaults are kept as well
    one = build_dataset(recipe, tmp_path / "one", progress=False)
    two = build_dataset(
        replace(recipe, storage=replace(recipe.storage, structures_per_shard=1)),
        tmp_path / "two",
        workers=2,
        progress=False,
    )
    np.testing.assert_array_equal(one.counts(range(6)), two.counts(range(6)))
    again = regenerate(one, one.catalogue["micrograph"][4], builder=pair)
    np.testing.assert_array_equal(again.counts, one.counts([4])[0])
    assert stored_plan(one, 4) == plan_structure(recipe, 1)


def stored_numbers(recipe, index):
    return plan_structure(recipe, index).specimen.numbers


def test_a_dask_cluster_runs_functions_that_live_nowhere_else(tiny, tmp_path):
    distributed = pytest.importorskip("distributed")

    def local(distance: float) -> Specimen:
        places = [[6.4, 6.4, 5.0], [6.4 + distance, 6.4, 5.0]]
        return Specimen(places, [79, 79], (25.6, 25.6, 10.0), [0, 1], ("left", "right"))

    recipe = of_function(tiny, local, distance={"uniform": [3.0, 9.0]})
    here = build_dataset(recipe, tmp_path / "here", progress=False)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = build_dataset(recipe, tmp_path / "there", client=client, progress=False)
    assert_same(here, there)


@dataclass(frozen=True)
class Spot:
    """An atom of its own."""

    x: float
    element: int = 79


def spots(spots: tuple[Spot, ...], shift: tuple[float, float], kind: str, twin: bool = False):
    """Do nothing: the parameters are the point."""


def rng(seed):
    return lambda *path: rng_for(seed, *path)


def test_parts_are_drawn_one_by_one_and_a_new_range_leaves_the_others():
    signature = Signature.of(spots, "spots")
    ranges = {
        "spots": {"count": {"integers": [2, 5]}, "x": {"uniform": [0, 9]}},
        "shift": [{"uniform": [0, 1]}, 2],
        "kind": {"choice": ["a", "b"]},
        "twin": {"choice": [True, False]},
    }
    checked = signature.checked(ranges, "specimen")
    drawn = [signature.drawn(checked, rng(seed)) for seed in range(40)]
    assert {len(one["spots"]) for one in drawn} == {2, 3, 4, 5}
    assert {one["kind"] for one in drawn} == {"a", "b"}
    assert {one["twin"] for one in drawn} == {True, False}
    assert len({part["x"] for one in drawn for part in one["spots"]}) > 80
    assert all(one["shift"][1] == 2.0 and 0 <= one["shift"][0] < 1 for one in drawn)
    made = signature.arguments(drawn[0], "plan")
    assert isinstance(made["spots"][0], Spot) and made["spots"][0].element == 79
    # another range of one part changes nothing else, and more parts leave the first as they are
    wider = {**ranges, "kind": "a", "spots": {**ranges["spots"], "count": 9}}
    other = signature.drawn(signature.checked(wider, "specimen"), rng(3))
    assert other["shift"] == drawn[3]["shift"] and other["twin"] == drawn[3]["twin"]
    assert other["spots"][: len(drawn[3]["spots"])] == drawn[3]["spots"]
    listed = {**ranges, "spots": [{"x": 1}, {"x": {"uniform": [2, 3]}, "element": 47}]}
    two = signature.drawn(signature.checked(listed, "specimen"), rng(1))["spots"]
    assert two[0] == {"x": 1.0} and two[1]["element"] == 47 and 2 <= two[1]["x"] < 3


def test_recipes_with_parts_go_to_toml_and_back(tiny):
    import tomllib

    from hrtem_sim.dataset import DatasetRecipe
    from hrtem_sim.provenance import from_table

    given = {"spots": {"count": 2, "x": {"uniform": [0.0, 9.0]}}, "shift": [1, 2], "kind": "a"}
    recipe = of_function(tiny, spots, **given)
    text = to_toml({"dataset": to_table(recipe)})
    again = from_table(DatasetRecipe, tomllib.loads(text)["dataset"], "dataset")
    assert again == recipe and identity(again) == identity(recipe)


@dataclass(frozen=True)
class Row:
    """A builder that is a dataclass."""

    VERSION = "2"

    atoms: int
    spacing: float = 3.0

    def build(self, streams):
        places = np.arange(self.atoms)[:, None] * [self.spacing, 0, 0] + [5.0, 12.8, 5.0]
        scene = Scene([[0, 0, 0], [25.6, 25.6, 10]], [Molecule(["Au"] * self.atoms, places)])
        return scene  # not populated yet


def test_a_dataclass_is_a_builder_and_its_version_counts(tiny, monkeypatch):
    from hrtem_sim.dataset.simulate import build_structure

    recipe = of_function(tiny, Row, atoms=4)
    plan = plan_structure(recipe, 0)
    built = build_structure(plan, recipe.specimen.runner)
    assert len(built.specimen) == 4 and built.particles == ("object-0",)
    assert recipe.specimen.version == "2"
    monkeypatch.setattr(Row, "VERSION", "3")
    assert of_function(tiny, Row, atoms=4).specimen.version == "3"
    with pytest.raises(ValueError, match="must have the version that the data set was begun with"):
        replace(recipe, specimen=replace(recipe.specimen, run=None)).with_builder(Row)


def test_installed_packages_offer_builders_by_name(tiny, monkeypatch):
    from hrtem_sim.specimen.builders import found

    point = EntryPoint("rows", "tests.hrtem_sim.test_builders:Row", found.GROUP)
    monkeypatch.setattr(found, "entry_points", lambda group: [point])
    builder = as_builder("rows")
    assert (builder.name, builder.version, builder.source) == ("rows", "2", "")
    assert str(builder.signature) == "rows(atoms: int, spacing: float = ...)"


def fails_far_apart(distance: float, streams) -> Specimen:
    """A builder with a fault that shows for some numbers only."""
    if distance > 6.0:
        raise ZeroDivisionError("too far")
    return pair(distance)


def test_a_failing_builder_names_structure_numbers_and_line(tiny, tmp_path):
    recipe = of_function(tiny, fails_far_apart, distance={"uniform": [3.0, 9.0]})
    recipe = replace(recipe, structures=6, storage=replace(recipe.storage, structures_per_shard=6))
    bad = [i for i in range(6) if stored_numbers(recipe, i)["distance"] > 6.0]
    assert 0 < len(bad) < 6
    with pytest.raises(BuilderError) as caught:
        build_dataset(recipe, tmp_path / "stop", progress=False)
    told = str(caught.value)
    assert f"structure {bad[0]}: the builder fails_far_apart with distance=" in told
    assert 'raise ZeroDivisionError("too far")' in told and "test_builders.py line" in told
    with pytest.warns(UserWarning, match=f"{len(bad)} of 6 structures were left out because their"):
        database = build_dataset(recipe, tmp_path / "skip", on_error="skip", progress=False)
    assert sorted(database.skipped) == bad and database.missing == 0
    assert set(database.catalogue["structure_index"]) == set(range(6)) - set(bad)
    check_dataset(database)


def another_cell(width: float) -> Specimen:
    """A builder that does not keep to one field of view."""
    return Specimen([[6.4, 6.4, 5.0]], [79], (width, 25.6, 10.0), objects=("atom",))


def test_all_structures_must_have_the_pixels_of_the_camera_and_one_cell(tiny, tmp_path):
    with pytest.raises(ValueError, match=r"Nearest that work: the builder's cell = \[25\.6"):
        build_dataset(of_function(tiny, another_cell, width=25.5), tmp_path / "a", progress=False)
    recipe = of_function(tiny, another_cell, width={"choice": [25.6, 51.2]})
    cells = [stored_numbers(replace(recipe, structures=9), i)["width"] for i in range(9)]
    other = cells.index(next(width for width in cells if width != cells[0]))
    recipe = replace(recipe, structures=other + 1)
    with pytest.raises(BuilderError, match=f"structure {other}: .* all structures one cell"):
        build_dataset(recipe, tmp_path / "b", progress=False)
    same = build_dataset(replace(recipe, structures=other), tmp_path / "c", progress=False)
    assert same.shape == (64, round(cells[0] / 0.4))


def test_every_object_that_is_no_support_is_a_particle():
    names = ("film", "gold-0", "support", "substrate-2", "contamination", "shell")
    atoms = Specimen([[k, 1, 1] for k in range(0, 18, 3)], [79] * 6, (18, 4, 4), range(6), names)
    assert Built(atoms).particles == ("gold-0", "shell")
    assert Built(atoms, particles=("film",)).particles == ("film",)


def test_particles_on_film_go_by_their_name_too(tiny_file, tmp_path):
    text = tiny_file.read_text()
    for name in ("particle", "film", "placement"):
        text = text.replace(f"[dataset.{name}]", f"[dataset.specimen.{name}]")
    text = text.replace(
        "[dataset.specimen.particle]",
        '[dataset.specimen]\nbuilder = "particles_on_film"\n\n[dataset.specimen.particle]',
    )
    (tmp_path / "named.toml").write_text(text)
    named = read_dataset_recipe(tmp_path / "named.toml")
    assert named == read_dataset_recipe(tiny_file)
    (tmp_path / "wrong.toml").write_text(text.replace("specimen.film]", "specimen.films]"))
    with pytest.raises(ValueError, match=r"dataset\.specimen\.films is not one of the tables"):
        read_dataset_recipe(tmp_path / "wrong.toml")


CELLS = [
    """
from hrtem_sim.dataset import build_dataset, read_dataset_recipe, regenerate
from hrtem_sim.specimen import Specimen

def pair(distance: float, height: float = 5.0) -> Specimen:
    places = [[6.4, 6.4, height], [6.4 + distance, 6.4, height]]
    return Specimen(places, [79, 79], (25.6, 25.6, 10.0), [0, 1], ("left", "right"))
""",
    """
database = build_dataset(
    read_dataset_recipe("pairs.toml"), "pairs", builder=pair, workers=2, progress=False
)
again = regenerate(database, database.catalogue["micrograph"][1], builder=pair)
assert len(database) == 4 and (again.counts == database.counts([1])[0]).all()
""",
]


def test_a_function_of_a_notebook_runs_on_two_workers(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    text = RECIPE.replace('builder = "my_structures.py:core_shell"\n', "")
    text = text.replace("core = { uniform = [4.0, 6.0] }\nshell", "distance")
    text = text.replace('classes = { core = "core*", shell = "shell*" }\n', "")
    text = text.replace("structures = 4", "structures = 2")
    (tmp_path / "pairs.toml").write_text(text)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
