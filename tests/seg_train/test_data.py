"""Images and masks stay together, resampling conserves, splits keep structures apart."""

import dataclasses

import h5py
import numpy as np
import pytest

from hrtem_sim.provenance import Distribution, rng_for
from seg_train import AugmentationRecipe, PreprocessingRecipe, TrainingRecipe
from seg_train.data import (
    SYMMETRIES,
    Batches,
    LabelledMicrograph,
    LabelledSource,
    PooledSource,
    Prepared,
    StoredMicrographs,
    apply_symmetry,
    grid_shape,
    load_experimental_sample,
    load_folder,
    load_h5_pair,
    load_simulated,
    normalise,
    resample,
    resample_mask,
    split_by_structure,
    undo_symmetry,
)
from seg_train.data.augment import training_patch
from seg_train.data.variations import smooth_field


def test_sample_is_what_its_licence_file_says():
    sample = load_experimental_sample()
    assert len(sample) == 16
    assert all(0.50 <= s.pixel_size <= 0.78 for s in sample)
    assert {s.group for s in sample} >= {"2.2nm_Au", "5nm_Ag"}
    assert not sample[0].image.flags.writeable


@pytest.mark.parametrize("shape", [(32, 20), (13, 17), (64, 64), (100, 130)])
def test_resampling_conserves_the_mean_when_shrinking_and_constants_always(shape):
    image = np.random.default_rng(1).random((64, 64)).astype(np.float32)
    assert np.allclose(resample(np.full((64, 64), 3.5), shape), 3.5, atol=1e-5)
    if shape[0] <= 64:
        assert resample(image, shape).mean() == pytest.approx(image.mean(), abs=1e-5)


def test_shrinking_by_two_is_the_mean_of_four():
    image = np.arange(16.0).reshape(4, 4)
    assert np.allclose(resample(image, (2, 2)), [[2.5, 4.5], [10.5, 12.5]])


def test_enlarging_keeps_a_ramp_straight():
    ramp = np.tile(np.arange(8.0), (8, 1))
    inner = resample(ramp, (24, 24))[12, 3:-3]
    assert np.allclose(np.diff(inner), 1 / 3, atol=1e-5)


def test_resampling_commutes_with_the_symmetries_of_the_square():
    image = np.random.default_rng(2).random((30, 30))
    for index in range(SYMMETRIES):
        turned_first = resample(apply_symmetry(image, index), (13, 13))
        turned_last = apply_symmetry(resample(image, (13, 13)), index)
        assert np.allclose(turned_first, turned_last, atol=1e-5)


def test_a_resampled_mask_takes_the_class_that_covers_most():
    mask = np.zeros((4, 4), np.uint8)
    mask[0:2, 0:2] = [[2, 2], [2, 1]]
    assert resample_mask(mask, (2, 2)).tolist() == [[2, 0], [0, 0]]


def test_grid_keeps_the_field_of_view():
    assert grid_shape((640, 512), 0.2, 0.5) == (256, 205)


def test_symmetries_are_eight_different_ones_and_can_be_undone():
    image = np.arange(9).reshape(3, 3)
    turned = [apply_symmetry(image, index) for index in range(SYMMETRIES)]
    assert len({t.tobytes() for t in map(np.ascontiguousarray, turned)}) == 8
    for index, t in enumerate(turned):
        assert np.array_equal(undo_symmetry(t, index), image)


def test_min_max_goes_from_zero_to_one_and_ignores_gain_and_offset():
    image = np.random.default_rng(3).random((2, 8, 8))
    scaled = normalise(image, PreprocessingRecipe())
    assert scaled.min() == 0 and scaled.max() == 1
    assert np.allclose(scaled, normalise(5 * image - 2, PreprocessingRecipe()), atol=1e-5)
    assert not normalise(np.full((4, 4), 7.0), PreprocessingRecipe()).any()


@pytest.mark.parametrize("kind", ["min_max", "standard"])
def test_a_large_micrograph_of_noise_gets_the_contrast_of_a_patch(kind):
    recipe = PreprocessingRecipe(normalisation=kind)
    large = np.random.default_rng(4).normal(size=(512, 512))
    patch = np.std([normalise(large[y : y + 64, :64], recipe).std() for y in range(0, 512, 64)])
    small = np.mean([normalise(large[y : y + 64, :64], recipe).std() for y in range(0, 512, 64)])
    whole = normalise(large, recipe, patch=64).std()
    assert abs(whole - small) < 5 * patch + 0.01


def test_no_structure_is_on_both_sides(make_database, recipe):
    database = make_database(structures=8, per_structure=3, shape=(8, 8))
    split = split_by_structure(database.catalogue, recipe)
    sides = [set(database.catalogue["structure"].iloc[rows]) for rows in vars(split).values()]
    assert not sides[0] & sides[1]
    assert len(sides[1]) == 2  # a quarter of eight
    assert len(split.training) + len(split.validation) == 24


