"""Image formation and labels against known answers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hrtem_sim.electron import wavelength
from hrtem_sim.grid import Grid, aperture
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImagingConditions,
    Micrograph,
    aberration_phase,
    expected_image,
    focal_series_weights,
    form_image,
    form_images,
    number_of_foci,
    quick_look,
)
from hrtem_sim.interchange import read_micrograph
from hrtem_sim.mask import phase_mask
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave, WaveSettings, compute_exit_wave
from tests.physics.camera import integrated, intensity_of

LAM = wavelength(300e3)
GRID = Grid((64, 64), 0.2)


def blank(shape=(64, 64), pixel=0.2, value=1.0, phonons=1):
    return ExitWave(np.full((phonons, *shape), value, np.complex64), Grid(shape, pixel), 300e3)


def gold_on_carbon():
    rng = np.random.default_rng(0)
    film = rng.uniform(0, 1, (500, 3)) * [25.6, 25.6, 10]
    cell = np.array([[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0]])  # fcc, 4 angstrom
    steps = np.stack(np.meshgrid(*[np.arange(-2, 2) * 4.0] * 3), axis=-1).reshape(-1, 1, 3)
    gold = (cell + steps).reshape(-1, 3)
    gold = gold[np.linalg.norm(gold, axis=1) < 6] + [12.8, 12.8, 17]
    numbers = np.r_[np.full(500, 6), np.full(len(gold), 79)]
    return Specimen(np.r_[film, gold], numbers, (25.6, 25.6, 24.0))


def only_gold():
    both = gold_on_carbon()
    return both.keep(both.numbers == 79)


@pytest.fixture(scope="module")
def wave():
    return compute_exit_wave(gold_on_carbon(), WaveSettings(phonons=2, rms=0.1), rng=1)


def test_underfocus_is_negative_c10_and_positive_distances_fly_on(wave):
    # C10 = z shows the plane z further along the beam; defocus is -C10
    far = wave.refocused(80.0)
    clean = Detector(0.2)
    image = expected_image(wave, ImagingConditions(defocus=-80.0), clean)
    exact = integrated(intensity_of(np.fft.fft2(far.array)), image.shape)
    np.testing.assert_allclose(image, exact, atol=1e-3)
    # and the zero of focus stays in the middle of the model wherever the wave is given
    again = expected_image(far, ImagingConditions(defocus=-80.0), clean)
    np.testing.assert_allclose(again, image, atol=2e-5)


@pytest.mark.parametrize(
    ("name", "order", "fold"),
    [("C12", 2, 2), ("C21", 3, 1), ("C23", 3, 3), ("C30", 4, 0), ("C32", 4, 2), ("C34", 4, 4)]
    + [("C41", 5, 1), ("C43", 5, 3), ("C45", 5, 5), ("C50", 6, 0), ("C52", 6, 2)]
    + [("C54", 6, 4), ("C56", 6, 6)],
)
def test_every_aberration_has_its_order_multiplicity_sign_and_azimuth(name, order, fold):
    value, angle = 1.0e3, 0.3
    angles = {f"phi{name[1:]}": angle} if fold else {}
    chi = aberration_phase(GRID, LAM, Aberrations(**{name: value}, **angles))
    ky, kx = GRID.frequencies()
    k, phi = np.hypot(kx, ky), np.arctan2(ky, kx)
    for i, j in ((0, 5), (5, 0), (3, 4), (60, 7)):
        expected = 2 * np.pi / LAM * value * (LAM * k[i, j]) ** order / order
        expected *= np.cos(fold * (phi[i, j] - angle))
        assert chi[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_scherzer_conditions_shift_the_phase_by_the_textbook_amount():
    # at k = (4 / (Cs lambda^3))^(1/4) / ... chi passes through 0: chi = pi lambda C10 k^2 + pi/2 Cs
    # lambda^3 k^4 vanishes at k^2 = -2 C10 / (Cs lambda^2)
    cs, defocus = 1.2e7, 580.0
    k0 = np.sqrt(2 * defocus / (cs * LAM**2))
    grid = Grid((8, 8), (1 / (8 * k0), 1 / (8 * k0)))
    chi = aberration_phase(grid, LAM, Aberrations(C30=cs, C10=-defocus))
    assert chi[0, 1] == pytest.approx(0, abs=1e-9)
    assert aberration_phase(grid, LAM, Aberrations(C30=cs))[0, 1] > 0


def test_phase_contrast_of_a_weak_object_follows_the_transfer_function():
    # I = 1 + 2 sum phi_k sin(chi): a cosine phase grating of amplitude e
    n, pixel, order, e = 64, 0.2, 4, 1e-3
    x = np.arange(n) / n
    array = np.exp(1j * e * np.cos(2 * np.pi * order * x))[None, None] * np.ones((1, n, 1))
    exit_wave = ExitWave(array.astype(np.complex128), Grid((n, n), pixel), 300e3)
    k = order / (n * pixel)
    for defocus in (50.0, 200.0, -200.0):
        chi = -np.pi * LAM * defocus * k**2
        image = expected_image(exit_wave, ImagingConditions(defocus=defocus), Detector(pixel))
        # the pixel's own transfer, from its middle half a pixel away from the origin
        contrast = 2 * np.fft.fft(image[0])[order] / n * np.exp(-1j * np.pi * order / n)
        expected = 2 * e * np.sin(chi) * np.sinc(order / n)
        assert contrast == pytest.approx(expected, abs=2e-6)


def test_focal_spread_damps_a_weak_object_by_its_gaussian_envelope():
    # linear theory: exp(-(pi lambda sigma k^2)^2 / 2)
    n, order, e, spread = 64, 12, 1e-3, 15.0
    x = np.arange(n) / n
    array = np.exp(1j * e * np.cos(2 * np.pi * order * x))[None, None] * np.ones((1, n, 1))
    exit_wave = ExitWave(array.astype(np.complex128), GRID, 300e3)
    k = order / (n * 0.2)
    quarter = 0.5 / (LAM * k**2)  # defocus of full contrast
    sharp, damped = (
        np.fft.fft(
            expected_image(
                exit_wave, ImagingConditions(defocus=quarter, focal_spread=s), Detector(0.2)
            )[0]
        )[order].real
        for s in (0.0, spread)
    )
    envelope = np.exp(-0.5 * (np.pi * LAM * spread * k**2) ** 2)
    assert 0.6 < envelope < 0.8
    assert damped / sharp == pytest.approx(envelope, rel=5e-3)


def average_over_foci(wave, conditions, spread):
    """By hand: 121 foci over +-5 standard deviations, as exact as a Gaussian needs."""
    offsets = np.linspace(-5, 5, 121)
    weights = np.exp(-0.5 * offsets**2)
    return sum(
        w * expected_image(wave, replace(conditions, defocus=conditions.defocus + f), Detector(0.2))
        for f, w in zip(spread * offsets, weights / weights.sum(), strict=True)
    )


@pytest.mark.parametrize("spread", [3.0, 15.0, 40.0])
def test_a_few_modes_equal_the_average_over_very_many_foci(wave, spread):
    conditions = ImagingConditions(defocus=100.0, aberrations=Aberrations(C30=1e5, C12=30.0))
    image = expected_image(wave, replace(conditions, focal_spread=spread), Detector(0.2))
    many = average_over_foci(wave, conditions, spread)
    assert np.sqrt(np.mean((image - many) ** 2)) < 2e-3 * many.std()  # as documented
    assert image.mean() == pytest.approx(many.mean(), abs=1e-5)  # what is left out is put back


def test_focal_spread_without_a_direct_beam_and_without_a_specimen(wave):
    scattered = replace(wave, array=wave.array - wave.array.mean(axis=(1, 2), keepdims=True))
    conditions = ImagingConditions(defocus=100.0, focal_spread=20.0)
    many = average_over_foci(scattered, replace(conditions, focal_spread=0.0), 20.0)
    image = expected_image(scattered, conditions, Detector(0.2))
    assert np.sqrt(np.mean((image - many) ** 2)) < 2e-3 * many.std()
    flat = expected_image(blank(), conditions, Detector(0.2))
    np.testing.assert_allclose(flat, 1, atol=1e-6)


@pytest.mark.parametrize("spread", [5.0, 15.0, 30.0])
def test_number_of_foci_is_enough(wave, spread):
    cutoff = 1.25
    band = aperture(wave.grid, cutoff)
    limited = replace(wave, array=np.fft.ifft2(np.fft.fft2(wave.array) * band).astype(np.complex64))
    foci, weights = focal_series_weights(spread, number_of_foci(spread, LAM, cutoff))
    few = sum(
        w * expected_image(limited, ImagingConditions(defocus=100.0 + f), Detector(0.2))
        for f, w in zip(foci, weights, strict=True)
    )
    many = average_over_foci(limited, ImagingConditions(defocus=100.0), spread)
    assert np.sqrt(np.mean((few - many) ** 2)) < 3e-3 * many.std()  # as documented


def test_quick_looks_are_right_for_weak_objects_alone(wave):
    conditions = ImagingConditions(defocus=100.0, focal_spread=15.0, convergence=0.5)
    x = np.arange(64) / 64
    weak = 1 + 1e-3j * np.cos(2 * np.pi * 8 * x)[None, None] * np.ones((1, 64, 1))
    weak = ExitWave(weak, GRID, 300e3)
    looked, true = (f(weak, conditions, Detector(0.2)) for f in (quick_look, expected_image))
    assert np.abs(looked - true).max() < 0.01 * true.std()
    looked, true = (f(wave, conditions, Detector(0.2)) for f in (quick_look, expected_image))
    error = np.sqrt(np.mean((looked - true) ** 2)) / true.std()
    assert 0.05 < error < 0.4  # as documented: nobody may train on it


def test_phonons_are_averaged_incoherently(wave):
    conditions = ImagingConditions(defocus=50.0)
    each = [
        expected_image(ExitWave(w[None], wave.grid, wave.energy), conditions, Detector(0.2))
        for w in wave.array
    ]
    np.testing.assert_allclose(
        expected_image(wave, conditions, Detector(0.2)), np.mean(each, axis=0), atol=1e-5
    )


def test_shot_noise_has_the_variance_of_its_mean():
    image = form_image(blank((256, 256)), ImagingConditions(dose=500.0), Detector(0.4), rng=3)
    assert image.counts.dtype == np.uint16
    assert image.counts.shape == (128, 128)
    expected = 500.0 * 0.4**2
    n = image.counts.size
    assert image.counts.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / n))
    assert image.counts.var() == pytest.approx(expected, rel=4 * np.sqrt(2 / n))


def test_pixels_integrate_over_their_area(wave):
    fine = expected_image(wave, ImagingConditions(defocus=100.0), Detector(0.2))
    coarse = expected_image(wave, ImagingConditions(defocus=100.0), Detector(0.8))
    blocks = fine.reshape(32, 4, 32, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse, blocks, atol=5e-3 * fine.std())


def test_plasmon_losses_dilute_contrast_and_keep_the_mean(wave):
    clean = expected_image(wave, ImagingConditions(), Detector(0.2))
    lossy = expected_image(
        wave, ImagingConditions(plasmon_weight=0.4, plasmon_background=1.5), Detector(0.2)
    )
    assert lossy.mean() == pytest.approx(clean.mean())
    assert lossy.std() / clean.std() == pytest.approx(1 - 0.4 * 1.5 / 2.5)


def test_many_images_equal_single_ones(wave):
    conditions = [ImagingConditions(defocus=d, dose=300.0) for d in (0.0, 100.0)]
    together = list(form_images(wave, conditions, Detector(0.4), [7, 8]))
    for image, condition, seed in zip(together, conditions, (7, 8), strict=True):
        alone = form_image(wave, condition, Detector(0.4), rng=seed)
        np.testing.assert_array_equal(image.counts, alone.counts)


def test_mask_covers_the_atoms_of_the_particle_and_nothing_far_away():
    specimen = only_gold()
    mask = phase_mask(compute_exit_wave(specimen), 0.2)
    assert mask.classes.dtype == np.uint8
    ys, xs = (specimen.positions[:, [1, 0]].T / 0.2).astype(int)
    assert mask.classes[ys, xs].mean() > 0.95
    y, x = np.mgrid[:128, :128] * 0.2
    far = np.hypot(x - 12.8, y - 12.8) > 9.5  # 6, an atom's radius of 1 and the blur
    assert not mask.classes[far].any()


def test_masks_are_binned_to_the_detector():
    wave = compute_exit_wave(only_gold())
    fine, coarse = phase_mask(wave, 0.2), phase_mask(wave, 0.8)
    assert coarse.classes.shape == (32, 32)
    assert coarse.classes.mean() == pytest.approx(fine.classes.mean(), rel=0.1)
    with pytest.raises(ValueError, match="pixel_size must be a multiple"):
        phase_mask(wave, 0.3)


def test_gradient_of_chi_is_its_derivative():
    aberrations = Aberrations(
        C10=-300.0, C12=40.0, phi12=0.4, C21=900.0, phi21=-1.0, C23=700.0, phi23=2.0, C30=2e5,
        C32=1e5, phi32=0.1, C34=3e5, phi34=1.1, C45=1e7, phi45=0.2, C50=1e7, C56=4e7, phi56=0.6,
    )  # fmt: skip
    step = 1e-4
    fine = Grid((2048, 2048), 1 / (2048 * step))
    from hrtem_sim.imaging.aberrations import aberration_gradient

    chi = aberration_phase(fine, LAM, aberrations)
    dy, dx = aberration_gradient(fine, LAM, aberrations)
    i, j = slice(200, 900, 97), slice(150, 900, 83)
    scale = np.abs(dx).max()
    numeric_y = (np.roll(chi, -1, 0) - np.roll(chi, 1, 0)) / (2 * step)
    numeric_x = (np.roll(chi, -1, 1) - np.roll(chi, 1, 1)) / (2 * step)
    np.testing.assert_allclose(dy[i, j], numeric_y[i, j], atol=1e-4 * scale)
    np.testing.assert_allclose(dx[i, j], numeric_x[i, j], atol=1e-4 * scale)


def test_convergence_damps_a_weak_object_as_tilted_beams_do():
    # an incoherent average over beam tilts shifts each weak diffracted beam's transfer from chi(k)
    # to chi(k + t) - chi(t): the average over a Gaussian of t is the envelope
    n, order, e, sigma, defocus = 64, 6, 1e-3, 1.0, 400.0
    x = np.arange(n) / n
    array = np.exp(1j * e * np.cos(2 * np.pi * order * x))[None, None] * np.ones((1, n, 1))
    exit_wave = ExitWave(array.astype(np.complex128), GRID, 300e3)
    k = order / (n * 0.2)
    conditions = ImagingConditions(defocus=defocus, convergence=sigma)
    image = expected_image(exit_wave, conditions, Detector(0.2))
    rng = np.random.default_rng(0)
    t = rng.normal(0, sigma * 1e-3 / LAM, 200_000)
    transfer = np.exp(1j * np.pi * LAM * defocus * ((k + t) ** 2 - t**2)).mean()
    # psi = 1 + i e/2 (transfer at +k and -k): I_k = e Re(i transfer) = -e Im(transfer)
    contrast = 2 * np.fft.fft(image[0])[order] / n * np.exp(-1j * np.pi * order / n)
    assert contrast.real == pytest.approx(-2 * e * transfer.imag * np.sinc(order / n), rel=0.02)


def test_convergence_of_a_strong_object_is_a_sum_over_tilts(wave):
    # by hand: 81 tilts of the beam, whose images are shifted pieces of one transfer function
    sigma, defocus, cs = 0.5, 150.0, 1.0e5
    steps = np.linspace(-2.5, 2.5, 9)
    weights = np.exp(-0.5 * steps**2)
    weights /= weights.sum()
    spectra = np.fft.fft2(wave.array)
    ky, kx = wave.grid.frequencies()
    total = 0.0
    for wy, ty in zip(weights, steps * sigma * 1e-3 / LAM, strict=True):
        for wx, tx in zip(weights, steps * sigma * 1e-3 / LAM, strict=True):
            alpha2 = LAM**2 * ((ky + ty) ** 2 + (kx + tx) ** 2)
            chi = 2 * np.pi / LAM * (-defocus * alpha2 / 2 + cs * alpha2**2 / 4)
            total = total + wy * wx * intensity_of(spectra * np.exp(-1j * chi))
    total = integrated(total, wave.grid.shape)
    conditions = ImagingConditions(
        defocus=defocus, convergence=sigma, aberrations=Aberrations(C30=cs)
    )
    image, still = (
        expected_image(wave, c, Detector(0.2))
        for c in (conditions, replace(conditions, convergence=0.0))
    )
    error, effect = (np.sqrt(np.mean((im - total) ** 2)) / total.std() for im in (image, still))
    assert error < 0.01
    assert error < 0.2 * effect


def test_motion_blurs_along_its_direction_only(wave):
    still = expected_image(wave, ImagingConditions(defocus=80.0), Detector(0.2))
    conditions = ImagingConditions(defocus=80.0, drift=(1.2, 0.0))
    moved = expected_image(wave, conditions, Detector(0.2))
    kx = np.fft.fftfreq(128, 0.2)
    shifts = (np.arange(240) + 0.5) / 240 * 1.2 - 0.6
    ramps = [np.exp(-2j * np.pi * kx * s) for s in shifts]
    exact = np.mean([np.fft.ifft(np.fft.fft(still) * ramp).real for ramp in ramps], axis=0)
    np.testing.assert_allclose(moved, exact, atol=1e-4)
    shaken = expected_image(wave, ImagingConditions(defocus=80.0, vibration=0.5), Detector(0.2))
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(still, 2.5, mode="wrap", truncate=8)
    np.testing.assert_allclose(shaken, blurred, atol=1e-3)


def test_corrector_lists_become_coefficients():
    listed = Aberrations.from_list([(2, 2, 16.02, -68.5), (3, 1, 717.0, 29.2), (4, 0, -1.9e4, 0)])
    assert listed == Aberrations(
        C12=16.02, phi12=np.deg2rad(-68.5), C21=717.0, phi21=np.deg2rad(29.2), C30=-1.9e4
    )
    with pytest.raises(ValueError, match="terms must be of C10 to C56"):
        Aberrations.from_list([(7, 1, 1.0, 0.0)])


@pytest.mark.parametrize("ending", [".tif", ".npz", ".hspy", ".png"])
def test_a_micrograph_is_saved_with_its_pixels(tmp_path, ending):
    counts = np.arange(12 * 20, dtype=np.uint16).reshape(12, 20)
    micrograph = Micrograph(counts, 0.35, ImagingConditions(defocus=120.0, dose=500.0))
    path = micrograph.save(tmp_path / f"gold{ending}")
    if ending == ".npz":
        with np.load(path) as stored:
            np.testing.assert_array_equal(stored["counts"], counts)
            assert float(stored["pixel_size"]) == 0.35
            assert json.loads(str(stored["conditions"]))["defocus"] == 120.0
        return
    if ending == ".png":
        assert b"pixel_size_angstrom" in path.read_bytes()
        return
    if ending == ".hspy":
        (signal,) = pytest.importorskip("rsciio.hspy").file_reader(str(path))
        np.testing.assert_array_equal(signal["data"], counts)
        assert [axis["scale"] for axis in signal["axes"]] == [0.35, 0.35]
        assert [axis["name"] for axis in signal["axes"]] == ["y", "x"]
        assert signal["metadata"]["Simulation"]["conditions"]["defocus"] == 120.0
        return
    back = read_micrograph(path)
    np.testing.assert_array_equal(back.image, counts)
    assert back.pixel_size == pytest.approx(0.35)


def test_a_format_that_is_none_is_refused(tmp_path):
    micrograph = Micrograph(np.ones((4, 4), np.uint16), 0.2, ImagingConditions())
    with pytest.raises(ValueError, match=r"\.tif, \.tiff, \.hspy, \.npz or \.png; got 'a\.jpg'"):
        micrograph.save(tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
