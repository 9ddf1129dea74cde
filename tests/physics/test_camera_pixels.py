"""Camera pixels against exact integrals over their area, whatever the wave's own sampling."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from ase.build import bulk

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImageFormer,
    ImagingConditions,
    expected_image,
)
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.imaging.pixels import CameraPixels, shown
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave, WaveSettings, compute_exit_wave
from tests.hrtem_sim.test_imaging import gold_on_carbon
from tests.physics.camera import integrated, intensity_of

CONDITIONS = ImagingConditions(defocus=100.0, aberrations=Aberrations(C30=1e5, C12=30.0))


def gold_on_axis():
    crystal = bulk("Au", a=4.08, cubic=True) * (4, 4, 6)
    return Specimen(crystal.positions + [4.6, 4.6, 1], crystal.numbers, (25.6, 25.6, 28.0))


def lens_spectra(wave, conditions=CONDITIONS):
    lens = conditions.aberrations.defocused(conditions.defocus)
    chi = aberration_phase(wave.grid, wave.wavelength, lens)
    return np.fft.fft2(wave.array.astype(complex)) * np.exp(-1j * chi)


def error(image, exact):
    return np.sqrt(np.mean((image - exact) ** 2)) / exact.std()


@pytest.mark.filterwarnings("ignore::hrtem_sim.wave.exit_wave.LostElectrons")
@pytest.mark.parametrize("build", [gold_on_carbon, gold_on_axis])
@pytest.mark.parametrize(("energy", "pixel"), [(300e3, 0.2), (80e3, 0.2), (300e3, 0.1)])
def test_pixels_collect_the_integral_of_the_intensity(build, energy, pixel):
    settings = WaveSettings(energy=energy, pixel_size=pixel, phonons=2, rms=0.08)
    wave = compute_exit_wave(build(), settings, rng=1)
    fine = intensity_of(lens_spectra(wave))
    for binning in (1, 2, 4):
        shape = tuple(n // binning for n in wave.grid.shape)
        image = expected_image(wave, CONDITIONS, Detector(binning * pixel))
        assert error(image, integrated(fine, shape)) < 3e-3
        # point by point at the pixels' middles, as images once were: no rounding of the rule
        points = fine[binning :: 2 * binning, binning :: 2 * binning]
        assert binning > 1 or error(points, integrated(fine, shape)) > 0.02


@pytest.mark.parametrize("camera", [0.2, 0.4])
def test_images_do_not_depend_on_the_sampling_of_the_wave(camera):
    finest = compute_exit_wave(gold_on_axis(), WaveSettings(pixel_size=0.05, rms=0.0))
    band = finest.grid.squared_frequency() < 1.5**2  # all that 0.2 angstrom pixels carry
    array = np.fft.ifft2(np.fft.fft2(finest.array) * band).astype(np.complex64)
    same = ExitWave(array, finest.grid, finest.energy)
    exact = expected_image(same, CONDITIONS, Detector(camera))
    for edge in (128, 160, 256, 320):  # pixels of 0.2, 0.16, 0.1 and 0.08 angstrom
        image = expected_image(same.resampled((edge, edge)), CONDITIONS, Detector(camera))
        assert error(image, exact) < 5e-3


@pytest.mark.parametrize("camera", [0.2, 0.4])
def test_waves_computed_on_other_pixels_give_the_same_images(camera):
    carbon = gold_on_carbon()
    carbon = carbon.keep(carbon.numbers == 6)
    conditions = ImagingConditions(defocus=150.0, focal_spread=30.0, vibration=0.3)
    images = [
        expected_image(
            compute_exit_wave(carbon, WaveSettings(pixel_size=pixel, slice_thickness=1.0)),
            conditions,
            Detector(camera),
        )
        for pixel in (0.05, 0.1, 0.2)
    ]
    for image in images[1:]:
        assert error(image, images[0]) < 0.01


def test_detail_beyond_nyquist_folds_over_as_in_a_real_camera():
    # a weak grating of 1.5 1/angstrom on pixels of 0.4 angstrom: at 2.5 - 1.5, after the pixel's
    # sinc(0.6) and the transfer at 1.2 Nyquist; at 4.5 1/angstrom after sinc(1.8)
    n, extent, weak = 256, 20.0, 1e-3
    camera = Detector(0.4, mtf_half=0.6)
    x = np.arange(n) / n
    for frequency, seen in ((1.5, 1.0), (4.5, 0.5)):
        order = round(frequency * extent)
        wave = 1 + 1j * weak * np.cos(2 * np.pi * order * x) * np.ones((n, 1))
        wave = ExitWave(wave[None], Grid((n, n), extent / n), 300e3)
        quarter = 0.5 / (wave.wavelength * frequency**2)  # defocus of full contrast
        image = expected_image(wave, ImagingConditions(defocus=quarter), camera)
        spectrum = np.abs(np.fft.rfft(image[0])) * 2 / 50
        expected = 2 * weak * abs(np.sinc(0.4 * frequency)) * camera.mtf(frequency / 1.25)
        assert spectrum[1:].argmax() + 1 == round(seen * extent)
        assert spectrum[round(seen * extent)] == pytest.approx(expected, rel=2e-3, abs=1e-7)


def test_waves_that_fill_their_pixels_are_formed_on_finer_ones():
    # windows of fine pixels: a wave with beams up to the Nyquist frequency of its grid
    fine = compute_exit_wave(gold_on_axis(), WaveSettings(pixel_size=0.1, rms=0.0))
    wave = fine.resampled((128, 128))
    intensity = intensity_of(lens_spectra(wave))
    for camera, shape in ((0.2, (128, 128)), (0.4, (64, 64))):
        image = expected_image(wave, CONDITIONS, Detector(camera))
        assert error(image, integrated(intensity, shape)) < 0.01


def test_diffuse_waves_are_formed_on_coarser_samples_than_their_mean():
    """As in data sets with windows: frozen phonons with beams up to the Nyquist frequency."""
    settings = WaveSettings(pixel_size=0.1, rms=0.08, phonons=6)
    wave = compute_exit_wave(gold_on_axis(), settings, rng=1).resampled((128, 128))
    former = ImageFormer(wave, Detector(0.2))
    mean, diffuse = former.rasters[-1], former.rasters[0]
    assert (len(former.rasters), diffuse.grid.shape) == (2, (128, 128))
    assert mean.grid.shape[0] >= 192
    exact = integrated(intensity_of(lens_spectra(wave)), (128, 128))
    assert error(former.expected(CONDITIONS), exact) < 0.01
    # All on the coarser ones would be wrong by more.
    former.rasters = former.rasters[:1]
    assert error(former.expected(CONDITIONS), exact) > 0.01


def test_few_modes_of_the_mean_wave_need_the_finer_samples():
    settings = WaveSettings(pixel_size=0.1, rms=0.08, phonons=6)
    wave = compute_exit_wave(gold_on_axis(), settings, rng=1).resampled((128, 128))
    former, asked = ImageFormer(wave, Detector(0.2)), []
    for raster in former.rasters:
        raster.add = partial(counted, raster.add, asked, raster.grid.shape[0])
    image = former.expected(replace(CONDITIONS, focal_spread=25.0))
    assert 0 < asked.count(former.rasters[-1].grid.shape[0]) < 0.2 * len(asked)
    exact = np.zeros((128, 128))
    spreads = np.linspace(-4, 4, 81)
    weights = np.exp(-(spreads**2) / 2) / np.exp(-(spreads**2) / 2).sum()
    for spread, weight in zip(spreads, weights, strict=True):
        focus = replace(CONDITIONS, defocus=CONDITIONS.defocus + 25.0 * spread)
        intensity = intensity_of(lens_spectra(wave, focus))
        exact += weight * integrated(intensity, (128, 128))
    assert error(image, exact) < 0.01


def counted(add, asked, samples, *arguments):
    asked.append(samples)
    add(*arguments)


@pytest.mark.parametrize(
    ("samples", "pixels"),
    [
        ((10, 12), (6, 5)),
        ((9, 7), (4, 4)),
        ((7, 9), (12, 10)),  # a camera finer than the samples
        ((16, 10), (5, 3)),
        ((30, 22), (7, 4)),
        ((8, 8), (8, 8)),
    ],
)
def test_folded_spectra_are_samples_at_the_middles_of_pixels(samples, pixels):
    """Beside the trigonometric sum; of the Nyquist frequency half has either sign."""

    def waves(n, m):
        k, y = np.fft.fftfreq(n, 1 / n), np.arange(m)[:, None] / m
        return np.where((2 * k == -n), np.cos(np.pi * n * y), np.exp(2j * np.pi * k * y))

    values = np.random.default_rng(3).normal(size=samples)
    camera = CameraPixels(Grid(samples, (1 / samples[0], 1 / samples[1])), pixels)
    image = shown(camera.folded(np.fft.rfft2(values)), pixels)
    along_y, along_x = (waves(n, m) for n, m in zip(samples, pixels, strict=True))
    exact = along_y @ np.fft.fft2(values) @ along_x.T / values.size
    assert image == pytest.approx(exact.real, abs=1e-6)
