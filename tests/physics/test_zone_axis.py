"""Gold along [001], where scattering is strongest, against Bloch waves."""

import numpy as np
import pytest

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, converge, thickness_series

CONSTANT = 4.078


def columns(depth, layer):
    """Gold columns of [001], each smeared evenly along the beam over layers."""
    xy = np.array([(0, 0), (0, 1), (1, 0), (1, 1)]) * CONSTANT / 2
    z = (np.arange(round(depth / layer)) + 0.5) * layer
    positions = np.column_stack([np.tile(xy, (len(z), 1)), np.repeat(z, 4)])
    share = np.full(len(positions), layer / CONSTANT)
    cell = (CONSTANT, CONSTANT, depth)
    return Specimen(positions, np.full(len(positions), 79), cell, occupancies=share)


def bloch_waves(energy, depths, reach=5.9):
    """Beams (hk0) behind gold: exp(2 pi i A z) with A = -lambda g^2 / 2 + sigma V / 2 pi.

    The Schroedinger equation of the forward wave in a potential without variation along the beam;
    M. De Graef, Introduction to Conventional Transmission Electron Microscopy (2003), section
    5.7. Even indices only: the projected lattice is half as wide.
    """
    order = int(reach * CONSTANT / 2)
    beams = [
        (h, k)
        for h in range(-order, order + 1)
        for k in range(-order, order + 1)
        if h * h + k * k <= (reach * CONSTANT / 2) ** 2
    ]
    g = np.array(beams)
    sheet = columns(1.0, 1.0)
    v = projected_potential(sheet, Grid((160, 160), CONSTANT / 160), 1.0, dtype=np.float64).array[0]
    fourier = np.fft.fft2(v) / v.size
    difference = 2 * (g[:, None] - g[None])
    matrix = (
        interaction_parameter(energy)
        / (2 * np.pi)
        * fourier[difference[..., 1], difference[..., 0]].astype(complex)
    )
    squared = (2 * g / CONSTANT) ** 2
    matrix -= np.diag(0.5 * wavelength(energy) * squared.sum(axis=1))
    entrance = np.array([beam == (0, 0) for beam in beams], complex)
    values, states = np.linalg.eigh(matrix)  # real symmetric: a centre of symmetry
    inside = states.conj().T @ entrance
    found = [states @ (np.exp(2j * np.pi * values * depth) * inside) for depth in depths]
    return {beam: np.array([wave[i] for wave in found]) for i, beam in enumerate(beams)}


@pytest.mark.parametrize("energy", [80e3, 300e3])
def test_beams_of_gold_001_follow_bloch_waves(energy):
    depths, layer = np.arange(10.0, 101.0, 10.0), 0.5
    settings = WaveSettings(energy=energy, pixel_size=0.05, slice_thickness=layer)
    waves = thickness_series(columns(100.0, layer), depths, settings)
    spectra = [np.fft.fft2(wave.array[0]) / wave.array[0].size for wave in waves]
    exact = bloch_waves(energy, depths)
    for h, k in ((0, 0), (1, 0), (1, 1), (2, 0)):
        found = np.array([spectrum[2 * k, 2 * h] for spectrum in spectra])
        # amplitudes of an incident 1; slices of half an angstrom and the edge of the band
        np.testing.assert_allclose(found, exact[h, k], atol=0.025)


def test_static_gold_on_a_zone_axis_needs_fine_pixels():
    # why the defaults of WaveSettings are for particles away from zone axes
    gold = columns(40.0, CONSTANT / 2)
    wide = np.concatenate([gold.positions + [CONSTANT * i, 0, 0] for i in range(2)])
    doubled = Specimen(wide, np.full(len(wide), 79), (2 * CONSTANT, CONSTANT, 40.0))
    table = converge(doubled, pixel_sizes=[0.2, 0.1, 0.05], slice_thicknesses=[2.0])
    coarse, middle, fine = table.wave_error
    assert coarse > 0.2
    assert coarse > 2 * middle > 4 * fine
