"""The crystal and the ball that most tests begin with."""

import numpy as np

from czone.generator import Generator
from czone.volume import Sphere, Volume

A_AU = 4.07825
"""Lattice constant of gold, in angstrom (Kittel (2005), chapter 1)."""


def gold(number=79, **kwargs) -> Generator:
    """An fcc crystal with gold's cell and an atom at the origin, new at every call."""
    return Generator.from_spacegroup(
        [number], np.zeros((1, 3)), [A_AU] * 3, [90] * 3, sgn=225, **kwargs
    )


def ball(radius, center=(0, 0, 0), generator=None, **kwargs) -> Volume:
    """A sphere cut from a crystal, of gold if none is given."""
    return Volume(alg_objects=[Sphere(radius, center)], generator=generator or gold(), **kwargs)
