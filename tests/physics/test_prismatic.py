"""The Prismatic engine: its real output file, and an imitation of its command line."""

import sys

import numpy as np
import pytest

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from hrtem_sim.wave import prismatic as adapter
from hrtem_sim.wave.multislice import multislice
from hrtem_sim.wave.prismatic import (
    Prismatic,
    PrismaticError,
    find_prismatic,
    prismatic_wave,
    read_wave,
    write_xyz,
)
from tests.physics.reference import DATA, load_specimen, load_wave, scattered_error

IMITATION = DATA.parent / "imitation_prismatic.py"


@pytest.fixture
def imitation(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(DATA.parents[2]))
    return Prismatic((sys.executable, str(IMITATION)))


@pytest.fixture
def atoms():
    rng = np.random.default_rng(0)
    positions = rng.uniform(0, 1, (12, 3)) * [6, 9, 7] + [1, 0.5, 0.5]
    return Specimen(positions, rng.choice([6, 79], 12), (8.0, 10.0, 8.0))


def test_real_output_is_read_in_our_axes():
    wave = read_wave(DATA / "a2_au_atom_offgrid.h5", Grid((100, 100), 0.2))
    np.testing.assert_array_equal(wave, load_wave("a2_au_atom_offgrid", "wave"))


def test_our_wave_lies_where_prismatic_puts_it():
    # same atom, same axes, same plane: what is left is Prismatic's potential near the nucleus
    wave = read_wave(DATA / "a2_au_atom_offgrid.h5", Grid((100, 100), 0.2))
    specimen = load_specimen("a2_au_atom_offgrid")
    ours = multislice(specimen, Grid((100, 100), 0.2), WaveSettings(parametrization="kirkland"))[0]
    assert scattered_error(ours, wave, 1.4) < 0.1
    assert scattered_error(ours.T, wave, 1.4) > 0.5


def test_input_is_turned_over(tmp_path, atoms):
    write_xyz(tmp_path / "a.xyz", atoms)
    lines = (tmp_path / "a.xyz").read_text().splitlines()
    assert [float(word) for word in lines[1].split()] == [8.0, 10.0, 8.0]
    first = [float(word) for word in lines[2].split()]
    x, y, z = atoms.positions[0]
    assert first == pytest.approx([atoms.numbers[0], x, y, 8 - z, 1, 0], abs=1e-5)
    assert lines[-1] == "-1"


def test_a_run_gives_our_wave(imitation, atoms):
    grid = Grid((100, 80), 0.1)
    wave = prismatic_wave(atoms, grid, energy=200e3, slice_thickness=1.0, prismatic=imitation)
    settings = WaveSettings(200e3, slice_thickness=1.0, parametrization="kirkland")
    fine = multislice(atoms, Grid((200, 160), 0.05), settings)[0]
    from tests.physics.reference import on_reference_grid

    # the imitation transmits at the front of its slices: half a slice of defocus and no more
    error = scattered_error(on_reference_grid(fine, wave), wave, 1.5)
    assert error < 0.15
    assert scattered_error(on_reference_grid(fine[::-1], wave), wave, 1.5) > 1


def test_phonons_and_engines_go_through_one_function(imitation, atoms, monkeypatch):
    monkeypatch.setattr(adapter, "find_prismatic", lambda: imitation)
    settings = WaveSettings(pixel_size=0.2, phonons=2, rms=0.1, parametrization="kirkland")
    wave = compute_exit_wave(atoms, settings, rng=1, engine="prismatic")
    ours = compute_exit_wave(atoms, settings, rng=1)
    assert wave.array.shape == ours.array.shape
    for a, b in zip(wave.array, ours.array, strict=True):
        assert scattered_error(a, b, 1.2) < 0.25
    assert scattered_error(wave.array[0], ours.array[1], 1.2) > 0.25  # each its own phonon


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("message", "ended with code 1; its last words: .*Error: bad atoms"),
        ("abort", "was ended by signal 6"),
        ("silent", "holds no complex HRTEM wave"),
        ("torn", "holds no complex HRTEM wave"),
    ],
)
def test_failures_are_told(imitation, atoms, monkeypatch, failure, message):
    monkeypatch.setenv("IMITATION", failure)
    with pytest.raises(PrismaticError, match=message):
        prismatic_wave(
            atoms, Grid((50, 40), 0.2), energy=300e3, slice_thickness=2.0, prismatic=imitation
        )


def test_hangs_are_ended(imitation, atoms, monkeypatch):
    monkeypatch.setenv("IMITATION", "hang")
    with pytest.raises(PrismaticError, match="did not finish within 3 s"):
        prismatic_wave(
            atoms,
            Grid((50, 40), 0.2),
            energy=300e3,
            slice_thickness=2.0,
            prismatic=imitation,
            timeout=3.0,
        )


def test_missing_and_wrong_versions_are_told(monkeypatch):
    monkeypatch.setattr(adapter.shutil, "which", lambda name: None)
    monkeypatch.setattr(adapter, "_pyprismatic_version", lambda: 0)
    with pytest.raises(PrismaticError, match="not installed: conda install"):
        find_prismatic()
    monkeypatch.setattr(adapter, "_pyprismatic_version", lambda: 1)
    with pytest.raises(PrismaticError, match="version 1, which pip installs"):
        find_prismatic()
    monkeypatch.setattr(adapter, "_pyprismatic_version", lambda: 2)
    assert find_prismatic().is_module
    monkeypatch.setenv("HRTEM_SIM_PRISMATIC", "/nowhere/prismatic")
    with pytest.raises(PrismaticError, match="HRTEM_SIM_PRISMATIC must be an executable"):
        find_prismatic()


def test_our_potential_is_written_as_prismatic_imports_it(tmp_path, atoms):
    import h5py

    grid = Grid((50, 40), 0.2)
    adapter._write_potential(tmp_path / "p.h5", adapter._Run(atoms, grid, 300e3, 2.0), "kirkland")
    with h5py.File(tmp_path / "p.h5") as file, h5py.File(DATA / "a2_au_atom_offgrid.h5") as real:
        theirs = real[adapter.IMPORTED]
        ours = file[adapter.IMPORTED]
        assert ours.dtype == theirs.dtype
        assert ours.shape == (80, 100, 4)  # x, y, slice at half the pixel
        assert list(file[adapter.PARAMETERS].attrs["c"]) == [8, 10, 8]
        mean = theirs[:].sum(axis=2).mean()
        single = Specimen([[7.13, 11.27, 5.0]], [79], (20.0, 20.0, 10.0))
        run = adapter._Run(single, Grid((100, 100), 0.2), 300e3, 2.0)
        adapter._write_potential(tmp_path / "q.h5", run, "kirkland")
        with h5py.File(tmp_path / "q.h5") as same:
            assert same[adapter.IMPORTED].shape == theirs.shape
            # Prismatic cuts its potential at 3 angstrom: 2 % less than the whole
            assert same[adapter.IMPORTED][:].sum(axis=2).mean() == pytest.approx(mean, rel=0.03)


def test_bad_requests_are_refused(imitation, atoms):
    how = {"energy": 300e3, "slice_thickness": 2.0, "prismatic": imitation}
    with pytest.raises(ValueError, match="even numbers of pixels"):
        prismatic_wave(atoms, Grid((51, 40), 0.2), **how)
    with pytest.raises(ValueError, match="own_potential needs pyprismatic"):
        prismatic_wave(atoms, Grid((50, 40), 0.2), own_potential=True, **how)
    with pytest.raises(ValueError, match="tilt"):
        compute_exit_wave(atoms, WaveSettings(tilt=(1.0, 0.0)), engine="prismatic")
