"""Memory, threads and requests that cannot be met."""

import numpy as np
import pytest

from hrtem_sim.fft import available_fft, choose_fft
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import NumpyEngine, WaveSettings, compute_exit_wave
from hrtem_sim.wave.multislice import multislice
from tests.physics.test_torch import specimen


def test_predicted_memory_bounds_what_is_allocated():
    import tracemalloc

    wide = Specimen([[50.0, 50.0, 1.0], [20.0, 30.0, 3.0]], [79, 6], (100.0, 100.0, 4.0))
    settings = WaveSettings(pixel_size=0.1)
    compute_exit_wave(wide, settings)  # filters are cached
    tracemalloc.start()
    compute_exit_wave(wide, settings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    predicted = NumpyEngine().memory(wide, [("specimen",)], settings)
    assert 0.3 * predicted < peak < predicted


def test_threads_change_nothing():
    one, two = (compute_exit_wave(specimen(), threads=n).array for n in (1, 2))
    np.testing.assert_allclose(one, two, atol=1e-6)
    with pytest.raises(ValueError, match="threads must be a whole number of at least 1; got 0"):
        compute_exit_wave(specimen(), threads=0)


@pytest.mark.parametrize("name", available_fft())
def test_every_fft_library_gives_the_same_wave(name):
    whole = specimen()
    from hrtem_sim.grid import Grid

    grid = Grid.covering(whole.cell[:2], 0.2)
    (wave,) = multislice(whole, grid, WaveSettings(), fft=choose_fft(name))
    (other,) = multislice(whole, grid, WaveSettings(), fft=choose_fft("scipy"))
    np.testing.assert_allclose(wave, other, atol=3e-5)


def test_odd_numbers_of_pixels_are_fine():
    from hrtem_sim.grid import Grid
    from tests.physics.reference import on_reference_grid, scattered_error

    whole = specimen()
    (odd,) = multislice(whole, Grid((201, 243), (20.0 / 201, 24.0 / 243)), WaveSettings())
    (even,) = multislice(whole, Grid((200, 240), 0.1), WaveSettings())
    like = np.zeros((100, 120))
    error = scattered_error(on_reference_grid(odd, like), on_reference_grid(even, like), 1.25)
    assert error < 0.02  # the bands differ by half a percent


def test_progress_is_shown_when_asked(capsys):
    compute_exit_wave(specimen(), WaveSettings(phonons=2), rng=0, progress=True)
    assert "phonons" in capsys.readouterr().err
    compute_exit_wave(specimen(), WaveSettings(phonons=2), rng=0)
    assert capsys.readouterr().err == ""
