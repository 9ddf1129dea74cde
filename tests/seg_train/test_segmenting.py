"""One door for files: sizes from the files, doubts said, nothing of an earlier call left."""

import numpy as np
import pandas as pd
import pytest

from hrtem_sim.interchange import read_micrograph
from hrtem_sim.pictures import write_tiff
from seg_train import particle_table
from seg_train.segmenting import segment_files


@pytest.fixture
def folder(database, tmp_path):
    for number in (0, 2):
        write_tiff(tmp_path / f"m{number}.tif", database.counts([number])[0], 0.5)
    return tmp_path


def segment(network, files, out, **options):
    return segment_files(network, files, out, progress=False, **options)


def test_the_scale_comes_from_the_file(network, folder):
    done = segment(network, [folder / "m0.tif"], folder / "out")
    (row,) = done.micrographs.itertuples()
    assert row.pixel_size == pytest.approx(0.5) and row.notes == row.error == ""
    assert read_micrograph(folder / "out" / "m0_mask.tif").pixel_size == pytest.approx(0.5)


def test_a_given_scale_that_differs_is_said(network, folder):
    done = segment(network, [folder / "m0.tif"], folder / "out", pixel_size=0.6)
    assert done.micrographs["notes"][0] == (
        "pixel_size: the file says 0.5 angstrom, 0.6 was given and is used"
    )
    done = segment(network, [folder / "m0.tif"], folder / "out", pixel_size=0.505)
    assert done.micrographs["notes"][0] == ""


def test_masks_are_white_in_a_viewer_and_read_back_as_particle(network, folder):
    segment(network, [folder / "m0.tif"], folder / "out")
    mask = read_micrograph(folder / "out" / "m0_mask.tif").image
    assert set(np.unique(mask)) == {0, 255}


def test_masks_are_no_micrographs(network, folder):
    files = [folder / "m0.tif", folder / "m0_mask.tif"]
    write_tiff(files[1], np.zeros((8, 8), np.uint8), 0.5)
    assert list(segment(network, files, folder / "out").micrographs["image"]) == ["m0"]
    with pytest.raises(ValueError, match="files must hold a micrograph; got 1, all named as masks"):
        segment(network, files[1:], folder / "out")


def test_a_second_call_leaves_nothing_of_the_first(network, folder):
    segment(network, [folder / "m0.tif"], folder / "out")
    segment(network, [folder / "m2.tif"], folder / "out")
    names = {path.name for path in (folder / "out").iterdir()}
    assert "m2_mask.tif" in names and not any(name.startswith("m0") for name in names)
    assert set(pd.read_csv(folder / "out" / "particles.csv")["image"]) == {"m2"}
    with pytest.raises(ValueError, match="folder must be new, empty"):
        segment(network, [folder / "m2.tif"], folder)


def test_tables_are_in_nanometres_and_agree_with_the_mask(network, folder):
    done = segment(network, [folder / "m0.tif", folder / "m2.tif"], folder / "out", min_area=0)
    table = pd.read_csv(folder / "out" / "particles.csv")
    assert list(table) == [
        "image", "label", "area_nm2", "diameter_nm", "x_nm", "y_nm", "touches_edge",
    ]  # fmt: skip
    mask = read_micrograph(folder / "out" / "m0_mask.tif").image
    own = particle_table(mask, pixel_size=0.5)
    here = table[table["image"] == "m0"]
    np.testing.assert_allclose(here["area_nm2"], own["area"] / 100, atol=0.005)
    np.testing.assert_allclose(here["x_nm"], own["x"] / 10, atol=0.005)
    summary = pd.read_csv(folder / "out" / "micrographs.csv")
    assert list(summary["particles"]) == [len(here), len(table) - len(here)]
    assert summary["coverage"][0] == pytest.approx((mask > 0).mean(), abs=1e-4)
    assert done.failed == []


def test_what_was_mended_is_noted(network, folder, database):
    image = database.counts([0])[0].astype(float)
    image[5, 9] = 1e5
    np.save(folder / "hot.npy", image)
    done = segment(network, [folder / "hot.npy"], folder / "out", pixel_size=0.5)
    assert done.micrographs["notes"][0] == "image: 1 hot or dead pixel mended"


def test_particles_that_a_bar_cuts_touch_an_edge():
    mask = np.zeros((40, 40), np.uint8)
    mask[10:30, 10:20] = 1
    bar = np.zeros((40, 40), bool)
    bar[30:34] = True
    assert not particle_table(mask, pixel_size=0.5)["touches_edge"].any()
    assert particle_table(mask, pixel_size=0.5, left_out=bar)["touches_edge"].all()


def test_several_networks_and_scales_are_averaged(network, folder):
    one = segment(network, [folder / "m0.tif"], folder / "out")
    twice = segment([network, network], [folder / "m0.tif"], folder / "out")
    pd.testing.assert_frame_equal(one.particles, twice.particles)
    scaled = segment(network, [folder / "m0.tif"], folder / "out", scales=(1.0, 1.25))
    assert scaled.failed == []


def test_where_all_fail_the_tables_say_so(network, folder):
    (folder / "torn.mrc").write_bytes(b"torn")
    done = segment(network, [folder / "torn.mrc"], folder / "out")
    assert len(done.failed) == 1 and "whole .mrc file" in done.failed[0]
    assert (folder / "out" / "micrographs.csv").is_file() and done.particles.empty


def test_touching_particles_are_split_where_it_is_asked():
    y, x = np.indices((60, 100))
    mask = (np.hypot(y - 30, x - 30) < 18) | (np.hypot(y - 30, x - 62) < 18)
    assert len(particle_table(mask, pixel_size=0.5)) == 1
    parts = particle_table(mask, pixel_size=0.5, separate=True)
    np.testing.assert_allclose(parts["equivalent_diameter"], 18, rtol=0.03)
