"""What is measured of micrographs, against micrographs of known truth.

The films are real potentials, but the images are made here, by the weak-phase formula and Poisson's
noise alone, so that nothing is measured by what made it. The whole path is benchmarked by
`benchmarks/measure/intervals.py`.
"""

import math

import numpy as np
import pytest

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid
from hrtem_sim.measure import (
    Estimate,
    film_spectrum,
    find_fringes,
    measure_fringes,
    measure_micrograph,
    measure_rings,
    reflections_of,
)
from hrtem_sim.measure.film import film_power
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen.bare_film import bare_film

EDGE, PIXEL = 204.8, 0.4


@pytest.fixture(scope="module")
def phase() -> np.ndarray:
    """Phase shift in rad at 300 keV of 30 angstrom of carbon, (512, 512)."""
    slab = bare_film("C", EDGE, 30.0, rng=11)
    volts = projected_potential(slab, Grid((512, 512), PIXEL), 30.0).array.sum(axis=0)
    return interaction_parameter(300e3) * (volts - volts.mean())


def frequencies() -> tuple[np.ndarray, np.ndarray]:
    k = np.fft.fftfreq(512, PIXEL)
    return k[:, None], k[None]


def taken(phase, *, defocus, dose, energy=300e3, cut=9.0, c12=0.0, phi12=0.0, seed=1):
    """A micrograph of a weak phase object, noise and signal passed by a camera of the fall 3."""
    ky, kx = frequencies()
    k2, azimuth = ky**2 + kx**2, np.arctan2(ky, kx)
    chi = math.pi * wavelength(energy) * k2 * (c12 * np.cos(2 * (azimuth - phi12)) - defocus)
    camera = 1 / (1 + (np.sqrt(k2) / cut) ** 3)
    pixel = np.sinc(ky * PIXEL) * np.sinc(kx * PIXEL)
    contrast = np.fft.ifft2(np.fft.fft2(phase) * -2 * np.sin(chi) * pixel).real
    electrons = np.random.default_rng(seed).poisson(dose * PIXEL**2 * np.maximum(1 + contrast, 0))
    return np.fft.ifft2(np.fft.fft2(electrons) * camera).real


@pytest.mark.parametrize("defocus", [-900.0, -400.0, 350.0, 700.0, 1200.0])
@pytest.mark.parametrize("dose", [150.0, 1000.0])
def test_rings_give_the_defocus(phase, defocus, dose):
    image = taken(phase, defocus=defocus, dose=dose)
    found = measure_rings(film_spectrum(image, PIXEL), energy=300e3).defocus
    assert abs(found.value - abs(defocus)) < 0.03 * abs(defocus)
    assert abs(defocus) in found
    assert found.high - found.low < 0.2 * abs(defocus)


@pytest.mark.parametrize(("energy", "defocus"), [(80e3, 350.0), (200e3, 600.0)])
def test_rings_follow_the_wavelength(phase, energy, defocus):
    stronger = phase * interaction_parameter(energy) / interaction_parameter(300e3)
    image = taken(stronger, defocus=defocus, dose=800.0, energy=energy)
    assert defocus in measure_rings(film_spectrum(image, PIXEL), energy=energy).defocus


@pytest.mark.parametrize("dose", [100.0, 400.0, 2000.0])
def test_white_noise_gives_the_dose(phase, dose):
    image = taken(phase, defocus=500.0, dose=dose)
    found = measure_rings(film_spectrum(image, PIXEL), energy=300e3).dose
    assert dose in found
    if dose <= 400:  # above, the film outshines the noise nearly everywhere
        assert abs(found.value / dose - 1) < 0.15


@pytest.mark.parametrize("cut", [0.5, 0.8])
def test_noise_of_a_known_gain_gives_the_cut_of_the_camera(phase, cut):
    image = 3.0 * taken(phase, defocus=500.0, dose=600.0, cut=cut)
    found = measure_rings(film_spectrum(image, PIXEL), energy=300e3, gain=3.0)
    assert abs(found.cut.value / cut - 1) < 0.05
    assert cut in found.cut and 600.0 in found.dose
    assert abs(found.fall - 3) < 0.6


def test_the_contrast_of_a_film_gives_its_thickness(phase):
    image = taken(phase, defocus=500.0, dose=1000.0)
    assert 30.0 in measure_rings(film_spectrum(image, PIXEL), energy=300e3, gain=1.0).thickness


@pytest.mark.parametrize("c12", [0.0, 60.0])
def test_elliptic_rings_give_the_astigmatism(phase, c12):
    image = taken(phase, defocus=600.0, dose=1500.0, c12=c12, phi12=0.7)
    found = measure_rings(film_spectrum(image, PIXEL), energy=300e3).astigmatism
    assert abs(found.value - c12) < 8.0
    assert c12 in found


def test_where_there_are_no_rings_the_interval_says_so():
    noise = np.random.default_rng(3).poisson(64, (512, 512))
    found = measure_rings(film_spectrum(noise, PIXEL), energy=300e3, gain=1.0)
    assert 400.0 in found.dose
    assert found.defocus.high - found.defocus.low > 300


