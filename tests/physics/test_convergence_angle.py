"""The angles of the illumination against a sum over very many tilted beams."""

import numpy as np
import pytest

from hrtem_sim.imaging import Aberrations, Detector, ImageFormer, ImagingConditions
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from tests.hrtem_sim.test_imaging import gold_on_carbon
from tests.physics.camera import integrated, intensity_of

SCHERZER = {300e3: 580.0, 80e3: 850.0}  # 1.2 sqrt(Cs lambda) in angstrom for Cs = 1.2 mm


@pytest.fixture(scope="module")
def waves():
    return {
        energy: compute_exit_wave(
            gold_on_carbon(), WaveSettings(energy=energy, phonons=2, rms=0.1), rng=1
        )
        for energy in (300e3, 80e3)
    }


def sum_over_tilts(wave, conditions, step, foci=((0.0, 1.0),)):
    """Image from a lattice of tilts to 4 standard deviations: each sees the lens at chi(k + t)."""
    n = int(4.2 / step)
    sigma = conditions.convergence * 1e-3 / wave.wavelength
    spectrum = np.fft.fft2(wave.array.astype(complex))
    total, weights = np.zeros(tuple(2 * n for n in wave.grid.shape)), 0.0
    for i, j in np.ndindex(2 * n + 1, 2 * n + 1):
        y, x = (i - n) * step, (j - n) * step
        if np.hypot(x, y) > 4.2:
            continue
        for focus, share in foci:
            lens = conditions.aberrations.defocused(conditions.defocus + focus)
            tilt = (x * sigma, y * sigma)
            chi = aberration_phase(wave.grid, wave.wavelength, lens, tilt=tilt)
            weight = share * np.exp(-0.5 * (x**2 + y**2))
            total += weight * intensity_of(spectrum * np.exp(-1j * chi))
            weights += weight
    return integrated(total / weights, wave.grid.shape)


def error(image, exact):
    return np.sqrt(np.mean((image - exact) ** 2)) / exact.std()


@pytest.mark.parametrize(
    ("energy", "defocus", "cs", "convergence", "step", "bound"),
    [
        (300e3, 150.0, 1e5, 0.1, 0.8, 0.01),  # the envelope, where it holds
        (300e3, 150.0, 1e5, 0.3, 0.8, 0.01),
        (300e3, 150.0, 1e5, 1.0, 0.8, 0.005),
        (300e3, 2000.0, 0.0, 0.3, 0.35, 0.005),  # 7 % wrong with an envelope
        (300e3, SCHERZER[300e3], 1.2e7, 0.05, 0.5, 0.01),
        (80e3, 1000.0, 0.0, 0.3, 0.35, 0.005),
        (80e3, 60.0, -1e5, 0.3, 0.8, 0.01),
    ],
)
def test_images_equal_a_sum_over_tilted_beams(waves, energy, defocus, cs, convergence, step, bound):
    wave = waves[energy]
    conditions = ImagingConditions(
        defocus=defocus, convergence=convergence, aberrations=Aberrations(C30=cs)
    )
    image = ImageFormer(wave, Detector(0.2)).expected(conditions)
    exact = sum_over_tilts(wave, conditions, step)
    assert error(image, exact) < bound
    assert image.mean() == pytest.approx(exact.mean(), abs=1e-4)  # no electrons vanish


def test_uncorrected_lenses_at_scherzer_focus(waves):
    # beams at the rim are shifted by 28 standard deviations: a lattice of steps of 0.1 for the sum
    # would take minutes, so tilts drawn at random (error 1 / sqrt(n) of what scattered beams do)
    wave, rng = waves[300e3], np.random.default_rng(0)
    conditions = ImagingConditions(
        defocus=SCHERZER[300e3], convergence=0.3, aberrations=Aberrations(C30=1.2e7)
    )
    image = ImageFormer(wave, Detector(0.2)).expected(conditions)
    lens = conditions.aberrations.defocused(conditions.defocus)
    spectrum = np.fft.fft2(wave.array.astype(complex))
    tilts = rng.normal(0, 0.3e-3 / wave.wavelength, (600, 2))
    total = sum(
        intensity_of(
            spectrum
            * np.exp(-1j * aberration_phase(wave.grid, wave.wavelength, lens, tilt=tuple(t * s)))
        )
        for t in tilts
        for s in (1, -1)
    )
    assert error(image, integrated(total / 1200, wave.grid.shape)) < 0.03


def test_tilts_and_foci_together(waves):
    # the focus changes how a tilt shifts a beam: both sums at once
    wave, spread = waves[300e3], 60.0
    conditions = ImagingConditions(defocus=700.0, convergence=0.4, focal_spread=spread)
    image = ImageFormer(wave, Detector(0.2)).expected(conditions)
    offsets = np.linspace(-4, 4, 17)
    foci = [(spread * f, w) for f, w in zip(offsets, np.exp(-0.5 * offsets**2), strict=True)]
    foci = [(f, w / sum(w for _, w in foci)) for f, w in foci]
    exact = sum_over_tilts(wave, conditions, 0.6, foci)
    assert error(image, exact) < 0.005
