"""Prismatic 2 as an engine: one subprocess per wave, in a folder of its own.

Prismatic (L. Rangel DaCosta et al., Micron 151, 103141 (2021)) is GPL software that users install
themselves; nothing of it is here. Version 2 ends the process on errors, repeats aberrations from
phonon to phonon, ignores seeds and writes into the working folder and HOME, so every wave is one
run without thermal motion and aberrations, in a temporary folder, whose output is checked and
brought to our axes: [y, x], the beam along +z, given at the middle of the model.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.specimen import Specimen

INSTALL = "conda install -c conda-forge 'pyprismatic=2.*'"
WAVE = "4DSTEM_simulation/data/realslices/HRTEM_fp0000/data"
PARAMETERS = "4DSTEM_simulation/metadata/metadata_0/original/simulation_parameters"
IMPORTED = "4DSTEM_simulation/data/realslices/ppotential_fp0000/data"

_PROBE = """
import pyprismatic
print("saveComplexOutputWave" in pyprismatic.Metadata.fields)
"""

_SCRIPT = """
import json, sys, pyprismatic
fields = json.load(open("fields.json"))
metadata = pyprismatic.Metadata()
for name, value in fields.items():
    setattr(metadata, name, value)
metadata.go()
"""


class PrismaticError(RuntimeError):
    """Prismatic is missing, of the wrong version, or did not do what was asked."""


@dataclass(frozen=True)
class Prismatic:
    """An installation of Prismatic 2.

    Parameters
    ----------
    command
        Words that start it: the path of `prismatic`, or a Python that has pyprismatic.
    is_module
        Whether the command is a Python with pyprismatic.
    """

    command: tuple[str, ...]
    is_module: bool = False


def find_prismatic() -> Prismatic:
    """Return the Prismatic of this machine.

    `HRTEM_SIM_PRISMATIC` may hold the path of the command; otherwise `prismatic` on the PATH is
    taken, then pyprismatic in this Python.

    Raises
    ------
    PrismaticError
        If there is none, or only version 1, which pip installs and which has no HRTEM.
    """
    named = os.environ.get("HRTEM_SIM_PRISMATIC")
    path = shutil.which(named or "prismatic")
    if named and not path:
        raise PrismaticError(f"HRTEM_SIM_PRISMATIC must be an executable file; got {named!r}")
    if path:
        return Prismatic((path,))
    version = _pyprismatic_version()
    if version == 2:
        return Prismatic((sys.executable,), is_module=True)
    if version == 1:
        raise PrismaticError(
            "the installed pyprismatic is version 1, which pip installs and which has no HRTEM; "
            f"get version 2: {INSTALL}"
        )
    raise PrismaticError(
        f'engine "prismatic" needs Prismatic 2, which is not installed: {INSTALL}; '
        'the default engine "numpy" needs nothing'
    )


@cache
def _pyprismatic_version() -> int:
    """0 without pyprismatic, 1 for the one without HRTEM, 2 for the one with it."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        return 0
    return 2 if done.stdout.strip().endswith("True") else 1


def prismatic_wave(
    specimen: Specimen,
    grid: Grid,
    *,
    energy: float,
    slice_thickness: float,
    prismatic: Prismatic | None = None,
    own_potential: bool = False,
    parametrization: str = "kirkland",
    timeout: float = 3600.0,
) -> np.ndarray:
    """Return the exit wave of atoms at rest as Prismatic computes it.

    Parameters
    ----------
    specimen
        Atoms; occupancies must be 1.
    grid
        Of the wave: even numbers of pixels. Prismatic's potential has half the pixel, and its waves
        fill the square |kx|, |ky| < Nyquist of this grid.
    energy
        In eV.
    slice_thickness
        Largest slice in angstrom; the cell is divided into equal slices.
    prismatic
        Installation; default `find_prismatic()`.
    own_potential
        Hand our potential over instead of having Prismatic make its own; needs pyprismatic.
    parametrization
        Of our potential; Prismatic's own is Kirkland's.
    timeout
        Seconds after which a run is killed.

    Returns
    -------
    wave
        Complex64 (ny, nx) at the middle of the cell.

    Raises
    ------
    PrismaticError
        If the run fails, hangs, or leaves no usable output.
    """
    prismatic = prismatic or find_prismatic()
    if any(n % 2 for n in grid.shape):
        raise ValueError(f"grid must have even numbers of pixels; got {grid.shape}")
    if (specimen.occupancies < 1).any():
        raise ValueError("specimen must have occupancies of 1; sample them with `displaced` first")
    if own_potential and not prismatic.is_module:
        raise ValueError(
            "own_potential needs pyprismatic, Prismatic's command cannot import potentials"
        )
    if not len(specimen):
        return np.ones(grid.shape, np.complex64)
    n_slices = max(1, int(np.ceil(specimen.cell[2] / slice_thickness - 1e-6)))
    run = _Run(specimen, grid, energy, specimen.cell[2] / n_slices)
    with tempfile.TemporaryDirectory(prefix="prismatic-") as name:
        folder = Path(name)
        write_xyz(folder / "atoms.xyz", specimen)
        if own_potential:
            _write_potential(folder / "potential.h5", run, parametrization)
        command = _command(prismatic, folder, run, own_potential)
        _execute(command, folder, timeout)
        return read_wave(folder / "wave.h5", grid)


