"""Advice of `hrtem_sim` on recipes, data sets, builders and files is followed."""

import pickle
import re
import sys
import warnings
from dataclasses import replace
from re import escape

import numpy as np
import pytest

from hrtem_sim.database import DatabaseError, IncompleteDataset, open_database, open_databases
from hrtem_sim.dataset import (
    ConditionStream,
    DatasetRecipe,
    build_dataset,
    check_dataset,
    read_dataset_recipe,
)
from hrtem_sim.interchange import classes_of, export, read_micrograph, stored_instances
from hrtem_sim.provenance import Distribution, RecipeError, from_table, to_table, to_toml
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Signature, as_builder
from tests.journeys.typed import blocks


def advised(words: str, error: type[Exception] = Refusal):
    """Expect an error that gives this advice."""
    return pytest.raises(error, match=escape(words))


def built(recipe, folder, **more):
    return build_dataset(recipe, folder, progress=False, **more)


@pytest.fixture
def one(tiny):
    """A recipe of one structure and one micrograph."""
    return replace(tiny, structures=1, images_per_structure=1)


@pytest.mark.follows("build it again to go on")
def test_a_data_set_that_is_built_again_is_whole(one, tmp_path):
    recipe = replace(one, structures=2, storage=replace(one.storage, structures_per_shard=1))
    built(recipe, tmp_path / "set", share=(0, 2))
    with pytest.warns(IncompleteDataset, match="build it again to go on"):
        part = open_database(tmp_path / "set")
    with advised("build it again to go on", DatabaseError):
        check_dataset(part)
    whole = built(recipe, tmp_path / "set")
    check_dataset(whole)
    assert whole.missing == 0


@pytest.mark.follows(
    '"expected" in its recipe and build into a new folder', "storage.waves = true",
    "build into a new folder, or make instances from its plans", "choose an empty folder",
)  # fmt: skip
def test_what_a_data_set_is_to_keep_is_built_into_a_new_folder(one, tmp_path):
    plain = replace(one, storage=replace(one.storage, waves=False))
    database = built(plain, tmp_path / "plain")
    with advised('set storage.images = "expected" in its recipe', DatabaseError):
        database.expected([0])
    with advised("set storage.labels in its recipe", DatabaseError):
        database.labels([0])
    with advised("set storage.waves = true in its recipe", DatabaseError):
        ConditionStream(database)
    ((_, _, made),) = stored_instances(database, [0])
    keeps = replace(plain.storage, images="expected", labels=("instances",), waves=True)
    with advised("choose an empty folder", DatabaseError):
        built(replace(plain, storage=keeps), tmp_path / "plain")
    fuller = built(replace(plain, storage=keeps), tmp_path / "new")
    assert fuller.expected([0]).shape == (1, *fuller.shape)
    np.testing.assert_array_equal(fuller.labels([0])[0], made.ids)
    assert len(ConditionStream(fuller).epoch(0)[0]) == 1


@pytest.mark.follows("(train on a list of data sets where they differ)")
def test_data_sets_that_differ_are_trained_on_as_a_list(one, tmp_path):
    from seg_train import ModelRecipe, TrainingRecipe
    from seg_train.data import as_source

    wide = replace(one, detector=replace(one.detector, pixel_size=0.8))
    both = [built(one, tmp_path / "a"), built(wide, tmp_path / "b")]
    with advised("(train on a list of data sets where they differ)"):
        open_databases([database.folder for database in both])
    training = TrainingRecipe(
        seed=1, patch=32, pixel_size=0.8, validation=0.0, model=ModelRecipe(backbone="plain")
    )
    assert as_source(both, training).epoch(0).sizes == [1, 1]


@pytest.mark.follows("gives them room")
def test_fewer_particles_or_a_larger_field_find_room(one, tmp_path):
    def constant(value):
        return Distribution("constant", (value,))

    def recipe(count, field):
        particle = replace(one.particle, count=constant(count), radius=constant(6.0))
        return replace(one, particle=particle, placement=replace(one.placement, field=field))

    with pytest.warns(UserWarning, match=r"a smaller count or gap or a larger placement\.field"):
        built(recipe(3.0, (25.6, 25.6)), tmp_path / "full")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        built(recipe(1.0, (25.6, 25.6)), tmp_path / "fewer")
        built(recipe(3.0, (76.8, 76.8)), tmp_path / "larger")


