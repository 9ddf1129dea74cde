"""The embedded engine: one configuration after the other, particles in windows where that pays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from hrtem_sim.fft import available_fft, choose_fft
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.provenance import Checked, checks, whole
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.memory import COMPLEX, kept_memory
from hrtem_sim.wave.multislice import Beam, Stepper, multislice, potential_of
from hrtem_sim.wave.windowed import WindowLeak, windowed_multislice
from hrtem_sim.wave.windows import find_windows

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings


@dataclass(frozen=True)
class NumpyEngine(Checked, Engine):
    """The engine that comes with the package, on NumPy, Numba and an FFT library.

    Parameters
    ----------
    threads
        Threads of the transforms. A process per core gains more than threads, see ARCHITECTURE.md.

    Raises
    ------
    ValueError
        If `threads` is no whole number of 1 or more.
    """

    threads: int = field(default=1, compare=False, metadata=checks(whole(1)))

    def waves(
        self,
        configurations: Iterable[Specimen],
        parts: Sequence[Sequence[str]],
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves of all configurations; see `Engine.waves`."""
        with choose_fft().threads(self.threads):
            stacks = [_waves(atoms, parts, settings, grid) for atoms in configurations]
        return np.stack(stacks, axis=1)

    def describe(self) -> str:
        """Return the FFT library in use; see `Engine.describe`."""
        fft = choose_fft().name
        return f"the embedded engine, transforms by {fft}; of {', '.join(available_fft())}"

    def memory(
        self, specimen: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings"
    ) -> int:
        """Return an upper bound of the bytes that `waves` holds; see `Engine.memory`.

        Notes
        -----
        On the finest grid: density, two sets of columns and their rows, and for each part a
        spectrum, two slices and a wave; then what is kept. Windows need less.

        Examples
        --------
        >>> from hrtem_sim.wave import WaveSettings
        >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (100.0, 100.0, 10.0))
        >>> round(NumpyEngine().memory(atom, [("specimen",)], WaveSettings()) / 1e6)  # megabytes
        16
        """
        fine = Grid.covering(specimen.cell[:2], settings.finest_pixel)
        working = (3 + 3 * len(parts)) * COMPLEX * int(np.prod(fine.shape))
        return working + kept_memory(specimen, parts, settings)

    def series(
        self,
        configurations: Iterable[Specimen],
        depths: np.ndarray,
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves at several depths, from one run per configuration; see `Engine`."""
        with choose_fft().threads(self.threads):
            stacks = [_waves_at(atoms, depths, settings, grid) for atoms in configurations]
        return np.stack(stacks, axis=1)


def _waves(
    atoms: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings", grid: Grid
) -> np.ndarray:
    """Waves of one configuration on `grid`, shape (parts, ny, nx)."""
    selections = [atoms.selection(*part) for part in parts]
    if settings.particle_pixel is None or settings.particle_pixel >= max(grid.pixel_size):
        return multislice(atoms, grid, settings, selections=selections)
    if settings.particles:
        windowed = _windowed(atoms, selections, settings, grid)
        if windowed is not None:
            return windowed
    fine = Grid.covering(atoms.cell[:2], settings.particle_pixel)
    waves = multislice(atoms, fine, settings, selections=selections)
    return np.stack(
        [np.fft.ifft2(fourier_resize(np.fft.fft2(w), grid.shape)) for w in waves]
    ).astype(waves.dtype)


def _windowed(
    atoms: Specimen, selections: list[np.ndarray], settings: "WaveSettings", grid: Grid
) -> np.ndarray | None:
    """The same waves by windows, or None if these would not pay or not serve the parts."""
    particles = atoms.selection(*settings.particles)
    everything, support = np.ones(len(atoms), bool), ~particles
    if not particles.any():
        return None
    wanted = [
        0 if np.array_equal(s, everything) else 1 if np.array_equal(s, particles) else None
        for s in selections
    ]
    if None in wanted:
        return None
    windows = find_windows(atoms, support, grid, settings)
    if windows is None:
        return None
    try:
        both = windowed_multislice(
            atoms, support, grid, windows, settings, particles_alone=1 in wanted
        )
    except WindowLeak:
        return None  # the whole cell on the fine grid keeps the bound
    return np.stack([cast(np.ndarray, both[i or 0]) for i in wanted])


def _waves_at(
    atoms: Specimen, depths: np.ndarray, settings: "WaveSettings", grid: Grid
) -> list[np.ndarray]:
    """Waves of one configuration at ascending depths: one beam, copied wherever it is cut."""
    stepper = Stepper(grid, settings)
    source = potential_of(atoms, grid, settings, fft=stepper.fft)
    beam, done, waves = stepper.plane_wave(), 0, []
    for depth in depths:
        stop = min(int(np.floor(depth / source.slice_thickness + 0.5)), source.n_slices)
        stepper.through(source, [beam], start=done, stop=stop)
        done = stop
        array = stepper.fft.empty(grid.shape)
        array[...] = beam.array
        leaving = Beam(array, beam.depth, flat=beam.flat)
        stepper.fly(leaving, depth)
        waves.append(leaving.array)
    return waves
