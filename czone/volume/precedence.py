"""Which atoms stay where objects overlap: one routine for scenes and for volumes of volumes."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from czone.compiled import compiled_pays
from czone.matter.atoms import Atoms

__all__ = ["kept_atoms", "within", "without_own_images"]


def kept_atoms(
    objects: Sequence[Any], parts: Sequence[Atoms], images: np.ndarray | None = None
) -> list[np.ndarray]:
    """Return, for every object, which of its atoms stay.

    An atom goes when it lies inside another object of smaller or equal priority number.

    Parameters
    ----------
    objects
        Objects with `priority`, `check_if_interior`, and if they can `outer_box`, `flat_faces` and
        `ball`.
    parts
        The atoms of each.
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
    ends = np.cumsum([len(part) for part in parts])
    begins = ends - [len(part) for part in parts]
    points = np.concatenate([part.positions for part in parts])
    keep = np.ones(len(points), dtype=bool)
    lows, highs = _reach([_box_of(ob) for ob in objects])
    loses = priorities[None, :] >= priorities[:, None]
    np.fill_diagonal(loses, False)
    lowest, highest = lows.min(axis=0, initial=np.inf), highs.max(axis=0, initial=-np.inf)
    for shift in images:
        if (lowest + shift > highest).any() or (highest + shift < lowest).any():
            continue
        # Row: an object. Column: another whose atoms, moved by the shift, may lie in it.
        meets = loses.copy()
        for axis in range(3):  # column by column: NumPy is slow along an axis of three
            meets &= lows[:, axis] + shift[axis] <= highs[:, axis, None]
            meets &= highs[:, axis] + shift[axis] >= lows[:, axis, None]
        for index in np.flatnonzero(meets.any(axis=1)).tolist():
            found = np.flatnonzero(meets[index])
            if _dropped_quickly(objects[index], points, keep, begins[found], ends[found], shift):
                continue
            ranges = [slice(begins[k], ends[k]) for k in found]
            moved = np.concatenate([points[part] for part in ranges])
            moved = moved + shift if shift.any() else moved
            outside = _outside(objects[index], moved, lows[index], highs[index])
            pieces = np.split(outside, np.cumsum([part.stop - part.start for part in ranges])[:-1])
            for part, piece in zip(ranges, pieces, strict=True):
                keep[part] &= piece
    masks = np.split(keep, ends[:-1])
    _tell_emptied(priorities, masks)
    return masks


def _tell_emptied(priorities: np.ndarray, masks: list[np.ndarray]) -> None:
    """Warn of two objects that leave nothing of each other, such as one that was added twice."""
    gone = np.array([k for k, mask in enumerate(masks) if len(mask) and not mask.any()], dtype=int)
    for k, one in enumerate(gone.tolist()):
        for other in gone[k + 1 :].tolist():
            if priorities[one] == priorities[other]:
                warnings.warn(
                    f"objects {one} and {other} have lost all atoms, for their priorities are "
                    f"equal, {priorities[one]}, and equal ones empty their overlap. Give them "
                    "different priorities, or leave one out",
                    stacklevel=4,
                )
                return


def _dropped_quickly(
    ob: Any,
    points: np.ndarray,
    keep: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    shift: np.ndarray,
) -> bool:
    """Clear the marks of points in an object of flat faces or a ball by compiled code.

    Returns whether that was done; otherwise the object is to be asked for its inside.
    """
    ask = (getattr(ob, name, None) for name in ("flat_faces", "ball"))
    faces, ball = (None if way is None else way() for way in ask)
    if (faces is None and ball is None) or not compiled_pays():
        return False
    from czone.geometry.faces_kernel import drop_in_ball, drop_inside  # loads numba

    if faces is None:
        drop_in_ball(points, keep, begins, ends, shift, ball)
    else:
        faces[:, 3] += faces[:, :3] @ shift
        drop_inside(points, keep, begins, ends, faces)
    return True


# Up to so many points the test itself is quicker than sorting out those in the box.
_FEW = 20_000


def _outside(ob: Any, points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which points (n,) lie outside an object that fits into a box."""
    if len(points) <= _FEW:
        return ~np.asarray(ob.check_if_interior(points), dtype=bool)
    outside = np.ones(len(points), dtype=bool)
    near = np.flatnonzero(within(points, low, high))
    outside[near] = ~np.asarray(ob.check_if_interior(points[near]), dtype=bool)
    return outside


def within(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which points (n,) lie between two corners."""
    inside = np.ones(len(points), dtype=bool)
    for axis in range(3):
        column = points[:, axis]
        inside &= (column >= low[axis]) & (column <= high[axis])
    return inside


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


def without_own_images(ob: Any, part: Atoms, shifts: np.ndarray) -> np.ndarray:
    """Return which atoms (n,) of an object stay where it reaches into its own periodic images.

    A place that several images claim belongs to the one whose middle is nearest: the cut lies half
    way. The members of a volume of volumes meet the images of each other by their priorities.

    Parameters
    ----------
    ob
        The object.
    part
        Its atoms, of a volume of volumes labelled with the members.
    shifts
        All shifts (k, 3) under which the world repeats, in angstrom.
    """
    keep = np.ones(len(part), dtype=bool)
    others = shifts[shifts.any(axis=1)]
    if hasattr(ob, "volumes") and part.labels is not None:
        order = np.argsort(part.labels, kind="stable")
        members = range(len(ob.volumes))
        pieces = [part.kept(np.flatnonzero(part.labels == k)) for k in members]
        masks = kept_atoms(ob.volumes, pieces, others)
        for mask, member, piece in zip(masks, ob.volumes, pieces, strict=True):
            mask &= without_own_images(member, Atoms.owned(piece.positions, piece.numbers), shifts)
        keep[order] = np.concatenate(masks)
        return keep
    box = _box_of(ob)
    if box is None or len(box) == 0:
        return keep
    low, high = box
    middle = (low + high) / 2
    for shift in others:
        if (high - low - np.abs(shift) <= 1e-4).any():
            continue  # they touch at most; atoms that share a site there are sorted out by that
        moved = part.positions - shift
        nearer = np.einsum("ij,ij->i", moved - middle, moved - middle)
        nearer -= np.einsum("ij,ij->i", part.positions - middle, part.positions - middle)
        claimed = np.flatnonzero((nearer < -1e-6) & within(moved, low, high))
        keep[claimed] &= ~np.asarray(ob.check_if_interior(moved[claimed]), dtype=bool)
    return keep