@dataclass(frozen=True)
class _Run:
    specimen: Specimen
    grid: Grid
    energy: float
    thickness: float

    @property
    def pixel(self) -> tuple[float, float]:
        """Prismatic's potential pixel along y and x."""
        y, x = self.grid.pixel_size
        return y / 2, x / 2


def write_xyz(path: Path, specimen: Specimen) -> None:
    """Write Prismatic's input: turned over along z, because its beam enters at z = c."""
    a, b, c = specimen.cell
    x, y = (np.mod(specimen.positions[:, i], specimen.cell[i]) for i in (0, 1))
    z = c - specimen.positions[:, 2]
    lines = ["atoms", f"{a:.10g} {b:.10g} {c:.10g}"]
    lines += [
        f"{number} {px:.6f} {py:.6f} {pz:.6f} 1.0 0.0"
        for number, px, py, pz in zip(specimen.numbers, x, y, z, strict=True)
    ]
    path.write_text("\n".join([*lines, "-1", ""]))


def read_wave(path: Path, grid: Grid) -> np.ndarray:
    """Read the wave of a Prismatic output file as complex64 [y, x].

    Raises
    ------
    PrismaticError
        If the file is missing, torn, holds no complex HRTEM wave, or one on another grid.
    """
    try:
        with h5py.File(path, "r") as file:
            wave = file[WAVE][:]
            parameters = file[PARAMETERS].attrs
            pixel = tuple(float(parameters[f"eff_pixel_size_{axis}"]) for axis in "yx")
    except (OSError, KeyError) as error:
        raise PrismaticError(f"{path.name} holds no complex HRTEM wave: {error}") from None
    wave = wave[..., 0].T
    if wave.shape != grid.shape or not np.allclose(pixel, grid.pixel_size, rtol=1e-4):
        raise PrismaticError(
            f"{path.name} must hold a wave of {grid.shape} pixels of {grid.pixel_size} angstrom; "
            f"got {wave.shape} of {pixel}"
        )
    if not np.isfinite(wave).all():
        raise PrismaticError(f"{path.name} holds values that are not finite")
    return np.ascontiguousarray(wave, dtype=np.complex64)


def _write_potential(path: Path, run: _Run, parametrization: str) -> None:
    """Write our potential in the form that Prismatic imports: float32 [x, y, slice], V angstrom."""
    ny, nx = run.grid.shape
    fine = run.grid.resized((2 * ny, 2 * nx))
    slices = projected_potential(
        run.specimen, fine, run.thickness, parametrization=parametrization
    ).array
    with h5py.File(path, "w") as file:
        file.create_dataset(IMPORTED, data=np.ascontiguousarray(slices.transpose(2, 1, 0)))
        parameters = file.create_group(PARAMETERS)
        parameters.attrs["c"] = np.array(run.specimen.cell, np.float32)
        parameters.attrs["t"] = np.ones(3, np.float32)


def _command(prismatic: Prismatic, folder: Path, run: _Run, own_potential: bool) -> list[str]:
    """Words of the run; for pyprismatic its fields go through a file."""
    py, px = run.pixel
    kilovolts = run.energy / 1e3
    if not prismatic.is_module:
        options = {
            "-i": "atoms.xyz", "-o": "wave.h5", "-a": "t", "-E": f"{kilovolts:.10g}",
            "-px": f"{px:.12g}", "-py": f"{py:.12g}", "-s": f"{run.thickness:.12g}",
            "-f": "1", "-F": "1", "-te": "0", "-oc": "0", "-com": "1", "-j": "1",
        }  # fmt: skip
        return [*prismatic.command, *(word for pair in options.items() for word in pair)]
    import json

    fields = {
        "algorithm": "hrtem", "filenameAtoms": "atoms.xyz", "filenameOutput": "wave.h5",
        "E0": kilovolts, "realspacePixelSizeX": px, "realspacePixelSizeY": py,
        "sliceThickness": run.thickness, "interpolationFactorX": 1, "interpolationFactorY": 1,
        "numFP": 1, "includeThermalEffects": False, "includeOccupancy": False,
        "saveComplexOutputWave": True, "numThreads": 1,
    }  # fmt: skip
    if own_potential:
        fields |= {"importPotential": True, "importFile": "potential.h5"}
    (folder / "fields.json").write_text(json.dumps(fields))
    (folder / "run.py").write_text(_SCRIPT)
    return [*prismatic.command, "run.py"]


def _execute(command: list[str], folder: Path, timeout: float) -> None:
    environment = {**os.environ, "HOME": str(folder)}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PrismaticError(f"Prismatic did not finish within {timeout:g} s") from None
    except OSError as error:
        raise PrismaticError(f"Prismatic cannot be started: {error}") from None
    if done.returncode:
        said = " / ".join(line.strip() for line in done.stdout.splitlines()[-3:] if line.strip())
        how = (
            f"was ended by signal {-done.returncode}"
            if done.returncode < 0
            else f"ended with code {done.returncode}"
        )
        raise PrismaticError(f"Prismatic {how}; its last words: {said or 'none'}")
