"""Reading the waves of Prismatic: a real file, and small ones in its layout."""

import h5py
import numpy as np
import pytest

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid, propagator
from hrtem_sim.imaging import Detector, ImagingConditions, expected_image
from hrtem_sim.mask import phase_mask
from hrtem_sim.refusal import Implausible
from hrtem_sim.wave import PrismaticError, WaveSettings, read_prismatic, read_prismatic_atoms
from hrtem_sim.wave.multislice import multislice
from hrtem_sim.wave.prismatic.files import IMPORTED, SLICES, write_xyz
from tests.physics.real_prismatic import REAL, add_phonon, changed, copied
from tests.physics.reference import DATA, load_specimen, load_wave, scattered_error


@pytest.fixture
def file(tmp_path):
    """A copy of the real file, open to be changed; closed by `read`."""
    return copied(tmp_path / "wave.h5")


def test_a_real_file_is_read_in_our_axes_with_its_energy_pixels_and_plane():
    wave = read_prismatic(REAL)
    np.testing.assert_array_equal(wave.array[0], load_wave("a2_au_atom_offgrid", "wave"))
    assert wave.grid == Grid((100, 100), 0.2)
    assert wave.energy == 300e3
    assert wave.plane == 1.0  # half a slice behind the middle


def test_the_plane_is_that_of_slices_that_transmit_in_their_middle():
    # its own potential and band, by a multislice written here with mid-plane transmission
    with h5py.File(REAL) as file:
        slices = file[IMPORTED][:].transpose(2, 1, 0).astype(float)
    grid = Grid((200, 200), 0.1)
    lam, sigma = wavelength(300e3), interaction_parameter(300e3)
    index = np.round(np.fft.fftfreq(200, 1 / 200)).astype(int)
    inside = (index >= -50) & (index < 50)
    band = np.outer(inside, inside)
    wave, depth = np.ones((200, 200), complex), 0.0
    for number, v in enumerate(slices):
        middle = 2.0 * number + 1.0
        wave = np.fft.ifft2(np.fft.fft2(wave) * band * propagator(grid, middle - depth, lam))
        wave, depth = wave * np.exp(1j * sigma * v), middle
    spectrum = (np.fft.fft2(wave) * propagator(grid, 5.0 - depth, lam))[inside][:, inside]
    right = np.fft.ifft2(spectrum) / 4
    found = read_prismatic(REAL).refocused(0.0).array[0]
    assert np.abs(found - right).max() < 1.3e-5  # single precision
    # half a slice off is a thousand times more
    assert np.abs(read_prismatic(REAL).array[0] - right).max() > 0.1


def test_our_wave_lies_where_prismatic_puts_it():
    # same atom, same axes, same plane: what is left is Prismatic's potential near the nucleus
    wave = read_prismatic(REAL).refocused(0.0).array[0]
    specimen = load_specimen("a2_au_atom_offgrid")
    ours = multislice(specimen, Grid((200, 200), 0.1), WaveSettings(parametrization="kirkland"))[0]
    kept = np.round(np.fft.fftfreq(100, 1 / 100)).astype(int)
    ours = np.fft.ifft2(np.fft.fft2(ours)[np.ix_(kept, kept)]) / 4
    assert scattered_error(ours, wave, 1.4) < 0.04
    assert scattered_error(ours.T, wave, 1.4) > 0.5
    # of a single atom half a slice is a tenth of that: the plane is told by the phase
    assert scattered_error(ours, read_prismatic(REAL).array[0], 1.4) > 0.05


def test_from_a_file_to_image_and_mask():
    wave = read_prismatic(REAL)
    detector = Detector(0.2)
    image = expected_image(wave, ImagingConditions(defocus=20.0), detector)
    at_middle = expected_image(wave.refocused(0.0), ImagingConditions(defocus=20.0), detector)
    np.testing.assert_allclose(image, at_middle, atol=1e-5)
    mask = phase_mask(wave.refocused(0.0), 0.2, blur=0.0)
    y, x = np.argwhere(mask.classes).mean(axis=0) * 0.2
    assert abs(x - 7.13) < 0.2 and abs(y - 11.27) < 0.2


def test_its_atoms_are_turned_over(tmp_path):
    for name in ("a2_au_atom_offgrid", "c_au_on_carbon"):
        found, right = read_prismatic_atoms(DATA / f"{name}.xyz"), load_specimen(name)
        np.testing.assert_allclose(found.positions, right.positions)
        np.testing.assert_array_equal(found.numbers, right.numbers)
        assert found.cell == right.cell
        write_xyz(tmp_path / "again.xyz", found)
        again = read_prismatic_atoms(tmp_path / "again.xyz")
        np.testing.assert_allclose(again.positions, right.positions, atol=2e-6)
    bad = tmp_path / "bad.xyz"
    bad.write_text("comment\n8 8 8\nAu 1 2 3 1 0\n-1\n")
    with pytest.raises(PrismaticError, match=r"bad\.xyz is no list of atoms.*Au"):
        read_prismatic_atoms(bad)


def test_all_phonons_come_in_their_order(file):
    for number in range(1, 12):
        add_phonon(file, number, 1 + number)
    wave = read_prismatic(file)
    assert wave.array.shape == (12, 100, 100)
    np.testing.assert_allclose(wave.array[11], 12 * wave.array[0], rtol=1e-6)


def test_pixels_that_are_not_square_and_cells_that_are_repeated(file):
    with h5py.File(file, "r+") as opened:
        data = opened[f"{SLICES}/HRTEM_fp0000/data"][:80]
        del opened[f"{SLICES}/HRTEM_fp0000/data"]
        opened[f"{SLICES}/HRTEM_fp0000/data"] = data
    changed(
        file,
        c=np.float32([10, 25, 10]),
        t=np.float32([2, 1, 3]),
        eff_pixel_size_x=np.float32(0.25),
        eff_pixel_size_y=np.float32(0.25),
        E=np.float32(80.0),
    )
    wave = read_prismatic(file)
    assert wave.grid == Grid((100, 80), 0.25)
    assert wave.energy == 80e3


@pytest.mark.parametrize(("thickness", "plane"), [(2.0, 1.0), (1.0, 0.5), (3.0, 2.0 + 1.5)])
def test_the_plane_follows_the_slices(file, thickness, plane):
    # 10 angstrom in slices of 3: forward four slices, back half the cell
    changed(file, s=np.float32(thickness))
    assert read_prismatic(file).plane == plane


def test_a_defocus_of_one_phonon_is_part_of_the_plane(file):
    changed(file, df=np.float32(50.0))
    assert read_prismatic(file).plane == 51.0
    changed(file, df=np.float32(np.nan))  # Prismatic's default
    assert read_prismatic(file).plane == 1.0


def test_atoms_whose_file_was_cut_short_are_doubted(tmp_path):
    path = tmp_path / "short.xyz"
    path.write_text("gold\n8 8 5\n79 4 4 1.5 1.0 0.08\n")
    with pytest.warns(Implausible, match=r"short\.xyz lacks the -1 that ends"):
        assert read_prismatic_atoms(path).numbers.tolist() == [79]


def test_half_an_element_is_none(tmp_path):
    path = tmp_path / "half.xyz"
    path.write_text("gold\n8 8 5\n79.5 4 4 1.5 1.0 0.08\n-1\n")
    with pytest.raises(PrismaticError, match=r"numbers must be whole numbers; got 79\.5") as told:
        read_prismatic_atoms(path)
    assert "half.xyz" in str(told.value)
