"""Masks keep the numbers they were drawn with, or one of the rules that their reader names."""

import h5py
import numpy as np
import pytest

from hrtem_sim.interchange import classes_of, read_h5_pair
from seg_train import LabelledMicrograph, load_folder

TRUTH = np.array([[0, 0, 1], [1, 0, 1]], np.uint8)


@pytest.mark.parametrize(
    "drawn",
    [
        TRUTH > 0,
        TRUTH,
        TRUTH.astype(float),
        255 * TRUTH,
        TRUTH.astype(np.uint16) * 65535,
        TRUTH[..., None],
        np.stack([1 - TRUTH, TRUTH], axis=-1),
        np.stack([0.6 - 0.2 * TRUTH, 0.4 + 0.2 * TRUTH], axis=-1),
    ],
    ids=[
        "bool",
        "0 1",
        "float",
        "white",
        "white of 16 bits",
        "one channel",
        "two",
        "probabilities",
    ],
)
def test_black_and_white_is_particle_however_it_was_drawn(drawn):
    np.testing.assert_array_equal(classes_of(drawn), TRUTH)


@pytest.mark.parametrize("classes", [[0, 2], [0, 1, 2], [1, 2], [3, 3], [0, 15], [0, 1]])
def test_classes_stay_what_they_are(classes):
    assert classes_of(np.array([classes], np.uint16)).tolist() == [classes]


@pytest.mark.parametrize("ids", [[0, 256, 512], [0, 300, 600], [0, 1, 2], [0, 255, 0], [7, 0, 9]])
def test_ids_are_particles_whatever_their_number(ids):
    read = classes_of(np.array([ids], np.uint16), labels="instances")
    assert read.tolist() == [[int(number > 0) for number in ids]]


def test_shades_are_cut_where_it_is_said():
    soft = np.array([[0, 3, 126, 127, 128, 255]], np.uint8)
    assert classes_of(soft, threshold=127).tolist() == [[0, 0, 0, 0, 1, 1]]
    assert classes_of(soft / 255 - 0.5, threshold=0).tolist() == [[0, 0, 0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("drawn", "meaning"),
    [(np.uint16(256) * TRUTH, {"labels": "instances"}), (TRUTH * 0.6 + 0.2, {"threshold": 0.5})],
)
def test_every_door_refuses_and_reads_by_the_same_rule(tmp_path, drawn, meaning):
    image = np.arange(6.0).reshape(2, 3)
    with h5py.File(tmp_path / "i.h5", "w") as images, h5py.File(tmp_path / "m.h5", "w") as masks:
        images["images"], masks["maps"] = image[None], drawn[None]
    folder = tmp_path / "own"
    folder.mkdir()
    np.save(folder / "a.npy", image)
    np.save(folder / "a_mask.npy", drawn)
    pair = tmp_path / "i.h5", tmp_path / "m.h5"
    for doubtful in (
        lambda: list(read_h5_pair(*pair, pixel_size=0.5)),
        lambda: load_folder(folder, pixel_size=0.5),
        lambda: LabelledMicrograph(image, drawn, 0.5, "own", "a"),
    ):
        with pytest.raises(ValueError, match=r"(mask|m\[0\]|mask of a) must hold"):
            doubtful()
    (patch,) = read_h5_pair(*pair, pixel_size=0.5, **meaning)
    (own,) = load_folder(folder, pixel_size=0.5, **meaning)
    np.testing.assert_array_equal(patch.mask, TRUTH)
    np.testing.assert_array_equal(own.mask, TRUTH)