@pytest.mark.follows("write the whole path")
def test_the_whole_path_of_a_material_is_taken(one, tmp_path, monkeypatch):
    from ase.build import bulk

    (tmp_path / "beside").mkdir(), (tmp_path / "here").mkdir()
    bulk("Pd", cubic=True).write(tmp_path / "beside" / "mine.cif")
    bulk("Ni", cubic=True).write(tmp_path / "here" / "mine.cif")
    monkeypatch.chdir(tmp_path / "here")
    path = tmp_path / "beside" / "recipe.toml"
    text = to_toml({"dataset": to_table(one)})
    assert 'materials = ["Au"]' in text
    path.write_text(text.replace('materials = ["Au"]', 'materials = ["mine.cif"]'))
    with advised("write the whole path", RecipeError):
        read_dataset_recipe(path)
    whole = (tmp_path / "beside" / "mine.cif").as_posix()
    path.write_text(text.replace('materials = ["Au"]', f'materials = ["{whole}"]'))
    (material,) = read_dataset_recipe(path).particle.materials
    assert "Pd" in str(material)


@pytest.mark.follows(" (did you mean ...?)")
def test_the_name_that_was_meant_is_a_field_and_a_parameter(one):
    table = to_table(one)
    wrong = {**table, "film": {"thicknes": 20.0}}
    with pytest.raises(RecipeError, match=r"\(did you mean '(\w+)'\?\)") as caught:
        from_table(DatasetRecipe, wrong, "dataset")
    meant = re.search(r"did you mean '(\w+)'", str(caught.value))[1]
    from_table(DatasetRecipe, {**table, "film": {meant: 20.0}}, "dataset")

    def atom(height: float) -> Specimen:
        return Specimen([[5.0, 5.0, height]], [79], (10.0, 10.0, 9.0), objects=("atom",))

    signature = Signature.of(atom, "atom")
    with advised("is not a parameter of atom(height: float) (did you mean 'height'?)", RecipeError):
        signature.checked({"heigth": 1.0}, "dataset.specimen")
    assert signature.checked({"height": 1.0}, "dataset.specimen")


@pytest.fixture
def user(tmp_path):
    """The file and the recipe of docs/builders.md, of one structure."""
    (tmp_path / "my_structures.py").write_text(blocks("builders.md", "python")[0])
    recipe = blocks("builders.md", "toml")[0].replace("structures = 4", "structures = 1")
    (tmp_path / "mine.toml").write_text(recipe)
    return tmp_path


@pytest.mark.follows(
    "and a recipe runs none by itself: name it too",
    "so choose an empty folder, or give the builder",
    "so build into an empty folder, or give the earlier file",
)
def test_a_builder_that_is_named_runs_and_a_changed_one_elsewhere(user):
    from hrtem_sim.dataset import regenerate

    recipe = read_dataset_recipe(user / "mine.toml")
    with advised('build_dataset(recipe, folder, builder="my_structures.py")') as caught:
        built(recipe, user / "set")
    assert "hrtem-sim build RECIPE --builder my_structures.py" in str(caught.value)
    path = user / "my_structures.py"
    database = built(recipe, user / "set", builder=path)
    changed = user / "changed" / "my_structures.py"
    changed.parent.mkdir()
    changed.write_text(path.read_text() + "\n# another\n")
    name = database.catalogue["micrograph"][0]
    with advised("so choose an empty folder, or give the builder as it was", DatabaseError):
        built(recipe, user / "set", builder=changed)
    with advised("so build into an empty folder, or give the earlier file"):
        regenerate(database, name, builder=changed)
    again = regenerate(database, name, builder=path)
    np.testing.assert_array_equal(again.counts, database.counts([0])[0])
    assert len(built(recipe, user / "set", builder=path)) == 2
    assert len(built(recipe, user / "empty", builder=changed)) == 2


@pytest.mark.follows("write it into a file and give its path")
def test_a_function_without_source_is_a_builder_in_a_file(tmp_path):
    text = (
        "from hrtem_sim.specimen import Specimen\n\n\n"
        "def atom(height: float):\n"
        '    return Specimen([[5.0, 5.0, height]], [79], (10.0, 10.0, 9.0), objects=("atom",))\n'
    )
    names: dict = {}
    exec(text, names)
    with advised("write it into a file and give its path"):
        as_builder(names["atom"])
    (tmp_path / "mine.py").write_text(text)
    assert as_builder(tmp_path / "mine.py", "atom").name.endswith("atom")


