"""Atoms of an object that the border cuts, brought together again."""

import numpy as np

SPREAD = 0.2
"""Length of the mean of the atoms' angles about the cell below which an object fills it."""


def unfolded(positions: np.ndarray, cell: tuple[float, float, float]) -> np.ndarray:
    """Return positions (n, 3) moved by whole edges along x and y so that they lie about one middle.

    Parameters
    ----------
    positions
        Positions of the atoms of one object, in angstrom.
    cell
        Edges of the cell, in angstrom.

    Notes
    -----
    The middle is where the mean of the unit vectors at the angles 2 pi x / L points. Objects that
    fill the cell have none and stay as they are, and so does every atom that lies within half an
    edge of the middle, to the last bit.

    Examples
    --------
    >>> unfolded(np.array([[1.0, 5.0, 0.0], [29.0, 5.0, 0.0]]), (30.0, 30.0, 8.0))[:, 0].tolist()
    [1.0, -1.0]
    """
    moved = np.array(positions)
    for axis in (0, 1):
        edge = cell[axis]
        mean = np.exp(2j * np.pi * moved[:, axis] / edge).mean() if len(moved) else 0.0
        if abs(mean) > SPREAD:
            middle = np.angle(mean) / (2 * np.pi) % 1 * edge
            moved[:, axis] -= edge * np.round((moved[:, axis] - middle) / edge)
    return moved
