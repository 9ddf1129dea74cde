"""Which atoms stay where objects overlap: one routine for scenes and for volumes of volumes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["kept_atoms", "separated"]


def kept_atoms(objects: Sequence[Any], images: np.ndarray | None = None) -> list[np.ndarray]:
    """Return, for every object, which of its atoms stay.

    An atom goes when it lies inside another object of smaller or equal priority number.

    Parameters
    ----------
    objects
        Populated objects: `atoms`, `priority`, `check_if_interior`, and if they can `outer_box`.
    images
        Shifts (k, 3) under which the world repeats, in angstrom, the zero shift among them; None
        for a world that does not repeat.

    Returns
    -------
    masks
        One boolean array (n,) per object, in the order of the objects.
    """
    images = np.zeros((1, 3)) if images is None else np.asarray(images, dtype=float)
    priorities = np.array([ob.priority for ob in objects])
    atoms = [np.asarray(ob.atoms, dtype=float).reshape(-1, 3) for ob in objects]
    masks = [np.ones(len(a), dtype=bool) for a in atoms]
    lows, highs = _reach([_box_of(ob) for ob in objects])
    loses = priorities[None, :] >= priorities[:, None]
    np.fill_diagonal(loses, False)
    for shift in images:
        # Row: an object. Column: another whose atoms, moved by the shift, may lie in it.
        meets = loses & (lows + shift <= highs[:, None]).all(axis=2)
        meets &= (highs + shift >= lows[:, None]).all(axis=2)
        for index in np.flatnonzero(meets.any(axis=1)):
            found = np.flatnonzero(meets[index])
            points = np.concatenate([atoms[k] for k in found])
            points = points + shift if shift.any() else points
            outside = ~np.asarray(objects[index].check_if_interior(points), dtype=bool)
            begin = 0
            for k in found:
                end = begin + len(atoms[k])
                masks[k] &= outside[begin:end]
                begin = end
    return masks


def _box_of(ob: Any) -> np.ndarray | None:
    """Return two corners (2, 3) around an object and its atoms, None if not known."""
    outer_box = getattr(ob, "outer_box", None)
    box = None if outer_box is None else outer_box()
    return box


def _reach(boxes: list[np.ndarray | None]) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high corners (n, 3): everywhere for unknown boxes, nowhere for empty ones."""
    lows = np.full((len(boxes), 3), -np.inf)
    highs = np.full((len(boxes), 3), np.inf)
    for k, box in enumerate(boxes):
        if box is None:
            continue
        lows[k], highs[k] = (box[0], box[1]) if len(box) else (np.inf, -np.inf)
    return lows, highs


def separated(
    positions: np.ndarray,
    owner: np.ndarray,
    rank: np.ndarray,
    min_distance: float,
    boxsize: np.ndarray | None = None,
) -> np.ndarray:
    """Return which atoms stay when atoms of different objects must keep a distance.

    Of two that are too close the one of higher rank number goes; an atom that went no longer
    pushes others.

    Parameters
    ----------
    positions
        Array (n, 3), in angstrom.
    owner
        Object index (n,) of each atom.
    rank
        Rank per object; 0 stays first.
    min_distance
        In angstrom.
    boxsize
        Periods (3,) for scipy's cKDTree, 0 where the world does not repeat.

    Returns
    -------
    keep
        Boolean array (n,).
    """
    from scipy.spatial import cKDTree

    keep = np.ones(len(positions), dtype=bool)
    if len(positions) == 0:
        return keep
    tree = cKDTree(positions, boxsize=boxsize)
    # query_pairs counts a distance equal to the limit as too close; equal is allowed here.
    pairs = tree.query_pairs(np.nextafter(min_distance, 0), output_type="ndarray")
    pairs = pairs[owner[pairs[:, 0]] != owner[pairs[:, 1]]]
    ranks = rank[owner[pairs]]
    swap = ranks[:, 0] > ranks[:, 1]
    pairs[swap] = pairs[swap][:, ::-1]
    loser_rank = ranks.max(axis=1)
    for level in np.unique(loser_rank):
        stronger, weaker = pairs[loser_rank == level].T
        keep[weaker[keep[stronger]]] = False
    return keep
