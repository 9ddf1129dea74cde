"""What users hand over gives the right answer whatever its type, or none at all."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hrtem_sim import Implausible
from hrtem_sim.database import DatabaseError, open_database
from hrtem_sim.dataset import build_dataset
from hrtem_sim.pictures import write_tiff
from seg_train import (
    AugmentationRecipe,
    LabelledMicrograph,
    ModelRecipe,
    TrainingRecipe,
    evaluate,
    fit,
    load_folder,
    predict,
    summarise,
)
from seg_train.data import LabelledSource
from seg_train.model import Network, build_model
from seg_train.segmenting import segment_files

RNG = np.random.default_rng(1)
IMAGE = RNG.poisson(50, (64, 80)).astype(np.float32)
MASK = (np.hypot(*np.ogrid[-32:32, -40:40]) < 15).astype(np.uint8)


@pytest.fixture(scope="module")
def tiny_network():
    of = ModelRecipe(backbone="plain", stages=2, width=2)
    return Network(build_model(of, seed=1), TrainingRecipe(seed=1, model=of), 0.5)


@pytest.mark.parametrize("dtype", ["i1", ">u2", "<u4", "f2", ">f8", "O", "i8"])
def test_the_type_of_an_image_changes_nothing(tiny_network, dtype):
    image = IMAGE - 60 if dtype == "i1" else IMAGE  # an offset changes nothing either
    found = predict(tiny_network, image.astype(dtype)).probabilities
    np.testing.assert_allclose(found, predict(tiny_network, IMAGE).probabilities, atol=1e-6)


def test_a_masked_array_that_hides_nothing_is_an_image(tiny_network):
    shown = np.ma.masked_array(IMAGE, np.zeros(IMAGE.shape, bool))
    found = predict(tiny_network, shown).probabilities
    np.testing.assert_array_equal(found, predict(tiny_network, IMAGE).probabilities)


def test_true_of_numpy_is_true(tiny_network):
    found = predict(tiny_network, IMAGE, symmetries=np.True_).probabilities
    np.testing.assert_array_equal(
        found, predict(tiny_network, IMAGE, symmetries=True).probabilities
    )


def test_scales_may_be_an_array(tiny_network):
    found = predict(tiny_network, IMAGE, scales=np.array([1.0, 1.25])).probabilities
    np.testing.assert_array_equal(
        found, predict(tiny_network, IMAGE, scales=(1.0, 1.25)).probabilities
    )


@pytest.mark.parametrize(
    ("names", "scored"),
    [
        (("background", "core", "shell"), ["f1_core", "f1_shell"]),
        (("background", "particle"), []),  # whose particle is neither core nor shell
        ((), ["f1_1", "f1_2"]),
    ],
)
def test_classes_are_scored_where_mask_and_network_have_the_same(names, scored):
    of = ModelRecipe(backbone="plain", stages=2, width=2, classes=3)
    network = Network(build_model(of, seed=1), TrainingRecipe(seed=1, model=of), 0.5)
    sample = LabelledMicrograph(IMAGE, MASK, 0.5, "gold", "one", names)
    columns = evaluate(network, [sample]).table.columns
    assert [name for name in columns if name.startswith("f1_")] == scored


def micrographs(number: int) -> list[LabelledMicrograph]:
    images = RNG.poisson(50, (number, 64, 64))
    return [
        LabelledMicrograph(image, MASK[:, :64], 0.5, "gold", str(k))
        for k, image in enumerate(images)
    ]


def sides(source) -> tuple[set[bytes], set[bytes]]:
    """Images that train, and images that validate."""
    parts = source.epoch(0), source.validation()
    train, validate = ({e.image.tobytes() for e in p.take(np.arange(len(p)))} for p in parts)
    return train, validate


@pytest.mark.parametrize("seed", range(6))
def test_copies_of_an_image_train_or_validate_and_never_both(seed):
    first = micrographs(4)
    copies = [replace(one, name=f"{one.name}-copy") for one in first]
    train, validate = sides(LabelledSource([*first, *copies], seed=seed, held_out=0.5))
    assert not train & validate
    assert (len(train), len(validate)) == (2, 2)


def test_a_data_set_that_was_made_anew_is_not_taken_for_the_one_that_was_opened(tiny, tmp_path):
    few = replace(tiny, structures=2, images_per_structure=2)
    build_dataset(few, tmp_path / "data", progress=False)
    database = open_database(tmp_path / "data")
    for path in database.paths:
        path.unlink()
    build_dataset(replace(few, seed=5), tmp_path / "other", progress=False)
    for path in (tmp_path / "other").glob("shard-*.h5"):
        path.replace(tmp_path / "data" / path.name)
    with pytest.raises(DatabaseError, match="made since: open the data set again"):
        database.counts([0])
    assert len(open_database(tmp_path / "data").counts([0])) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TrainingRecipe(1, schedule="cosine", decay=0.5), "decay changes nothing"),
        (lambda: TrainingRecipe(1, schedule="cosine", patience=9), "patience changes nothing"),
        (lambda: TrainingRecipe(1, final_rate=1e-4), 'final_rate changes .* "cosine"'),
        (lambda: ModelRecipe(width=64), "width changes nothing"),
        (lambda: AugmentationRecipe(shading_of="film"), "shading_of changes nothing"),
    ],
)
def test_a_field_that_changes_nothing_is_doubted_at_the_line_that_set_it(make, words):
    with pytest.warns(Implausible, match=words) as told:
        make()
    assert [warning.filename for warning in told] == [__file__]


def test_fields_that_count_are_not_doubted():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TrainingRecipe(1, schedule="cosine", final_rate=1e-4)
        TrainingRecipe(1, schedule="plateau", patience=9, decay=0.5)
        ModelRecipe(backbone="plain", width=64)


def test_a_group_without_a_name_is_not_lost():
    table = evaluate_of_groups(["gold", None])
    assert summarise(table, rng=1)["images"].to_dict() == {"gold": 1, "nan": 1, "all": 2}


def evaluate_of_groups(groups) -> pd.DataFrame:
    counts = {name: 1 for name in ("tp", "fp", "fn", "tn", "soft_tp", "soft_found")}
    counts |= {name: 1 for name in ("found", "missed", "invented", "split", "merged", "f1")}
    return pd.DataFrame({"group": groups}).assign(**counts)


def test_a_pixel_size_that_is_another_in_the_file_is_doubted(tmp_path):
    write_tiff(tmp_path / "a.tif", np.zeros((8, 8), np.uint16), 0.5)
    write_tiff(tmp_path / "a_mask.tif", np.zeros((8, 8), np.uint8), 0.5)
    with pytest.warns(Implausible, match=r"a: pixel_size: the file says 0\.5 angstrom, 0\.05 was"):
        assert load_folder(tmp_path, pixel_size=0.05)[0].pixel_size == 0.05
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (said,), (given,) = load_folder(tmp_path), load_folder(tmp_path, pixel_size=0.5)
    assert said.pixel_size == given.pixel_size == 0.5


def test_samples_that_train_are_doubted(tmp_path):
    some = micrographs(4)
    of = ModelRecipe(backbone="plain", stages=2, width=2)
    recipe = TrainingRecipe(1, epochs=1, model=of, patch=64, validation=0.25)
    with pytest.warns(Implausible, match="samples should be .* got 3 that train"):
        fit(recipe, some, tmp_path / "leak", samples=some, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        fit(recipe, some, tmp_path / "apart", samples=micrographs(2), progress=False)


def test_one_file_may_be_given_as_it_is(tiny_network, tmp_path):
    np.save(tmp_path / "a.npy", IMAGE)
    found = segment_files(
        tiny_network, tmp_path / "a.npy", tmp_path / "out", pixel_size=0.5, progress=False
    )
    assert found.micrographs["image"].tolist() == ["a"] and not found.failed
