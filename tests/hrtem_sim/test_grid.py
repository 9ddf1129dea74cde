"""Grids, Fourier cropping, FFT libraries."""

import numpy as np
import pytest

from hrtem_sim import fft
from hrtem_sim.fft import available_fft, choose_fft
from hrtem_sim.grid import Grid, aperture, fast_even_length, fourier_resize


def test_grids_cover_the_cell_with_pixels_no_larger_than_asked():
    grid = Grid.covering((102.4, 51.3), 0.2)
    assert grid.extent == pytest.approx((51.3, 102.4))
    assert max(grid.pixel_size) <= 0.2 + 1e-9
    assert fast_even_length(257) == 270


def test_frequencies_are_those_of_numpy():
    ky, kx = Grid((4, 6), (0.5, 0.2)).frequencies()
    np.testing.assert_array_equal(ky.ravel(), np.fft.fftfreq(4, 0.5))
    np.testing.assert_array_equal(kx.ravel(), np.fft.fftfreq(6, 0.2))


@pytest.mark.parametrize("shape", [(12, 20), (32, 40), (17, 15)])
def test_resized_spectra_sample_the_same_function(shape):
    def function(ny, nx):
        y, x = np.arange(ny)[:, None] / ny, np.arange(nx)[None] / nx
        return 1 + np.cos(2 * np.pi * (2 * y + 3 * x) + 0.3) + 0.5 * np.sin(2 * np.pi * 4 * x)

    resized = np.fft.ifft2(fourier_resize(np.fft.fft2(function(16, 24)), shape))
    np.testing.assert_allclose(resized, function(*shape), atol=1e-12)


def test_aperture_is_one_inside_and_zero_outside():
    grid = Grid((64, 64), 0.2)
    filter_, k = aperture(grid, 1.5, 0.25), np.sqrt(grid.squared_frequency())
    assert (filter_[k <= 1.25] == 1).all()
    assert (filter_[k >= 1.5] < 1e-12).all()


@pytest.mark.parametrize("name", available_fft())
@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_every_fft_library_agrees_with_numpy(name, dtype):
    library = choose_fft(name)
    array = library.empty((48, 60), dtype)
    rng = np.random.default_rng(0)
    array[...] = rng.normal(size=(48, 60)) + 1j * rng.normal(size=(48, 60))
    original = array.copy()
    tolerance = 1e-4 if dtype == np.complex64 else 1e-11
    library.forward(array)
    np.testing.assert_allclose(array, np.fft.fft2(original), atol=tolerance)
    library.inverse(array)
    np.testing.assert_allclose(array, original, atol=tolerance)


def test_a_library_that_does_not_load_gives_way_to_the_next(monkeypatch):
    def broken(self):
        raise ImportError("libmkl_rt.so.2: cannot open shared object file")

    monkeypatch.delenv("HRTEM_SIM_FFT", raising=False)
    monkeypatch.setattr(fft, "LIBRARIES", ("mkl", "scipy"))
    monkeypatch.setattr(fft, "find_spec", lambda module: object())
    monkeypatch.setattr(fft.MklFft, "__init__", broken)
    fft._loads.cache_clear()
    fft._load.cache_clear()
    try:
        with pytest.warns(UserWarning, match="'mkl' is installed and does not load.*libmkl_rt"):
            assert choose_fft().name == "scipy"
    finally:
        fft._loads.cache_clear()
        fft._load.cache_clear()
