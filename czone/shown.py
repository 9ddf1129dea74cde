"""How objects write themselves, so that ``eval(repr(x)) == x``: all digits of every number.

`eval` needs ``from numpy import array``, ``from pymatgen.core import Lattice, Structure`` and the
classes of `czone` that occur.
"""

from typing import Any

import numpy as np

__all__ = ["call", "shown"]


def shown(value: Any) -> str:
    """Return an expression for a value.

    Examples
    --------
    >>> shown(np.array([[0.1, 1 / 3]]))
    'array([[0.1, 0.3333333333333333]])'
    """
    if isinstance(value, np.ndarray):
        shape = "" if value.size else f".reshape{value.shape}"
        return f"array({value.tolist()}){shape}"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, (list, tuple)):
        parts = ", ".join(map(shown, value))
        comma = "," if len(value) == 1 else ""
        return f"[{parts}]" if isinstance(value, list) else f"({parts}{comma})"
    return repr(value)


def call(thing: Any, *args: Any, **kwargs: Any) -> str:
    """Return the call that makes an object of the class of `thing`.

    Parameters
    ----------
    thing
        The object.
    *args, **kwargs
        What its class is called with.

    Examples
    --------
    >>> call(1.5, "a", base=np.zeros(2))
    "float('a', base=array([0.0, 0.0]))"
    """
    shown_args = [shown(arg) for arg in args]
    shown_args += [f"{name}={shown(value)}" for name, value in kwargs.items()]
    return f"{type(thing).__name__}({', '.join(shown_args)})"
