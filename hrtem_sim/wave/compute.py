"""One function for exit waves, whatever the engine."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from tqdm import tqdm

from hrtem_sim.fft import choose_fft
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.specimen import Specimen, displaced
from hrtem_sim.wave import prismatic
from hrtem_sim.wave.exit_wave import ExitWave, WaveSettings
from hrtem_sim.wave.memory import check_memory
from hrtem_sim.wave.multislice import multislice
from hrtem_sim.wave.torch_engine import torch_multislice
from hrtem_sim.wave.windowed import WindowLeak, windowed_multislice
from hrtem_sim.wave.windows import find_windows, support_of

ENGINES = ("numpy", "prismatic", "torch")


def compute_exit_wave(
    specimen: Specimen,
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: str = "numpy",
    threads: int = 1,
    memory_limit: float | None = None,
    progress: bool = False,
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
        `"numpy"`: the embedded engine; `"prismatic"`: Prismatic 2, where it is installed, without
        tilt and windows and with its own potential; `"torch"`: the embedded engine on PyTorch,
        all phonons at once on a graphics card where there is one, without windows.
    threads
        Of the transforms. One by default: a process per core gains more, see ARCHITECTURE.md.
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


def compute_exit_waves(
    specimen: Specimen,
    parts: Sequence[Sequence[str]],
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
    engine: str = "numpy",
    threads: int = 1,
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
        For an unknown engine or object, or phonons without `rng`.
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
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
    if settings.phonons and rng is None:
        raise ValueError("rng must be given for thermal displacements; got None with phonons > 0")
    if not settings.phonons and (specimen.occupancies < 1).any():
        raise ValueError("phonons must be > 0 to sample partial occupancies; got phonons = 0")
    for part in parts:
        specimen.selection(*part)
    if threads != int(threads) or threads < 1:
        raise ValueError(f"threads must be a whole number >= 1; got {threads!r}")
    check_memory(specimen, parts, settings, memory_limit)
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    configurations = _configurations(specimen, settings, rng, progress)
    if engine == "torch":
        stacks = list(_torch_waves(list(configurations), parts, settings, grid))
    else:
        waves = {"numpy": _waves, "prismatic": _prismatic_waves}[engine]
        with choose_fft().threads(threads):
            stacks = [waves(atoms, parts, settings, grid) for atoms in configurations]
    return [ExitWave(stack, grid, settings.energy) for stack in np.stack(stacks, axis=1)]


def _configurations(
    specimen: Specimen,
    settings: WaveSettings,
    rng: np.random.Generator | int | None,
    progress: bool,
) -> Iterator[Specimen]:
    """Frozen phonons one after the other, or the specimen at rest."""
    if not settings.phonons:
        yield specimen
        return
    rng = np.random.default_rng(rng)
    for _ in tqdm(range(settings.phonons), "phonons", disable=not progress):
        yield displaced(specimen, rng, rms=settings.rms)


def _torch_waves(
    configurations: Sequence[Specimen],
    parts: Sequence[Sequence[str]],
    settings: WaveSettings,
    grid: Grid,
) -> np.ndarray:
    """Waves of all configurations by PyTorch, (phonons, parts, ny, nx)."""
    pixel = min(settings.pixel_size, settings.particle_pixel or settings.pixel_size)
    waves = torch_multislice(
        configurations,
        Grid.covering(configurations[0].cell[:2], pixel),
        selections=[[atoms.selection(*part) for part in parts] for atoms in configurations],
        energy=settings.energy,
        slice_thickness=settings.slice_thickness,
        parametrization=settings.parametrization,
        tilt=settings.tilt,
    )
    if waves.shape[-2:] == grid.shape:
        return waves
    spectra = fourier_resize(np.fft.fft2(waves), grid.shape)
    return np.fft.ifft2(spectra).astype(np.complex64)


def _waves(
    atoms: Specimen, parts: Sequence[Sequence[str]], settings: WaveSettings, grid: Grid
) -> np.ndarray:
    """Waves of one configuration on `grid`, shape (parts, ny, nx)."""
    how: dict[str, Any] = {
        "energy": settings.energy,
        "slice_thickness": settings.slice_thickness,
        "parametrization": settings.parametrization,
        "tilt": settings.tilt,
    }
    selections = [atoms.selection(*part) for part in parts]
    if settings.particle_pixel is None or settings.particle_pixel >= max(grid.pixel_size):
        return multislice(atoms, grid, selections=selections, **how)
    windowed = _windowed(atoms, selections, settings, grid)
    if windowed is not None:
        return windowed
    fine = Grid.covering(atoms.cell[:2], settings.particle_pixel)
    waves = multislice(atoms, fine, selections=selections, **how)
    return np.stack(
        [np.fft.ifft2(fourier_resize(np.fft.fft2(w), grid.shape)) for w in waves]
    ).astype(waves.dtype)


def _prismatic_waves(
    atoms: Specimen, parts: Sequence[Sequence[str]], settings: WaveSettings, grid: Grid
) -> np.ndarray:
    """Waves of one configuration by Prismatic, one run per part."""
    if any(settings.tilt):
        raise ValueError(f'tilt must be 0 with the engine "prismatic"; got {settings.tilt}')
    installation = prismatic.find_prismatic()
    how: dict[str, Any] = {"energy": settings.energy, "slice_thickness": settings.slice_thickness}
    return np.stack(
        [
            prismatic.prismatic_wave(atoms.only(*part), grid, prismatic=installation, **how)
            for part in parts
        ]
    )


def _windowed(
    atoms: Specimen, selections: list[np.ndarray], settings: WaveSettings, grid: Grid
) -> np.ndarray | None:
    """The same waves by windows, or None where these would not pay or not serve the parts."""
    support = support_of(atoms)
    everything, particles = np.ones(len(atoms), bool), ~support
    if not particles.any():
        return None
    wanted = [
        0 if np.array_equal(s, everything) else 1 if np.array_equal(s, particles) else None
        for s in selections
    ]
    if None in wanted or settings.particle_pixel is None:
        return None
    windows = find_windows(
        atoms,
        support,
        grid,
        settings.particle_pixel,
        energy=settings.energy,
        slice_thickness=settings.slice_thickness,
        tilt=settings.tilt,
    )
    if windows is None:
        return None
    try:
        both = windowed_multislice(
            atoms,
            support,
            grid,
            windows,
            energy=settings.energy,
            slice_thickness=settings.slice_thickness,
            parametrization=settings.parametrization,
            tilt=settings.tilt,
            particles_alone=1 in wanted,
        )
    except WindowLeak:
        return None  # the whole cell on the fine grid keeps the bound
    return np.stack([cast(np.ndarray, both[i or 0]) for i in wanted])