def test_particles_are_left_out(phase):
    image = taken(phase, defocus=600.0, dose=800.0)
    mask = np.zeros(image.shape, bool)
    mask[100:260, 150:330] = True
    ky, kx = frequencies()
    speckle = np.random.default_rng(2).normal(size=image.shape)
    spots = np.fft.ifft2(np.fft.fft2(speckle) * (abs(np.hypot(ky, kx) - 0.3) < 0.02)).real
    image = image + np.where(mask, 40 * spots / spots.std(), 0)
    left_out = measure_rings(film_spectrum(image, PIXEL, mask), energy=300e3)
    assert 600.0 in left_out.defocus and 800.0 in left_out.dose
    assert left_out.misfit < 0.5 * measure_rings(film_spectrum(image, PIXEL), energy=300e3).misfit


def test_power_of_a_film_is_that_of_its_atoms_where_they_scatter_alone():
    """Far out the structure factor is 1: P = n |sigma V_atom|^2 with n atoms per volume."""
    from hrtem_sim.electron import POTENTIAL_PER_SCATTERING_FACTOR
    from hrtem_sim.potential import scattering_factor
    from hrtem_sim.specimen.films import film_matter

    k = np.array([1.2, 1.5])
    density, _ = film_matter("C", None, None)
    volts = POTENTIAL_PER_SCATTERING_FACTOR * scattering_factor(6, k**2)
    alone = density * (interaction_parameter(300e3) * volts) ** 2
    np.testing.assert_allclose(film_power("C", 300e3, k), alone, rtol=0.1)  # S(k) ripples by 8 %


def test_planes_of_gold_are_those_of_its_cell():
    planes = reflections_of("Au", 0.9)
    wanted = [np.sqrt(n) / 4.07825 for n in (3, 4, 8, 11, 12)]  # {111}, {200}, {220}, {311}, {222}
    np.testing.assert_allclose(planes.frequencies, wanted, rtol=1e-6)
    assert planes.strengths[0] == 1.0


def test_planes_that_cancel_are_not_listed():
    """Wurtzite: (001) scatters nothing, by its screw axis."""
    spacing = 1 / np.array(reflections_of("CdSe", 0.5).frequencies)
    assert not np.any(abs(spacing - 7.0152) < 0.01)
    assert np.any(abs(spacing - 7.0152 / 2) < 0.01)


def crystals(stated: float, scale: float, seed: int) -> np.ndarray:
    """Eight discs of gold fringes, {111} and {200}, with noise, pixels of `scale` x `stated`."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((512, 512)) * stated * scale
    image = rng.normal(30, 3, (512, 512))
    for _ in range(8):
        centre, turn = rng.uniform(20, 180, 2), rng.uniform(0, np.pi)
        inside = np.hypot(y - centre[0], x - centre[1]) < rng.uniform(12, 25)
        for n, angle in ((3, turn), (4, turn + np.radians(54.7))):
            k = np.sqrt(n) / 4.07825
            image += 3 * inside * np.cos(2 * np.pi * k * (y * np.sin(angle) + x * np.cos(angle)))
    return image


@pytest.mark.parametrize("scale", [0.93, 1.0, 1.06])
def test_fringes_of_gold_correct_the_pixel_size(scale):
    found = measure_fringes(crystals(0.4, scale, seed=5), 0.4, "Au")
    assert 0.4 * scale in found
    assert abs(found.value / (0.4 * scale) - 1) < 0.01


def test_pixels_coarser_than_all_planes_show_no_fringes():
    noise = np.random.default_rng(1).poisson(64, (256, 256))
    assert not reflections_of("Au", 0.1).frequencies
    assert not measure_fringes(noise, 4.0, "Au").known


def test_a_crystal_counts_once_in_all_windows():
    rng = np.random.default_rng(1)
    y, x = np.indices((400, 400)) * 0.4
    inside = np.hypot(y - 80, x - 80) < 30
    image = rng.normal(30, 3, (400, 400)) + 4 * inside * np.cos(2 * np.pi * 0.4247 * x)
    fringes = find_fringes(image, 0.4)
    assert len(fringes) == 1 and abs(fringes[0].frequency - 0.4247) < 0.002


def test_without_crystals_the_pixel_size_is_unknown(phase):
    image = taken(phase, defocus=300.0, dose=500.0)
    measured = measure_micrograph(image, PIXEL, energy=300e3, material="Au", gain=1.0)
    assert not measured.pixel_size.known
    assert measured.used_pixel_size == PIXEL
    assert 300.0 in measured.table["defocus"]


def test_a_pixel_size_that_fringes_contradict_is_replaced():
    image = crystals(0.4, 1.08, seed=6)
    measured = measure_micrograph(image, 0.4, energy=300e3, material="Au")
    assert measured.used_pixel_size == measured.pixel_size.value
    assert 0.432 in measured.pixel_size


def test_an_estimate_prints_as_many_digits_as_it_knows():
    assert str(Estimate(402.31, 371.0, 433.9, "angstrom")) == "402 (371 to 434) angstrom"
    assert str(Estimate(0.40213, 0.3981, 0.4067)) == "0.4021 (0.3981 to 0.4067)"
    assert str(Estimate(math.nan, math.nan, math.nan)) == "not measurable"
