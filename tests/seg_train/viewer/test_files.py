"""What napari opens and saves is what `read_micrograph` and `load_folder` know."""

import tomllib
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from ruamel.yaml import YAML

from hrtem_sim import Refusal
from hrtem_sim.interchange.opening import ENDINGS
from hrtem_sim.pictures import write_png, write_tiff
from seg_train import load_experimental_sample, load_folder
from seg_train.viewer import opening, samples
from seg_train.viewer.layers import ROLE, micrograph_layer, particles_layer, pixel_size_of
from seg_train.viewer.saving import save_pair, write_labels, write_layers


@pytest.fixture(scope="module")
def contributions(manifest):
    return YAML(typ="safe").load(manifest.read_text(encoding="utf-8"))["contributions"]


def test_every_command_of_the_manifest_is_there(contributions):
    names = [command["python_name"] for command in contributions["commands"]]
    assert len(names) == len(set(names)) == 9
    for module, name in (name.split(":") for name in names):
        if not module.endswith(".panel"):  # needs Qt: the test of the panel makes it
            assert callable(getattr(import_module(module), name))
    known = {command["id"] for command in contributions["commands"]}
    used = {
        entry["command"]
        for kind in ("readers", "writers", "widgets", "sample_data")
        for entry in contributions[kind]
    }
    assert used == known


def test_every_format_is_offered_and_the_plugin_is_announced(contributions, manifest):
    (reader,) = contributions["readers"]
    assert reader["filename_patterns"] == [f"*{ending}" for ending in sorted(ENDINGS)]
    project = tomllib.loads((manifest.parents[2] / "pyproject.toml").read_text())["project"]
    place = project["entry-points"]["napari.manifest"][project["name"]]
    module, name = place.split(":")
    assert manifest == manifest.parents[2] / module.replace(".", "/") / name


def test_a_file_opens_on_its_own_scale_or_in_pixels(tmp_path):
    image = np.random.default_rng(1).poisson(90, (20, 30)).astype(np.uint16)
    write_tiff(tmp_path / "known.tif", image, 0.42)
    write_png(tmp_path / "bare.png", image)
    read = opening.get_reader([str(tmp_path / "known.tif"), str(tmp_path / "bare.png")])
    (known, said, kind), (bare, silent, _) = read(
        [str(tmp_path / "known.tif"), str(tmp_path / "bare.png")]
    )
    assert kind == "image" and (known == image).all() and (bare == image).all()
    assert said["scale"] == pytest.approx((0.042, 0.042)) and said["units"] == ("nm", "nm")
    assert silent["units"] == ("pixel", "pixel")
    (layer,) = [opening.open_one(tmp_path / "bare.png", pixel_nm=0.03)]
    assert layer[1]["scale"] == pytest.approx((0.03, 0.03))


def test_a_file_that_cannot_be_read_is_one_message_and_the_others_open(tmp_path, monkeypatch):
    write_tiff(tmp_path / "good.tif", np.zeros((20, 30), np.uint16), 0.5)
    (tmp_path / "torn.dm4").write_bytes(b"no micrograph")
    told = []
    monkeypatch.setattr(opening, "tell", told.append)
    paths = [str(tmp_path / name) for name in ("torn.dm4", "good.tif")]
    assert [settings["name"] for _, settings, _ in opening.open_files(paths)] == ["good"]
    assert len(told) == 1 and "torn.dm4" in told[0] and "\n" not in told[0]
    with pytest.raises(Refusal, match=r"must be a whole \.dm4 file"):
        opening.open_files(paths[:1])


def test_what_is_saved_is_read_back_as_training_reads_it(tmp_path):
    image = np.random.default_rng(1).normal(5, 1, (20, 30)).astype(np.float32)
    labels = np.zeros((20, 30), int)
    labels[2:8, 2:8], labels[2:8, 8:14] = 700, 3  # two that touch, one beyond 8 bits
    layers = [
        particles_layer(labels, pixel_size=0.42, name="a"),
        micrograph_layer(image, pixel_size=0.42, name="a"),
    ]
    written = write_layers(str(tmp_path / "a.tif"), layers)
    assert written == [str(tmp_path / "a.tif"), str(tmp_path / "a_mask.tif")]
    (back,) = load_folder(tmp_path)
    assert (back.image == image).all() and (back.mask == (labels > 0)).all()
    assert back.pixel_size == pytest.approx(0.42)
    data, settings, kind = opening.open_micrograph(tmp_path / "a_mask.tif")
    assert kind == "labels" and settings["name"] == "a particles"
    assert ((data > 0) == (labels > 0)).all()
    (again,) = write_labels(str(tmp_path / "b_mask.tif"), labels, layers[0][1])
    assert (opening.open_micrograph(tmp_path / "b_mask.tif")[0] == data).all() and again


def test_numbers_of_particles_in_a_mask_are_kept(tmp_path):
    ids = np.zeros((20, 40), np.uint16)
    ids[2:8, 2:8], ids[2:8, 8:14], ids[10:16, 20:30] = 1, 2, 700  # the first two touch
    write_tiff(tmp_path / "a_mask.tif", ids, 0.5)
    assert (opening.open_micrograph(tmp_path / "a_mask.tif")[0] == ids).all()


def test_pixels_that_are_not_square_have_no_size():
    layer = SimpleNamespace(scale=(0.05, 0.04), units=("nm", "nm"))
    assert pixel_size_of(layer) is None
    layer.scale = (0.05, 0.0501)
    assert pixel_size_of(layer) == pytest.approx(0.501)


def test_another_micrograph_of_the_same_name_is_not_overwritten(tmp_path):
    first, second = np.random.default_rng(1).random((2, 20, 30))
    labels = np.eye(20, 30, dtype=int)
    save_pair(tmp_path, "a", first, labels, pixel_size=0.5)
    save_pair(tmp_path, "a", first, 0 * labels, pixel_size=0.4)  # corrected, and calibrated
    assert not load_folder(tmp_path)[0].mask.any()
    with pytest.raises(Refusal, match=r"folder must not hold another a\.tif"):
        save_pair(tmp_path, "a", second, labels, pixel_size=0.4)
    (kept,) = load_folder(tmp_path)
    assert np.allclose(kept.image, first) and kept.pixel_size == pytest.approx(0.4)


def test_all_patches_of_the_package_are_samples_side_by_side():
    kinds = (samples.gold_10_nm, samples.gold_5_nm, samples.gold_2_nm, samples.silver_5_nm)
    opened = [layer for kind in kinds for layer in kind()]
    assert {settings["name"] for _, settings, _ in opened} == {
        sample.name for sample in load_experimental_sample()
    }
    first, second = samples.gold_10_nm()[:2]
    width = first[0].shape[1] * first[1]["scale"][1]
    assert second[1]["translate"][1] > width
    assert first[1]["metadata"] == {ROLE: "micrograph"}