def test_selection_follows_query_rows_and_number(make_database, recipe):
    database = make_database(structures=8, per_structure=3, shape=(8, 8))
    chosen = dataclasses.replace(recipe, select="dose > 150", n_images=7)
    split = split_by_structure(database.catalogue, chosen, rows=np.arange(3, 24))
    every = np.concatenate([split.training, split.validation])
    assert len(every) == 7 and every.min() >= 3
    assert (database.catalogue["dose"].iloc[every] > 150).all()


def test_image_and_mask_are_varied_together(recipe):
    """A mask used as its own image stays so: bright exactly where the mask is."""
    mask = np.zeros((96, 96), np.uint8)
    mask[10:50, 20:80] = 1
    varied = AugmentationRecipe(magnification=Distribution("uniform", (0.8, 1.25)))
    recipe = dataclasses.replace(recipe, augmentation=varied)
    for seed in range(20):
        image, out = training_patch(
            Prepared(mask.astype(float), mask, 0.5),
            recipe,
            pixel_size=0.5,
            rng=np.random.default_rng(seed),
        )
        assert image.shape == out.shape == (64, 64)
        assert np.array_equal(image > 0.5, out > 0) or not out.any()


def test_batches_are_functions_of_epoch_and_step_alone(database, recipe):
    source = StoredMicrographs(database, recipe)
    first, second = Batches(source, recipe), Batches(source, recipe, memory=0)
    late, early = first.batch(1, 1), first.batch(0, 0)
    for a, b in ((late, second.batch(1, 1)), (early, second.batch(0, 0))):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(late[0][0], early[0][0])


def test_an_epoch_shows_every_training_image_once(make_database, recipe):
    database = make_database(structures=5)
    plain = AugmentationRecipe(symmetries=False)
    recipe = dataclasses.replace(recipe, augmentation=plain)
    source = StoredMicrographs(database, recipe)
    batches = Batches(source, recipe)
    seen = np.concatenate([batches.batch(0, s)[0] for s in range(batches.steps(0))])
    want = normalise(database.counts(source.split.training), recipe.preprocessing)[..., None]
    assert sorted(x.tobytes() for x in seen) == sorted(x.tobytes() for x in want)


class Stream:
    """Fresh images at every epoch, and none for validation."""

    pixel_size, identity = 0.5, "stream"

    def epoch(self, i):
        return np.full((4, 64, 64), i) + np.arange(64), np.zeros((4, 64, 64), int)

    def validation(self):
        return np.zeros((0, 64, 64)), np.zeros((0, 64, 64), int)


def test_a_source_of_plain_arrays_gives_fresh_images_at_every_epoch(recipe):
    batches = Batches(Stream(), recipe)
    assert batches.steps(0) == 1 and batches.validation_steps == 0
    assert batches.batch(0, 0)[0].shape == (4, 64, 64, 1)


def test_stored_micrographs_are_prepared_once_and_not_at_every_epoch(database, recipe):
    class Counting(StoredMicrographs):
        reads = 0

        def epoch(self, number):
            Counting.reads += 1
            return super().epoch(number)

    batches = Batches(Counting(database, recipe), recipe)
    assert batches._epoch(0) is batches._epoch(1)
    assert Counting.reads == 2  # asked, but not prepared again


def test_order_and_bits_of_stored_micrographs_are_those_of_their_rows(database, recipe):
    """Epoch 1 shows the rows in the order that a permutation of the rows themselves has."""
    plain = dataclasses.replace(recipe, augmentation=AugmentationRecipe(symmetries=False))
    source = StoredMicrographs(database, plain)
    order = rng_for(plain.seed, "order", 1).permutation(source.split.training)
    want = normalise(database.counts(order[:4]), plain.preprocessing)
    assert np.array_equal(Batches(source, plain).batch(1, 0)[0][..., 0], want)


def labelled(n, *, shape=(64, 64), pixel_size=0.5, seed=0):
    rng = np.random.default_rng(seed)
    return [
        LabelledMicrograph(rng.random(shape), rng.random(shape) > 0.5, pixel_size, "g", f"m{k}")
        for k in range(n)
    ]


def test_labelled_micrographs_are_held_out_whole_and_seen_once(recipe):
    micrographs = labelled(8)
    source = LabelledSource(micrographs, seed=3, held_out=0.25)
    parts = [source.epoch(0), source.validation()]
    images = [p.take(np.array([k]))[0].image.tobytes() for p in parts for k in range(len(p))]
    assert [len(p) for p in parts] == [6, 2]
    assert sorted(images) == sorted(m.image.tobytes() for m in micrographs)
    assert source.identity != LabelledSource(micrographs, seed=4, held_out=0.25).identity
    other = [*micrographs[:-1], labelled(1, seed=9)[0]]
    assert source.identity != LabelledSource(other, seed=3, held_out=0.25).identity
    with pytest.raises(ValueError, match="micrographs must be at least 2"):
        LabelledSource(micrographs[:1], seed=1)


