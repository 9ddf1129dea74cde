"""The engine on PyTorch: all configurations at once on a graphics card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.provenance import Checked, checks, optional, whole
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.memory import COMPLEX, kept_memory
from hrtem_sim.wave.torch_multislice import import_torch, torch_multislice

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings


@dataclass(frozen=True)
class TorchEngine(Checked, Engine):
    """The steps of the embedded engine on PyTorch, without windows.

    `WaveSettings.particle_pixel` refines the whole cell.

    Parameters
    ----------
    device
        `"cuda"`, `"cpu"`, ...; default: a graphics card where there is one.
    batch
        Configurations at a time; default: what half of the card's free memory holds, 1 on a CPU.

    Raises
    ------
    ValueError
        If `batch` is below 1.
    """

    device: str | None = field(default=None, compare=False)
    batch: int | None = field(default=None, compare=False, metadata=checks(optional(whole(1))))

    def waves(
        self,
        configurations: Iterable[Specimen],
        parts: Sequence[Sequence[str]],
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves of all configurations; see `Engine.waves`."""
        specimens = list(configurations)
        waves = torch_multislice(
            specimens,
            Grid.covering(specimens[0].cell[:2], settings.finest_pixel),
            settings,
            selections=[[atoms.selection(*part) for part in parts] for atoms in specimens],
            shape=grid.shape,
            device=self.device,
            batch=self.batch,
        )
        return np.ascontiguousarray(waves.swapaxes(0, 1))

    def describe(self) -> str:
        """Return the version of PyTorch and its device; see `Engine.describe`."""
        try:
            torch = import_torch()
        except ImportError as error:
            return f"not usable: {error}"
        if self.device is None and torch.cuda.is_available():
            return f"PyTorch {torch.__version__} on {torch.cuda.get_device_name()}"
        return f"PyTorch {torch.__version__} on {self.device or 'the CPU: no CUDA card is seen'}"

    def memory(
        self, specimen: Specimen, parts: Sequence[Sequence[str]], settings: "WaveSettings"
    ) -> int:
        """Return an upper bound of the bytes on this machine; see `Engine.memory`.

        Notes
        -----
        What a batch holds where it runs on the CPU: density, packed slices, their transform and
        two factors, and for each part a spectrum, a wave and its way to the next slice; then the
        atoms of all configurations and what is kept. A graphics card's memory is its own bound.
        """
        fine = Grid.covering(specimen.cell[:2], settings.finest_pixel)
        working = (6 + 4 * len(parts)) * COMPLEX * int(np.prod(fine.shape)) * (self.batch or 1)
        atoms = 200 * len(specimen) * max(1, settings.phonons)
        return working + atoms + kept_memory(specimen, parts, settings)
