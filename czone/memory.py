"""Memory: atoms that no machine can hold are refused before they are made."""

import os

import numpy as np

__all__ = ["check_room"]

PER_ATOM = 120
"""Bytes that an atom takes while a region is filled: place, displaced place, site, element."""


def check_room(name: str, low: np.ndarray, high: np.ndarray, bases: np.ndarray, sites: int) -> None:
    """Refuse a region whose cells hold more atoms than the machine's memory.

    Parameters
    ----------
    name
        Name of the argument that is the region.
    low, high
        Corners (3,) of a box around the region, in units of the lattice vectors.
    bases
        Lattice vectors as columns (3, 3), in angstrom.
    sites
        Number of atoms in a cell.

    Raises
    ------
    MemoryError
        With the number of atoms, and the likely causes.

    Examples
    --------
    >>> check_room("box", np.zeros(3), np.full(3, 100.0), 4.08 * np.eye(3), 4)
    """
    count = float(np.prod(np.maximum(np.asarray(high) - low, 0.0) + 1)) * sites
    if not hasattr(os, "sysconf"):
        return  # Windows does not say so; it refuses by itself
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if count * PER_ATOM > there:
        edges = np.linalg.norm(bases, axis=0)
        raise MemoryError(
            f"{name} must hold no more atoms than memory does, {there / PER_ATOM:.2g} of this "
            f"machine's {there / 2**30:.3g} GiB; got {count:.2g}, in cells of "
            f"{', '.join(f'{edge:.3g}' for edge in edges)} angstrom. Likely cause: a region in "
            "another unit than angstrom, or a strain or scale that shrinks the cells"
        )
