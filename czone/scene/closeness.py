"""Atoms of a scene that are too close: found, and kept apart.

They are found quickly, because most need not be looked at. A crystal is looked at once, in its
cell, and an amorphous solid keeps the distances it was packed with (`Atoms.apart`). So in most
scenes only atoms near another object, and near the faces of a cell that repeats, can be too close
to any.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ase.data import covalent_radii

from czone.matter.atoms import Atoms
from czone.matter.contacts import BUILT, SHORT, Contacts, find_contacts, searched_quickly
from czone.scene.world import World
from czone.volume.precedence import within
from czone.volume.separation import Distance, separated

__all__ = ["Groups", "contacts_in", "kept_apart"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Which object and member each atom belongs to, and how far those of each keep apart.

    Parameters
    ----------
    index
        Group (n,) of each atom; a member of an object is a group of its own.
    owner
        Index (g,) of the object of each group.
    apart
        Share of contact (g,) that the atoms of a group keep among each other; 0 if unknown.
    """

    index: np.ndarray
    owner: np.ndarray
    apart: np.ndarray

    @classmethod
    def of(cls, parts: Sequence[Atoms]) -> "Groups":
        """Return the groups of the atoms of several objects, object after object."""
        index = [np.zeros(0, dtype=int)]
        owner: list[int] = []
        apart: list[float] = []
        for number, part in enumerate(parts):
            inner = np.zeros(len(part), dtype=int) if part.labels is None else part.labels
            count = max(1, len(part.apart), int(inner.max(initial=-1)) + 1)
            index.append(inner + len(owner))
            owner += [number] * count
            apart += [*part.apart, *[0.0] * (count - len(part.apart))]
        return cls(np.concatenate(index), np.array(owner, dtype=int), np.array(apart))

    def kept(self, mask: np.ndarray) -> "Groups":
        """Return the groups of the atoms of a mask (n,) of booleans."""
        return replace(self, index=self.index[mask])


