"""What annotations say by themselves: a field of some class must hold one of it.

Tables of recipes, ranges, flags and texts; optional ones, lists and dicts of them. Numbers and
choices are left to the checks of a field, arrays to the class that keeps them, what is only
described (a `Protocol`) to whoever uses it, and what is `Annotated` to the class that makes it of
anything else.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.refusal import Refusal

__all__ = ["Expected", "classes_of", "refuse_other_classes"]

LEFT = (int, float, complex, object, np.ndarray, Any)
"""Classes for which many others may stand: a whole number for a float, a list for an array."""

MADE_BY = {
    ("Specimen", "Atoms"): "Specimen.from_ase(atoms)",
    ("Specimen", "Scene"): "Specimen.from_scene(scene)",
    ("Specimen", "PeriodicScene"): "Specimen.from_scene(scene)",
    ("Atoms", "Scene"): "Specimen.from_scene(scene)",
    ("Atoms", "PeriodicScene"): "Specimen.from_scene(scene)",
    ("Atoms", "str"): "ase.io.read(path)",
    ("BaseScene", "Atoms"): "Specimen.from_ase(atoms)",
    ("Specimen", "Built"): "built.specimen",
    ("ExitWave", "Specimen"): "compute_exit_wave(specimen)",
    ("Specimen", "SimulatedStructure"): "simulated.built.specimen",
    ("ExitWave", "SimulatedStructure"): "simulated.wave",
    ("Mask", "SimulatedStructure"): "simulated.mask",
}
"""What makes a value of one class of another, for messages."""

READ_BY = {"Database": "open_database", "DatasetRecipe": "read_dataset_recipe"}
"""What makes a value of a class of the name of its file."""

WORDS = {bool: "True or False", str: "a text", type(None): "None"}


@dataclasses.dataclass(frozen=True)
class Expected:
    """Classes of which a field holds one, or a list or dict of them."""

    name: str
    kinds: tuple[type, ...]
    holder: Any = None

    def refuse(self, value: Any) -> None:
        """Raise a `Refusal` unless the field holds what it must."""
        if self.holder is None:
            self._refuse_one(self.name, value)
        elif self.holder is dict:
            if not isinstance(value, dict):
                raise Refusal(f"{self.name} must be a dict; got {value!r}")
            for key, item in value.items():
                self._refuse_one(f"{self.name}.{key}", item)
        elif self.holder is Iterable:
            if self._fits(value):
                raise Refusal(f"{self.name} must be several values; got one: give a list of it")
            if isinstance(value, tuple | list):
                for i, item in enumerate(value):
                    self._refuse_one(f"{self.name}[{i}]", item)
        else:
            if not isinstance(value, tuple | list):
                one = f": give ({value!r},)" if self._fits(value) else ""
                raise Refusal(f"{self.name} must be a list of values; got {value!r}{one}")
            for i, item in enumerate(value):
                self._refuse_one(f"{self.name}[{i}]", item)

    def _fits(self, value: Any) -> bool:
        return isinstance(value, self.kinds) or (bool in self.kinds and isinstance(value, np.bool_))

    def _refuse_one(self, where: str, value: Any) -> None:
        if not self._fits(value):
            words = " or ".join(_words(kind) for kind in self.kinds)
            raise Refusal(f"{where} must be {words}; got {_short(value)}{self._hint(value)}")

    def _hint(self, value: Any) -> str:
        """What was probably meant, where the value is what a recipe's file would hold."""
        for kind in self.kinds:
            if made_by := MADE_BY.get((kind.__name__, type(value).__name__)):
                return f": give {made_by}"
            if kind.__name__ in READ_BY and isinstance(value, str | Path):
                return f": give {READ_BY[kind.__name__]}({str(value)!r})"
            if hasattr(kind, "from_recipe"):
                try:
                    return f": give {kind.from_recipe(value, self.name)!r}"
                except Refusal:
                    continue
            if dataclasses.is_dataclass(kind) and isinstance(value, dict):
                if value.keys() <= {field.name for field in dataclasses.fields(kind) if field.init}:
                    return f": give {kind.__name__}(**{value!r})"
        return ""


def refuse_other_classes(value: Any) -> None:
    """Raise a `Refusal` if a field of a dataclass holds something of another class than it says.

    Parameters
    ----------
    value
        The dataclass; `Checked` ones ask by themselves.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Lens:
    ...     cs: float = 0.0
    >>> @dataclasses.dataclass(frozen=True)
    ... class Microscope:
    ...     lens: Lens
    ...     def __post_init__(self):
    ...         refuse_other_classes(self)
    >>> Microscope({"cs": 1.2})
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: lens must be a Lens; got {'cs': 1.2}: give Lens(**{'cs': 1.2})
    """
    cls: Any = type(value)
    for expected in _expected(cls):
        expected.refuse(getattr(value, expected.name))


@cache
def _expected(cls: type) -> tuple[Expected, ...]:
    return tuple(_of_fields(cls))


def _of_fields(cls: type) -> Iterator[Expected]:
    hints = typing.get_type_hints(cls, include_extras=True)
    for field in dataclasses.fields(cls):
        annotation = hints[field.name]
        holder: Any = None
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            annotation, holder = arguments[0], tuple
        elif origin is dict:
            annotation, holder = arguments[1], dict
        if kinds := classes_of(annotation):
            yield Expected(field.name, kinds, holder)


def classes_of(annotation: Any) -> tuple[type, ...]:
    """Return the classes of an annotation; nothing where one of them cannot be asked for."""
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    parts = typing.get_args(annotation) if union else (annotation,)
    return parts if all(map(_can_be_asked_for, parts)) else ()


def _can_be_asked_for(part: Any) -> bool:
    plain = isinstance(part, type) and typing.get_origin(part) is None
    return plain and part not in LEFT and not getattr(part, "_is_protocol", False)


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"an array {value.shape} of {value.dtype}"
    return repr(value)


def _words(kind: type) -> str:
    name = kind.__name__
    return WORDS.get(kind, f"{'an' if name[0] in 'AEIOU' else 'a'} {name}")
