"""Equilibrium shapes that cannot be are refused in words."""

import numpy as np
import pytest

from czone.generator import Generator
from czone.prefab import WulffDecahedron, WulffIcosahedron, WulffSingle
from czone.transform import IStrain
from tests.solids import gold

ENERGIES = {(1, 0, 0): 1.0, (1, 1, 1): 0.9}


def salt():
    return Generator.from_spacegroup(
        ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]], [5.64] * 3, [90] * 3, sgn=225
    )


def titanium():
    sites = [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]]
    return Generator.from_unit_cell(["Ti", "Ti"], sites, [2.95, 2.95, 4.68], [90, 90, 120])


def cubic_iron():
    return Generator.from_spacegroup(["Fe"], [[0, 0, 0]], [2.8665] * 3, [90] * 3, sgn=229)


def recipes(crystal):
    return [
        WulffSingle(crystal, ENERGIES),
        WulffDecahedron(crystal, ENERGIES, 0.04, 800),
        WulffIcosahedron(crystal, {(1, 1, 1): 1.0}, 0.04, 923),
    ]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_strain_that_bends_facets_is_refused(which):
    bent = gold(strain_field=IStrain(lambda points: points + 0.01 * np.sin(points)))
    with pytest.raises(ValueError, match="generator must carry a homogeneous strain"):
        recipes(bent)[which].build_object()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: WulffSingle(3, ENERGIES), TypeError, "generator must be"),
        (lambda: WulffSingle(gold(), {}), ValueError, "surface_energies must map"),
        (lambda: WulffSingle(gold(), 100), ValueError, "surface_energies must map"),
        (lambda: WulffSingle(gold(), {(1, 0): 1}), ValueError, "surface_energies keys"),
        (lambda: WulffSingle(gold(), {(1, 0, 0): -1}), ValueError, "surface_energies of"),
        (lambda: WulffSingle(gold(), ENERGIES, 0), ValueError, "natoms must be"),
        (lambda: WulffSingle(gold(), ENERGIES).winterbottom((1, 1, 1), 0.95), ValueError,
         "interface_energy must be below"),
        (lambda: WulffSingle(gold(), ENERGIES).winterbottom((1, 1, 1), -0.95), ValueError,
         "interface_energy must be a number above"),
        (lambda: WulffSingle(gold(), ENERGIES).winterbottom((0, 0, 0), 0.1), ValueError,
         "interface must not be the zero"),
        (lambda: WulffDecahedron(gold(), ENERGIES, 0.6).build_object(), ValueError,
         "twin_energy must be at most"),
        (lambda: WulffDecahedron(gold(), ENERGIES, -0.1), ValueError, "twin_energy must be"),
        (lambda: WulffIcosahedron(salt(), ENERGIES, 0.1).build_object(), ValueError,
         "generator must have one atom"),
        (lambda: WulffDecahedron(cubic_iron(), ENERGIES, 0.1).build_object(), ValueError,
         "not body-centred"),  # atoms came to 1.68 angstrom, where 2.48 is the nearest distance
        (lambda: WulffIcosahedron(titanium(), ENERGIES, 0.1).build_object(), ValueError,
         "generator must have one atom"),
    ],
)  # fmt: skip
def test_shapes_that_cannot_be_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
