"""Files and folders that are torn, edited, foreign, missing or not to be written."""

import os
import shutil
import sys
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest

from czone.whole import write_whole
from hrtem_sim.database import DatabaseError, open_database, open_databases
from hrtem_sim.database.shard import _checksum
from hrtem_sim.dataset import build_dataset, check_dataset, read_dataset_recipe
from hrtem_sim.grid import Grid
from hrtem_sim.interchange import (
    MapDataset,
    export_numpy,
    export_tiff,
    export_zarr,
    read_h5_pair,
    read_micrograph,
    to_coco,
)
from hrtem_sim.provenance import RecipeError, read_recipe, rows_that_meet
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave
from seg_train.data import as_source
from seg_train.recipe import TrainingRecipe
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table
from tests.solids import symbol, write_cif

CATALOGUE = pd.DataFrame({"dose": [100.0, 300.0], "material": ["Au", "CdSe"]})


def met(condition: str):
    return rows_that_meet(condition, CATALOGUE)


# fmt: off
ROWS = (
    Row("write_whole", "No such file", "or directory", "nowhere/a.txt'", lambda: write_whole("nowhere/a.txt", "text"), FileNotFoundError),
    # Conditions on the rows of a catalogue
    Row("rows_that_meet", "column", "there is no", "'doze'", lambda: met("doze > 3")),
    Row("rows_that_meet", "numbers", "cannot be compared", "text", lambda: met("dose > 'high'")),
    Row("rows_that_meet, of a list", "numbers", "cannot be compared", "text", lambda: met("material in ['Au', 3]")),
    Row("rows_that_meet", "condition", "is not allowed", "'dose.max()'", lambda: met("dose.max() > 3")),
    Row("rows_that_meet", "it", "cannot be read", "invalid syntax", lambda: met("dose >")),
    Row("rows_that_meet", "condition", "at most 10000 characters", "10001", lambda: met("x" * 10_001)),
)
# fmt: on


@table(*ROWS)
def test_a_bad_condition_is_refused_in_words(row):
    refused(row)


@pytest.fixture
def stored(tiny_database, tmp_path):
    """A copy of the tiny data set, to be damaged."""
    return shutil.copytree(tiny_database.folder, tmp_path / "stored")


def test_a_folder_without_a_data_set_is_refused(tmp_path):
    with pytest.raises(DatabaseError, match="holds no data set"):
        open_database(tmp_path)


def test_a_folder_of_another_recipe_is_refused(stored, tiny):
    with pytest.raises(DatabaseError, match="belongs to another recipe"):
        build_dataset(replace(tiny, seed=12), stored, progress=False)


def test_an_edited_shard_is_refused(stored):
    with h5py.File(stored / "shard-00000.h5", "r+") as file:
        file["catalogue/dose"][0] = 1.0
    database = open_database(stored)
    with pytest.raises(DatabaseError, match=r"shard-00000\.h5 is damaged or edited"):
        database.check()


def test_a_torn_shard_is_refused(stored):
    path = stored / "shard-00000.h5"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DatabaseError, match="cannot be read as HDF5"):
        open_database(stored)


def test_ids_that_lie_are_refused(stored):
    with h5py.File(stored / "shard-00000.h5", "r+") as file:
        plan = file["structures/plan"].asstr()[0]
        file["structures/plan"][0] = plan.replace('"burial": 0.2', '"burial": 0.4')
        file.attrs["checksum"] = _checksum(file)
    database = open_database(stored)
    database.check()
    with pytest.raises(DatabaseError, match="is not what its plan makes"):
        check_dataset(database)


