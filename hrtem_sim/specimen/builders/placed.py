"""Particles where they sit on their film: on its face, buried, upon each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from czone.transform import Translation
from czone.volume import BaseVolume
from hrtem_sim.frozen import freeze
from hrtem_sim.specimen.builders.built import Streams
from hrtem_sim.specimen.builders.relief import Relief
from hrtem_sim.specimen.particles import build_particle

if TYPE_CHECKING:
    from hrtem_sim.specimen.builders.on_film import ParticlesOnFilm


@dataclass(frozen=True, eq=False)
class PlacedParticle:
    """A particle where it sits on its film, whose face is z = 0.

    Parameters
    ----------
    volume
        The particle.
    atoms, species
        Atoms that fill it: positions (n, 3) in angstrom, atomic numbers (n,).
    defects
        Kinds of its planar defects, in order along the plane normal.
    """

    volume: BaseVolume
    atoms: np.ndarray
    species: np.ndarray
    defects: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze(self, "atoms", "species")


def place(plan: ParticlesOnFilm, streams: Streams) -> tuple[PlacedParticle, ...]:
    """Return the particles of a plan where they sit: the one place that knows how deep.

    Parameters
    ----------
    plan
        Numbers of film and particles. The film lies beyond its face z = 0, below or above it as
        `side` says; every particle's lowest atom is buried by the same fraction of its radius,
        unless it rests on others.
    streams
        Random streams of the defect planes ("defect planes", i) and alloys ("shared sites", i).
    """
    outward = 1.0 if plan.side == "exit" else -1.0
    placed: list[PlacedParticle] = []
    relief = (
        Relief.of(plan.relief, plan.field, plan.film_thickness, streams) if plan.relief else None
    )
    for i, particle in enumerate(plan.particles):
        volume, defects = build_particle(
            particle, streams("defect planes", i), streams("shared sites", i)
        )
        volume.populate_atoms()
        atoms, species = np.array(volume.atoms), np.array(volume.species)
        edge = (outward * atoms[:, 2]).min()
        height = -plan.burial * particle.radius - edge
        x, y = (n / 2 + shift for n, shift in zip(plan.field, particle.offset, strict=True))
        shift = np.array([x, y, outward * height])
        if relief is not None:
            ((face,), _) = relief.faces(np.array([[x, y]]))
            shift[2] -= outward * face
        if plan.piled:
            below = [earlier.atoms for earlier in placed]
            shift[2] += outward * _rise(atoms + shift, below, outward, plan.field)
        volume.transform(Translation(shift))
        placed.append(PlacedParticle(volume, atoms + shift, species, defects))
    return tuple(placed)


RESTING = 3.0
"""angstrom between the atoms of particles that rest on each other: about an atom's diameter, as
between the surfaces of two crystals without a bond."""


def _rise(
    atoms: np.ndarray, below: list[np.ndarray], outward: float, field: tuple[float, float]
) -> float:
    """How far particles below push one outward that is let down on its film, in angstrom.

    Let down from far out it stops where the first pair of atoms is `RESTING` apart: of two that are
    d apart across the beam, d < `RESTING`, where they are (RESTING^2 - d^2)^(1/2) apart along it.
    """
    if not below:
        return 0.0
    under = np.concatenate(below)
    trees = [cKDTree(_folded(points[:, :2], field), boxsize=field) for points in (atoms, under)]
    pairs = trees[0].sparse_distance_matrix(trees[1], RESTING, output_type="ndarray")
    along = outward * (under[pairs["j"], 2] - atoms[pairs["i"], 2])
    return float((along + np.sqrt(RESTING**2 - pairs["v"] ** 2)).max(initial=0.0))


def _folded(places: np.ndarray, field: tuple[float, float]) -> np.ndarray:
    folded = places % field
    return np.where(folded < field, folded, 0.0)  # x % L can round up to L itself
