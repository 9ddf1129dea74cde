"""Memory of a calculation, predicted before it begins."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.exit_wave import WaveSettings

COMPLEX = 8  # bytes


def predicted_memory(
    specimen: Specimen, parts: Sequence[Sequence[str]], settings: WaveSettings
) -> int:
    """Return the bytes that `compute_exit_waves` will hold at most, as an upper bound.

    Parameters are those of `compute_exit_waves`.

    Notes
    -----
    On the finest grid: density, two sets of columns and their rows, and for each part a spectrum,
    two slices and a wave; then the waves of all phonons, once more while they are stacked. Windows
    need less.

    Examples
    --------
    >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (100.0, 100.0, 10.0))
    >>> round(predicted_memory(atom, [("specimen",)], WaveSettings()) / 1e6)  # megabytes
    16
    """
    coarse = Grid.covering(specimen.cell[:2], settings.pixel_size)
    fine = coarse
    if settings.particle_pixel is not None and settings.particle_pixel < settings.pixel_size:
        fine = Grid.covering(specimen.cell[:2], settings.particle_pixel)
    n = len(parts)
    working = (3 + 3 * n) * COMPLEX * int(np.prod(fine.shape))
    kept = 2 * max(1, settings.phonons) * n * COMPLEX * int(np.prod(coarse.shape))
    atoms = 200 * len(specimen)
    return working + kept + atoms


def available_memory() -> int | None:
    """Return the bytes that new arrays may take without swapping, None where that is not told."""
    try:
        with open("/proc/meminfo", encoding="ascii") as stream:
            for line in stream:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def check_memory(
    specimen: Specimen,
    parts: Sequence[Sequence[str]],
    settings: WaveSettings,
    limit: float | None = None,
) -> None:
    """Refuse what needs more than `limit` bytes, or than the machine has left.

    Raises
    ------
    MemoryError
        With what is needed, what is there, and what would need less.
    """
    if limit is not None and not limit > 0:
        raise ValueError(f"memory_limit must be positive, in bytes; got {limit!r}")
    needed = predicted_memory(specimen, parts, settings)
    bounds = [bound for bound in (limit, available_memory()) if bound is not None]
    if bounds and needed > min(bounds):
        raise MemoryError(
            f"the waves need up to {needed / 1e9:.3g} GB, there are {min(bounds) / 1e9:.3g} GB; "
            "take larger pixels, fewer phonons or a smaller cell"
        )
