"""Grains and planar faults of particles, atom by atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hrtem_sim.frozen import freeze
from hrtem_sim.mask.lattice import Lattice
from hrtem_sim.mask.thickness import particle_names
from hrtem_sim.provenance.doors import typed
from hrtem_sim.specimen import Specimen


@dataclass(frozen=True, eq=False)
class Grain:
    """A single crystal of a particle.

    Parameters
    ----------
    object
        Name of the particle.
    size
        Number of atoms.
    bases
        Matrix (3, 3), read-only, whose columns are the basis vectors in angstrom as they lie; None
        if undetermined.
    """

    object: str
    size: int
    bases: np.ndarray | None = field(repr=False)

    def __post_init__(self) -> None:
        freeze(self, "bases")


@dataclass(frozen=True, eq=False)
class Fault:
    """A planar fault of a particle.

    Parameters
    ----------
    object
        Name of the particle.
    kind
        `"twin"` or `"stacking_fault"`, as defects are called in `czone.prefab`.
    normal
        Unit vector, its z not negative.
    size
        Number of its inner atoms.
    """

    object: str
    kind: str
    normal: tuple[float, float, float]
    size: int


@dataclass(frozen=True, eq=False)
class CrystalStructure:
    """What every atom of a specimen belongs to.

    Parameters
    ----------
    grain_of
        Index into `grains` of each atom, int (n,), read-only; -1 outside the particles.
    structure_of
        Index into `STRUCTURES` of each atom, uint8 (n,), read-only.
    fault_of
        Index into `faults` of each atom, int (n,), read-only; -1 for atoms of none.
    grains
        Single crystals, by particle and then by size.
    faults
        Planar faults.
    """

    grain_of: np.ndarray
    structure_of: np.ndarray
    fault_of: np.ndarray
    grains: tuple[Grain, ...]
    faults: tuple[Fault, ...]

    def __post_init__(self) -> None:
        freeze(self, "grain_of", "structure_of", "fault_of")


@typed
def find_grains(
    specimen: Specimen,
    *,
    objects: Sequence[str] | None = None,
    bases: Mapping[str, np.ndarray] | None = None,
) -> CrystalStructure:
    """Find the grains, twins and stacking faults of particles from their atoms.

    Parameters
    ----------
    specimen
        Atoms at rest; thermal displacements blur what surrounds them.
    objects
        Names of the particles; default: all objects named particle...
    bases
        Basis vectors by object where they are known, matrices (3, 3) of columns, as `plan_bases`
        gives them; for grains that are not fcc, whose lattice is not measured.

    Returns
    -------
    structure

    Notes
    -----
    Grains of fcc particles are the connected parts of atoms in fcc surroundings; parts of the same
    orientation on both sides of a stacking fault are one grain. Connected layers of atoms in hcp
    surroundings are faults: one layer is a twin, two or more a stacking fault. In wurtzite,
    seen by `local_environment` of its cations and of its anions, layers of fcc atoms are stacking
    faults of one grain. Atoms at surfaces join the fault whose plane they lie in, and the grain of
    most of their neighbours. A particle that is neither fcc nor hcp is one grain.

    Examples
    --------
    >>> from ase.build import bulk
    >>> atoms = bulk("Au", a=4.08, cubic=True) * (4, 4, 4)
    >>> found = find_grains(Specimen.from_ase(atoms), objects=["specimen"])
    >>> [grain.size for grain in found.grains], found.faults
    ([256], ())
    """
    names = particle_names(specimen) if objects is None else tuple(objects)
    grain_of = np.full(len(specimen), -1)
    structure_of = np.zeros(len(specimen), np.uint8)
    fault_of = np.full(len(specimen), -1)
    grains: list[Grain] = []
    faults: list[Fault] = []
    for name in names:
        atoms = np.flatnonzero(specimen.selection(name))
        if not len(atoms):
            continue
        lattice = Lattice(specimen.positions[atoms], specimen.numbers[atoms], specimen.cell[:2])
        kinds, layers, stacked, layer_of = lattice.faults()
        found, measured = lattice.grains(stacked)
        grain_of[atoms] = found + len(grains)
        known = (bases or {}).get(name)
        for i, own in enumerate(measured):
            chosen = own if own is not None else None if known is None else np.array(known)
            grains.append(Grain(name, int((found == i).sum()), chosen))
        structure_of[atoms] = kinds
        fault_of[atoms] = np.where(layer_of >= 0, layer_of + len(faults), -1)
        faults += [Fault(name, *layer) for layer in layers]
    return CrystalStructure(grain_of, structure_of, fault_of, tuple(grains), tuple(faults))
