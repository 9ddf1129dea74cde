"""Data sets pooled, handed to other people's loops, and read where there are no locks."""

import fcntl
import multiprocessing
import pickle
import shutil
from dataclasses import replace
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from hrtem_sim.database import open_database, open_databases
from hrtem_sim.dataset import build_dataset
from hrtem_sim.interchange import MapDataset
from seg_train import ModelRecipe, TrainingRecipe
from seg_train.cli import main
from seg_train.data import StoredMicrographs, as_source


@pytest.fixture(scope="module")
def second(tiny, tmp_path_factory):
    """Another data set of the same camera."""
    folder = tmp_path_factory.mktemp("second") / "second"
    return build_dataset(replace(tiny, seed=99), folder, progress=False)


@pytest.fixture(scope="module")
def pooled(tiny_database, second):
    return open_databases([tiny_database, second.folder])


def test_a_pool_hands_out_what_its_data_sets_do_in_any_order(tiny_database, second, pooled):
    n = len(tiny_database)
    assert len(pooled) == n + len(second)
    rows = [n + 1, 0, n - 1, n]
    for name in ("counts", "masks"):
        one, other = getattr(tiny_database, name), getattr(second, name)
        expected = [other([1])[0], one([0])[0], one([n - 1])[0], other([0])[0]]
        np.testing.assert_array_equal(getattr(pooled, name)(rows), expected)
    assert pooled.counts([]).shape == (0, *tiny_database.shape)
    assert pooled.identity not in (tiny_database.identity, second.identity)


def test_a_pool_is_selected_from_by_data_set_and_column(second, pooled):
    found = pooled.select(f"database == '{second.folder.name}' and dose > 0")
    assert len(found) == len(second)
    np.testing.assert_array_equal(pooled.counts(found.index), second.counts(found["database_row"]))
    assert len(pooled.select("dose > 0", n=2, rng=1)) == 2


def test_a_network_trains_on_a_pool(pooled):
    tiny_model = ModelRecipe(backbone="plain", stages=2, width=2)
    recipe = TrainingRecipe(seed=1, validation=0.3, model=tiny_model)
    source = as_source(pooled, recipe)
    assert isinstance(source, StoredMicrographs)
    examples = source.epoch(0)
    (first,) = examples.take(np.array([len(examples) - 1]))
    np.testing.assert_array_equal(first.image, pooled.counts([source.split.training[-1]])[0])
    structures = pooled.catalogue["structure"].to_numpy()
    assert not set(structures[source.split.training]) & set(structures[source.split.validation])


def test_the_command_line_trains_on_several_folders_as_one(
    pooled, tiny_database, second, tmp_path, monkeypatch
):
    given = []

    def fit(recipe, data, out, **options):
        given.append(data)
        return SimpleNamespace(identity="run", folder=out)

    monkeypatch.setattr("seg_train.fit", fit)
    (tmp_path / "recipe.toml").write_text("[training]\nseed = 1\n")
    folders = [str(tiny_database.folder), str(second.folder)]
    assert main(["fit", str(tmp_path / "recipe.toml"), *folders, "--out", "run"]) == 0
    assert given[0].identity == pooled.identity


def test_examples_by_number_are_the_rows(tiny_database):
    rows = [2, 0]
    examples = MapDataset(tiny_database, rows)
    assert len(examples) == 2
    for number, row in enumerate(rows):
        example = examples[number]
        assert example["row"] == row
        np.testing.assert_array_equal(example["image"][0], tiny_database.counts([row])[0])
        np.testing.assert_array_equal(example["mask"], tiny_database.masks([row])[0])
    np.testing.assert_array_equal(examples[-1]["image"], examples[1]["image"])
    assert [e["row"] for e in examples] == rows  # an IndexError ends it
    doubled = MapDataset(tiny_database, rows, transform=lambda example: 2 * example["image"])
    np.testing.assert_array_equal(doubled[0], 2 * examples[0]["image"])


_SHARED = _DATABASE = None


def _image(number):
    image = _SHARED[number]["image"]
    return number, image, _SHARED._own() is _DATABASE


def test_examples_are_the_same_in_forked_workers(pooled):
    global _SHARED, _DATABASE
    _SHARED, _DATABASE = MapDataset(pooled), pooled
    expected = [_SHARED[number]["image"] for number in range(len(_SHARED))]  # files are open
    with multiprocessing.get_context("fork").Pool(4) as pool:
        for number, image, shared in pool.imap_unordered(_image, 8 * list(range(len(_SHARED)))):
            np.testing.assert_array_equal(image, expected[number])
            assert not shared  # files that another process has opened


def test_examples_travel_to_spawned_workers(pooled):
    examples = MapDataset(pooled)
    expected = examples[1]["image"]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(examples))[1]["image"], expected)


@pytest.mark.parametrize("start", ["none", "fork", "spawn"])
def test_the_loader_of_pytorch_takes_them(pooled, start):
    """With workers forked and spawned, shuffled, over two epochs with the same workers."""
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader

    settings = {"num_workers": 0}
    if start != "none":
        settings = {"num_workers": 2, "multiprocessing_context": start, "persistent_workers": True}
    order = torch.Generator().manual_seed(1)
    examples = MapDataset(pooled)
    assert examples[0]["image"].any()  # files are open before the workers are
    loader = DataLoader(examples, batch_size=2, shuffle=True, generator=order, **settings)
    epochs = []
    for _ in range(2):
        rows = []
        for batch in loader:
            found = batch["row"].numpy()
            assert batch["image"].dtype == torch.float32 and batch["mask"].dtype == torch.int64
            np.testing.assert_array_equal(batch["image"][:, 0], pooled.counts(found))
            np.testing.assert_array_equal(batch["mask"], pooled.masks(found))
            rows += found.tolist()
        assert sorted(rows) == list(range(len(pooled)))
        epochs.append(rows)
    assert epochs[0] != epochs[1]


def test_shards_are_read_where_another_program_holds_a_lock(tiny_database, tmp_path):
    """As where the file system has no locks: HDF5 by itself refuses to open such a file."""
    folder = shutil.copytree(tiny_database.folder, tmp_path / "copy")
    path = folder / tiny_database.paths[0].name
    with open(path, "rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(OSError, match="lock"):
            h5py.File(path, "r")
        database = open_database(folder)
        np.testing.assert_array_equal(database.counts([0]), tiny_database.counts([0]))
        database.check()
