"""Series of micrographs and exit waves in the hands of other programs."""

import json

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Detector, ImagingConditions, form_images, save_series
from hrtem_sim.interchange import read_micrograph
from hrtem_sim.wave import ExitWave

FOCI = (-200.0, -100.0, 0.0, 100.0)


@pytest.fixture(scope="module")
def wave():
    """A smooth phase object, not square, of two configurations."""
    y, x = np.indices((48, 64))
    phase = np.stack([0.3 * np.sin(2 * np.pi * (3 * x / 64 + k * y / 48)) for k in (1, 2)])
    return ExitWave(np.exp(1j * phase).astype(np.complex64), Grid((48, 64), 0.2), 300e3, plane=5.0)


@pytest.fixture(scope="module")
def series(wave):
    conditions = [ImagingConditions(defocus=focus, dose=500.0) for focus in FOCI]
    return list(form_images(wave, conditions, Detector(0.4), range(4)))


@pytest.mark.parametrize("ending", [".tif", ".hspy"])
def test_a_focal_series_is_a_calibrated_stack(series, tmp_path, ending):
    pytest.importorskip("rsciio")
    path = save_series(series, tmp_path / f"series{ending}")
    for number, micrograph in enumerate(series):
        read = read_micrograph(path, frame=number)
        np.testing.assert_array_equal(read.image, micrograph.counts)
        assert read.pixel_size == pytest.approx(0.4)


def test_the_stack_of_hyperspy_is_navigated_by_defocus(series, tmp_path):
    hspy = pytest.importorskip("rsciio.hspy")
    (signal,) = hspy.file_reader(str(save_series(series, tmp_path / "a.hspy")))
    axis = signal["axes"][0]
    assert (axis["name"], axis["navigate"], axis["units"]) == ("defocus", True, "Å")
    assert (axis["offset"], axis["scale"]) == (-200.0, 100.0)
    uneven = [series[0], series[1], series[3]]
    (signal,) = hspy.file_reader(str(save_series(uneven, tmp_path / "b.hspy")))
    assert signal["axes"][0]["name"] == "micrograph"
    stored = signal["metadata"]["Simulation"]["conditions"]
    assert [table["defocus"] for table in stored] == [-200.0, -100.0, 100.0]


def test_a_series_of_arrays_holds_its_foci(series, tmp_path):
    with np.load(save_series(series, tmp_path / "a.npz")) as read:
        np.testing.assert_array_equal(read["counts"], [m.counts for m in series])
        assert read["defocus"].tolist() == list(FOCI) and read["pixel_size"] == pytest.approx(0.4)
        assert json.loads(str(read["conditions"]))[1]["dose"] == 500.0


def test_hyperspy_takes_a_wave_with_its_axes(wave):
    pytest.importorskip("hyperspy.api")
    signal = wave.to_hyperspy()
    np.testing.assert_array_equal(signal.data, wave.array)
    assert signal.axes_manager.navigation_shape == (2,)
    x, y = signal.axes_manager.signal_axes
    assert (x.name, x.size, x.scale, x.units) == ("x", 64, 0.2, "Å")
    assert (y.name, y.size) == ("y", 48)
    assert signal.metadata.Acquisition_instrument.TEM.beam_energy == 300
    alone = ExitWave(wave.array[:1], wave.grid, wave.energy)
    assert alone.to_hyperspy().axes_manager.navigation_shape == ()


def test_abtem_takes_a_wave_and_propagates_it_as_we_do(wave):
    pytest.importorskip("abtem")
    waves = wave.to_abtem()
    assert waves.shape == (2, 64, 48) and waves.energy == 300e3
    assert waves.extent == pytest.approx((64 * 0.2, 48 * 0.2))
    shape = waves.apply_ctf(defocus=-100.0, max_batch="auto")  # underfocus is positive there, too
    ours = wave.refocused(wave.plane + 100.0).array
    theirs = np.asarray(shape.array).swapaxes(-1, -2)
    assert np.abs(theirs - ours).max() < 2e-3 * np.abs(ours - 1).max()
