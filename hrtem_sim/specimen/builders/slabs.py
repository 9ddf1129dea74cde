"""Crystalline slabs that fill a periodic field, and what stands on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from czone.generator import Generator
from czone.molecule import Molecule
from czone.transform import Rotation, Translation
from czone.util import orientation_relation
from czone.volume import BaseVolume, Volume, make_rect_prism
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.places import free_places

MOST_STRAIN = 0.02
"""Strain up to which a slab is stretched to fill a field with whole cells."""

OFF = 0.1
"""angstrom by which the box that cuts a slab is moved off lattice planes."""


@dataclass(frozen=True, eq=False)
class Slab:
    """A crystalline slab that fills a field.

    Parameters
    ----------
    atoms
        Its atoms.
    strain
        The larger of its strains along x and y.
    top
        Height of its uppermost atoms, in angstrom.
    volume
        Volume per atom, in cubic angstrom.
    """

    atoms: Molecule
    strain: float
    top: float
    volume: float


def upright(crystal: Generator, plane: tuple[int, ...], along: tuple[int, ...]) -> Generator:
    """Turn a crystal so that a plane lies across z and a direction in it along x; return it.

    Parameters
    ----------
    crystal
        The crystal, which is changed.
    plane, along
        Miller indices of the plane, and of the direction.

    Examples
    --------
    >>> from hrtem_sim.specimen.materials import crystal_of
    >>> gold = upright(crystal_of("Au"), (1, 1, 1), (1, -1, 0))
    >>> bool(abs((gold.voxel.bases @ [1, 1, 1])[:2]).max() < 1e-9)
    True
    """
    turn = orientation_relation(
        crystal.voxel.sbases,
        plane,
        along,
        onto=np.eye(3),
        onto_plane=(0, 0, 1),
        onto_direction=(1, 0, 0),
    )
    crystal.transform(Rotation(turn))
    return crystal


def fitted_slab(
    crystal: Generator,
    period: tuple[float, float],
    field: tuple[float, float],
    low: float,
    high: float,
) -> Slab:
    """Return a slab of whole periods, stretched to fill a field.

    Parameters
    ----------
    crystal
        Crystal as it lies.
    period
        Its periods along x and y, in angstrom.
    field
        Edges of the field along x and y, in angstrom.
    low, high
        Range of z, in angstrom, its ends between atomic planes.

    Raises
    ------
    Refusal
        If the strain would be more than 2 %; the message says which fields fit.

    Examples
    --------
    >>> from hrtem_sim.specimen.materials import crystal_of
    >>> slab = fitted_slab(crystal_of("Au"), (4.07825, 4.07825), (40.0, 41.0), -1.0, 7.0)
    >>> len(slab.atoms.atoms), round(slab.strain, 3)
    (800, 0.019)
    """
    counts = [max(1, round(edge / length)) for edge, length in zip(field, period, strict=True)]
    whole = np.array([n * length for n, length in zip(counts, period, strict=True)])
    stretch = np.array(field) / whole
    strain = float(np.abs(stretch - 1).max())
    if strain > MOST_STRAIN:
        raise Refusal(
            f"field must fit whole cells of the support to {MOST_STRAIN:.0%}, such as "
            f"{whole[0]:.5g} x {whole[1]:.5g} angstrom; got {field[0]:g} x {field[1]:g}"
        )
    box = make_rect_prism(whole[0], whole[1], high - low) + [OFF, OFF, low]
    block = Volume(points=box, generator=crystal)
    block.populate_atoms()
    positions = np.array(block.atoms)
    positions[:, :2] = (positions[:, :2] - OFF) * stretch
    volume = crystal.structure.lattice.volume / len(crystal.structure) * float(np.prod(stretch))
    atoms = Molecule(np.array(block.species), positions)
    return Slab(atoms, strain, float(positions[:, 2].max()), volume)


def standing_on(
    level: float,
    volumes: Sequence[BaseVolume],
    field: tuple[float, float],
    rng: np.random.Generator,
    *,
    gap: float,
) -> dict[int, BaseVolume]:
    """Return volumes at random places of a field, their lowest atoms at a level.

    Parameters
    ----------
    level
        Height in angstrom.
    volumes
        Volumes about the origin, which are moved.
    field
        Edges along x and y, in angstrom.
    rng
        Source of the places.
    gap
        Least distance between two of them in projection, in angstrom.

    Returns
    -------
    standing
        Those that found room, by their number.

    Examples
    --------
    >>> from czone.volume import Sphere
    >>> from hrtem_sim.specimen.materials import crystal_of
    >>> gold = [Volume(alg_objects=[Sphere(r, np.zeros(3))], generator=crystal_of("Au"))
    ...         for r in (9.0, 50.0)]
    >>> found = standing_on(5.0, gold, (60.0, 60.0), np.random.default_rng(1), gap=1.0)
    >>> list(found), round(float(np.array(found[0].atoms)[:, 2].min()), 6)
    ([0], 5.0)
    """
    for volume in volumes:
        volume.populate_atoms()
    free = [np.array(volume.atoms) for volume in volumes]
    reaches = [float(np.linalg.norm(atoms[:, :2], axis=1).max()) for atoms in free]
    standing = {}
    for i, place in enumerate(free_places(field, reaches, rng, gap=gap)):
        if place is not None:
            rise = level - float(free[i][:, 2].min())
            volumes[i].transform(Translation(np.array([*place, rise])))
            volumes[i].populate_atoms()
            standing[i] = volumes[i]
    return standing
