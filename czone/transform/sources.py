"""Where the atoms come from that a strain field moves into a box.

A field says where points go; a crystal must know which of its cells to try. Newton's method from
the corners of the box leads astray where a field that holds near the crystal folds space over
farther out (a relaxation x (1 - c r^2) turns back at r = 1 / sqrt(3 c)), so the region of sources
is grown outwards from the box instead, and only over points that the field has not turned inside
out.
"""

from collections.abc import Callable

import numpy as np

__all__ = ["source_region"]

_FARTHEST = 8.0  # a region of sources may be this many times as long as its box: 1/8 of all lengths
_SPACING = 3.0  # angstrom between samples, where their number allows it
_STEP = 1e-4  # angstrom, for derivatives


def source_region(displaced: Callable[[np.ndarray], np.ndarray], box: np.ndarray) -> np.ndarray:
    """Return two corners (2, 3) of a box around the points that a field moves into a box.

    Parameters
    ----------
    displaced
        Function of points (n, 3) that returns them displaced, in angstrom.
    box
        Points (m, 3) around the box, in angstrom.

    Returns
    -------
    corners
        Lowest and highest corner, in angstrom.

    Raises
    ------
    ValueError
        If points come from so far that the field is no strain of a crystal.

    Notes
    -----
    The field is sampled every 3 angstrom, 24 times along an edge at most; what lies between two
    samples is taken to change by no more than from one sample to the next.

    Examples
    --------
    >>> source_region(lambda x: x - [10.0, 0, 0], np.array([[0.0, 0, 0], [4, 4, 4]])).round(1)
    array([[ 9.9, -0.1, -0.1],
           [14.1,  4.1,  4.1]])
    """
    low, high = np.min(box, axis=0).astype(float), np.max(box, axis=0).astype(float)
    points, _ = _sampled(low, high)
    back = 2 * points - displaced(points)
    begin, end = back.min(axis=0), back.max(axis=0)
    longest = _FARTHEST * max((high - low).max(), 1.0)
    upright = 0.0
    while True:
        points, shape = _sampled(begin, end)
        moved = displaced(points)
        change = _change(moved, shape)
        near = np.flatnonzero(
            ((moved >= low - change - 0.1) & (moved <= high + change + 0.1)).all(axis=1)
        )
        turned = np.linalg.det(_gradients(displaced, points[near]))
        upright = upright or (1.0 if np.median(turned) >= 0 else -1.0) if len(near) else 1.0
        near = near[turned * upright >= 0]
        if len(near) == 0:
            return np.array([begin, end])
        first, last = points[near].min(axis=0), points[near].max(axis=0)
        steps = (end - begin) / (np.array(shape) - 1)
        below, above = first <= begin + steps / 2, last >= end - steps / 2
        if (below | above).any() and (end - begin).max() <= longest:
            grow = np.maximum(steps, 0.15 * (end - begin))
            begin, end = begin - below * grow, end + above * grow
            continue
        if (below | above).any():
            raise _from_far(low, high, begin, end)
        # Points x that go to y come from y - u(x), with u as sampled there.
        away, between = moved[near] - points[near], _change(moved - points, shape)[near]
        tight = low - (away + between).max(axis=0), high - (away - between).min(axis=0)
        return np.array(
            [np.maximum(first - steps, tight[0]) - 0.1, np.minimum(last + steps, tight[1]) + 0.1]
        )


def _sampled(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return points (n, 3) of a grid over a box, and their numbers along x, y and z."""
    counts = np.clip(np.ceil((high - low) / _SPACING), 6, 24).astype(int) + 1
    axes = [np.linspace(a, b, n) for a, b, n in zip(low, high, counts, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return grid.reshape(-1, 3), grid.shape[:3]


def _change(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return how much values (n, 3) on a grid differ at most from those of the next samples."""
    grid = values.reshape(*shape, 3)
    change = np.zeros_like(grid)
    for axis in range(3):
        step = np.abs(np.diff(grid, axis=axis))
        here, there = [slice(None)] * 4, [slice(None)] * 4
        here[axis], there[axis] = slice(None, -1), slice(1, None)
        change[tuple(here)] = np.maximum(change[tuple(here)], step)
        change[tuple(there)] = np.maximum(change[tuple(there)], step)
    return change.reshape(-1, 3)


def _gradients(displaced: Callable[[np.ndarray], np.ndarray], points: np.ndarray) -> np.ndarray:
    """Return the deformation gradients (n, 3, 3) at points, by central differences."""
    columns = [
        displaced(points + _STEP * axis) - displaced(points - _STEP * axis) for axis in np.eye(3)
    ]
    return np.stack(columns, axis=-1) / (2 * _STEP)


def _from_far(low: np.ndarray, high: np.ndarray, begin: np.ndarray, end: np.ndarray) -> ValueError:
    return ValueError(
        f"strain_field must draw atoms from nearby; into a region of "
        f"{np.round(high - low, 1).tolist()} angstrom it draws them from more than "
        f"{np.round(end - begin, 1).tolist()}. Likely cause: the function returns displacements "
        "u(x) where displaced points x + u(x) are wanted"
    )
