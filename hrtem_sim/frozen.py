"""One rule of ownership: arrays are copied on the way into a frozen value, and read-only inside.

A frozen dataclass freezes its fields, not what they refer to: an array that a caller goes on
writing to would change a wave or a mask that was already given an id. Copying costs next to nothing
beside making the array, except for stacks of waves; whoever makes those and keeps no other
reference hands them over by name.
"""

from typing import Any

import numpy as np


def frozen(array: Any, *, owned: bool = False) -> np.ndarray:
    """Return a read-only array that nobody else changes.

    Parameters
    ----------
    array
        Numbers.
    owned
        Whether the caller hands the array over and will not write to it again: it is then taken as
        it is and made read-only, without a copy.

    Examples
    --------
    >>> counts = np.zeros(3)
    >>> kept = frozen(counts)
    >>> counts[0] = 7
    >>> kept.tolist(), kept.flags.writeable
    ([0.0, 0.0, 0.0], False)
    """
    kept = np.asarray(array) if owned else np.array(array)
    kept.flags.writeable = False
    return kept


def freeze(value: Any, *names: str, owned: bool = False) -> None:
    """Replace array fields of a frozen dataclass by `frozen` ones, in its `__post_init__`.

    Parameters
    ----------
    value
        The dataclass.
    names
        Names of the fields; a field that is None stays None.
    owned
        See `frozen`.
    """
    for name in names:
        array = getattr(value, name)
        if array is not None:
            object.__setattr__(value, name, frozen(array, owned=owned))
