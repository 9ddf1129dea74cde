"""The crystal and the ball that most tests begin with, and a crystal as a file."""

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


SITE = "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n"
SITE += "_atom_site_fract_z\n_atom_site_occupancy\n"


def write_cif(path, cell, sites, *lines):
    """Write a CIF file: cell lengths and angles, rows of sites, and what it says of symmetry."""
    names = ["length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"]
    values = [f"_cell_{name} {value}" for name, value in zip(names, cell, strict=True)]
    path.write_text("\n".join(["data_x", *values, *lines, SITE + "\n".join(sites)]) + "\n")
    return path


def symbol(text):
    """How a CIF file names its space group."""
    return f"_symmetry_space_group_name_H-M '{text}'"