def contacts_in(world: World, atoms: Atoms, groups: Groups) -> Contacts:
    """Return the pairs of atoms that are closer than atoms can be.

    Parameters
    ----------
    world
        Cell, and where it repeats.
    atoms
        Atoms to look at.
    groups
        Groups of these atoms.

    Returns
    -------
    contacts
        Pairs; `first` and `second` count in `atoms`.
    """
    if len(groups.owner) < 2 and (groups.apart >= SHORT).all() and not world.repeats:
        return find_contacts(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    positions = world.folded(atoms.positions)
    chosen = _suspects(world, positions, atoms.numbers, groups)
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


_ALL_AT_ONCE = 30_000
"""Atoms that are searched by compiled code sooner than most of them are passed over."""


def _suspects(
    world: World, positions: np.ndarray, numbers: np.ndarray, groups: Groups
) -> np.ndarray:
    """Return the atoms (m,) that are to be searched: all that may be too close to any."""
    quickly = searched_quickly(len(positions), len(groups.owner))
    if quickly and len(positions) <= _ALL_AT_ONCE:
        return np.arange(len(positions))
    limit = 2 * SHORT * covalent_radii[numbers].max(initial=0.0)
    suspect = groups.apart[groups.index] < SHORT
    if world.repeats:
        heights = world.fractions(positions) * world.heights
        at_face = (heights < limit) | (heights > world.heights - limit)
        suspect |= (at_face & np.array(world.pbc)).any(axis=1)
    boxed = _boxed(positions, groups.index, limit)
    suspect[boxed] |= quickly or _mixed(positions[boxed], groups.index[boxed], limit)
    return np.flatnonzero(suspect)


def _boxed(positions: np.ndarray, group: np.ndarray, limit: float) -> np.ndarray:
    """Return the atoms (m,) that lie in the box of another group, or within `limit` of it."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))  # atoms come group after group
    if len(starts) < 2:
        return np.zeros(0, dtype=np.int64)
    low = np.minimum.reduceat(positions, starts) - limit
    high = np.maximum.reduceat(positions, starts) + limit
    meet = np.logical_and.reduce((low[:, None] <= high) & (high[:, None] >= low), axis=2)
    np.fill_diagonal(meet, False)
    near = np.zeros(len(positions), dtype=bool)
    ends = np.append(starts[1:], len(positions))
    for one in np.flatnonzero(meet.any(axis=1)):
        others, own = meet[one], slice(starts[one], ends[one])
        near[own] = within(positions[own], low[others].min(axis=0), high[others].max(axis=0))
    return np.flatnonzero(near)


def _mixed(positions: np.ndarray, group: np.ndarray, limit: float) -> np.ndarray:
    """Tell which atoms (n,) may have one of another group within `limit`.

    Space is divided into cubes no smaller than `limit`. An atom is passed over if its own cube and
    those around it hold atoms of its group only: if their smallest and largest group are the same.
    Groups do not decrease from atom to atom.
    """
    if len(positions) == 0:
        return np.zeros(0, dtype=bool)
    low = positions.min(axis=0)
    size = np.ptp(positions, axis=0) + limit
    edge = max(limit, (size.prod() / (8 * len(positions))) ** (1 / 3))
    cube = ((positions - low) / edge).astype(np.int64) + 1
    shape = cube.max(axis=0) + 2
    flat = np.ravel_multi_index(cube.T, shape)
    # Atoms come group after group: of several in a cube the first has the smallest group.
    smallest = _spread(flat[::-1], group[::-1], shape, nobody=group.max() + 1, extreme=np.minimum)
    largest = _spread(flat, group, shape, nobody=-1, extreme=np.maximum)
    return np.asarray(smallest[flat] != largest[flat])


def _spread(
    cubes: np.ndarray, group: np.ndarray, shape: np.ndarray, *, nobody: int, extreme: np.ufunc
) -> np.ndarray:
    """Return the extreme group in every cube and those around it, the last of several in one."""
    found = np.full(shape, nobody, dtype=np.int32)
    found.reshape(-1)[cubes] = group
    for axis in range(3):
        ahead, behind = ((np.s_[:],) * axis + (part,) for part in (np.s_[1:], np.s_[:-1]))
        spread = found.copy()
        extreme(spread[ahead], found[behind], out=spread[ahead])
        extreme(spread[behind], found[ahead], out=spread[behind])
        found = spread
    return found.reshape(-1)


def kept_apart(
    world: World,
    atoms: Atoms,
    groups: Groups,
    keep: np.ndarray,
    *,
    priorities: Sequence[int],
    min_distance: Distance,
) -> np.ndarray:
    """Return which atoms (n,) stay when those of different groups must keep a distance.

    In a cell that repeats, an object that does not fit its own image (a crystal that is no whole
    number of cells wide) loses one of every two atoms that are closer there than atoms can be; its
    bonds across the face stay.

    Parameters
    ----------
    world
        Cell, and where it repeats.
    atoms
        Atoms of all objects, folded into the cell.
    groups
        Groups of these atoms.
    keep
        Atoms (n,) that are still there.
    priorities
        Precedence of each object; of equal ones the earlier goes first.
    min_distance
        Length in angstrom, or ``"contact"``.
    """
    kept = np.flatnonzero(keep)
    pieces = [kept[groups.index[kept] == group] for group in range(len(groups.owner))]
    order = np.argsort(np.asarray(priorities)[groups.owner], kind="stable").tolist()
    parts = [Atoms.owned(atoms.positions[piece], atoms.numbers[piece]) for piece in pieces]
    reach = _longest(atoms.numbers, min_distance)
    surrounded = (lambda points: world.surrounded(points, reach)[0]) if world.repeats else None
    stays = np.ones(len(keep), dtype=bool)
    for piece, mask in zip(pieces, separated(parts, order, min_distance, surrounded), strict=True):
        stays[piece] = mask
    if world.repeats:
        left = np.flatnonzero(keep & stays)
        rest = Atoms.owned(atoms.positions[left], atoms.numbers[left])
        whole = replace(groups.kept(left), apart=np.ones(len(groups.apart)))
        found = contacts_in(world, rest, whole)
        pairs = np.stack([left[found.first], left[found.second]], axis=1)[found.across]
        for first, second in pairs[np.argsort(pairs[:, 1], kind="stable")].tolist():
            if stays[first] and first != second:
                stays[second] = False
    return stays


def _longest(numbers: np.ndarray, min_distance: Distance) -> float:
    if min_distance == "contact":
        return float(2 * BUILT * covalent_radii[numbers].max(initial=0.0))
    return min_distance
