"""The eight symmetries of the square, applied to arrays whose last two axes are (y, x)."""

import numpy as np

from hrtem_sim.refusal import Refusal

SYMMETRIES = 8


def apply_symmetry(array: np.ndarray, index: int) -> np.ndarray:
    """Return an array rotated by `index % 4` quarter turns, mirrored first when `index >= 4`.

    Parameters
    ----------
    array
        Shape (..., n, n).
    index
        0 to 7.

    Examples
    --------
    >>> apply_symmetry(np.array([[1, 2], [3, 4]]), 1)
    array([[2, 4],
           [1, 3]])
    """
    if not 0 <= index < SYMMETRIES:
        raise Refusal(f"index must be from 0 to {SYMMETRIES - 1}; got {index}")
    mirrored = array[..., ::-1] if index >= 4 else array
    return np.rot90(mirrored, index % 4, axes=(-2, -1))


def undo_symmetry(array: np.ndarray, index: int) -> np.ndarray:
    """Return the array that `apply_symmetry` turned into this one.

    Parameters
    ----------
    array
        Shape (..., n, n).
    index
        Index that `apply_symmetry` got, 0 to 7.

    Examples
    --------
    >>> image = np.arange(4).reshape(2, 2)
    >>> all((undo_symmetry(apply_symmetry(image, i), i) == image).all() for i in range(8))
    True
    """
    if not 0 <= index < SYMMETRIES:
        raise Refusal(f"index must be from 0 to {SYMMETRIES - 1}; got {index}")
    turned = np.rot90(array, -(index % 4), axes=(-2, -1))
    return turned[..., ::-1] if index >= 4 else turned
