"""Atoms of a scene that are too close: found, and kept apart.

They are found quickly, because most need not be looked at. A crystal is looked at once, in its
cell, and an amorphous solid keeps the distances it was packed with (`Atoms.apart`). So in most
scenes only atoms near another object, and near the faces of a cell that repeats, can be too close
to any.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from ase.data import covalent_radii

from czone.matter.atoms import Atoms
from czone.matter.contacts import BUILT, SHORT, Contacts, find_contacts
from czone.scene.world import World
from czone.volume.precedence import within
from czone.volume.separation import Distance, separated

__all__ = ["contacts_in", "kept_apart"]


def contacts_in(world: World, atoms: Atoms, aparts: Sequence[float]) -> Contacts:
    """Return the pairs of atoms that are closer than atoms can be.

    Parameters
    ----------
    world
        Cell, and where it repeats.
    atoms
        Atoms with labels.
    aparts
        Share of contact, for each label, that atoms of this label keep among each other.

    Returns
    -------
    contacts
        Pairs; `first` and `second` count in `atoms`.
    """
    labels = np.zeros(len(atoms), dtype=int) if atoms.labels is None else atoms.labels
    positions = world.folded(atoms.positions)
    limit = 2 * SHORT * covalent_radii[atoms.numbers].max(initial=0.0)
    suspect = np.asarray(aparts)[labels] < SHORT
    if world.repeats:
        heights = world.fractions(positions) * world.heights
        at_face = (heights < limit) | (heights > world.heights - limit)
        suspect |= (at_face & np.array(world.pbc)).any(axis=1)
    members = [np.flatnonzero(labels == label) for label in range(len(aparts))]
    members = [member for member in members if len(member)]
    boxes = [
        (positions[member].min(axis=0) - limit, positions[member].max(axis=0) + limit)
        for member in members
    ]
    for here, member in enumerate(members):
        for there, (low, high) in enumerate(boxes):
            meet = (boxes[here][0] <= high).all() and (boxes[here][1] >= low).all()
            if there != here and meet:
                suspect[member] |= within(positions[member], low, high)
    chosen = np.flatnonzero(suspect)
    found = find_contacts(
        positions[chosen] - world.origin,
        atoms.numbers[chosen],
        cell=world.bases.T,
        periodic=world.pbc,
    )
    first, second = chosen[found.first], chosen[found.second]
    sites = np.stack([atoms.positions[first], atoms.positions[second]], axis=1)
    direct = np.linalg.norm(sites[:, 0] - sites[:, 1], axis=1)
    across = np.abs(direct - found.distances) > 1e-9
    return replace(found, first=first, second=second, sites=sites, across=across)


def kept_apart(
    world: World,
    atoms: Atoms,
    members: Sequence[np.ndarray | None],
    keep: np.ndarray,
    *,
    priorities: Sequence[int],
    min_distance: Distance,
) -> np.ndarray:
    """Return which atoms (n,) stay when those of different objects must keep a distance.

    Members of an object are objects of their own here. In a cell that repeats, an object that does
    not fit its own image (a crystal that is no whole number of cells wide) loses one of every two
    atoms that are closer there than atoms can be; its bonds across the face stay.

    Parameters
    ----------
    world
        Cell, and where it repeats.
    atoms
        Atoms of all objects, object after object, with labels, folded into the cell.
    members
        Member (n,) that each atom belongs to, for each object; None if it has none.
    keep
        Atoms (n,) that are still there.
    priorities
        Precedence of each object; of equal ones the earlier goes first.
    min_distance
        Length in angstrom, or ``"contact"``.
    """
    labels = atoms.labels
    assert labels is not None  # they tell objects apart
    counts = np.bincount(labels, minlength=len(members))
    member = np.concatenate(
        [
            np.zeros(count, dtype=int) if part is None else part
            for count, part in zip(counts, members, strict=True)
        ]
    )
    kept = np.flatnonzero(keep)
    groups, group = np.unique(
        np.stack([labels[kept], member[kept]], axis=1), axis=0, return_inverse=True
    )
    pieces = [kept[group.reshape(-1) == k] for k in range(len(groups))]
    order = np.argsort(np.asarray(priorities)[groups[:, 0]], kind="stable").tolist()
    parts = [Atoms.owned(atoms.positions[piece], atoms.numbers[piece]) for piece in pieces]
    reach = _longest(atoms.numbers, min_distance)
    surrounded = (lambda points: world.surrounded(points, reach)[0]) if world.repeats else None
    stays = np.ones(len(keep), dtype=bool)
    for piece, mask in zip(pieces, separated(parts, order, min_distance, surrounded), strict=True):
        stays[piece] = mask
    if world.repeats:
        left = np.flatnonzero(keep & stays)
        rest = Atoms.owned(atoms.positions[left], atoms.numbers[left], labels[left])
        found = contacts_in(world, rest, [1.0] * len(members))
        pairs = np.stack([left[found.first], left[found.second]], axis=1)[found.across]
        for first, second in pairs[np.argsort(pairs[:, 1], kind="stable")].tolist():
            if stays[first] and first != second:
                stays[second] = False
    return stays


def _longest(numbers: np.ndarray, min_distance: Distance) -> float:
    if min_distance == "contact":
        return float(2 * BUILT * covalent_radii[numbers].max(initial=0.0))
    return min_distance
