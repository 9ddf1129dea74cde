"""One function for exit waves, whatever the engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.configurations import configurations
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.engines import with_threads
from hrtem_sim.wave.exit_wave import ExitWave, tell_losses
from hrtem_sim.wave.memory import check_memory
from hrtem_sim.wave.settings import WaveSettings

if TYPE_CHECKING:
    from ase import Atoms


def compute_exit_wave(
    specimen: "Specimen | Atoms",
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: Engine | str | None = None,
    threads: int | None = None,
    memory_limit: float | None = None,
    progress: bool = False,
) -> ExitWave:
    """Return the exit wave of a specimen.

    Parameters
    ----------
    specimen
        Atoms in a cell; the wave covers the whole cell. ASE atoms are taken as by
        `Specimen.from_ase`.
    settings
        Energy, sampling, phonons; default `WaveSettings()`.
    rng
        Source of the thermal displacements and occupancies; needed when `settings.phonons` > 0.
    engine
        `"numpy"`: the embedded engine; `"prismatic"`: Prismatic 2, where it is installed, without
        tilt and windows and with its own potential; `"torch"`: the embedded engine on PyTorch,
        all phonons at once on a graphics card where there is one, without windows; or an `Engine`
        with settings of its own. Default: that of the settings.
    threads
        Threads of the engine; default: its own number. One thread is the embedded engine's
        default: a process per core gains more, see ARCHITECTURE.md.
    memory_limit
        Bytes above which the calculation is refused before it starts; default: what the machine
        has left.
    progress
        Show a bar over the phonons.

    Returns
    -------
    wave
        Focused at the middle of the model.

    Examples
    --------
    >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (10.0, 10.0, 10.0))
    >>> compute_exit_wave(atom).array.shape
    (1, 50, 50)
    """
    specimen = specimen if isinstance(specimen, Specimen) else Specimen.from_ase(specimen)
    return compute_exit_waves(
        specimen,
        [specimen.objects],
        settings,
        rng=rng,
        engine=engine,
        threads=threads,
        memory_limit=memory_limit,
        progress=progress,
    )[0]


@typed
def compute_exit_waves(
    specimen: Specimen,
    parts: Sequence[Sequence[str]],
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: Engine | str | None = None,
    threads: int | None = None,
    memory_limit: float | None = None,
    progress: bool = False,
) -> list[ExitWave]:
    """Return the exit waves of several parts of one specimen, with the same thermal motion.

    Parameters
    ----------
    specimen, settings, rng, engine, threads, memory_limit, progress
        See `compute_exit_wave`.
    parts
        For each wave the names of the objects it meets: `[("particle", "film"), ("particle",)]`
        gives the whole specimen and the particle alone in vacuum. Parts share their potential.

    Returns
    -------
    waves
        One `ExitWave` per part, focused at the middle of the model.

    Raises
    ------
    ValueError
        For an unknown engine or object, settings that the engine cannot honour, or phonons without
        `rng`.
    MemoryError
        If the waves need more memory than is allowed or there.

    Examples
    --------
    >>> atoms = Specimen(
    ...     [[8.0, 8.0, 2.0], [8.0, 8.0, 8.0]],
    ...     [79, 6],
    ...     (16.0, 16.0, 10.0),
    ...     labels=[0, 1],
    ...     objects=("particle", "film"),
    ... )
    >>> whole, alone = compute_exit_waves(atoms, [["particle", "film"], ["particle"]])
    >>> whole.array.shape == alone.array.shape
    True
    """
    settings = settings or WaveSettings()
    if engine is not None:
        settings = replace(settings, engine=engine)
    if threads is not None:
        settings = replace(settings, engine=with_threads(settings.program, threads))
    if not settings.phonons and (specimen.occupancies < 1).any():
        raise Refusal("phonons must be > 0 to sample partial occupancies; got phonons = 0")
    for names in (*parts, settings.particles):
        specimen.selection(*names)
    moments = configurations(specimen, settings, rng, progress=progress)
    check_memory(settings.program.memory(specimen, parts, settings), memory_limit)
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    waves = settings.program.waves(moments, parts, settings, grid)
    return tell_losses([ExitWave(stack, grid, settings.energy, owned=True) for stack in waves])
