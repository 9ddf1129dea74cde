"""What a pixel shows: object, material, crystal structure or grain."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from ase.data import chemical_symbols

from hrtem_sim.mask.grains import CrystalStructure, find_grains
from hrtem_sim.mask.instances import BLUR, OUTLINE, shared_out
from hrtem_sim.mask.lattice import CRYSTAL, STRUCTURES
from hrtem_sim.mask.phase import Mask
from hrtem_sim.mask.thickness import (
    check_outline,
    check_pixels,
    particle_names,
    spread_atoms,
    volume_of,
)
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

BACKGROUND = "background"

EDGE_ON = 0.1
"""rad between the beam and the plane of a fault up to which pixels show it. At this angle a {111}
layer of gold, 2.35 angstrom thick, takes 24 angstrom of the beam's way: half of a particle of 4.7
nm. More inclined ones would show at thin rims only."""

Kind = Literal["object", "material", "structure", "grain"]


@typed
def class_map(
    specimen: Specimen,
    shape: tuple[int, int],
    pixel_size: float,
    *,
    by: Kind = "structure",
    objects: Sequence[str] | None = None,
    structure: CrystalStructure | None = None,
    volumes: Mapping[str, float] | None = None,
    within: Mask | None = None,
    blur: float = BLUR,
    outline: float = OUTLINE,
    fraction: float = 0.5,
) -> Mask:
    """Return what each pixel of the particles shows.

    Parameters
    ----------
    specimen
        Atoms with their objects.
    shape
        Pixels along y and x; with `pixel_size` they cover the cell.
    pixel_size
        In angstrom.
    by
        `"object"`: one class per particle; `"material"`: per composition, `"Au"` or `"CdSe"`;
        `"structure"`: crystal, twin, stacking fault; `"grain"`: one per single crystal.
    objects
        Particles; default: all objects named particle... All others are background.
    structure
        Result of `find_grains`, if it is known already; of use to `"structure"` and `"grain"`.
    volumes
        Volume per atom of each particle in cubic angstrom; default: `atomic_volume`.
    within
        Semantic mask that the classes share out, as in `instance_map`.
    blur
        Standard deviation in angstrom of the Gaussian that spreads the atoms.
    outline
        Projected thickness in angstrom from which on a pixel belongs to a particle.
    fraction
        Fraction of the particles' thickness from which on a twin or stacking fault is shown.

    Returns
    -------
    mask
        Class 0 is the background.

    Raises
    ------
    ValueError
        If there are more than 255 classes, or an argument does not fit the specimen.

    Notes
    -----
    A pixel is of the class of which most lies over it, by projected thickness. Planar faults are
    shown where they make up more than `fraction` of it, and only if they are seen edge-on: their
    plane holds the beam to within `EDGE_ON`. What an inclined one covers is crystal in front of and
    behind it; it would show in thin places only, by the shape of the particle's rim, so it counts
    as crystal. `find_grains` tells of all of them.

    Examples
    --------
    >>> cube = np.stack(np.meshgrid(*[np.arange(4, 20, 2.88)] * 3), axis=-1).reshape(-1, 3)
    >>> gold = Specimen(cube, [79] * len(cube), (24.0, 24.0, 24.0), objects=("particle",))
    >>> mask = class_map(gold, (48, 48), 0.5, by="material", volumes={"particle": 17.0})
    >>> mask.names, int(mask.classes.max())
    (('background', 'Au'), 1)
    """
    if by not in ("object", "material", "structure", "grain"):
        raise Refusal(f"by must be object, material, structure or grain; got {by!r}")
    if not 0 <= fraction <= 1:
        raise Refusal(f"fraction must be in 0..1; got {fraction!r}")
    check_outline(outline)
    check_pixels(specimen, shape, pixel_size)
    particles = particle_names(specimen) if objects is None else tuple(objects)
    if by in ("structure", "grain"):
        names, label_of = _crystal_labels(structure or find_grains(specimen, objects=particles), by)
    else:
        names, label_of = _particle_labels(specimen, particles, by)
    if len(names) > 255:
        raise Refusal(f"by must give at most 255 classes; {by!r} gives {len(names)}")
    stack = np.zeros((len(names), *shape), np.float32)
    for particle in particles:
        own = specimen.selection(particle)
        if not own.any():
            continue
        volume = volume_of(specimen, particle, volumes)
        for label in np.unique(label_of[own]):
            positions = specimen.positions[own & (label_of == label)]
            stack[label] += volume * spread_atoms(positions, shape, pixel_size, blur)
    total = stack.sum(axis=0)
    classes = stack.argmax(axis=0) + 1
    if by == "structure":
        fault = stack[CRYSTAL:].argmax(axis=0) + CRYSTAL
        shown = stack[CRYSTAL:].max(axis=0) > fraction * total
        classes = np.where(shown, fault + 1, CRYSTAL)
    classes = np.where(total > outline, classes, 0).astype(np.uint8)
    if within is not None:
        classes = shared_out(classes, within, pixel_size)
    return Mask(classes, (BACKGROUND, *names), float(pixel_size))


def _crystal_labels(structure: CrystalStructure, by: Kind) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the classes without the background, and the class of each atom."""
    if by == "structure":
        label_of = structure.structure_of.astype(int) - CRYSTAL
        inclined = [abs(fault.normal[2]) > math.sin(EDGE_ON) for fault in structure.faults]
        label_of[np.array([*inclined, False])[structure.fault_of]] = 0  # crystal
        return STRUCTURES[CRYSTAL:], label_of
    names = tuple(f"{grain.object} grain {i}" for i, grain in enumerate(structure.grains))
    return names, structure.grain_of


def _particle_labels(
    specimen: Specimen, particles: tuple[str, ...], by: Kind
) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the classes without the background, and the class of each atom."""
    label_of = np.full(len(specimen), -1)
    names: list[str] = []
    for particle in particles:
        own = specimen.selection(particle)
        name = particle if by == "object" else composition(specimen.numbers[own])
        if name not in names:
            names.append(name)
        label_of[own] = names.index(name)
    return tuple(names), label_of


def composition(numbers: np.ndarray) -> str:
    """Return the symbols of the elements among atomic numbers, the heaviest first.

    Examples
    --------
    >>> composition(np.array([34, 48, 34]))
    'CdSe'
    """
    return "".join(chemical_symbols[z] for z in sorted(set(map(int, numbers)), reverse=True))
