"""What happens to atoms that are impossibly close: an error, a warning, or nothing if so asked."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from czone.matter.contacts import IMPOSSIBLE, SHORT, Contacts

__all__ = ["ImpossibleContact", "ShortContact", "contact_rule", "tell_contacts"]


class ImpossibleContact(ValueError):
    """Two atoms are closer than half of the sum of their covalent radii."""


class ShortContact(UserWarning):
    """Two atoms are closer than atoms of known crystals are."""


Told = Literal["raise", "warn", "ignore"]
_rule: ContextVar[tuple[Told, Told]] = ContextVar("contact_rule", default=("raise", "warn"))


@contextmanager
def contact_rule(*, impossible: Told = "raise", short: Told = "warn") -> Iterator[None]:
    """Choose what happens to atoms that are too close, for the statements of a ``with`` block.

    Parameters
    ----------
    impossible
        Consequence of a pair below `IMPOSSIBLE`: ``"raise"`` an `ImpossibleContact`, ``"warn"`` or
        ``"ignore"``.
    short
        Consequence of a pair below `SHORT`: ``"warn"`` with a `ShortContact`, ``"raise"`` or
        ``"ignore"``.

    Returns
    -------
    context
        Context manager; the rule of before holds again after it.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> with contact_rule(impossible="ignore", short="ignore"):  # hydrogen at a crushing pressure
    ...     dense = Generator.from_unit_cell(["H"], [[0, 0, 0]], [0.3] * 3, [90] * 3)
    """
    for name, value in (("impossible", impossible), ("short", short)):
        if value not in ("raise", "warn", "ignore"):
            raise ValueError(f"{name} must be 'raise', 'warn' or 'ignore'; got {value!r}")
    token = _rule.set((impossible, short))
    try:
        yield
    finally:
        _rule.reset(token)


def tell_distance(name: str, share: float, causes: str) -> None:
    """Raise or warn if a smallest distance lets atoms come impossibly close.

    Parameters
    ----------
    name
        Name of the argument.
    share
        Share of the sum of their covalent radii that two atoms keep, the least of all pairs.
    causes
        Words for the value that came and its likely cause.
    """
    told = _rule.get()[0]
    if share >= IMPOSSIBLE or told == "ignore":
        return
    message = (
        f"{name} must keep atoms {IMPOSSIBLE:g} of the sum of their covalent radii apart or more; "
        f"got {causes}"
    )
    if told == "raise":
        raise ImpossibleContact(message)
    warnings.warn(message, ShortContact, stacklevel=3)


def tell_contacts(contacts: Contacts, what: str, causes: str, *, refuse: bool = True) -> None:
    """Raise or warn if atoms are too close, as the present `contact_rule` says.

    Parameters
    ----------
    contacts
        Pairs that were found.
    what
        Words for what holds the atoms, such as ``"structure"``.
    causes
        Words for the likely causes and what to do about them.
    refuse
        Whether impossible pairs are refused; if not, they are warned of.
    """
    if len(contacts) == 0:
        return
    impossible, short = _rule.get()
    bad = contacts.impossible.any()
    told = impossible if bad else short
    if bad and not refuse and told == "raise":
        told = "warn"
    bound = IMPOSSIBLE if bad else SHORT
    message = (
        f"{what} must not hold atoms nearer than {bound:g} of the sum of their covalent radii; "
        f"{contacts}. Likely cause: {causes}"
    )
    if told == "raise":
        raise ImpossibleContact(message)
    if told == "warn":
        warnings.warn(message, ShortContact, stacklevel=3)
