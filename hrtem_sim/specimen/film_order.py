"""Medium-range order of amorphous films, in numbers."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from ase.data import chemical_symbols

from czone.generator import with_grains
from hrtem_sim.provenance import Checked, between, checked, checks, physical
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.elements import ELEMENTS, element_crystal

RADIUS = physical(3, 50, "angstrom", usual=(4, 15))

CLOSER = 0.95
"""Of the film's smallest distance, that grains and matrix keep: at jamming no more would fit."""


@dataclass(frozen=True)
class FilmOrder(Checked):
    """Medium-range order of an amorphous film: small strained grains of its element.

    Parameters
    ----------
    share
        Part of the film that is ordered: the degree of order.
    radius
        Radius of the grains, in angstrom.
    strain
        rms of the components of each grain's random strain.

    Notes
    -----
    The paracrystalline model, see `czone.generator.with_grains`; `czone.util.fluctuation_variance`
    and `czone.util.radial_distribution` measure it.
    """

    share: float = dataclasses.field(metadata=checks(between(0, 1)))
    radius: float = checked(7.0, RADIUS)
    strain: float = checked(0.02, between(0, 0.1))


def check_order(material: str) -> None:
    """Refuse order for films whose grains are not known.

    Parameters
    ----------
    material
        Symbol or formula of the film.
    """
    if material not in ELEMENTS:
        raise Refusal(
            f"order must be left out for films other than {', '.join(ELEMENTS)}, whose crystals "
            f"its grains are of; got {material!r}"
        )


def ordered(
    atoms: np.ndarray,
    numbers: np.ndarray,
    field: tuple[float, float],
    order: FilmOrder,
    apart: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return a film of one element with grains in it.

    Parameters
    ----------
    atoms, numbers
        Positions (n, 3) in angstrom and atomic numbers (n,) of the amorphous film.
    field
        Edges along x and y, in angstrom.
    order
        Numbers of the grains.
    apart
        Smallest distance between the film's atoms, in angstrom.
    rng
        Source of the grains.
    """
    if not order.share or not len(atoms):
        return atoms, numbers
    found, _ = with_grains(
        atoms,
        numbers,
        element_crystal(chemical_symbols[int(numbers[0])]),
        share=order.share,
        radius=order.radius,
        strain=order.strain,
        min_distance=CLOSER * apart,
        edges=field,
        rng=rng,
    )
    return np.array(found.positions), np.array(found.numbers)
