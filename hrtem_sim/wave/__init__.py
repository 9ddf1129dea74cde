"""Exit waves: plane-wave multislice.

* `compute_exit_wave(specimen, settings)` gives an `ExitWave`; `compute_exit_waves` those of several
  parts of one specimen (the whole, the particle alone) that share potential and thermal motion.
* `WaveSettings` holds energy, sampling, phonons and the engine.
* `NumpyEngine`, `TorchEngine` and `PrismaticEngine` compute; each is an `Engine`, and goes by its
  name in `ENGINES` too.
* `read_prismatic` reads the waves that Prismatic 2 has written, `read_prismatic_atoms` its atoms.
* `ExitWave.lost` is the fraction of electrons beyond the band; a `LostElectrons` warning tells.
* `configurations` gives the atoms of the frozen phonons one after the other.
* `FilmBank` keeps the waves behind films; `waves_behind_film` puts particles behind one of them.
* `thickness_series` gives the waves at several depths.
* `converge` and `phonon_convergence` report errors against finer sampling and more phonons;
  `converge(specimen, error=0.05)` chooses the cheapest settings, a `Choice`.
"""

from hrtem_sim.wave.bank import FilmBank, FilmWave, move_film, waves_behind_film
from hrtem_sim.wave.compute import compute_exit_wave, compute_exit_waves
from hrtem_sim.wave.configurations import configurations
from hrtem_sim.wave.convergence import Choice, converge
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.engines import ENGINES
from hrtem_sim.wave.exit_wave import ExitWave, LostElectrons
from hrtem_sim.wave.numpy_engine import NumpyEngine
from hrtem_sim.wave.phonon_convergence import phonon_convergence
from hrtem_sim.wave.prismatic import (
    PrismaticEngine,
    PrismaticError,
    read_prismatic,
    read_prismatic_atoms,
)
from hrtem_sim.wave.series import thickness_series
from hrtem_sim.wave.settings import WaveSettings
from hrtem_sim.wave.torch_engine import TorchEngine

__all__ = [
    "ENGINES",
    "Choice",
    "Engine",
    "ExitWave",
    "FilmBank",
    "FilmWave",
    "LostElectrons",
    "NumpyEngine",
    "PrismaticEngine",
    "PrismaticError",
    "TorchEngine",
    "WaveSettings",
    "compute_exit_wave",
    "compute_exit_waves",
    "configurations",
    "converge",
    "move_film",
    "phonon_convergence",
    "read_prismatic",
    "read_prismatic_atoms",
    "thickness_series",
    "waves_behind_film",
]
