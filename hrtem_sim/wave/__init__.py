"""Exit waves: plane-wave multislice.

* `compute_exit_wave(specimen, settings)` gives an `ExitWave`; `compute_exit_waves` those of several
  parts of one specimen (the whole, the particle alone) that share potential and thermal motion.
* `WaveSettings` holds energy, sampling and phonons.
* `FilmBank` keeps the waves behind films; `waves_behind_film` puts particles behind one of them.
* `thickness_series` gives the waves at several depths of one run.
* `converge` and `phonon_convergence` report errors against finer sampling and more phonons.
"""

from hrtem_sim.wave.bank import FilmBank, FilmWave, move_film, waves_behind_film
from hrtem_sim.wave.compute import ENGINES, compute_exit_wave, compute_exit_waves
from hrtem_sim.wave.convergence import converge, phonon_convergence
from hrtem_sim.wave.exit_wave import ExitWave, WaveSettings
from hrtem_sim.wave.series import thickness_series

__all__ = [
    "ENGINES",
    "ExitWave",
    "FilmBank",
    "FilmWave",
    "WaveSettings",
    "compute_exit_wave",
    "compute_exit_waves",
    "converge",
    "move_film",
    "phonon_convergence",
    "thickness_series",
    "waves_behind_film",
]
