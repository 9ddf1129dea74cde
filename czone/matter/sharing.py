"""Chance on the sites of a crystal: which atom of an alloy stands where, and where none does.

Every site of the endless crystal has a number of its own, drawn from the seed, the cell and the
place in the cell. So a site holds the same atom whatever is cut from the crystal, however it is
turned, moved or strained, and in whatever order its atoms are asked for.

Sites too close to hold an atom each (a split position) share one draw: at most one of them is
filled.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from czone.equality import Value
from czone.matter.contacts import SHORT
from czone.matter.occupancy import Content
from czone.randomness import uniforms

__all__ = ["Sharing", "shared_sites"]

_BLOCK = 2**16
"""Sites drawn at once, few enough for a processor's cache."""


@dataclass(frozen=True, eq=False)
class Sharing(Value):
    """How a draw decides what stands on the sites of a cell.

    Parameters
    ----------
    group
        Index (n,) of the draw that each site takes part in.
    offset
        Cell (n, 3) of the draw, seen from the cell of the site.
    edges
        Numbers (n, k + 1) between 0 and 1: a draw between edge j and edge j + 1 fills the site with
        its element j, of which it has at most k.
    elements
        Atomic numbers (n, k + 2) by how many edges the draw has passed; 0 for a vacant site.
    """

    group: np.ndarray
    offset: np.ndarray
    edges: np.ndarray
    elements: np.ndarray

    def drawn(self, seed: int, keys: np.ndarray) -> np.ndarray:
        """Return the atomic numbers (m,) of sites; 0 for vacant ones.

        Parameters
        ----------
        seed
            Of the crystal.
        keys
            Cell and place in the cell (m, 4) of each site.
        """
        numbers = np.empty(len(keys), dtype=np.int64)
        for start in range(0, len(keys), _BLOCK):
            block = keys[start : start + _BLOCK]
            numbers[start : start + _BLOCK] = self._drawn(seed, block[:, :3].T, block[:, 3])
        return numbers

    def _drawn(self, seed: int, cells: np.ndarray, sites: np.ndarray) -> np.ndarray:
        moved = [cell + step[sites] for cell, step in zip(cells, self.offset.T, strict=True)]
        draw = uniforms(seed, self.group[sites], *moved)
        way = np.zeros(len(sites), dtype=np.int64)
        for edge in self.edges.T:
            way += draw >= edge[sites]
        return self.elements[sites, way]


def shared_sites(contents: tuple[Content, ...], coords: np.ndarray, matrix: np.ndarray) -> Sharing:
    """Return how chance decides on the sites of a cell.

    Parameters
    ----------
    contents
        What stands on each of n sites.
    coords
        Fractional coordinates (n, 3).
    matrix
        Lattice vectors as rows (3, 3), in angstrom.
    """
    count, most = len(contents), max(map(len, contents))
    shares = np.zeros((count, most))
    elements = np.zeros((count, most), dtype=np.int64)
    for k, content in enumerate(contents):
        elements[k, : len(content)] = [number for number, _ in content]
        shares[k, : len(content)] = [share for _, share in content]
    group, offset = _groups(elements, shares.sum(axis=1), coords, matrix)
    edges = np.zeros((count, most + 1))
    for k in range(count):
        before = shares[:k][group[:k] == group[k]].sum()
        edges[k] = before + np.concatenate([[0.0], shares[k].cumsum()])
    # Sums such as 0.1 + 0.2 + 0.7 may end a hair below 1, which no draw reaches.
    edges = np.where(edges > 1 - 1e-9, 1.0, edges)
    return Sharing(group, offset, edges, np.pad(elements, ((0, 0), (1, 1))))


def _groups(
    elements: np.ndarray, filled: np.ndarray, coords: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the group of each site, and where the group begins, in cells."""
    from ase.data import covalent_radii

    group, offset = np.arange(len(filled)), np.zeros((len(filled), 3), dtype=np.int64)
    radii = np.where(elements > 0, covalent_radii[elements], 0.0).max(axis=1)
    partly = np.flatnonzero(filled < 1)
    if len(partly) == 0:
        return group, offset
    shifts = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    away = coords[None, partly] - coords[partly, None]
    base = np.rint(away)
    near: dict[int, list[tuple[int, np.ndarray]]] = {}
    for shift in shifts:
        distances = np.linalg.norm((away - base + shift) @ matrix, axis=2)
        close = distances < SHORT * (radii[partly, None] + radii[partly])
        for i, j in np.argwhere(close & (distances > 1e-6)):
            near.setdefault(int(partly[i]), []).append(
                (int(partly[j]), (shift - base[i, j]).astype(np.int64))
            )
    seen: set[int] = set()
    for start in sorted(near):
        if start in seen:
            continue
        places, queue, broken = {start: np.zeros(3, dtype=np.int64)}, [start], False
        while queue:
            one = queue.pop()
            for other, step in near[one]:
                place = places[one] + step
                if other not in places:
                    places[other] = place
                    queue.append(other)
                broken = broken or (places[other] != place).any()
        seen |= set(places)
        members = sorted(places)
        if broken or filled[members].sum() > 1 + 1e-3:
            warnings.warn(
                f"sites {members} of the cell are closer than atoms can be and hold "
                f"{filled[members].sum():.4g} atoms together: drawn one by one, some will be too "
                "close. An ordered model of the crystal would be right",
                stacklevel=2,
            )
            continue
        for member in members:
            group[member] = start
            # A draw is named by the cell of the group's first site.
            offset[member] = -places[member]
    return group, offset
