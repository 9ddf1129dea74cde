"""What objects are made of, as a value, for telling whether one changed.

Faces such as `Sphere` or `Generator` may be changed at any time, their arrays in place. Nothing
that was made from one keeps watch; it remembers the `content` it was made from, and asks again.
"""

import enum
import functools
import types
from collections.abc import Callable
from typing import Any, Self

import numpy as np

__all__ = ["Value", "content"]


class Value:
    """Base of values that never change: each is its own content, and its own copy."""

    def __deepcopy__(self, memo: dict) -> Self:
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for array in state.values():
            if isinstance(array, np.ndarray):  # pickles forget that it is read-only
                array.setflags(write=False)


_AS_THEY_ARE = (
    bool, int, float, complex, str, bytes, frozenset, type(None), type, enum.Enum, Value, np.dtype,
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
    functools.partial,
)  # fmt: skip


def content(thing: Any) -> Any:
    """Return what something is made of, to be compared with ``==`` now or later.

    Later changes of the object, of its arrays, or of what it holds do not reach the result. A
    function is itself.

    Examples
    --------
    >>> ball = {"center": np.zeros(3)}
    >>> before = content(ball)
    >>> ball["center"][0] = 1
    >>> content(ball) == before
    False
    """
    return _WAYS[type(thing)](thing, ())


_FLOATS = np.dtype(float)

Above = tuple[int, ...]
"""The identities of the objects that hold what is looked at, so that a circle ends."""


def _itself(thing: Any, above: Above) -> Any:
    return thing


def _of_array(array: np.ndarray, above: Above) -> Any:
    if array.dtype is _FLOATS:  # -0.0 equals 0.0, their bytes do not
        return array.shape, (array + 0.0).tobytes()
    if array.dtype.kind == "f":
        return _of_array(array.astype(_FLOATS), above)
    if array.dtype.kind == "O":
        return array.shape, _of_several(array.ravel().tolist(), above)
    return array.shape, array.tobytes()


def _of_scalar(number: np.generic, above: Above) -> Any:
    return number.item()


def _of_several(things: Any, above: Above) -> Any:
    return tuple([_WAYS[type(part)](part, above) for part in things])


def _of_dict(things: dict, above: Above) -> Any:
    return {key: _WAYS[type(value)](value, above) for key, value in things.items()}


def _of_set(things: set, above: Above) -> Any:
    return frozenset(things)


def _of_random(rng: np.random.Generator, above: Above) -> Any:
    # Its seed, not how far it has been drawn: drawing changes nothing that is made of it.
    seed: Any = rng.bit_generator.seed_seq
    return (
        type(rng.bit_generator),
        str(getattr(seed, "entropy", seed)),
        getattr(seed, "spawn_key", ()),
    )


def _of_object(thing: Any, above: Above) -> Any:
    if id(thing) in above:
        return "itself", above.index(id(thing))
    made_of = getattr(thing, "_made_of", None)
    held = getattr(thing, "__dict__", None) if made_of is None else made_of()
    return thing if held is None else (type(thing), _of_dict(held, (*above, id(thing))))


class _Ways(dict[type, Callable[[Any, Above], Any]]):
    """How things of a class are looked at, found once for every class."""

    def __missing__(self, kind: type) -> Callable[[Any, Above], Any]:
        known = (
            (_AS_THEY_ARE, _itself),
            (np.ndarray, _of_array),
            (np.generic, _of_scalar),
            ((list, tuple), _of_several),
            (dict, _of_dict),
            (set, _of_set),
            (np.random.Generator, _of_random),
        )
        self[kind] = next((way for kinds, way in known if issubclass(kind, kinds)), _of_object)
        return self[kind]


_WAYS = _Ways()
