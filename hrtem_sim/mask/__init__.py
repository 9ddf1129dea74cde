"""Labels: what each pixel of a micrograph shows, from what is known of every atom.

* `phase_mask` thresholds the phase of the particle's exit wave, as the paper does: a `Mask`;
  `outline_mask` is the projected outline of the atoms, whatever the microscope; `agreement`
  compares two.
* `instance_map` tells particles apart; `class_map` objects, materials, planar faults and grains;
  both can share out a `phase_mask`.
* `projected_thickness` is that of each object along the beam, in angstrom.
* `find_grains` finds grains, twins and stacking faults from the surroundings of the atoms;
  `zone_axis` says how a grain lies to the beam, `atom_columns` where its columns are.
* `along_beam` puts atoms where a tilted beam shows them.
* `plan_bases` and `plan_volumes` say of a data set's particles what their plan knows.
"""

from hrtem_sim.mask.classes import class_map
from hrtem_sim.mask.columns import AtomColumns, atom_columns
from hrtem_sim.mask.environment import ENVIRONMENTS, Environments, local_environment
from hrtem_sim.mask.grains import CrystalStructure, Fault, Grain, find_grains
from hrtem_sim.mask.instances import InstanceMap, instance_map
from hrtem_sim.mask.lattice import STRUCTURES
from hrtem_sim.mask.orientation import ZoneAxis, misorientation, zone_axis
from hrtem_sim.mask.outline import agreement, outline_mask
from hrtem_sim.mask.phase import Mask, phase_mask
from hrtem_sim.mask.projection import along_beam
from hrtem_sim.mask.thickness import ThicknessMaps, atomic_volume, projected_thickness
from hrtem_sim.specimen.builders import plan_bases, plan_volumes

__all__ = [
    "ENVIRONMENTS",
    "STRUCTURES",
    "AtomColumns",
    "CrystalStructure",
    "Environments",
    "Fault",
    "Grain",
    "InstanceMap",
    "Mask",
    "ThicknessMaps",
    "ZoneAxis",
    "agreement",
    "along_beam",
    "atom_columns",
    "atomic_volume",
    "class_map",
    "find_grains",
    "instance_map",
    "local_environment",
    "misorientation",
    "outline_mask",
    "phase_mask",
    "plan_bases",
    "plan_volumes",
    "projected_thickness",
    "zone_axis",
]
