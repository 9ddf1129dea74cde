"""The spread of foci against a sum over very many foci, from 30 to 300 kV and on any pixel."""

import math

import numpy as np
import pytest

from hrtem_sim.imaging import Aberrations, Detector, ImageFormer, ImagingConditions
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.imaging.focal_modes import BINS, focal_modes
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from tests.physics.camera import integrated, intensity_of

LENS = Aberrations(C30=1e5, C12=30.0)


def wave_of(energy, pixel, edge=6.4):
    """Exit wave of gold and carbon atoms, packed as in a crystal on a film."""
    rng = np.random.default_rng(3)
    positions = rng.uniform(0, 1, (40, 3)) * [edge, edge, 20.0]
    numbers = np.where(np.arange(40) < 8, 79, 6)
    specimen = Specimen(positions, numbers, (edge, edge, 20.0))
    settings = WaveSettings(energy=energy, pixel_size=pixel, phonons=2, rms=0.1)
    return compute_exit_wave(specimen, settings, rng=1)


def sum_over_foci(wave, defocus, spread):
    """Image on the wave's pixels: equal steps of focus over +-5 standard deviations, in double.

    The trapezoidal rule is exact to e^-18 for phases up to X = pi lambda spread k^2 once steps are
    below 2 pi / (X + 6) standard deviations.
    """
    k2 = wave.grid.squared_frequency()
    spectrum = np.fft.fft2(wave.array.astype(complex))
    strength = np.abs(spectrum).max(axis=0)
    phase = math.pi * wave.wavelength * spread * k2
    steps = math.ceil(10 * (phase[strength > 1e-6 * strength.max()].max() + 6) / (2 * math.pi))
    offsets = np.linspace(-5, 5, max(60, steps) + 1)
    weights = np.exp(-0.5 * offsets**2)
    lens = LENS.defocused(defocus)
    spectrum *= np.exp(-1j * aberration_phase(wave.grid, wave.wavelength, lens))
    spectrum *= np.exp(1j * offsets[0] * phase)
    step = np.exp(1j * (offsets[1] - offsets[0]) * phase)
    total = 0.0
    for weight in weights / weights.sum():
        total = total + weight * intensity_of(spectrum)
        spectrum *= step
    return integrated(total, wave.grid.shape)


@pytest.mark.parametrize(
    ("energy", "pixel", "spread", "largest"),
    [
        (300e3, 0.2, 3.0, 0.5),  # phase pi lambda sigma k^2 at the rim of the wave's band, in rad
        (300e3, 0.2, 20.0, 3.0),
        (300e3, 0.1, 20.0, 11.0),
        (80e3, 0.1, 59.0, 70.0),  # Cc 1.4 mm, 0.8 eV: 3 % wrong with modes for 40 rad
        (300e3, 0.05, 30.0, 67.0),
        (300e3, 0.025, 100.0, 890.0),
        (30e3, 0.2, 100.0, 50.0),
        (30e3, 0.05, 100.0, 790.0),
    ],
)
def test_modes_equal_a_sum_over_very_many_foci(energy, pixel, spread, largest):
    wave = wave_of(energy, pixel)
    phase = math.pi * wave.wavelength * spread * (0.6 * wave.grid.nyquist) ** 2
    assert phase == pytest.approx(largest, rel=0.2)
    former = ImageFormer(wave, Detector(wave.grid.pixel_size[0]))
    conditions = ImagingConditions(defocus=100.0, focal_spread=spread, aberrations=LENS)
    image, exact = former.expected(conditions), sum_over_foci(wave, 100.0, spread)
    assert np.sqrt(np.mean((image - exact) ** 2)) < 2e-3 * exact.std()  # as documented
    assert np.abs(image - exact).max() < 0.02 * exact.std()
    assert image.mean() == pytest.approx(exact.mean(), abs=1e-5)


@pytest.mark.parametrize("largest", [0.3, 3.0, 30.0, 300.0, 3000.0])
def test_modes_add_up_to_a_gaussian_between_any_two_frequencies(largest):
    # with all modes used: sum_m u_m(x) u_m(x') = exp(-(x - x')^2 / 2)
    power = np.ones((1, BINS + 1))
    modes = focal_modes(power, 1.0, 1e-12, largest / math.pi, 1.0)
    x = np.linspace(0.1, 0.9, 5)[:, None] * largest + np.linspace(0, 0.1 * min(largest, 30.0), 7)
    sample = x.ravel() * modes.scale / largest
    values = np.array(
        [
            np.interp(sample + start, np.arange(len(table)), table, left=0, right=0)
            for table, start in zip(modes.tables, modes.starts, strict=True)
        ]
    )
    exact = np.exp(-0.5 * (x.ravel()[:, None] - x.ravel()) ** 2)
    np.testing.assert_allclose(values.T @ values, exact, atol=3e-4)
