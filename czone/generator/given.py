"""Whatever somebody hands over to fill a volume, as a generator."""

from typing import Any

from czone.generator.doors import ACCEPTED
from czone.generator.generator import Generator

__all__ = ["as_generator"]


def as_generator(value: Any) -> Any:
    """Return a generator as it is, and a crystal of another kind as a `Generator`.

    Parameters
    ----------
    value
        A generator, or what `Generator` takes as its structure.

    Examples
    --------
    >>> from ase.build import bulk
    >>> as_generator(bulk("Cu", cubic=True)).species
    (29, 29, 29, 29)
    """
    if hasattr(value, "supply_atoms"):
        return value
    try:
        return Generator(structure=value)
    except (TypeError, FileNotFoundError) as error:
        raise TypeError(
            f"generator must be a Generator, offer supply_atoms, or be {ACCEPTED}; got {value!r}"
        ) from error
