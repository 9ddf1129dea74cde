"""What surrounds each atom: fcc or hcp, by common-neighbour analysis.

Twins and stacking faults of close-packed crystals are layers of hcp atoms.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from hrtem_sim.frozen import freeze

ENVIRONMENTS = ("other", "fcc", "hcp")
OTHER, FCC, HCP = range(3)

REACH = (1 + np.sqrt(2)) / 2
"""Cutoff between the first and second shell of a close-packed crystal, in neighbour distances."""

CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Environments:
    """Local structure of atoms.

    Parameters
    ----------
    kinds
        Index into `ENVIRONMENTS`, uint8 (n,), read-only.
    neighbours
        Indices of the twelve nearest atoms, (n, 12); of atoms of kind other they mean nothing.
    vectors
        To the neighbours in angstrom, (n, 12, 3).
    normals
        Unit normals (n, 3) of the basal planes of hcp atoms; 0 for all other atoms.
    """

    kinds: np.ndarray
    neighbours: np.ndarray
    vectors: np.ndarray
    normals: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "kinds", "neighbours", "vectors", "normals")


def local_environment(
    positions: np.ndarray, cell: tuple[float, float] | None = None
) -> Environments:
    """Return whether atoms have an fcc or an hcp surrounding.

    Parameters
    ----------
    positions
        Positions (n, 3), in angstrom, of all atoms of a metal or of one element of a compound.
    cell
        Periods along x and y in angstrom; default: not periodic.

    Returns
    -------
    environments

    Notes
    -----
    Common-neighbour analysis (J. D. Honeycutt and H. C. Andersen, J. Phys. Chem. 91 (1987) 4950;
    D. Faken and H. Jonsson, Comput. Mater. Sci. 2 (1994) 279) with the cutoff of each atom set by
    its twelve nearest neighbours (A. Stukowski, Model. Simul. Mater. Sci. Eng. 20 (2012) 045021).
    A bond whose ends share four neighbours with two bonds among them is of type 421 if these
    bonds are apart and 422 if they meet. fcc: twelve 421. hcp: six 421 and, in the basal plane,
    six 422. Atoms at surfaces and on edges are other.

    Examples
    --------
    >>> from ase.build import bulk
    >>> gold = bulk("Au", cubic=True) * (4, 4, 4)
    >>> kinds = local_environment(gold.positions).kinds
    >>> int((kinds == FCC).sum()), int((kinds == HCP).sum())
    (108, 0)
    """
    positions = np.asarray(positions, dtype=float)
    n = len(positions)
    kinds, normals = np.zeros(n, np.uint8), np.zeros((n, 3))
    neighbours, vectors = np.zeros((n, 12), int), np.zeros((n, 12, 3))
    if n < 13:
        return Environments(kinds, neighbours, vectors, normals)
    tree, points, period = periodic_tree(positions, cell)
    distances, found = tree.query(points, k=min(n, 14))
    neighbours[:] = found[:, 1:13]
    vectors[:] = separation(points[neighbours] - points[:, None], period)
    cutoff = REACH * distances[:, 1:13].mean(axis=1)
    twelve = distances[:, 12] < cutoff
    if n > 13:
        twelve &= distances[:, 13] > cutoff
    candidates = np.flatnonzero(twelve)
    for start in range(0, len(candidates), CHUNK):
        part = candidates[start : start + CHUNK]
        apart, meeting = _bond_types(vectors[part], cutoff[part])
        n_apart, n_meeting = apart.sum(axis=1), meeting.sum(axis=1)
        kinds[part[n_apart == 12]] = FCC
        hcp = (n_apart == 6) & (n_meeting == 6)
        kinds[part[hcp]] = HCP
        if hcp.any():
            basal = vectors[part[hcp]] * meeting[hcp][..., None]
            _, axes = np.linalg.eigh(np.einsum("nki,nkj->nij", basal, basal))
            normals[part[hcp]] = axes[..., 0]  # of the smallest eigenvalue
    return Environments(kinds, neighbours, vectors, normals)


def _bond_types(vectors: np.ndarray, cutoff: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the twelve bonds of each atom are of type 421 and which of type 422, (m, 12)."""
    between = np.linalg.norm(vectors[:, :, None] - vectors[:, None], axis=-1)
    bonded = between < cutoff[:, None, None]
    bonded &= ~np.eye(12, dtype=bool)
    flags = bonded.astype(np.float32)
    degrees = (flags @ flags) * flags  # [j, k]: bonds of k to other neighbours common with j
    pairs = (bonded.sum(axis=-1) == 4) & (degrees.sum(axis=-1) == 4)
    most = degrees.max(axis=-1)
    return pairs & (most == 1), pairs & (most == 2)


def periodic_tree(
    positions: np.ndarray, cell: tuple[float, float] | None
) -> tuple[cKDTree, np.ndarray, np.ndarray]:
    """Return a search tree, the wrapped points (n, 3) and the periods (3,), 0 for none."""
    period = np.array([*cell, 0.0]) if cell is not None else np.zeros(3)
    points = np.array(positions, dtype=float)
    if cell is not None:
        points[:, :2] %= period[:2]
    return cKDTree(points, boxsize=period), points, period


def separation(vectors: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Return vectors (..., 3) between nearest periodic images."""
    safe = np.where(period > 0, period, 1.0)
    return vectors - np.where(period > 0, np.round(vectors / safe) * period, 0.0)
