"""Where random numbers come from."""

from typing import Any

import numpy as np

__all__ = ["Seed", "as_rng", "as_seed", "uniforms"]

Seed = np.random.Generator | int | None
"""What `rng` takes: a generator, a seed, or None for fresh entropy."""


def as_rng(rng: Any, *, name: str = "rng") -> np.random.Generator:
    """Return a numpy Generator.

    Parameters
    ----------
    rng
        A seed, a numpy Generator (returned as it is), or None for fresh entropy.
    name
        Name of the argument, for the error.

    Examples
    --------
    >>> as_rng(5).random() == np.random.default_rng(5).random()
    True
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{name} must be a seed (whole number, zero or more), a numpy Generator or None; "
            f"got {rng!r}"
        ) from error


def as_seed(rng: Any, *, name: str = "rng") -> int:
    """Return a seed that was drawn once, for draws that can be made again.

    Parameters
    ----------
    rng
        As for `as_rng`; one number is drawn.
    name
        Of the argument, for the error.
    """
    return int(as_rng(rng, name=name).integers(2**63))


def uniforms(seed: int, *keys: Any) -> np.ndarray:
    """Return a random number from 0 to 1 (excluded) for each key, whatever the order of the keys.

    Parameters
    ----------
    seed
        Names the stream; any whole number of up to 64 bits.
    *keys
        Whole numbers (n,) or single ones, which together are the keys.

    Notes
    -----
    Counter-based: every part of the key passes through the 64-bit finalizer of SplitMix (Steele,
    Lea and Flood, OOPSLA 2014, with the constants of D. Stafford's mix 13), so the numbers are the
    same on every machine and one number tells nothing of its neighbours.

    Examples
    --------
    >>> forth, back = uniforms(5, [1, 2, 3]), uniforms(5, [3, 2, 1])
    >>> (forth == back[::-1]).all(), len(set(forth.tolist()))
    (np.True_, 3)
    """
    with np.errstate(over="ignore"):
        state = np.full((), seed % 2**64, dtype=np.uint64)
        for key in keys:
            whole = np.asarray(key, dtype=np.int64).view(np.uint64)
            # Parts differ by odd multiples of the golden ratio in 64 bits, as SplitMix counts.
            state = _mixed(state + (whole + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))
        return np.atleast_1d(_mixed(state) >> np.uint64(11)) * 2.0**-53


def _mixed(state: np.ndarray) -> np.ndarray:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
