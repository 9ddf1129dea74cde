"""Prismatic's files: the atoms it reads, the potential it imports, the waves it writes.

Its beam enters at z = c and leaves at z = 0, its arrays are [x, y], and it transmits at the front
of each slice where the atoms are in the middle on average: what it gives for the middle of the cell
is the wave half a slice further along the beam. All of that is set right here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.potential import PotentialSlices
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.provenance.doubts import say_doubt
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.exit_wave import ExitWave
from hrtem_sim.wave.prismatic.program import PrismaticError

SLICES = "4DSTEM_simulation/data/realslices"
PARAMETERS = "4DSTEM_simulation/metadata/metadata_0/original/simulation_parameters"
IMPORTED = f"{SLICES}/ppotential_fp0000/data"


def write_xyz(path: Path, specimen: Specimen) -> None:
    """Write Prismatic's input: turned over along z, because its beam enters at z = c.

    Parameters
    ----------
    path
        Path of the file.
    specimen
        Atoms at rest.
    """
    a, b, c = specimen.cell
    x, y = (np.mod(specimen.positions[:, i], specimen.cell[i]) for i in (0, 1))
    z = c - np.clip(specimen.positions[:, 2], 0.0, c)  # thermal motion may leave the cell
    lines = ["atoms", f"{a:.10g} {b:.10g} {c:.10g}"]
    lines += [
        f"{number} {px:.6f} {py:.6f} {pz:.6f} 1.0 0.0"
        for number, px, py, pz in zip(specimen.numbers, x, y, z, strict=True)
    ]
    path.write_text("\n".join([*lines, "-1", ""]), encoding="utf-8")


def read_prismatic_atoms(path: str | Path) -> Specimen:
    """Read the atoms of Prismatic's input, turned over so that the beam enters at z = 0.

    Parameters
    ----------
    path
        Text file: a comment, the lengths of the cell, then `Z x y z occupancy rms` per atom.

    Returns
    -------
    specimen
        One object, `"specimen"`. Occupancies are kept; displacements (`rms`) are for
        `WaveSettings.rms` to say.

    Raises
    ------
    PrismaticError
        If the file cannot be read or is laid out differently.

    Examples
    --------
    >>> _ = Path("atom.xyz").write_text("gold\\n8 8 5\\n79 4 4 1.5 1.0 0.08\\n-1\\n")
    >>> read_prismatic_atoms("atom.xyz").positions.tolist()
    [[4.0, 4.0, 3.5]]
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").replace(",", " ").splitlines()
        cell = [float(word) for word in lines[1].split()[:3]]
        rows: list[list[float]] = []
        ended = False
        for line in lines[2:]:
            if ended := len(line.strip()) <= 3:  # -1 ends the atoms, as any line so short
                break
            rows.append([float(word) for word in line.split()[:5]])
        table = np.array(rows, dtype=float).reshape(len(rows), 5)
        positions = table[:, 1:4] * [1, 1, -1] + [0, 0, cell[2]]
        numbers, (a, b, c) = table[:, 0], cell
        if not ended:
            say_doubt(f"{path.name} lacks the -1 that ends Prismatic's atoms: was it cut short?")
        return Specimen(positions, numbers, (a, b, c), occupancies=table[:, 4])
    except (OSError, ValueError, IndexError) as error:
        raise PrismaticError(f"{path.name} is no list of atoms of Prismatic's: {error}") from None


def write_potential(path: Path, slices: PotentialSlices, cell: tuple[float, float, float]) -> None:
    """Write a potential in the form that Prismatic imports: float32 [x, y, slice], V angstrom.

    Parameters
    ----------
    path
        Path of the file.
    slices
        Potential on Prismatic's potential grid.
    cell
        Lengths along x, y, z in angstrom.
    """
    with h5py.File(path, "w") as file:
        file.create_dataset(IMPORTED, data=np.ascontiguousarray(slices.array.transpose(2, 1, 0)))
        parameters = file.create_group(PARAMETERS)
        parameters.attrs["c"] = np.array(cell, np.float32)
        parameters.attrs["t"] = np.ones(3, np.float32)


