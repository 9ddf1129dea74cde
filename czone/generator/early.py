"""What the notebooks of 2021 call: functions where classes have methods today."""

from typing import Any

import numpy as np

from czone.checks import as_positive
from czone.generator.base import BaseGenerator
from czone.generator.generator import Generator
from czone.geometry.elements import atomic_numbers
from czone.matter.cell import UnitCell

__all__ = ["BasicStructure", "from_generator", "from_spacegroup"]


def from_spacegroup(*args: Any, **kwargs: Any) -> Generator:
    """Return a crystal from its asymmetric unit.

    Parameters
    ----------
    *args, **kwargs
        As of `Generator.from_spacegroup`.

    Examples
    --------
    >>> gold = from_spacegroup(Z=[79], coords=[[0, 0, 0]], cellDims=[4.078] * 3,
    ...                        cellAngs=[90] * 3, sgn=225)
    >>> len(gold.species)
    4
    """
    return Generator.from_spacegroup(*args, **kwargs)


def from_generator(generator: BaseGenerator, **kwargs: Any) -> BaseGenerator:
    """Return a copy of a generator.

    Parameters
    ----------
    generator
        Generator to copy; it stays as it is.
    **kwargs
        As of `BaseGenerator.from_generator`.

    Examples
    --------
    >>> from czone.transform import Translation
    >>> from_generator(BasicStructure(), transformation=Translation([1, 0, 0])).origin
    array([1., 0., 0.])
    """
    return generator.from_generator(**kwargs)


class BasicStructure(Generator):
    """A simple cubic crystal with one atom per cell, whose element may be set anew.

    Parameters
    ----------
    Z
        Element.
    a
        Edge of the cell, in angstrom.

    Examples
    --------
    >>> cubic = BasicStructure()
    >>> cubic.species = [2]
    >>> cubic.species, cubic.lattice.a
    ((2,), 2.5)
    """

    def __init__(self, Z: Any = 1, a: float = 2.5) -> None:
        super().__init__()
        edge = as_positive("a", a)
        self._set_cell(UnitCell(atomic_numbers("Z", Z), np.zeros((1, 3)), edge * np.eye(3)))

    @property
    def species(self) -> tuple[int, ...]:
        """Atomic number of the one atom; another may be set."""
        return super().species

    @species.setter
    def species(self, value: Any) -> None:
        cell = self._contents()
        self._set_cell(UnitCell(atomic_numbers("species", value), cell.coords, cell.matrix))
