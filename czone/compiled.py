"""When compiled code is worth loading."""

import itertools
import sys

__all__ = ["compiled_pays"]

_MANY = 20
_asked = itertools.count()


def compiled_pays(bodies: int = 1) -> bool:
    """Tell whether to use compiled code for bodies that plain NumPy can work on as well.

    Loading numba takes half a second, as much as filling thousands of boxes saves. So it is used
    where it is loaded already, and in programs that work on many bodies.

    Parameters
    ----------
    bodies
        Number of bodies that are worked on at once.
    """
    return "numba" in sys.modules or max(next(_asked) for _ in range(bodies)) >= _MANY
