"""The objective aperture against the waves that it lets pass, by hand."""

import numpy as np
import pytest

from hrtem_sim.dataset import plan_structure, read_dataset_recipe
from hrtem_sim.imaging import Aberrations, Detector, ImageFormer, ImagingConditions
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.provenance import from_table, identity, to_table
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from tests.hrtem_sim.test_imaging import gold_on_carbon
from tests.physics.camera import integrated, intensity_of


@pytest.fixture(scope="module")
def wave():
    return compute_exit_wave(gold_on_carbon(), WaveSettings(phonons=2, rms=0.1), rng=1)


def by_hand(wave, defocus, passed, spread=0.0):
    foci = np.linspace(-5, 5, 81) if spread else np.zeros(1)
    weights = np.exp(-0.5 * foci**2)
    total = 0.0
    for focus, weight in zip(foci * spread, weights / weights.sum(), strict=True):
        lens = Aberrations(C10=-defocus - focus, C30=1e5)
        chi = aberration_phase(wave.grid, wave.wavelength, lens)
        spectra = np.fft.fft2(wave.array.astype(complex)) * np.exp(-1j * chi) * passed
        total = total + weight * intensity_of(spectra)
    return integrated(total, wave.grid.shape)


@pytest.mark.parametrize(("radius", "edge", "centre"), [
    (15.0, 0.0, (0.0, 0.0)), (12.0, 4.0, (3.0, -2.0)), (6.0, 0.0, (12.0, 0.0)),
])  # fmt: skip
@pytest.mark.parametrize("spread", [0.0, 40.0])
def test_what_an_aperture_stops_is_missing_in_the_image(wave, radius, edge, centre, spread):
    ky, kx = wave.grid.frequencies()
    angle = (
        1e3
        * wave.wavelength
        * np.hypot(kx - centre[0] * 1e-3 / wave.wavelength, ky - centre[1] * 1e-3 / wave.wavelength)
    )
    passed = np.clip((radius - angle) / edge + 0.5, 0, 1) if edge else angle <= radius
    conditions = ImagingConditions(
        defocus=100.0,
        aberrations=Aberrations(C30=1e5),
        focal_spread=spread,
        aperture=radius,
        aperture_edge=edge,
        aperture_centre=centre,
    )
    image = ImageFormer(wave, Detector(0.2)).expected(conditions)
    exact = by_hand(wave, 100.0, passed, spread)
    assert np.sqrt(np.mean((image - exact) ** 2)) < 4e-3 * exact.std()
    assert image.mean() == pytest.approx(exact.mean(), abs=1e-5)
    if centre[0] > radius:  # dark field: no direct beam
        assert image.mean() < 0.1


def test_recipes_draw_apertures_and_keep_their_ids_without():
    recipe = read_dataset_recipe("demo")
    table = to_table(recipe)
    assert "aperture" not in table["imaging"]
    assert plan_structure(recipe, 0).images[0].aperture is None
    table["imaging"] |= {"aperture": {"uniform": [8.0, 14.0]}, "aperture_edge": 1.0}
    with_aperture = from_table(type(recipe), table)
    image = plan_structure(with_aperture, 0).images[0]
    assert 8 <= image.aperture <= 14 and image.aperture_edge == 1.0
    assert identity(with_aperture, "recipe") != identity(recipe, "recipe")
    assert image.dose == plan_structure(recipe, 0).images[0].dose
