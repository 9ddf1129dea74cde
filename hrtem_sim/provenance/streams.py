"""Named random streams: every draw has an address."""

import hashlib
import json

import numpy as np

from hrtem_sim.provenance.identity import canonical
from hrtem_sim.refusal import Refusal


def rng_for(root_seed: int, *key: str | int) -> np.random.Generator:
    """Return the random generator that belongs to a key.

    Parameters
    ----------
    root_seed
        Seed of the whole recipe, a non-negative integer.
    key
        Words and numbers that name the stream, for example `"noise", 17`. Different keys give
        independent streams; the same key always gives the same stream.

    Returns
    -------
    rng
        A fresh PCG64 generator seeded by the SHA-256 of the key.

    Notes
    -----
    Hashing the key avoids the traps of arithmetic on seeds: `default_rng([5, 17, 0])` equals
    `default_rng([5, 17])`, and `seed + i` makes neighbouring recipes share streams.

    Examples
    --------
    >>> a, b = rng_for(1, "noise", 17), rng_for(1, "noise", 17)
    >>> bool(a.integers(1000) == b.integers(1000))
    True
    """
    return np.random.Generator(np.random.PCG64(stream_seed(root_seed, *key)))


def stream_seed(root_seed: int, *key: str | int) -> int:
    """Return the 256-bit integer seed of a named stream; see `rng_for`.

    Parameters
    ----------
    root_seed, key
        As in `rng_for`.

    Examples
    --------
    >>> stream_seed(1, "noise") == stream_seed(1, "noise") != stream_seed(2, "noise")
    True
    """
    if isinstance(root_seed, bool) or not isinstance(root_seed, int | np.integer) or root_seed < 0:
        raise Refusal(f"root_seed must be a non-negative integer; got {root_seed!r}")
    if not key:
        raise Refusal("key must name the stream with at least one word; got none")
    for part in key:
        if isinstance(part, bool) or not isinstance(part, str | int | np.integer):
            raise TypeError(f"key must be made of strings and integers; got {part!r}")
    text = json.dumps([str(int(root_seed)), canonical(key)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "little")


def number_held_out(fraction: float, n: int) -> int:
    """Return how many of n things a fraction of them is, at least one and never all.

    Parameters
    ----------
    fraction
        Fraction that is held out, between 0 and 1; of 0 none is held out.
    n
        Number of items; at least 2 if any is held out.

    Examples
    --------
    >>> number_held_out(0.25, 8), number_held_out(0.01, 8), number_held_out(0.0, 8)
    (2, 1, 0)
    """
    return min(max(round(fraction * n), 1), n - 1) if fraction else 0
