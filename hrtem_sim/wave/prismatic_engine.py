"""Prismatic 2 as an engine, where a user has installed it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import prismatic
from hrtem_sim.wave.engine import Engine

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings


@dataclass(frozen=True)
class PrismaticEngine(Engine):
    """Prismatic 2 with its own potential: one run per configuration and part."""

    def check(self, settings: "WaveSettings") -> None:
        """Refuse a tilted beam; see `Engine.check`."""
        if any(settings.tilt):
            raise ValueError(f'tilt must be 0 with the engine "prismatic"; got {settings.tilt}')

    def waves(
        self,
        configurations: Iterable[Specimen],
        parts: Sequence[Sequence[str]],
        settings: "WaveSettings",
        grid: Grid,
    ) -> np.ndarray:
        """Return the waves of all configurations; see `Engine.waves`."""
        installation = prismatic.find_prismatic()
        stacks = [
            np.stack(
                [
                    prismatic.prismatic_wave(
                        atoms.only(*part),
                        grid,
                        energy=settings.energy,
                        slice_thickness=settings.slice_thickness,
                        prismatic=installation,
                    )
                    for part in parts
                ]
            )
            for atoms in configurations
        ]
        return np.stack(stacks, axis=1)