def read_prismatic(path: str | Path) -> ExitWave:
    """Read the waves of a Prismatic 2 HRTEM run.

    Parameters
    ----------
    path
        HDF5 file of a run with complex output (`-com 1`, `saveComplexOutputWave = True`).

    Returns
    -------
    wave
        All frozen phonons, as they are in the file, [y, x]; pixels and energy of the file; `plane`
        says where along the beam it is given, counted from the middle of the cell, so that
        `form_image` and `refocused(0)` need nothing else. A defocus is part of the plane.

    Raises
    ------
    PrismaticError
        If the file cannot be read, holds no complex HRTEM waves or not all phonons of its run; if
        the beam was tilted, or the waves hold C3 or C5, or a defocus that Prismatic gives later
        phonons twice. The message names the option.

    Notes
    -----
    With slices of thickness s the beam is taken n s = s ceil(c / s) along the cell of height c and
    back c / 2. Atoms act half a slice too early, so the plane is n s - c + s / 2 + defocus.
    Aberrations given in a file of their own (`-aber`) leave no trace and are not noticed.

    Examples
    --------
    >>> wave = read_prismatic("wave.h5")  # doctest: +SKIP
    >>> wave.grid.pixel_size, wave.plane  # doctest: +SKIP
    ((0.2, 0.2), 1.0)
    """
    path = Path(path)
    try:
        with open_hdf5(path) as file:
            stacks = _complex_waves(file, path.name)
            parameters = {name: np.array(value) for name, value in _parameters(file).items()}
    except (OSError, KeyError, RuntimeError) as error:
        if isinstance(error, PrismaticError):
            raise
        raise PrismaticError(f"{path.name} is no whole Prismatic output: {error}") from None
    asked = int(parameters.get("F", len(stacks)))
    if asked > len(stacks):
        raise PrismaticError(f"{path.name} holds {len(stacks)} of {asked} phonons: run it again")
    _refuse_tilt(path.name, stacks, parameters)
    defocus = _checked_aberrations(path.name, len(stacks), parameters)
    array = np.stack([stack[..., 0].T for stack in stacks]).astype(np.complex64)
    if not np.isfinite(array).all():
        raise PrismaticError(f"{path.name} holds values that are not finite")
    width, depth, height = (float(n) for n in parameters["c"] * parameters["t"])
    ny, nx = array.shape[1:]
    grid = Grid((ny, nx), (depth / ny, width / nx))
    told = tuple(float(parameters[f"eff_pixel_size_{axis}"]) for axis in "yx")
    if not np.allclose(told, grid.pixel_size, rtol=1e-3):
        raise PrismaticError(
            f"{path.name} must hold pixels of {told} angstrom (y, x); {array.shape[1:]} of them "
            f"over {depth:g} x {width:g} angstrom have {grid.pixel_size}"
        )
    thickness = float(parameters["s"])
    plane = slice_count(height, thickness) * thickness - height + thickness / 2 + defocus
    return ExitWave(array, grid, float(parameters["E"]) * 1e3, round(plane, 6), owned=True)


def _complex_waves(file: h5py.File, name: str) -> list[np.ndarray]:
    """Arrays (x, y, tilt) of all phonons, in their order."""
    held = file.get(SLICES, {})
    phonons = sorted(key for key in held if re.fullmatch(r"HRTEM_fp\d+", key))
    if phonons:
        return [held[f"{phonon}/data"][:] for phonon in phonons]
    if "HRTEM" in held:
        raise PrismaticError(
            f"{name} holds intensities only; have it written with -com 1 "
            "(saveComplexOutputWave = True)"
        )
    raise PrismaticError(
        f"{name} holds no HRTEM wave; run Prismatic with -a t (algorithm = 'hrtem') and -com 1 "
        "(saveComplexOutputWave = True)"
    )


def _parameters(file: h5py.File) -> Mapping[str, Any]:
    parameters = file[PARAMETERS].attrs
    for name in ("c", "t", "s", "E", "eff_pixel_size_x", "eff_pixel_size_y"):
        if name not in parameters:
            raise KeyError(f"its parameters lack {name!r}")
    return dict(parameters)


def _refuse_tilt(name: str, stacks: list[np.ndarray], parameters: Mapping[str, Any]) -> None:
    tilts = stacks[0].shape[2]
    if tilts != 1:
        raise PrismaticError(
            f"{name} holds {tilts} tilts of the beam; run it without -xtt, -ytt and -rtt"
        )
    for option in ("xtt", "ytt", "rtt", "tot"):
        angles = np.atleast_1d(parameters.get(option, 0.0))[:2]
        if np.any(angles):
            raise PrismaticError(
                f"{name} was made with a tilted beam (-{option} {' '.join(map(str, angles))}, in "
                "mrad); run it without"
            )


def _checked_aberrations(name: str, phonons: int, parameters: Mapping[str, Any]) -> float:
    """The defocus of the waves in angstrom along the beam."""
    for option in ("C3", "C5"):
        if np.nan_to_num(float(parameters.get(option, 0.0))):
            raise PrismaticError(
                f"{name} was made with -{option} {float(parameters[option]):g}, which is part of "
                "its waves; run it without and give form_image the aberrations"
            )
    defocus = float(np.nan_to_num(float(parameters.get("df", 0.0))))
    if defocus and phonons > 1:
        raise PrismaticError(
            f"{name} was made with -df {defocus:g}, which Prismatic gives every phonon after the "
            "first twice; run it without and give form_image the defocus"
        )
    return defocus
