"""What an engine is: whatever turns configurations of atoms into waves."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.grid import Grid
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.memory import kept_memory

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings


@runtime_checkable
class Engine(Protocol):
    """A program for plane-wave multislice.

    Engines are frozen dataclasses. Fields that change numbers are compared, and are part of the ids
    of data sets; those that say how this machine gets there (threads, paths, time limits) are
    declared with `field(compare=False)` and are not.

    An engine of your own needs `waves`; the other methods have defaults.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from hrtem_sim.wave import WaveSettings, compute_exit_wave
    >>> @dataclass(frozen=True)
    ... class Vacuum(Engine):
    ...     def waves(self, configurations, parts, settings, grid):
    ...         n = len(list(configurations))
    ...         return np.ones((len(parts), n, *grid.shape), np.complex64)
    >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (10.0, 10.0, 10.0))
    >>> compute_exit_wave(atom, engine=Vacuum()).array.mean()
    np.complex64(1+0j)
    """

    @abstractmethod
    def waves(
        self,
        configurations: Iterable[Specimen],
        parts: Sequence[Sequence[str]],
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves behind some configurations of one specimen.

        Parameters
        ----------
        configurations
            Atoms at rest, all in the same cell.
        parts
            For each wave the names of the objects that it meets.
        settings
            Energy, slices, scattering factors, tilt.
        grid
            Sampling of what is returned, whatever the engine works on.

        Returns
        -------
        waves
            Complex64 (parts, configurations, ny, nx), given at the middle of the cell, 1 in vacuum.
            The array is the caller's.
        """
        raise NotImplementedError

    def check(self, settings: "WaveSettings") -> None:
        """Raise a ValueError if the engine cannot do what some settings ask for.

        Parameters
        ----------
        settings
            Checked as soon as they are made.
        """
        return None

    def describe(self) -> str:
        """Return what this machine has of the engine, and what to do if that is not enough."""
        return repr(self)

    def memory(
        self, specimen: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings"
    ) -> int:
        """Return an upper bound of the bytes that `waves` will hold, on this machine.

        Parameters
        ----------
        specimen, parts, settings
            As in `compute_exit_waves`.
        """
        return kept_memory(specimen, parts, settings)

    def series(
        self,
        configurations: Iterable[Specimen],
        depths: np.ndarray,
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves that leave a specimen cut at several depths, each given at its depth.

        Parameters
        ----------
        configurations, settings, grid
            As in `waves`.
        depths
            Ascending, in angstrom from the entrance face. A slice belongs to a cut specimen if its
            middle lies above the cut.

        Returns
        -------
        waves
            Complex64 (depths, configurations, ny, nx).

        Notes
        -----
        The default has one wave computed for each cut specimen, because most programs cannot be
        stopped on the way.
        """
        names = [f"layer {i}" for i in range(len(depths) + 1)]
        parts = [names[: i + 1] for i in range(len(depths))]
        height = 0.0

        def layered() -> Iterator[Specimen]:
            nonlocal height
            for atoms in configurations:
                height = atoms.cell[2]
                yield _in_layers(atoms, depths, settings.slice_thickness, names)

        waves = self.waves(layered(), parts, settings, grid)
        for wave, depth in zip(waves, depths, strict=True):
            wave[...] = _flown(wave, grid, settings, float(depth) - height / 2)
        return waves


def _in_layers(
    atoms: Specimen, depths: np.ndarray, slice_thickness: float, names: Sequence[str]
) -> Specimen:
    """Atoms whose objects are the layers between cuts."""
    count = slice_count(atoms.cell[2], slice_thickness)
    thickness = atoms.cell[2] / count
    cuts = np.minimum(np.floor(depths / thickness + 0.5), count)
    index = np.clip(np.floor(atoms.positions[:, 2] / thickness), 0, count - 1)
    return replace(atoms, labels=np.searchsorted(cuts, index, side="right"), objects=tuple(names))


def _flown(wave: np.ndarray, grid: Grid, settings: "WaveSettings", distance: float) -> np.ndarray:
    """A wave in the frame of a tilted beam after free flight."""
    ky, kx = grid.frequencies()
    slope_x, slope_y = np.tan(np.asarray(settings.tilt, dtype=float) * 1e-3)
    phase = wavelength(settings.energy) * (kx**2 + ky**2) + 2 * (kx * slope_x + ky * slope_y)
    return np.fft.ifft2(np.fft.fft2(wave) * np.exp(-1j * np.pi * distance * phase))
