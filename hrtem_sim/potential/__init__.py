"""Electrostatic potential of isolated atoms, projected slice by slice.

* `scattering_factor` and `PARAMETRIZATIONS`: the published tables.
* `SlicedPotential` makes the slices of a specimen as they are used, two at a time.
* `projected_potential` returns them all as one array.
"""

from hrtem_sim.potential.scattering import PARAMETRIZATIONS, scattering_factor
from hrtem_sim.potential.slices import PotentialSlices, SlicedPotential, projected_potential

__all__ = [
    "PARAMETRIZATIONS",
    "PotentialSlices",
    "SlicedPotential",
    "projected_potential",
    "scattering_factor",
]
