"""Cameras against what is measured of them: edges, flat images, efficiency, mean values."""

import numpy as np
import pytest

from hrtem_sim.dataset import read_dataset_recipe
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import CAMERAS, Detector, ImagingConditions, expected_image
from hrtem_sim.imaging.cameras import CURVES, EFFICIENCY, NOISE, US1000
from hrtem_sim.provenance import RecipeError
from hrtem_sim.wave import ExitWave

RINGS = ((0.05, 0.15), (0.4, 0.6), (0.7, 0.9))
PRESETS = [(name, energy) for name in CURVES for energy in CURVES[name]]


def mtf_of_edges(camera, pixels=64, steps=8):
    """Measure the MTF, pixels included, as a slanted edge does: an edge in steps of a pixel.

    Returns frequencies in Nyquist and the transform of the line spread, steps to the pixel.
    """
    extent, fine = pixels * camera.pixel_size, pixels * steps
    profile = np.zeros((pixels, steps))
    for step in range(steps):
        amplitude = np.ones((1, 4, 2 * fine), np.complex64)
        # an opaque half that begins between two samples, of which the wave has two per step
        amplitude[..., 2 * step : 2 * step + fine] = 0
        wave = ExitWave(amplitude, Grid((4, 2 * fine), (extent / 4, extent / (2 * fine))), 300e3)
        line = expected_image(wave, ImagingConditions(), camera)
        profile[:, (-step) % steps] = np.roll(line.mean(axis=0), -1 if step else 0)
    edge = profile.ravel()
    spectrum = np.fft.fft(np.diff(edge, append=edge[:1]))
    ideal = np.zeros(fine)
    ideal[: fine // 2] = -1
    ideal = np.fft.fft(np.diff(ideal, append=ideal[:1]))
    odd = np.arange(1, pixels, 2)  # two edges, half a period apart, hold the odd orders
    return 2 * odd / pixels, np.abs(spectrum[odd] / ideal[odd])


def noise_power(camera, dose, images=40, pixels=128):
    """Power spectrum of flat images per pixel, by frequency in Nyquist (ny, nx)."""
    rng = np.random.default_rng(0)
    flats = [
        camera.record(np.full((pixels, pixels), dose), rng).astype(float) for _ in range(images)
    ]
    power = np.mean([np.abs(np.fft.fft2(f - f.mean())) ** 2 for f in flats], axis=0) / pixels**2
    k = np.hypot(*np.meshgrid(*[np.fft.fftfreq(pixels) * 2] * 2))
    return k, power, np.mean(flats)


@pytest.mark.parametrize(("name", "energy"), PRESETS)
def test_presets_have_the_curves_that_were_measured(name, energy):
    camera = Detector.preset(name, energy)
    for frequency, mtf in CURVES[name][energy]:
        assert camera.transfer(frequency) == pytest.approx(mtf, abs=1e-9)
    if name in EFFICIENCY:
        for frequency, dqe in EFFICIENCY[name]:
            assert camera.dqe(frequency) == pytest.approx(dqe, abs=1e-9)
    else:
        assert camera.dqe(0.0) == pytest.approx(US1000[energy][0])
        for frequency, ntf in NOISE[energy]:
            assert camera.ntf(frequency) == pytest.approx(ntf, abs=1e-6)


def test_the_dqe_of_the_us1000_is_the_published_one():
    # Vulovic et al. (2013): 0.32 and 0.035, 0.085 and 0.017, 0.053 and 0.017; the curves above are
    # rounded to two digits, which counts at Nyquist
    for energy, half, nyquist in (
        (80e3, 0.32, 0.035),
        (200e3, 0.085, 0.017),
        (300e3, 0.053, 0.017),
    ):
        camera = Detector.preset("us1000", energy)
        assert camera.dqe(0.5) == pytest.approx(half, rel=0.1)
        assert camera.dqe(1.0) == pytest.approx(nyquist, abs=0.005)


def test_an_ideal_pixel_has_the_efficiency_of_its_square():
    np.testing.assert_allclose(Detector(noise_transfer="flat").dqe([0, 1]), [1, (2 / np.pi) ** 2])


@pytest.mark.parametrize(
    ("name", "energy"),
    [("us1000", 80e3), ("us1000", 300e3), ("k2_counting", 300e3), ("falcon3", 200e3)],
)
def test_efficiency_measured_from_edges_and_flat_images_is_that_of_the_curves(name, energy):
    dose = 100.0
    camera = Detector.preset(
        name, energy, pixel_size=0.4, saturation=2**32 - 1, readout_noise=0.0, dark=0.0
    )
    at, mtf = mtf_of_edges(camera)
    np.testing.assert_allclose(mtf, camera.transfer(at), atol=0.03)
    k, power, mean = noise_power(camera, dose)
    slope = (mean - camera.zero) / dose  # digital units per electron that arrives
    assert slope == pytest.approx(camera.per_electron, rel=2e-3)
    for low, high in RINGS:
        ring = (k > low) & (k < high)
        found = np.interp((low + high) / 2, at, mtf) ** 2 * slope**2 * dose
        found /= power[ring].mean() - 1 / 12  # rounding
        assert found == pytest.approx(float(camera.dqe((low + high) / 2)), rel=0.12)


@pytest.mark.parametrize("counting", [True, False])
def test_efficiency_at_zero_is_excess_noise_or_missed_electrons(counting):
    camera = Detector(noise_transfer="flat", dqe_zero=0.4, counting=counting, gain=10.0)
    rng = np.random.default_rng(1)
    values = camera.record(np.full((512, 512), 20.0), rng).astype(float)
    assert values.mean() == pytest.approx(20 * 10 * (0.4 if counting else 1), rel=5e-3)
    # signal-to-noise: mean^2 / variance = DQE(0) n
    assert values.mean() ** 2 / values.var() == pytest.approx(0.4 * 20, rel=0.02)


def test_readout_noise_leaves_the_mean_alone():
    # clipped at zero, 4 units of noise on 2 electrons per pixel raise the mean by 39 %
    rng, flat = np.random.default_rng(2), np.full((512, 512), 2.0)
    cut = Detector(readout_noise=4.0, pedestal=0.0).record(flat, rng).mean()
    assert cut > 1.3 * 2
    camera = Detector(readout_noise=4.0)
    values = camera.record(flat, rng)
    assert camera.zero == 24
    assert values.mean() - camera.zero == pytest.approx(2, abs=0.05)
    assert values.var() == pytest.approx(2 + 16 + 1 / 12, rel=0.02)


def test_recipes_take_cameras_by_name(tmp_path):
    text = (
        '[dataset]\nname = "k2"\nseed = 1\nstructures = 1\nimages_per_structure = 1\n'
        "[dataset.particle]\nradius = 8.0\n[dataset.film]\nthickness = 10.0\n"
        "[dataset.placement]\nfield = [25.6, 25.6]\n[dataset.imaging]\ndose = 500.0\n"
        "[dataset.wave]\nenergy = 300e3\n[dataset.detector]\npixel_size = 0.4\n"
    )
    path = tmp_path / "k2.toml"
    path.write_text(text + 'camera = "k2_counting"\n')
    assert read_dataset_recipe(path).detector == Detector.preset("k2_counting", 300e3)
    path.write_text(text + 'camera = "us1000"\nreadout_noise = 5.0\n')
    assert read_dataset_recipe(path).detector.readout_noise == 5.0
    path.write_text(text.replace("300e3", "120e3") + 'camera = "k2_counting"\n')
    with pytest.raises(RecipeError, match="energy must be about 300 keV, at which k2_counting"):
        read_dataset_recipe(path)
    path.write_text(text + 'camera = "k9"\n')
    with pytest.raises(RecipeError, match=f"camera must be one of {CAMERAS[0]}.* got 'k9'"):
        read_dataset_recipe(path)
