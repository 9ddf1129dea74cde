"""Random places for things that must not overlap."""

from collections.abc import Callable, Sequence

import numpy as np


def free_places(
    field: tuple[float, float],
    reaches: Sequence[float],
    rng: np.random.Generator,
    *,
    gap: float = 0.0,
    tries: int = 200,
    candidate: Callable[[int], np.ndarray] | None = None,
) -> list[tuple[float, float] | None]:
    """Return a place for each of several discs in a periodic field, None for those without room.

    Parameters
    ----------
    field
        Edges along x and y, in angstrom.
    reaches
        Radius of each disc, in angstrom.
    rng
        Source of the places.
    gap
        Least distance between two discs, in angstrom, across the border too.
    tries
        Places that are tried for each.
    candidate
        Function that draws a place, (2,) in angstrom, for the disc of a number; absent: anywhere in
        the field.

    Examples
    --------
    >>> places = free_places((50.0, 50.0), [10.0, 10.0, 40.0], np.random.default_rng(1))
    >>> [place is not None for place in places]
    [True, True, False]
    """
    edges = np.array(field)
    found: list[tuple[float, float] | None] = []
    placed: list[tuple[np.ndarray, float]] = []
    for i, reach in enumerate(reaches):
        for _ in range(tries if 2 * reach + gap <= edges.min() else 0):
            place = candidate(i) if candidate else rng.random(2) * edges
            away = [
                place - other - edges * np.round((place - other) / edges) for other, _ in placed
            ]
            room = [reach + other + gap for _, other in placed]
            if all(np.hypot(*shift) >= least for shift, least in zip(away, room, strict=True)):
                placed.append((place, reach))
                found.append((float(place[0]), float(place[1])))
                break
        else:
            found.append(None)
    return found