def test_pooled_sources_show_all_of_each_on_one_grid(database, recipe):
    """Pixels of 0.25 and 0.5 angstrom meet on the training grid; nothing is lost or doubled."""
    fine = LabelledSource(labelled(4, shape=(128, 128), pixel_size=0.25), seed=1)
    stored = StoredMicrographs(database, recipe)
    pooled = PooledSource([stored, fine])
    assert pooled.pixel_size == 0.5
    assert len(pooled.epoch(0)) == len(stored.epoch(0)) + len(fine.epoch(0))
    positions = np.array([len(stored.epoch(0)), 0, len(stored.epoch(0)) + 2])
    taken = pooled.epoch(0).take(positions)
    assert [example.image.shape for example in taken] == [(128, 128), (64, 64), (128, 128)]
    assert np.array_equal(taken[1].image, stored.epoch(0).take(np.array([0]))[0].image)
    batches = Batches(pooled, recipe)
    assert batches.batch(0, 0)[0].shape == (4, 64, 64, 1)
    assert pooled.epoch(0) is pooled.epoch(1)  # prepared once
    assert pooled.identity != PooledSource([fine, stored]).identity


def test_simulated_micrographs_can_be_scored_like_real_ones(database):
    first, last = load_simulated(database, [0, 11], by="dose")
    assert (first.group, last.group) == ("100.0", "200.0")
    assert np.array_equal(last.mask, database.masks([11])[0])
    assert first.name == "m0000" and first.pixel_size == 0.5


def test_benchmark_pairs_are_read_and_empty_patches_left_out(tmp_path):
    images = np.random.default_rng(1).random((3, 16, 16, 1))
    maps = np.zeros((3, 16, 16, 2))
    maps[..., 0] = 1
    maps[1, 4:8, 4:8] = [0, 1]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = images
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["maps"] = maps
    (only,) = load_h5_pair(tmp_path / "a.h5", tmp_path / "b.h5", pixel_size=0.4, median=1)
    assert only.name == "a_0001" and only.mask.sum() == 16
    assert np.allclose(only.image, images[1, ..., 0])
    every = load_h5_pair(tmp_path / "a.h5", tmp_path / "b.h5", pixel_size=0.4, keep_empty=True)
    assert len(list(every)) == 3


def test_a_folder_of_micrographs_is_read_back(tmp_path):
    import tifffile

    image, mask = np.random.default_rng(1).random((16, 20)), np.zeros((16, 20), np.uint8)
    mask[2:5, 3:9] = 255
    tifffile.imwrite(tmp_path / "one.tif", image.astype(np.float32))
    tifffile.imwrite(tmp_path / "one_mask.tif", mask)
    (sample,) = load_folder(tmp_path, pixel_size=0.3)
    assert sample.name == "one" and np.array_equal(sample.mask, mask > 0)
    (tmp_path / "one_mask.tif").unlink()
    with pytest.raises(ValueError, match="one_mask is not in"):
        load_folder(tmp_path, pixel_size=0.3)


def test_a_folder_holds_what_microscopes_write(tmp_path):
    image = np.random.default_rng(1).random((16, 20))
    with h5py.File(tmp_path / "one.emd", "w") as file:  # Berkeley's EMD, x first
        file.attrs.update({"version_major": 0, "version_minor": 2})
        group = file.create_group("data/micrograph")
        group.attrs["emd_group_type"] = 1
        group["data"] = image.T
        for i, n in enumerate((20, 16), start=1):
            dim = group.create_dataset(f"dim{i}", data=np.arange(n) * 0.03)
            dim.attrs.update({"name": "xy"[i - 1], "units": "nm"})
    np.save(tmp_path / "one_mask.npy", 255 * (image > 0.5))
    (sample,) = load_folder(tmp_path, pixel_size=0.3)
    assert np.array_equal(sample.image, image.astype(np.float32))
    assert np.array_equal(sample.mask, image > 0.5)


def test_a_smooth_field_varies_by_one_about_zero_and_slowly():
    for seed in range(20):
        field = smooth_field((96, 80), np.random.default_rng(seed))
        assert field.shape == (96, 80)
        assert field.mean() == pytest.approx(0, abs=1e-5)
        assert field.std() == pytest.approx(1, abs=1e-4)
        # four knots across the patch: from one pixel to the next it changes by little
        assert np.abs(np.diff(field, axis=0)).max() < 0.3


def test_shading_multiplies_the_image_and_leaves_the_mask():
    plain = TrainingRecipe(seed=1, augmentation=AugmentationRecipe(symmetries=False))
    shaded = TrainingRecipe(
        seed=1,
        augmentation=AugmentationRecipe(
            symmetries=False, shading=Distribution("constant", (0.05,))
        ),
        preprocessing=PreprocessingRecipe(normalisation="standard"),
    )
    image, mask = np.full((64, 64), 400.0, np.float32), np.eye(64, dtype=np.uint8)
    given = Prepared(image, mask, 0.8)
    flat, _ = training_patch(given, plain, pixel_size=0.8, rng=np.random.default_rng(3))
    seen, kept = training_patch(given, shaded, pixel_size=0.8, rng=np.random.default_rng(3))
    assert not flat.any() and seen.std() == pytest.approx(1, abs=1e-3)
    assert np.array_equal(kept, mask)
