"""Ligands on particles that sit on a film: on what is free of each particle, out of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from czone.molecule import Molecule
from czone.surface import ligand_shell
from czone.surface.spacing import NO_BOND, Obstacles
from hrtem_sim.specimen.builders.built import Streams
from hrtem_sim.specimen.builders.placed import PlacedParticle
from hrtem_sim.specimen.builders.relief import Relief
from hrtem_sim.specimen.ligands import SPACING, ligand

if TYPE_CHECKING:
    from hrtem_sim.specimen.builders.on_film import ParticlesOnFilm

LIGANDS = "ligands"
"""Name of the ligands among the objects of a specimen."""

NEAR = 4.0
"""angstrom beyond which no two atoms are bonded."""

CLEAR = 2.0
"""angstrom that ligands keep from the face of the film."""


def ligands_on(
    plan: ParticlesOnFilm, placed: Sequence[PlacedParticle], streams: Streams
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ligands of all particles: positions (n, 3) in angstrom, atomic numbers (n,).

    Parameters
    ----------
    plan
        Numbers of film, particles and ligands.
    placed
        Its particles, as `place` returns them, the film's face at z = 0.
    streams
        Random streams of the ligands ("ligands", i) and of the film's faces.

    Notes
    -----
    Each particle gets a shell of its own as if it were alone, less the ligands that would reach
    into the film, another particle or an earlier shell. Molecules are whole or not there.
    """
    assert plan.ligands is not None
    molecule = ligand(plan.ligands.head, plan.ligands.carbons)
    outward = 1.0 if plan.side == "exit" else -1.0
    relief = (
        Relief.of(plan.relief, plan.field, plan.film_thickness, streams) if plan.relief else None
    )
    shells: list[np.ndarray] = []
    size, numbers = len(molecule.species), np.asarray(molecule.species)
    for i, particle in enumerate(placed):
        rng = streams("ligands", i)
        body = Molecule(particle.species, particle.atoms)
        shell = ligand_shell(molecule, body, min_spacing=SPACING, rng=rng)
        copies = np.array(shell.atoms).reshape(-1, size, 3)
        copies = copies[rng.random(len(copies)) < plan.ligands.coverage]
        flat = copies.reshape(-1, 3)
        face = np.zeros(len(flat))
        if relief is not None:
            face = -outward * relief.faces(flat[:, :2] % plan.field)[0]
        above = (outward * (flat[:, 2] - face) > CLEAR).reshape(-1, size).all(axis=1)
        copies = copies[above]
        others = [(o.atoms, o.species) for j, o in enumerate(placed) if j != i]
        others += [(one.reshape(-1, 3), np.tile(numbers, len(one))) for one in shells]
        others.append((particle.atoms, particle.species))  # across the border
        copies = copies[_clear(copies, numbers, others, plan.field, own=len(others) - 1)]
        copies = copies[_clear_of_images(copies, numbers, plan.field)]
        shells.append(copies)
    atoms = np.concatenate([np.zeros((0, 3)), *(shell.reshape(-1, 3) for shell in shells)])
    atoms[:, :2] %= plan.field
    return atoms, np.tile(numbers, len(atoms) // size)


def _clear(
    copies: np.ndarray,
    numbers: np.ndarray,
    others: Sequence[tuple[np.ndarray, np.ndarray]],
    field: tuple[float, float],
    *,
    own: int,
) -> np.ndarray:
    """Which molecules keep clear of others' atoms, and of images of their own particle's."""
    clear = np.ones(len(copies), bool)
    if not len(copies):
        return clear
    flat = copies.reshape(-1, 3)
    low, high = flat.min(axis=0) - NEAR, flat.max(axis=0) + NEAR
    spacings = [NO_BOND] * len(numbers)
    for k, (atoms, species) in enumerate(others):
        for shift in _images(atoms, low, high, field):
            if k == own and not shift.any():
                continue
            moved = atoms + shift
            near = ((moved >= low) & (moved <= high)).all(axis=1)
            if near.any():
                clear &= Obstacles(moved[near], species[near]).clear(copies, numbers, spacings)
    return clear


def _clear_of_images(
    copies: np.ndarray, numbers: np.ndarray, field: tuple[float, float]
) -> np.ndarray:
    """Which molecules of a shell stay so that none is near to an image of another or itself."""
    stays = np.ones(len(copies), bool)
    flat = copies.reshape(-1, 3)
    if not len(copies) or (np.ptp(flat[:, :2], axis=0) + NEAR < field).all():
        return stays
    folded = flat.copy()
    folded[:, :2] %= field
    folded[:, :2][folded[:, :2] >= field] = 0.0
    pairs = cKDTree(folded, boxsize=[*field, 0]).query_pairs(NEAR, output_type="ndarray")
    shifts = folded[pairs[:, 0]] - folded[pairs[:, 1]]
    shifts[:, :2] -= np.array(field) * np.round(shifts[:, :2] / field)
    straight = flat[pairs[:, 0]] - flat[pairs[:, 1]]
    across = ~np.isclose(shifts, straight, atol=1e-6).all(axis=1)
    kinds = np.tile(numbers, len(copies))[pairs]
    close = np.linalg.norm(shifts, axis=1) < NO_BOND.between(kinds[:, 0], kinds[:, 1])
    for first, second in np.sort(pairs[across & close] // len(numbers), axis=1).tolist():
        if stays[first]:
            stays[second] = False
    return stays


def _images(
    atoms: np.ndarray, low: np.ndarray, high: np.ndarray, field: tuple[float, float]
) -> list[np.ndarray]:
    """Shifts (3,) by whole fields that may bring atoms into a box."""
    if not len(atoms):
        return []
    ranges = []
    for axis in (0, 1):
        first = np.ceil((low[axis] - atoms[:, axis].max()) / field[axis])
        last = np.floor((high[axis] - atoms[:, axis].min()) / field[axis])
        ranges.append(np.arange(first, last + 1) * field[axis])
    return [np.array([x, y, 0.0]) for x in ranges[0] for y in ranges[1]]
