"""Prismatic 2 as an engine, where a user has installed it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.provenance import Checked, checked, checks, positive, whole
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.memory import kept_memory
from hrtem_sim.wave.prismatic.program import (
    Prismatic,
    PrismaticError,
    describe_prismatic,
    find_prismatic,
)
from hrtem_sim.wave.prismatic.run import prismatic_wave

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings

BYTES_PER_VOXEL = 24
"""Of Prismatic's potential grid: measured 22 (potential and transmission of all slices)."""


@dataclass(frozen=True)
class PrismaticEngine(Checked, Engine):
    """Prismatic 2, one run per configuration and part.

    `WaveSettings.pixel_size` is the largest pixel of its potential; its waves reach half of that
    pixel's Nyquist frequency along x and y. `particle_pixel` refines the whole cell. Tilted beams
    are refused, and so are scattering factors other than Kirkland's with Prismatic's potentials.

    Parameters
    ----------
    potential
        `"3d"`: Prismatic's own with the atoms' extent along the beam; `"2d"`: the faster one, which
        puts atoms on pixels and into one slice; `"ours"`: that of `hrtem_sim.potential`, which only
        pyprismatic can import.
    radius
        Radius of the atoms of Prismatic's own potential, in angstrom.
    threads
        Threads of a run.
    timeout
        Seconds that a run may take.
    program
        Path of the command or of a Python that has pyprismatic; default: see `find_prismatic`.

    Raises
    ------
    ValueError
        If a setting is impossible.
    """

    potential: Literal["3d", "2d", "ours"] = "3d"
    radius: float = checked(3.0, positive("angstrom"))
    threads: int = field(default=1, compare=False, metadata=checks(whole(1)))
    timeout: float = field(default=3600.0, compare=False, metadata=checks(positive("seconds")))
    program: str | None = field(default=None, compare=False)

    def check(self, settings: "WaveSettings") -> None:
        """Refuse tilt and foreign scattering factors; see `Engine.check`."""
        if any(settings.tilt):
            raise Refusal(f'tilt must be 0 with the engine "prismatic"; got {settings.tilt}')
        if self.potential != "ours" and settings.parametrization != "kirkland":
            raise Refusal(
                'parametrization must be "kirkland" with the engine "prismatic", whose potential '
                f'is Kirkland\'s, unless it is "ours"; got {settings.parametrization!r}'
            )

    def memory(
        self, specimen: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings"
    ) -> int:
        """Return an upper bound of the bytes of a run and of what is kept; see `Engine.memory`.

        Examples
        --------
        >>> from hrtem_sim.wave import WaveSettings
        >>> settings = WaveSettings(pixel_size=0.1, parametrization="kirkland")
        >>> film = Specimen([[5.0, 5.0, 5.0]], [79], (100.0, 100.0, 100.0))
        >>> round(PrismaticEngine().memory(film, [("specimen",)], settings) / 1e6)  # megabytes
        1216
        """
        ny, nx = wave_grid(specimen, settings).shape
        voxels = 4 * ny * nx * slice_count(specimen.cell[2], settings.slice_thickness)
        ours = 4 * voxels if self.potential == "ours" else 0
        return BYTES_PER_VOXEL * voxels + ours + kept_memory(specimen, parts, settings)

    def describe(self) -> str:
        """Return which Prismatic was found, or what to do; see `Engine.describe`."""
        return describe_prismatic(self.program)

    def waves(
        self,
        configurations: Iterable[Specimen],
        parts: Sequence[Sequence[str]],
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves of all configurations; see `Engine.waves`.

        Raises
        ------
        PrismaticError
            If there is no Prismatic, or a run fails.
        """
        installation = find_prismatic(self.program)
        if self.potential == "ours" and not installation.is_module:
            raise PrismaticError(
                'potential "ours" needs pyprismatic, the command cannot import potentials; '
                f"found {installation.command[0]}"
            )
        stacks = [
            [self._wave(atoms.only(*part), settings, grid, installation) for part in parts]
            for atoms in configurations
        ]
        return np.stack(stacks, axis=1)

    def _wave(
        self, atoms: Specimen, settings: "WaveSettings", grid: Grid, installation: Prismatic
    ) -> np.ndarray:
        """Wave of one run at the middle of the cell, on our pixels."""
        theirs = wave_grid(atoms, settings)
        wave = prismatic_wave(atoms, theirs, settings, self, installation).refocused(0.0)
        spectrum = fourier_resize(np.fft.fft2(wave.array[0]), grid.shape)
        return np.fft.ifft2(spectrum).astype(np.complex64)


def wave_grid(specimen: Specimen, settings: "WaveSettings") -> Grid:
    """Return the grid of Prismatic's waves, whose potential has half the pixel."""
    return Grid.covering(specimen.cell[:2], 2 * settings.finest_pixel)
