"""A file that Prismatic 2.0 wrote, and copies of it to change."""

import shutil

import h5py
import numpy as np

from hrtem_sim.wave.prismatic.files import PARAMETERS, SLICES
from tests.physics.reference import DATA

REAL = DATA / "a2_au_atom_offgrid.h5"


def copied(path):
    """Copy the file to a place where it may be changed."""
    shutil.copy(REAL, path)
    path.chmod(0o644)
    return path


def changed(path, **parameters):
    with h5py.File(path, "r+") as file:
        for name, value in parameters.items():
            file[PARAMETERS].attrs[name] = value


def add_phonon(path, number, factor):
    with h5py.File(path, "r+") as file:
        first = file[f"{SLICES}/HRTEM_fp0000/data"][:]
        file[f"{SLICES}/HRTEM_fp{number:04d}/data"] = (factor * first).astype(np.complex64)
        file[PARAMETERS].attrs["F"] = np.int32(number + 1)
