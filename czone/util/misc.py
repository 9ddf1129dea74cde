"""Small helpers: rounding, angles, separated random indices."""

from __future__ import annotations

import numpy as np

from czone.randomness import Seed, as_rng
from czone.spelling import keywords, names_from

__all__ = ["get_N_splits", "round_away", "separated_indices", "vangle"]

# Construction Zone has `snap_plane_near_point` here, which needs planes and so lies higher up.
__getattr__ = names_from(__name__, "czone.volume.snapping")


def round_away(x: float) -> float:
    """Return a number rounded away from zero.

    Parameters
    ----------
    x
        Any number.

    Examples
    --------
    >>> round_away(1.2), round_away(-1.2)
    (2.0, -2.0)
    """
    return float(np.copysign(np.ceil(abs(x)), x))


def vangle(v1: np.ndarray, v2: np.ndarray) -> float:
    """Return the angle between two vectors in radians.

    Parameters
    ----------
    v1, v2
        Non-zero vectors, (3,).

    Notes
    -----
    2 arctan2(|u - v|, |u + v|) for unit vectors u, v is exact for parallel and opposite ones, where
    the arc cosine of the scalar product loses half its digits (Kahan, "How futile are mindless
    assessments of roundoff", 2006, section 12).

    Examples
    --------
    >>> vangle([1, 1, 1], [2, 2, 2])
    0.0
    >>> round(vangle([1, 0, 0], [0, 1, 0]), 6)
    1.570796
    """
    units = []
    for name, vector in (("v1", v1), ("v2", v2)):
        values = np.asarray(vector, dtype=float).ravel()
        length = np.linalg.norm(values)
        if not 0 < length < np.inf:
            raise ValueError(f"{name} must be a finite, non-zero vector; got {vector!r}")
        units.append(values / length)
    apart = np.linalg.norm(units[0] - units[1])
    return float(2 * np.arctan2(apart, np.linalg.norm(units[0] + units[1])))


def separated_indices(count: int, separation: int, length: int, *, rng: Seed = None) -> list[int]:
    """Draw indices at random that keep a distance from each other and from both ends.

    Parameters
    ----------
    count
        Number of indices.
    separation
        Smallest difference of two indices, and of an index and either end.
    length
        Indices lie in ``range(separation, length - separation)``.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    indices : list of int
        In increasing order; every allowed set is equally likely.

    Raises
    ------
    ValueError
        If so many indices do not fit.

    Notes
    -----
    Taking ``separation - 1`` places out of every gap leaves a free choice of `count` places, whose
    gaps are then put back.

    Examples
    --------
    >>> separated_indices(2, 3, 10, rng=0)
    [3, 6]
    """
    for name, value, least in (("count", count, 0), ("separation", separation, 1)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number of {least} or more; got {value!r}")
    if count == 0:
        return []
    places = length - 2 * separation - (count - 1) * (separation - 1)
    if places < count:
        most = max(0, (length - separation - 1) // separation)
        raise ValueError(
            f"count must be at most {most} for indices {separation} apart in a length of {length}; "
            f"got {count}"
        )
    drawn = np.sort(as_rng(rng).choice(places, count, replace=False))
    return (drawn + separation + np.arange(count) * (separation - 1)).tolist()


@keywords(N="n", M="m", L="l")
def get_N_splits(n: int, m: int, l: int, seed: Seed = None, *, rng: Seed = None) -> list[int]:  # noqa: E741
    """Return `n` random indices at least `m` apart in a length `l`: see `separated_indices`.

    Parameters
    ----------
    n, m, l
        Count, separation, length; Construction Zone's newer code calls them N, M and L.
    seed
        The same as `rng`, by Construction Zone's older name.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Examples
    --------
    >>> get_N_splits(1, 3, 7, seed=1)
    [3]
    """
    if seed is not None and rng is not None:
        raise ValueError(f"give seed or rng, not both; got seed={seed!r} and rng={rng!r}")
    return separated_indices(n, m, l, rng=seed if rng is None else rng)
