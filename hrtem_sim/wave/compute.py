"""One function for exit waves, whatever the engine."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen, displaced
from hrtem_sim.wave.exit_wave import ExitWave, WaveSettings
from hrtem_sim.wave.multislice import multislice

ENGINES = ("numpy",)


def compute_exit_wave(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: str = "numpy",
) -> ExitWave:
    """Return the exit wave of a specimen.

    Parameters
    ----------
    specimen
        Atoms in a cell; the wave covers the whole cell.
    settings
        Energy, sampling, phonons; default `WaveSettings()`.
    rng
        Source of the thermal displacements and occupancies; needed when `settings.phonons` > 0.
    engine
        `"numpy"`: the embedded engine.

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
    return compute_exit_waves(specimen, [specimen.objects], settings, rng=rng, engine=engine)[0]


def compute_exit_waves(
    specimen: Specimen,
    parts: Sequence[Sequence[str]],
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: str = "numpy",
) -> list[ExitWave]:
    """Return the exit waves of several parts of one specimen, with the same thermal motion.

    Parameters
    ----------
    specimen, settings, rng, engine
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
        For an unknown engine or object, or phonons without `rng`.
    """
    settings = settings or WaveSettings()
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
    if settings.phonons and rng is None:
        raise ValueError("rng must be given for thermal displacements; got None with phonons > 0")
    if not settings.phonons and (specimen.occupancies < 1).any():
        raise ValueError("phonons must be > 0 to sample partial occupancies; got phonons = 0")
    rng = np.random.default_rng(rng) if settings.phonons else None
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    stacks = []
    for _ in range(max(1, settings.phonons)):
        atoms = displaced(specimen, rng, rms=settings.rms) if rng is not None else specimen
        stacks.append(
            multislice(
                atoms,
                grid,
                energy=settings.energy,
                slice_thickness=settings.slice_thickness,
                selections=[atoms.selection(*part) for part in parts],
                parametrization=settings.parametrization,
            )
        )
    return [ExitWave(stack, grid, settings.energy) for stack in np.stack(stacks, axis=1)]
