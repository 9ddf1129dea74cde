"""When compiled code is worth loading."""

import itertools
import sys

__all__ = ["compiled_pays"]

_MANY = 20
_asked = itertools.count()


def compiled_pays() -> bool:
    """Tell whether to use compiled code for a body that plain NumPy can fill as well.

    Loading numba takes half a second, as much as filling thousands of boxes saves. So it is used
    where it is loaded already, and in programs that fill many bodies.
    """
    return "numba" in sys.modules or next(_asked) >= _MANY
