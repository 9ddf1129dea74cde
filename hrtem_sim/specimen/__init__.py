"""What the beam meets: atoms in a cell, with the object each atom came from.

* `Specimen` holds the atoms; `Specimen.from_scene` takes a `czone` scene, `from_ase` ASE atoms.
* `displaced` draws frozen-phonon configurations from rms displacements per element.
* `hrtem_sim.specimen.builders` builds random particles on films with `czone`.
"""

from hrtem_sim.specimen.cells import orthorhombic, rectangular
from hrtem_sim.specimen.displacements import debye_rms, displacements_in
from hrtem_sim.specimen.specimen import Specimen
from hrtem_sim.specimen.thermal import (
    b_from_u,
    displaced,
    rms_displacements,
    u_from_b,
    u_from_total,
    u_from_uiso,
)

__all__ = [
    "Specimen",
    "b_from_u",
    "debye_rms",
    "displaced",
    "displacements_in",
    "orthorhombic",
    "rectangular",
    "rms_displacements",
    "u_from_b",
    "u_from_total",
    "u_from_uiso",
]
