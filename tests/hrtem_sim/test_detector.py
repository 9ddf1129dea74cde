"""The camera against known answers: transfer, coloured noise, gain, dark signal, saturation."""

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Clipped, Detector, ImagingConditions, form_image
from hrtem_sim.wave import ExitWave


@pytest.mark.parametrize("noise", ["mtf", "flat"])
def test_mtf_and_noise_spectra_come_back_from_flat_images(noise):
    camera = Detector(
        0.2, mtf_half=0.5, mtf_power=2.0, noise_transfer=noise, gain=5.0, saturation=2**32 - 1
    )
    rng = np.random.default_rng(0)
    flats = [camera.record(np.full((128, 128), 200.0), rng) for _ in range(60)]
    power = np.mean([np.abs(np.fft.fft2(f - np.mean(f))) ** 2 for f in flats], axis=0) / 128**2
    k = np.hypot(*np.meshgrid(np.fft.fftfreq(128) * 2, np.fft.fftfreq(128) * 2))
    for low, high in ((0.05, 0.15), (0.4, 0.6), (0.8, 1.0)):
        ring = (k > low) & (k < high)
        transfer = camera.mtf(k[ring]) ** 2 if noise == "mtf" else np.ones(ring.sum())
        expected = 200 * 5.0**2 * transfer.mean() + 1 / 12  # rounding
        assert power[ring].mean() == pytest.approx(expected, rel=0.05)
    edge = np.zeros((128, 128))
    edge[:, 64] = 1e6
    line = camera.record(edge, rng)[0].astype(float)
    found = np.abs(np.fft.fft(line)) / line.sum()
    np.testing.assert_allclose(found, camera.mtf(np.abs(np.fft.fftfreq(128) * 2)), atol=0.01)


def test_gain_dark_readout_and_saturation():
    rng = np.random.default_rng(1)
    camera = Detector(0.2, gain=4.0, dark=10.0, readout_noise=3.0, pedestal=0.0)
    values = camera.record(np.full((256, 256), 50.0), rng)
    assert values.mean() == pytest.approx(4 * 50 + 10, rel=0.005)
    assert values.var() == pytest.approx(16 * 50 + 10 + 9 + 1 / 12, rel=0.03)
    with pytest.warns(Clipped, match=r"100.00% of the pixels are above 100 digital units"):
        full = Detector(0.2, saturation=100).record(np.full((32, 32), 500.0), rng)
    assert (full == 100).all()
    wide = Detector(0.2, saturation=2**32 - 1).record(np.full((32, 32), 1e5), rng)
    assert wide.dtype == np.uint32 and wide.mean() == pytest.approx(1e5, rel=1e-3)


def test_measured_curves_are_interpolated():
    camera = Detector(0.2, mtf_curve=((0.0, 1.0), (0.5, 0.6), (1.0, 0.2)))
    np.testing.assert_allclose(camera.mtf([0.25, 0.5, 0.75, 2.0]), [0.8, 0.6, 0.4, 0.2])


def test_warnings_name_the_line_of_the_caller():
    beam = ExitWave(np.ones((1, 8, 8), np.complex64), Grid((8, 8), 0.5), 300e3)
    bright = ImagingConditions(dose=1e6)
    with pytest.warns(Clipped) as told:
        form_image(beam, bright, Detector(0.5), rng=1)
    assert told[0].filename == __file__
