"""Checks that stand on the field: what a recipe's field allows, said once.

    @dataclass(frozen=True)
    class Beam(Checked):
        energy: float = field(metadata=checks(positive("eV")))
        gap: float = checked(10.0, at_least(0, "angstrom"))

Construction runs them, and so does the reader of recipes, which constructs; `field_checks` hands
them to programs, with unit and bounds. A range (`Distribution`) passes if all of it does. Fields
of type `Literal` are checked by their type, and fields of a class must hold one of it.
"""

import dataclasses
import math
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from hrtem_sim.provenance.classes import refuse_other_classes
from hrtem_sim.provenance.distributions import Distribution
from hrtem_sim.provenance.doubts import say_doubt
from hrtem_sim.provenance.owning import own_lists
from hrtem_sim.refusal import Refusal

__all__ = [
    "Check",
    "Checked",
    "checked",
    "checks",
    "each",
    "field_checks",
    "one_of",
]


def _nothing(value: Any) -> str:
    """Return no words about a value."""
    return ""


@dataclass(frozen=True)
class Check:
    """What a value must be.

    Parameters
    ----------
    text
        Words that follow "must be" in a message.
    fits
        Whether a value is so.
    unit
        Unit of the value; empty if it has none.
    low, high
        Bounds; infinite where there is none.
    open_low, open_high
        Whether the bounds themselves are excluded.
    choices
        All values that are allowed, if they can be listed.
    items
        Whether the check is for every item of a list.
    count
        Number of items the list must have, if it must have one.
    usual
        Bounds within which a physical quantity usually lies, if they are known.
    hint
        Words put after a value that is refused, of what was probably meant.
    doubt
        Words about a value that fits but is unusual; empty for all others.
    """

    text: str
    fits: Callable[[Any], bool]
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    choices: tuple[Any, ...] = ()
    items: bool = False
    count: int | None = None
    usual: tuple[float, float] | None = None
    hint: Callable[[Any], str] = _nothing
    doubt: Callable[[Any], str] = _nothing

    def refuse(self, name: str, value: Any) -> None:
        """Raise a `Refusal` that names the field, unless the value fits.

        Parameters
        ----------
        name
            Name of the field.
        value
            Value of the field.
        """
        if self.items:
            self._refuse_items(name, value)
        elif not self.fits(value):
            got = value.to_recipe() if isinstance(value, Distribution) else value
            raise Refusal(f"{name} must be {self.text}; got {got!r}{self.hint(value)}")

    def enforce(self, owner: str, name: str, value: Any) -> None:
        """Refuse a value that does not fit and warn of one that is unusual.

        Parameters
        ----------
        owner
            Name of the class, for the warning.
        name
            Name of the field.
        value
            Value of the field.
        """
        self.refuse(name, value)
        for item in value if self.items else [value]:
            if words := self.doubt(item):
                say_doubt(f"{owner}: {name} is {words}")

    def _refuse_items(self, name: str, value: Any) -> None:
        listed = isinstance(value, tuple | list)
        if not listed or self.count not in (None, len(value)):
            number = "" if self.count is None else f"{self.count} "
            raise Refusal(f"{name} must be a list of {number}values; got {value!r}")
        one = dataclasses.replace(self, items=False)
        for i, item in enumerate(value):
            one.refuse(f"{name}[{i}]", item)


class Checked:
    """Base of dataclasses whose fields are checked when they are made.

    A class with rules between fields says them in `_check_together`, which runs last.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Camera(Checked):
    ...     transfer: typing.Literal["mtf", "flat"] = "mtf"
    >>> Camera(transfer="white")
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: transfer must be one of 'mtf', 'flat'; got 'white'
    """

    def __post_init__(self) -> None:
        cls: type = type(self)
        own_lists(self)
        refuse_other_classes(self)
        for name, found in field_checks(cls).items():
            for check in found:
                check.enforce(cls.__name__, name, getattr(self, name))
        self._check_together()

    def _check_together(self) -> None:
        """Raise a `Refusal` if values of different fields do not go together."""


def checks(*rules: Check) -> dict[str, Any]:
    """Return the metadata of a field with checks, for `dataclasses.field`.

    Parameters
    ----------
    rules
        In the order in which they are run.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Part(Checked):
    ...     name: str = dataclasses.field(metadata=checks(one_of("film", "particle")))
    >>> Part("film")
    Part(name='film')
    """
    return {"checks": rules}


def checked(default: Any, *rules: Check, added: bool = False) -> Any:
    """Return a field with a default and checks.

    Parameters
    ----------
    default
        Default of the field.
    rules
        In the order in which they are run.
    added
        Whether the field came when there were ids already, see `hrtem_sim.provenance.added`.

    Examples
    --------
    >>> from hrtem_sim.provenance import at_least
    >>> @dataclass(frozen=True)
    ... class Particles(Checked):
    ...     gap: float = checked(10.0, at_least(0, "angstrom"))
    >>> Particles(gap=-1.0)
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: gap must be at least 0, in angstrom; got -1.0
    """
    metadata = {**checks(*rules), **({"added": True} if added else {})}
    return dataclasses.field(default=default, metadata=metadata)


@cache
def field_checks(cls: type) -> dict[str, tuple[Check, ...]]:
    """Return the checks of every field of a dataclass, by its name.

    Parameters
    ----------
    cls
        The dataclass.

    Returns
    -------
    checks
        Fields without a check have an empty tuple.

    Examples
    --------
    >>> from hrtem_sim.provenance import positive
    >>> @dataclass(frozen=True)
    ... class Film(Checked):
    ...     thickness: float = checked(100.0, positive("angstrom"))
    >>> check, = field_checks(Film)["thickness"]
    >>> check.low, check.open_low, check.unit
    (0.0, True, 'angstrom')
    """
    hints = typing.get_type_hints(cls)
    return {
        field.name: (*_of_type(hints[field.name]), *field.metadata.get("checks", ()))
        for field in dataclasses.fields(cls)
    }


def one_of(*choices: Any) -> Check:
    """Return the check that a value is one of a list.

    Parameters
    ----------
    choices
        Values that are allowed.

    Examples
    --------
    >>> one_of("mtf", "flat").text
    "one of 'mtf', 'flat'"
    """
    text = ", ".join(map(repr, choices))
    many = len(choices) > 1
    return Check(f"one of {text}" if many else text, lambda v: v in choices, choices=choices)


def each(check: Check, count: int | None = None) -> Check:
    """Return the check that every item of a tuple passes another one.

    Parameters
    ----------
    check
        Check of each item.
    count
        Number of items there must be; default: any.

    Examples
    --------
    >>> each(one_of("mtf", "flat")).refuse("transfers", ("mtf", "white"))
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: transfers[1] must be one of 'mtf', 'flat'; got 'white'
    """
    return dataclasses.replace(check, items=True, count=count)


def _of_type(annotation: Any) -> tuple[Check, ...]:
    """Return the checks that a type says by itself: `Literal` and tuples of it."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return (one_of(*arguments),)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(each(check) for check in _of_type(arguments[0]))
    return ()
