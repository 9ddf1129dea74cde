"""One statement of where a pixel lies: images and all labels show single atoms where they are.

Pixel (i, j) covers y from i to i + 1 and x from j to j + 1 pixels, so the middle of column j is x =
(j + 1/2) pixel.
"""

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Aberrations, Detector, ImagingConditions, expected_image
from hrtem_sim.imaging.aberrations import aberration_phase
from hrtem_sim.interchange.coco import bounding_box
from hrtem_sim.mask import (
    along_beam,
    class_map,
    instance_map,
    phase_mask,
    projected_thickness,
)
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave

EDGE, DEPTH = 16.0, 80.0
PLACES = [(8.0, 8.0), (7.93, 8.21), (8.37, 7.71), (6.61, 9.12), (8.05, 7.84)]


def atom_at(x, y, z=DEPTH / 2):
    return Specimen([[x, y, z]], [79], (EDGE, EDGE, DEPTH), objects=("particle",))


def centre(weights, pixel):
    """Centre of gravity of an image (x, y) in angstrom, pixels at their middles."""
    y, x = ((np.arange(n) + 0.5) * pixel for n in weights.shape)
    total = weights.sum()
    return np.array([(weights.sum(axis=0) * x).sum(), (weights.sum(axis=1) * y).sum()]) / total


def image_offset(wave, pixel, place):
    """How far from a place the image of an atom has its centre of symmetry, (x, y) in angstrom.

    The image of an atom is even about it, so its Fourier coefficients of order m have the phase -2
    pi m x / L, or that and pi, with pixels at their middles: x is known up to L / 2m.
    """
    order = 4
    image = expected_image(wave, ImagingConditions(defocus=150.0), Detector(pixel))
    lines = [np.fft.fft(image.sum(axis=axis))[order] for axis in (0, 1)]
    at = -np.angle(lines) / (2 * np.pi * order) * EDGE + pixel / 2
    half = EDGE / (2 * order)
    return (at - place + half / 2) % half - half / 2


@pytest.mark.parametrize("camera", [0.1, 0.2, 0.4, 0.8])
@pytest.mark.parametrize("sampling", [0.1, 0.2])
def test_images_show_atoms_where_they_are(sampling, camera):
    for x, y in PLACES:
        wave = compute_exit_wave(atom_at(x, y), WaveSettings(pixel_size=sampling))
        # what folds over at 0.8 angstrom is no longer even about the atom
        assert np.abs(image_offset(wave, camera, (x, y))).max() < (0.01 if camera < 0.5 else 0.04)


@pytest.mark.parametrize("pixel", [0.1, 0.2, 0.4])
def test_labels_lie_where_images_are(pixel):
    settings = WaveSettings(pixel_size=0.1)
    shape, volumes = (round(EDGE / pixel),) * 2, {"particle": 17.0}
    off = {name: [] for name in ("thickness", "instances", "classes", "mask", "box")}
    # atoms spread over a pixel: what is thresholded is right on average, to a pixel each
    steps = (np.arange(6) + 0.5) / 6 * pixel
    for x, y in [(8 + dx, 8 + dy) for dx in steps for dy in steps]:
        atom = atom_at(x, y)
        thickness = projected_thickness(atom, shape, pixel, volumes=volumes).total
        off["thickness"].append(centre(thickness, pixel) - (x, y))
        instances = instance_map(atom, shape, pixel, volumes=volumes)
        off["instances"].append(centre(instances.ids > 0, pixel) - (x, y))
        classes = class_map(atom, shape, pixel, by="object", volumes=volumes)
        off["classes"].append(centre(classes.classes > 0, pixel) - (x, y))
        mask = phase_mask(compute_exit_wave(atom, settings), pixel, blur=0.3).classes
        off["mask"].append(centre(mask, pixel) - (x, y))
        left, top, width, height = bounding_box(mask > 0)
        middle = np.array([left + width / 2, top + height / 2]) * pixel
        off["box"].append(middle - (x, y))
    assert np.abs(off["thickness"]).max() < 0.01  # each of them
    for name, shifts in off.items():
        assert np.abs(np.mean(shifts, axis=0)).max() < 0.02, name
        assert np.abs(shifts).max() < pixel / 2 + 0.05, name


@pytest.mark.parametrize("depth", [10.0, 40.0, 70.0])
@pytest.mark.parametrize("tilt", [(20.0, 0.0), (-7.0, 12.0)])
def test_a_tilted_beam_moves_images_and_labels_alike(depth, tilt):
    atom = atom_at(8.13, 7.88, depth)
    wave = compute_exit_wave(atom, WaveSettings(pixel_size=0.1, tilt=tilt))
    seen = along_beam(atom, tilt)
    x, y = seen.positions[0, :2]
    away = (DEPTH / 2 - depth) * np.tan(np.array(tilt) * 1e-3)
    np.testing.assert_allclose([x - 8.13, y - 7.88], away)
    assert np.abs(image_offset(wave, 0.2, (x, y))).max() < 0.02
    mask = phase_mask(wave, 0.1, threshold=0.03, blur=0.3).classes
    assert np.abs(centre(mask, 0.1) - (x, y)).max() < 0.05
    thickness = projected_thickness(seen, (80, 80), 0.2, volumes={"particle": 17.0}).total
    assert np.abs(centre(thickness, 0.2) - (x, y)).max() < 0.01


def test_a_beam_tilted_against_the_lens_is_coma_and_astigmatism():
    # chi(k + t) of spherical aberration alone: C21 = 3 C30 tau along the tilt, C12 = C30 tau^2,
    # C10 = 2 C30 tau^2, and a shift of the whole image, which is chi's linear part
    grid, lam, cs, steps = Grid((128, 128), 0.4), 0.02, 1.2e7, (5, 3)  # steps of frequency, x and y
    tau = lam * np.array(steps) / grid.extent[0]
    size, azimuth = np.hypot(*tau), np.arctan2(tau[1], tau[0])
    plain = aberration_phase(grid, lam, Aberrations(C30=cs))
    tilted = np.roll(plain, (-steps[1], -steps[0]), (0, 1))
    angles = {name: azimuth for name in ("phi21", "phi12")}
    lens = Aberrations(C30=cs, C21=3 * cs * size, C12=cs * size**2, C10=2 * cs * size**2, **angles)
    ky, kx = grid.frequencies()
    shift = 2 * np.pi * cs * size**2 * (kx * tau[0] + ky * tau[1])
    inner = np.s_[:50, :50]  # rolled frequencies without a wrap
    left = (tilted - aberration_phase(grid, lam, lens) - shift)[inner]
    np.testing.assert_allclose(left, left[0, 0], atol=1e-6)
    assert size == pytest.approx(2.3e-3, rel=0.02)  # 2.3 mrad
