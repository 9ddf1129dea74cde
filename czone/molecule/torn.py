"""Molecules that the faces of a periodic cell tear apart."""

import warnings
from typing import Any

import numpy as np

__all__ = ["tell_torn"]

_MANY = 2_000  # atoms; larger things are pieces of crystals


def tell_torn(atoms: Any) -> None:
    """Warn of ASE Atoms whose bonds run through the faces of their cell.

    A molecule has no cell: its atoms stay where they are listed, one part of a water molecule at
    one face of a box and the other part at the opposite one.

    Parameters
    ----------
    atoms
        ASE Atoms; two are bonded within 1.2 of the sum of their covalent radii.
    """
    if not any(atoms.pbc) or not 1 < len(atoms) <= _MANY:
        return
    from ase.neighborlist import natural_cutoffs, neighbor_list

    to_faces = np.linalg.inv(atoms.cell.complete()[:])
    gaps = (1 - np.ptp(atoms.positions @ to_faces, axis=0)) / np.linalg.norm(to_faces, axis=0)
    if (gaps > 2 * max(natural_cutoffs(atoms, mult=1.2)))[atoms.pbc].all():
        return  # no bond reaches from one side of the molecule to its next image
    first, second, cells = neighbor_list("ijS", atoms, natural_cutoffs(atoms, mult=1.2))
    here = ~cells.any(axis=1)
    as_listed = _pieces(len(atoms), first[here], second[here])
    if as_listed > _pieces(len(atoms), first, second):
        warnings.warn(
            f"atoms must be whole; got {as_listed} pieces that are bonded through the faces of "
            "their cell. Bring them together before, or set atoms.pbc = False if they are apart",
            stacklevel=3,
        )


def _pieces(count: int, first: np.ndarray, second: np.ndarray) -> int:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    bonds = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
    return int(connected_components(bonds, directed=False, return_labels=False))
