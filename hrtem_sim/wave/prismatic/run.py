"""One wave by Prismatic: one run without thermal motion and aberrations, in a folder of its own.

Version 2 ends the process on errors, repeats aberrations from phonon to phonon, ignores seeds,
shares displacements between threads and writes into the working folder and HOME. So displacements
are drawn here, aberrations are left to the image, and every wave is a process.
"""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.potential import projected_potential
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.exit_wave import ExitWave
from hrtem_sim.wave.prismatic.files import read_prismatic, write_potential, write_xyz
from hrtem_sim.wave.prismatic.process import execute, last_words
from hrtem_sim.wave.prismatic.program import Prismatic, PrismaticError

if TYPE_CHECKING:
    from hrtem_sim.wave.prismatic.engine import PrismaticEngine
    from hrtem_sim.wave.settings import WaveSettings

SAMPLES = 8.0
"""Points per angstrom along the beam at which Prismatic's potential is sampled. It takes points of
1/r, and misses part of the peak: of gold's sum 2.0 % at this distance whatever the slice. Its own
default is 16 points per slice, which makes thinner slices worse (7 % too much at 0.25 angstrom)."""

_SCRIPT = """
import json, pyprismatic
metadata = pyprismatic.Metadata()
for name, value in json.load(open("fields.json", encoding="utf-8")).items():
    setattr(metadata, name, value)
metadata.go()
"""


def prismatic_wave(
    specimen: Specimen,
    grid: Grid,
    settings: "WaveSettings",
    engine: "PrismaticEngine",
    prismatic: Prismatic,
) -> ExitWave:
    """Return the exit wave of atoms at rest as Prismatic computes it.

    Parameters
    ----------
    specimen
        Atoms; occupancies must be 1.
    grid
        Sampling of the wave: even numbers of pixels. Prismatic's potential has half the pixel, and
        its waves fill the square |kx|, |ky| < Nyquist of this grid.
    settings
        Energy, slices, and for our potential the scattering factors.
    engine
        Potential, threads, time limit.
    prismatic
        Installation.

    Returns
    -------
    wave
        On the grid, with the plane that Prismatic gives it at.

    Raises
    ------
    PrismaticError
        If the run fails, hangs, or leaves no usable output.
    """
    if any(n % 2 for n in grid.shape):
        raise Refusal(f"grid must have even numbers of pixels; got {grid.shape}")
    if (specimen.occupancies < 1).any():
        raise Refusal("specimen must have occupancies of 1; sample them with `displaced` first")
    if not len(specimen):
        return ExitWave(np.ones((1, *grid.shape), np.complex64), grid, settings.energy, owned=True)
    height = specimen.cell[2]
    thickness = height / slice_count(height, settings.slice_thickness)
    with tempfile.TemporaryDirectory(prefix="prismatic-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write_xyz(folder / "atoms.xyz", specimen)
        if engine.potential == "ours":
            ny, nx = grid.shape
            slices = projected_potential(
                specimen,
                grid.resized((2 * ny, 2 * nx)),
                thickness,
                parametrization=settings.parametrization,
            )
            write_potential(folder / "potential.h5", slices, specimen.cell)
        words = _words(prismatic, folder, grid, thickness, settings, engine)
        execute(prismatic, words, folder, engine.timeout)
        return _checked_wave(folder, grid)


def _checked_wave(folder: Path, grid: Grid) -> ExitWave:
    """The wave that a run has left; what it said, if it has left none."""
    path = folder / "wave.h5"
    if not path.exists():
        raise PrismaticError(
            f"Prismatic ended without an output; its last words: {last_words(folder)}"
        )
    try:
        wave = read_prismatic(path)
    except PrismaticError as error:
        raise PrismaticError(f"{error}; Prismatic's last words: {last_words(folder)}") from None
    if wave.array.shape != (1, *grid.shape):
        raise PrismaticError(
            f"{path.name} must hold a wave of {grid.shape} pixels; got {wave.array.shape}"
        )
    return wave


def _words(
    prismatic: Prismatic,
    folder: Path,
    grid: Grid,
    thickness: float,
    settings: "WaveSettings",
    engine: "PrismaticEngine",
) -> list[str]:
    """Words of the run; for pyprismatic its fields go through a file."""
    py, px = (pixel / 2 for pixel in grid.pixel_size)
    kilovolts = settings.energy / 1e3
    samples = max(1, round(SAMPLES * thickness))
    if not prismatic.is_module:
        options = {
            "-i": "atoms.xyz", "-o": "wave.h5", "-a": "t", "-E": f"{kilovolts:.10g}",
            "-px": f"{px:.12g}", "-py": f"{py:.12g}", "-s": f"{thickness:.12g}",
            "-f": "1", "-F": "1", "-te": "0", "-oc": "0", "-com": "1", "-j": f"{engine.threads}",
            "-P": f"{engine.radius:.10g}", "-3DP": "0" if engine.potential == "2d" else "1",
            "-3DPZ": f"{samples}",
        }  # fmt: skip
        return [word for pair in options.items() for word in pair]
    fields = {
        "algorithm": "hrtem", "filenameAtoms": "atoms.xyz", "filenameOutput": "wave.h5",
        "E0": kilovolts, "realspacePixelSizeX": px, "realspacePixelSizeY": py,
        "sliceThickness": thickness, "interpolationFactorX": 1, "interpolationFactorY": 1,
        "numFP": 1, "includeThermalEffects": False, "includeOccupancy": False,
        "saveComplexOutputWave": True, "numThreads": engine.threads, "potBound": engine.radius,
        "potential3D": engine.potential != "2d", "zSampling": samples,
    }  # fmt: skip
    if engine.potential == "ours":
        fields |= {"importPotential": True, "importFile": "potential.h5"}
    (folder / "fields.json").write_text(json.dumps(fields), encoding="utf-8")
    (folder / "run.py").write_text(_SCRIPT, encoding="utf-8")
    return ["run.py"]