@pytest.mark.follows('give it by its file, builder="my_structures.py:name", or install cloudpickle')
def test_a_function_that_cannot_travel_goes_by_its_file_or_cloudpickle(user, monkeypatch):
    def local(height: float) -> Specimen:
        return Specimen([[5.0, 5.0, height]], [79], (10.0, 10.0, 9.0), objects=("atom",))

    builder = as_builder(local)
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with advised('give it by its file, builder="my_structures.py:name", or install cloudpickle'):
        pickle.dumps(builder)
    pickle.loads(pickle.dumps(as_builder(f"{user}/my_structures.py:core_shell")))
    monkeypatch.undo()
    pytest.importorskip("cloudpickle")
    assert pickle.loads(pickle.dumps(builder)).name == builder.name


@pytest.mark.follows("build into a new folder with it")
def test_instances_of_a_builder_are_kept_by_a_new_build(user):
    path, text = user / "my_structures.py", (user / "mine.toml").read_text()
    (user / "mine.toml").write_text(text.replace('labels = ["instances"]\n', ""))
    database = built(read_dataset_recipe(user / "mine.toml"), user / "set", builder=path)
    with advised("build into a new folder with it"):
        list(stored_instances(database, [0]))
    (user / "mine.toml").write_text(text)
    database = built(read_dataset_recipe(user / "mine.toml"), user / "new", builder=path)
    assert len(list(stored_instances(database, [0]))) == 1


@pytest.mark.follows('labels = "instances" if these are ids', "threshold = 0.5 if pixels above")
def test_a_mask_that_is_said_to_be_what_it_is_is_read():
    ids, soft = np.array([[0, 300], [600, 900]]), np.array([[0.1, 0.8]])
    shades = np.linspace(0, 255, 94).astype(np.uint8).reshape(2, 47)
    with advised('labels = "instances" if these are ids of particles'):
        classes_of(ids, name="mask")
    assert classes_of(ids, labels="instances", name="mask").tolist() == [[0, 1], [1, 1]]
    with advised('labels = "classes" if they are classes (to 255), threshold = 127'):
        classes_of(shades, name="mask")
    np.testing.assert_array_equal(classes_of(shades, labels="classes", name="mask"), shades)
    np.testing.assert_array_equal(classes_of(shades, threshold=127, name="mask"), shades > 127)
    with advised("threshold = 0.5 if pixels above that are particle"):
        classes_of(soft, name="mask")
    assert classes_of(soft, threshold=0.5, name="mask").tolist() == [[0, 1]]


@pytest.mark.follows("keep one of its channels", "is in colour: save it as gray")
def test_one_channel_of_a_picture_in_colour_is_read(tmp_path):
    from PIL import Image

    picture = np.zeros((8, 8, 3), np.uint8)
    picture[2:5, 2:5, 0] = 255
    with advised("keep one of its channels"):
        classes_of(picture, name="mask")
    assert classes_of(picture[..., 0], name="mask").sum() == 9
    Image.fromarray(picture).save(tmp_path / "a.png")
    with advised("is in colour: save it as gray"):
        read_micrograph(tmp_path / "a.png", pixel_size=0.4)
    Image.fromarray(picture).convert("L").save(tmp_path / "a.png")
    assert read_micrograph(tmp_path / "a.png", pixel_size=0.4).image.shape == (8, 8)


@pytest.mark.follows("choose another folder")
def test_another_folder_takes_the_export(tiny_database, tmp_path):
    export(tiny_database, [0], tmp_path / "tiff", format="tiff")
    (tmp_path / "tiff" / "export.json").write_text("{}")
    with advised("choose another folder"):
        export(tiny_database, [0], tmp_path / "tiff", format="tiff")
    export(tiny_database, [0], tmp_path / "other", format="tiff")
    assert len(list((tmp_path / "other").glob("*.tif"))) == 2


@pytest.mark.follows("give one of them another seed, or take the larger alone")
def test_data_sets_of_other_seeds_are_pooled(tiny, tiny_database, tmp_path):
    half = build_dataset(tiny.scaled(0.5), tmp_path / "half", progress=False)
    with pytest.raises(Refusal, match="give one of them another seed, or take the larger alone"):
        open_databases([tiny_database, half])
    small = replace(tiny.scaled(0.5), seed=tiny.seed + 1)
    other = build_dataset(small, tmp_path / "other", progress=False)
    assert len(open_databases([tiny_database, other])) == len(tiny_database) + len(other)


@pytest.mark.follows("give np.flatnonzero(rows)")
def test_rows_of_a_mask_are_taken_by_their_numbers(tiny_database):
    rows = np.arange(len(tiny_database)) % 5 == 2
    with pytest.raises(Refusal, match=escape("give np.flatnonzero(rows)")):
        tiny_database.counts(rows)
    assert (tiny_database.counts(np.flatnonzero(rows))[1] == tiny_database.counts([7])[0]).all()
