"""What the beam meets: atoms in a cell, with the object each atom came from.

* `Specimen` holds the atoms; `Specimen.from_scene` takes a `czone` scene, `from_ase` ASE atoms.
* `displaced` draws frozen-phonon configurations from rms displacements per element.
* `build_particle_on_film` builds a particle on a film from the numbers of a `ParticleOnFilm`.
"""

from hrtem_sim.specimen.builders import (
    BuiltSpecimen,
    ParticleOnFilm,
    build_particle_on_film,
    particle_scene,
)
from hrtem_sim.specimen.specimen import Specimen
from hrtem_sim.specimen.thermal import debye_rms, displaced, rms_displacements, u_from_b

__all__ = [
    "BuiltSpecimen",
    "ParticleOnFilm",
    "Specimen",
    "build_particle_on_film",
    "debye_rms",
    "displaced",
    "particle_scene",
    "rms_displacements",
    "u_from_b",
]
