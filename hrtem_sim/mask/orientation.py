"""How crystals lie to the beam: nearest zone axis, and the lattice of close-packed grains."""

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import gcd

import numpy as np
from scipy.spatial.transform import Rotation

from hrtem_sim.refusal import Refusal

CUBIC = Rotation.create_group("O").as_matrix()
"""The 24 rotations of a cube."""

IDEAL = np.array([v for v in product((-1, 0, 1), repeat=3) if np.abs(v).sum() == 2]) / np.sqrt(2)
"""Directions to the twelve neighbours in fcc, (12, 3)."""


@dataclass(frozen=True)
class ZoneAxis:
    """The lattice direction nearest to the beam.

    Parameters
    ----------
    indices
        [u v w], along the beam and not against it.
    misorientation
        Angle to the beam in rad.
    direction
        Unit vector of the lattice direction.
    """

    indices: tuple[int, int, int]
    misorientation: float
    direction: tuple[float, float, float]


def zone_axis(
    bases: np.ndarray, *, max_index: int = 3, beam: tuple[float, float, float] = (0.0, 0.0, 1.0)
) -> ZoneAxis:
    """Return the nearest low-index zone axis of a crystal.

    Parameters
    ----------
    bases
        Matrix (3, 3) whose columns are the basis vectors of the crystal as it lies, in angstrom.
    max_index
        Largest |u|, |v| or |w| that counts as low.
    beam
        Direction of the beam; the default is the specimen's, +z.

    Returns
    -------
    axis

    Raises
    ------
    ValueError
        If `bases` are not three independent vectors.

    Examples
    --------
    >>> zone_axis(4.08 * np.eye(3)).indices
    (0, 0, 1)
    >>> tilted = Rotation.from_euler("x", 0.05).as_matrix() * 4.08
    >>> round(zone_axis(tilted).misorientation, 9)
    0.05
    """
    bases = _columns("bases", bases)
    if max_index != int(max_index) or max_index < 1:
        raise Refusal(f"max_index must be a whole number >= 1; got {max_index!r}")
    beam = np.asarray(beam, dtype=float) / np.linalg.norm(beam)
    indices = _low_indices(int(max_index))
    directions = indices @ bases.T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    best = int(np.argmax(np.round(directions @ beam, 12)))  # the simplest of equal ones
    chosen = directions[best]
    angle = np.arctan2(np.linalg.norm(np.cross(chosen, beam)), chosen @ beam)
    (u, v, w), (x, y, z) = indices[best].tolist(), chosen.tolist()
    return ZoneAxis((u, v, w), float(angle), (x, y, z))


@cache
def _low_indices(max_index: int) -> np.ndarray:
    span = range(-max_index, max_index + 1)
    found = [uvw for uvw in product(span, repeat=3) if gcd(*uvw) == 1]
    return np.array(sorted(found, key=lambda uvw: (sum(map(abs, uvw)), tuple(-i for i in uvw))))


def misorientation(bases: np.ndarray, other: np.ndarray) -> float:
    """Return the smallest angle in rad that turns one cubic lattice into another.

    Parameters
    ----------
    bases, other
        Matrices (3, 3) whose columns are the cube's edges, as they lie.

    Examples
    --------
    >>> quarter = Rotation.from_euler("z", 90, degrees=True).as_matrix()
    >>> round(misorientation(4.08 * np.eye(3), 4.08 * quarter), 6)
    0.0
    """
    pair = _columns("bases", bases), _columns("other", other)
    a, b = (m / np.cbrt(np.linalg.det(m)) for m in pair)
    traces = np.einsum("ij,njk,ki->n", a.T @ b, CUBIC, np.eye(3))
    return float(np.arccos(np.clip((traces.max() - 1) / 2, -1, 1)))


def fcc_bases(vectors: np.ndarray) -> np.ndarray:
    """Return the cubic lattice of fcc atoms from the vectors to their neighbours.

    Parameters
    ----------
    vectors
        To the twelve nearest neighbours of each atom, (m, 12, 3) in angstrom.

    Returns
    -------
    bases
        Matrix (3, 3) whose columns are the cube's edges in angstrom: of the 24 equivalent choices
        the one least turned from x, y, z.

    Notes
    -----
    Two neighbours of the first atom at right angles give a first guess; the best rotation onto
    all vectors of all atoms (W. Kabsch, Acta Cryst. A 32 (1976) 922) replaces it.
    """
    lengths = np.linalg.norm(vectors, axis=-1)
    units = vectors / lengths[..., None]
    first = units[0]
    square = np.argwhere(np.abs(first @ first.T) < 0.25)[0]
    a, b = first[square[0]], first[square[1]]
    x = (a + b) / np.linalg.norm(a + b)
    y = (a - b) - ((a - b) @ x) * x
    y /= np.linalg.norm(y)
    guess = np.column_stack([x, y, np.cross(x, y)])
    nearest = IDEAL[np.argmax(units.reshape(-1, 3) @ guess @ IDEAL.T, axis=1)]
    left, _, right = np.linalg.svd(units.reshape(-1, 3).T @ nearest)
    turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    choices = turn @ CUBIC
    best = choices[np.argmax(np.round(np.trace(choices, axis1=1, axis2=2), 9))]
    return np.sqrt(2) * lengths.mean() * best


def _columns(name: str, value: np.ndarray) -> np.ndarray:
    bases = np.asarray(value, dtype=float)
    if bases.shape != (3, 3):
        raise Refusal(f"{name} must have shape (3, 3), vectors as columns; got {bases.shape}")
    if not abs(np.linalg.det(bases)) >= 1e-9:
        raise Refusal(f"{name} must be three independent columns; got {bases.tolist()}")
    return bases
