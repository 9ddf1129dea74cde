"""Data sets of expected images: precise enough, and every micrograph of them can be made again."""

from dataclasses import replace

import numpy as np
import pytest

from hrtem_sim.database import DatabaseError, open_database
from hrtem_sim.dataset import (
    build_dataset,
    check_dataset,
    plan_structure,
    regenerate,
    simulate_structure,
)
from hrtem_sim.imaging import Detector, ImageFormer, Recorder
from hrtem_sim.interchange import export_tiff


@pytest.fixture(scope="module")
def blurring(tiny):
    """The tiny recipe with a camera that blurs, kept as expected images."""
    return replace(
        tiny,
        detector=Detector(0.4, mtf_half=0.6, gain=5.0, readout_noise=2.0),
        storage=replace(tiny.storage, images="expected"),
    )


@pytest.fixture(scope="module")
def database(blurring, tmp_path_factory):
    return build_dataset(blurring, tmp_path_factory.mktemp("expected"), progress=False)


def test_expected_images_are_those_of_the_microscope_to_a_two_thousandth_of_the_contrast(
    blurring, database
):
    simulated = simulate_structure(blurring, plan_structure(blurring, 1))
    conditions = simulated.micrographs[2].conditions
    exact = ImageFormer(simulated.wave, blurring.detector).expected(conditions)
    kept = database.expected([5])[0]
    assert kept.dtype == np.float32
    assert np.std(exact - 1) > 0.01
    np.testing.assert_array_less(np.abs(kept - exact), 2**-11 * np.abs(exact - 1) + 1e-7)


def test_every_micrograph_can_be_made_again_and_drawn_again(database):
    counts = database.counts(range(len(database)))
    for row in (1, 10):
        made = regenerate(database, database.catalogue["micrograph"][row])
        np.testing.assert_array_equal(made.counts, counts[row])
    np.testing.assert_array_equal(database.counts([7, 3]), counts[[7, 3]])
    check_dataset(database)


def test_noise_is_drawn_at_any_dose(database):
    """Shot noise of a camera of gain 1 that blurs nothing has the variance of its mean."""
    expected, pixel = database.expected([0])[0], database.pixel_size
    recorder = Recorder(Detector(pixel), dose=database.recorder(0).dose)
    rng = np.random.default_rng(1)
    for dose in (300.0, 1500.0):
        electrons = expected * dose * pixel**2
        drawn = np.array([recorder.record(expected, rng, dose=dose) for _ in range(200)])
        z = (drawn - electrons) / np.sqrt(electrons)
        assert abs(z.mean()) < 0.01  # 800,000 draws: four standard errors are 0.005
        assert abs(z.var() - 1) < 0.01


def test_a_data_set_says_what_it_keeps(tiny_database, database):
    assert "expected images" in repr(database)
    assert database.keeps_expected and not tiny_database.keeps_expected
    with pytest.raises(DatabaseError, match="keeps micrographs"):
        tiny_database.expected([0])
    assert open_database(database.folder).identity == database.identity


def test_exports_are_of_the_micrographs(database, tmp_path):
    import tifffile

    export_tiff(database, [4], tmp_path / "out")
    (image,) = [path for path in (tmp_path / "out").rglob("*.tif") if "mask" not in path.name]
    np.testing.assert_array_equal(tifffile.imread(image), database.counts([4])[0])
