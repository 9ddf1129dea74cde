"""Where random numbers come from."""

from typing import Any

import numpy as np

__all__ = ["Seed", "as_rng"]

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