def test_folders_that_cannot_be_written_are_told(tiny, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(DatabaseError, match="cannot be written"):
        build_dataset(tiny, blocked / "set", progress=False)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder nobody can write")
def test_folders_of_a_read_only_file_system_are_told(tiny):
    with pytest.raises(DatabaseError, match="/proc/self/set cannot be written"):
        build_dataset(tiny, "/proc/self/set", progress=False)


def test_recipes_do_not_name_particles(tiny):
    # each structure names its own
    with pytest.raises(ValueError, match=r"wave\.particles must be left out"):
        replace(tiny, wave=replace(tiny.wave, particles=("particle-0",)))


def test_of_two_files_of_one_name_neither_is_guessed(tiny_file, tmp_path, monkeypatch):
    (tmp_path / "recipes").mkdir()
    for folder in (tmp_path, tmp_path / "recipes"):
        cell = (3.92,) * 3 + (90,) * 3
        write_cif(folder / "mine.cif", cell, ["Pt1 Pt 0 0 0 1"], symbol("Fm-3m"))
    text = tiny_file.read_text()
    text = text.replace("[dataset.particle]", '[dataset.particle]\nmaterials = ["mine.cif"]')
    (tmp_path / "recipes" / "mine.toml").write_text(text)
    (tmp_path / "mine.cif").write_text((tmp_path / "mine.cif").read_text().replace("3.92", "4.09"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError, match=r"materials must name one file; 'mine\.cif'"):
        read_dataset_recipe(tmp_path / "recipes" / "mine.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"a = = 1", "not valid TOML"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_unreadable_recipes_are_refused(content, message, tmp_path):
    path = tmp_path / "recipe.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        read_recipe(path)


@pytest.mark.parametrize("rows", [[], [12], [-1]])
def test_rows_outside_the_catalogue_are_refused(tiny_database, tmp_path, rows):
    with pytest.raises(ValueError, match="rows must be"):
        export_numpy(tiny_database, rows, tmp_path / "none")


def test_kinds_of_pictures_that_there_are_not_are_refused(tiny_database, tmp_path):
    with pytest.raises(ValueError, match="images must be"):
        to_coco(tiny_database, None, tmp_path, images="bmp")


@pytest.mark.parametrize(
    ("module", "call"),
    [
        ("zarr", lambda data, folder: export_zarr(data, [0], folder / "a.zarr")),
        ("tifffile", lambda data, folder: export_tiff(data, [0], folder / "a")),
        ("rsciio.digitalmicrograph", lambda data, folder: read_micrograph(folder / "a.dm3")),
        ("PIL", lambda data, folder: read_micrograph(folder / "a.png")),
    ],
)
def test_a_missing_library_is_named(tiny_database, tmp_path, monkeypatch, module, call):
    for name in ("a.dm3", "a.png"):
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"micrograph-foundry\[io\]"):
        call(tiny_database, tmp_path)


@pytest.mark.parametrize(
    ("module", "method"), [("abtem", "to_abtem"), ("hyperspy.api", "to_hyperspy")]
)
def test_a_missing_program_for_waves_is_named(monkeypatch, module, method):
    monkeypatch.setitem(sys.modules, module, None)
    wave = ExitWave(np.ones((1, 8, 8), np.complex64), Grid((8, 8), 0.2), 300e3)
    with pytest.raises(ImportError, match=f"pip install {module.split('.')[0]}"):
        getattr(wave, method)()


def test_printers_pixels_are_not_believed(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("rsciio")
    tifffile.imwrite(
        tmp_path / "a.tif", np.zeros((4, 4), np.uint8), resolution=(72, 72), resolutionunit="INCH"
    )
    with pytest.raises(ValueError, match="pixel_size must be given"):
        read_micrograph(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("masks", "message"),
    [({"m": 2}, "images must have shape"), ({"m": 3, "more": 3}, "must hold one dataset")],
)
def test_h5_pairs_must_fit_each_other(masks, message, tmp_path):
    for name, content in (("i", {"i": 3}), ("m", masks)):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            for key, n in content.items():
                file[key] = np.zeros((n, 8, 8), np.uint8)
    with pytest.raises(ValueError, match=message):
        next(read_h5_pair(tmp_path / "i.h5", tmp_path / "m.h5", pixel_size=0.2))


def test_data_sets_that_do_not_fit_are_not_pooled(tiny_database, tiny, tmp_path):
    other = replace(tiny, detector=replace(tiny.detector, pixel_size=2 * tiny.wave.pixel_size * 2))
    for databases, message in (
        ([], "databases must hold at least one data set; got none"),
        ([tiny_database, tiny_database.folder], "databases must be different data sets"),
    ):
        with pytest.raises(ValueError, match=message):
            open_databases(databases)
    with pytest.raises(ValueError, match=r"folders must be a list of folders; got 'data' alone"):
        open_databases("data")
    coarse = build_dataset(other, tmp_path / "coarse", progress=False)
    with pytest.raises(ValueError, match="databases must have images of one shape"):
        open_databases([tiny_database, coarse])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": []}, r"rows must be at least one of 0\.\.11"),
        ({"rows": [12]}, r"rows must be at least one of 0\.\.11"),
        ({"labels": "instances"}, "labels must be a list of names"),
        ({"labels": ["grains"]}, "keeps no labels 'grains'"),
    ],
)
def test_examples_that_there_are_not_are_refused(tiny_database, options, message):
    with pytest.raises(ValueError, match=message):
        MapDataset(tiny_database, **options)


def test_micrographs_that_two_data_sets_share_are_not_pooled(tiny, tiny_database, tmp_path):
    """Structures are the same whatever their number, so a smaller data set is part of a larger."""
    half = build_dataset(tiny.scaled(0.5), tmp_path, progress=False)
    with pytest.raises(Refusal, match=r"each micrograph once; got micrograph-.* another seed"):
        open_databases([tiny_database.folder, half.folder])


def test_a_job_of_an_array_joins_no_other_data_set(tiny, tiny_database, tmp_path):
    shutil.copy(tiny_database.paths[0], tmp_path)
    with pytest.raises(DatabaseError, match="belongs to another recipe"):
        build_dataset(replace(tiny, seed=12), tmp_path, share=(1, 2), progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["shard-00000.h5"]


def test_structures_that_one_data_set_trains_on_validate_no_other(tiny, tiny_database, tmp_path):
    half = build_dataset(tiny.scaled(0.5), tmp_path, progress=False)
    recipe = TrainingRecipe(seed=1, validation=0.5)
    with pytest.raises(Refusal, match="hold out the same structures of all that is pooled"):
        as_source([tiny_database, half], recipe)
    alone = as_source([tiny_database, tiny_database], recipe)  # each picture twice, and no leak
    assert len(alone.epoch(0)) == len(tiny_database)
