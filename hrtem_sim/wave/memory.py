"""Memory: what waves take, what is there, and the refusal before a calculation begins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings

COMPLEX = 8  # bytes


def kept_memory(
    specimen: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings"
) -> int:
    """Return the bytes of atoms and finished waves, whatever the engine.

    Parameters
    ----------
    specimen, parts, settings
        As in `compute_exit_waves`: the waves of all phonons, once more while they are stacked.
    """
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    waves = 2 * max(1, settings.phonons) * len(parts)
    return waves * COMPLEX * int(np.prod(grid.shape)) + 200 * len(specimen)


def available_memory() -> int | None:
    """Return the bytes that new arrays may take without swapping, None if the system hides it."""
    try:
        with open("/proc/meminfo", encoding="ascii") as stream:
            for line in stream:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def check_memory(needed: int, limit: float | None = None) -> None:
    """Refuse what needs more bytes than `limit`, or than the machine has left.

    Parameters
    ----------
    needed
        Bytes, from the engine's `memory`.
    limit
        Bytes allowed; default: what the machine has left.

    Raises
    ------
    MemoryError
        With what is needed, what is there, and what would need less.
    """
    if limit is not None and not limit > 0:
        raise Refusal(f"memory_limit must be positive, in bytes; got {limit!r}")
    bounds = [bound for bound in (limit, available_memory()) if bound is not None]
    if bounds and needed > min(bounds):
        raise MemoryError(
            f"the waves need up to {needed / 1e9:.3g} GB, there are {min(bounds) / 1e9:.3g} GB; "
            "take larger pixels, fewer phonons or a smaller cell"
        )
