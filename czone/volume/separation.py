"""Which atoms stay where atoms of different objects must keep a distance."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from czone.checks import as_positive
from czone.matter.atoms import Atoms
from czone.matter.contacts import contact_distance
from czone.volume.precedence import within

__all__ = ["Distance", "as_distance", "separated"]

Distance = float | Literal["contact"]
"""A length in angstrom, or what atoms of any two elements keep without a bond between them."""


def as_distance(name: str, value: Any) -> Distance | None:
    """Return a distance that objects keep: a length, ``"contact"``, or None for no such rule.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        Value that came.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if value == "contact":
            return "contact"
        raise ValueError(f"{name} must be a length in angstrom or 'contact'; got {value!r}")
    return as_positive(name, value)


def separated(
    parts: Sequence[Atoms],
    order: Sequence[int],
    min_distance: Distance,
    surrounded: Callable[[np.ndarray], np.ndarray] | None = None,
) -> list[np.ndarray]:
    """Return which atoms stay when atoms of different objects must keep a distance.

    An atom goes when it is too close to one that stays, of an object earlier in `order`.

    Parameters
    ----------
    parts
        Atoms of each object.
    order
        Indices of the objects, the one that loses nothing first.
    min_distance
        Length in angstrom, or ``"contact"`` for `contact_distance` of every two elements.
    surrounded
        Function that adds to positions those of their images nearby, in a world that repeats; None
        for another.

    Returns
    -------
    masks
        One boolean array (n,) per object.
    """
    from scipy.spatial import cKDTree

    masks = [np.ones(len(part), dtype=bool) for part in parts]
    # One tree per object, or per element of an object where the distance depends on the elements.
    placed: list[tuple[int, Any, np.ndarray, np.ndarray]] = []
    for index in order:
        part, mask = parts[index], masks[index]
        kinds = part.numbers if min_distance == "contact" else np.zeros(len(part), dtype=int)
        found = np.unique(kinds).tolist()
        for kind in found:
            mine = mask & (kinds == kind)
            for other, tree, low, high in placed:
                reach = _reach(kind, other, min_distance)
                near = np.flatnonzero(mine & within(part.positions, low - reach, high + reach))
                if len(near):
                    # The bound opens the search a little; the comparison decides.
                    bound = 1.001 * reach
                    distance, _ = tree.query(part.positions[near], distance_upper_bound=bound)
                    mask[near[distance < reach]] = False
        for kind in found:
            stays = part.positions[mask & (kinds == kind)]
            if len(stays):
                stays = stays if surrounded is None else surrounded(stays)
                placed.append((kind, cKDTree(stays), stays.min(axis=0), stays.max(axis=0)))
    return masks


def _reach(kind: int, other: int, min_distance: Distance) -> float:
    return contact_distance(kind, other) if min_distance == "contact" else min_distance
