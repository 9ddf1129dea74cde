"""Space groups in every setting, and the sites they make of rounded coordinates."""

import warnings

import numpy as np
import pytest
from ase.spacegroup import Spacegroup
from ase.spacegroup.spacegroup import SpacegroupNotFoundError
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pymatgen.core import Lattice, Structure
from pymatgen.symmetry import groups

from czone.generator import Generator
from czone.generator.spacegroup import settings_of, space_group
from czone.matter import contact_rule
from czone.matter.cell import lattice_matrix
from tests.czone.test_generator import cell_for


def as_set(rotations, translations):
    """Return operations as a set, whatever their order; translations in 24ths, modulo 1."""
    steps = np.rint(np.asarray(translations) * 24).astype(int) % 24
    assert (
        np.abs(np.asarray(translations) * 24 - np.rint(np.asarray(translations) * 24)).max() < 0.01
    )
    return {
        (*r, *t)
        for r, t in zip(np.reshape(rotations, (-1, 9)).tolist(), steps.tolist(), strict=True)
    }


def operations(group):
    return as_set(group.rotations, group.translations)


# pymatgen knows these six as origin choice 2 only; both choices are in International Tables, and a
# symbol that says nothing of the origin means choice 1, as it does for all other groups.
SECOND_ORIGIN_IN_PYMATGEN = {"Abaa", "Acaa", "Bbab", "Bbcb", "Ccca", "Cccb"}


def test_every_symbol_that_pymatgen_knows_means_the_same_operations():
    symbols = groups.SpaceGroup.SG_SYMBOLS
    assert len(symbols) >= 872
    other = set()
    for symbol in symbols:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # "Full symbol not available"
            known = list(groups.SpaceGroup(symbol).symmetry_ops)
        theirs = as_set(
            np.rint([op.rotation_matrix for op in known]).astype(int),
            [op.translation_vector for op in known],
        )
        found = space_group(sym=symbol)
        if operations(found) != theirs:
            other.add(symbol)
            assert operations(space_group(sym=f"{symbol}:2")) == theirs
    assert other == SECOND_ORIGIN_IN_PYMATGEN


def test_every_symbol_that_ase_knows_means_the_same_operations():
    known = 0
    for symbol in groups.SpaceGroup.SG_SYMBOLS:
        try:
            theirs = Spacegroup(symbol)
        except SpacegroupNotFoundError:
            continue
        known += 1
        assert operations(space_group(sym=symbol)) == as_set(*theirs.get_op())
    assert known > 200


@pytest.mark.parametrize("setting", [1, 2])
def test_numbers_with_a_setting_are_those_of_ase(setting):
    known = 0
    for number in range(1, 231):
        try:
            theirs = as_set(*Spacegroup(number, setting).get_op())
        except SpacegroupNotFoundError:
            continue
        known += 1
        if setting == 1:
            assert operations(space_group(number)) == theirs
        else:  # the second of ASE: origin choice 2, rhombohedral axes, unique axis c
            assert theirs in [operations(group) for group in settings_of(number)[1:]]
    assert known == {1: 230, 2: 44}[setting]


def test_the_530_settings_go_by_their_own_symbols():
    all_settings = [group for number in range(1, 231) for group in settings_of(number)]
    assert len(all_settings) == 530  # International Tables A, 6th ed., chapter 1.5
    assert all(space_group(sym=group.symbol) is group for group in all_settings)


@pytest.mark.parametrize(
    ("asked", "symbol"),
    [
        ({"sym": "P2_1/n"}, "P12_1/n1"),
        ({"sym": "P 1 21/n 1"}, "P12_1/n1"),
        ({"sgn": 62, "sym": "Pbnm"}, "Pbnm"),
        ({"sgn": 62, "setting": "cab"}, "Pbnm"),
        ({"sgn": 227, "setting": 2}, "Fd-3m:2"),
        ({"sym": "Fd-3m", "setting": "2"}, "Fd-3m:2"),
        ({"sym": "F d -3 m Z"}, "Fd-3m:2"),
        ({"sym": "F d 3 m S"}, "Fd-3m:1"),
        ({"sym": "Fd-3m"}, "Fd-3m:1"),
        ({"sgn": 227}, "Fd-3m:1"),
        ({"sym": "I4_1/amd:2"}, "I4_1/amd:2"),
        ({"sym": "R-3cR"}, "R-3c:R"),
        ({"sym": "R-3c"}, "R-3c:H"),
        ({"sgn": 167, "setting": "R"}, "R-3c:R"),
        ({"sym": "Cmca"}, "Cmce"),
        ({"sym": "Abm2"}, "Aem2"),
        ({"sym": "Pm3m"}, "Pm-3m"),
    ],
)
def test_settings_can_be_asked_for(asked, symbol):
    assert space_group(**asked).symbol == symbol


def test_a_cell_in_another_setting_is_refused_with_the_one_that_suits_it():
    alumina = ["Al"], [[0, 0, 0.3522]], [4.759, 4.759, 12.991], [90, 90, 120]
    with pytest.raises(ValueError, match=r"167 \(R-3c:R\).*this cell suits R-3c:H"):
        Generator.from_spacegroup(*alumina, sym="R-3c:R")
    assert len(Generator.from_spacegroup(*alumina, sym="R-3c:H").species) == 12
    # The same crystal in its rhombohedral cell: Newnham and de Haan, Z. Krist. 117, 235 (1962).
    small = ["Al"], [[0.3522] * 3], [5.128] * 3, [55.28] * 3
    assert len(Generator.from_spacegroup(*small, sym="R-3c:R").species) == 4


def nearest(crystal):
    distances = crystal.structure.distance_matrix + 100 * np.eye(len(crystal.species))
    return distances.min()


def test_both_origins_of_silicon_give_silicon():
    # International Tables A, group 227: 8a is 0,0,0 at choice 1 and 1/8,1/8,1/8 at choice 2.
    cell = [5.431] * 3, [90] * 3
    for site, setting in ((0, 1), (1 / 8, 2)):
        crystal = Generator.from_spacegroup(["Si"], [[site] * 3], *cell, sgn=227, setting=setting)
        assert len(crystal.species) == 8
        assert nearest(crystal) == pytest.approx(5.431 * np.sqrt(3) / 4)


def test_a_perovskite_in_two_settings_is_one_crystal():
    # CaTiO3: Sasaki, Prewitt, Bass and Schulze, Acta Cryst. C43, 1668 (1987), Pbnm.
    sites = np.array(
        [[-0.00676, 0.03602, 0.25], [0, 0.5, 0], [0.0714, 0.4838, 0.25], [0.7108, 0.2888, 0.0371]]
    )
    Z, (a, b, c) = ["Ca", "Ti", "O", "O"], (5.3796, 5.4423, 7.6401)
    one = Generator.from_spacegroup(Z, sites, [a, b, c], [90] * 3, sym="Pbnm")
    two = Generator.from_spacegroup(Z, sites[:, [1, 2, 0]], [b, c, a], [90] * 3, sym="Pnma")
    assert sorted(one.species) == sorted(two.species) == [8] * 12 + [20] * 4 + [22] * 4
    shells = [np.sort(crystal.structure.distance_matrix, axis=None) for crystal in (one, two)]
    np.testing.assert_allclose(*shells, atol=1e-6)
    assert nearest(one) == pytest.approx(1.95, abs=0.01)  # Ti-O, in the paper 1.950(1)


HCP = [2.95, 2.95, 4.68], [90, 90, 120]


@pytest.mark.parametrize("third", [0.33, 0.333, 0.3333, 1 / 3])
def test_a_rounded_third_is_a_third(third):
    site = [third, round(1 - third, 4), 0.25]
    titanium = Generator.from_spacegroup(["Ti"], [site], *HCP, sgn=194)
    assert titanium.species == (22, 22)
    np.testing.assert_allclose(titanium.coords[0], [1 / 3, 2 / 3, 1 / 4], atol=1e-12)


LTL = {  # Database of Zeolite Structures (IZA), LTL: P6/mmm, a 18.13, c 7.56; T36 O72
    "Si": [[0.0950, 0.3596, 0.5], [0.1662, 0.4991, 0.2119]],
    "O": [[0, 0.2753, 0.5], [0.1639, 0.3279, 0.5], [0.2653, 0.5306, 0.2488]]
    + [[0.1009, 0.4098, 0.3266], [0.4271, 0.8542, 0.2688], [0.1460, 0.4757, 0]],
}


@pytest.mark.parametrize("decimals", [4, 3])
def test_a_zeolite_with_rounded_coordinates_has_its_atoms(decimals):
    sites = np.round([site for sites in LTL.values() for site in sites], decimals)
    # x, 2x: after rounding the second is no longer twice the first.
    sites[3] += [0, 10.0**-decimals / 2, 0]
    cell = [18.126, 18.126, 7.567], [90, 90, 120]
    crystal = Generator.from_spacegroup(["Si"] * 2 + ["O"] * 6, sites, *cell, sym="P6/mmm")
    assert np.bincount(crystal.species)[[8, 14]].tolist() == [72, 36]
    assert nearest(crystal) > 1.55


def test_a_structure_read_with_its_special_positions_apart_is_mended():
    # As CIF readers expand 0.3333, 0.6667, 1/4 by the operations of P6_3/mmc.
    group = space_group(194)
    points = np.unique((group.rotations @ [0.3333, 0.6667, 0.25] + group.translations) % 1, axis=0)
    assert len(points) > 2
    structure = Structure(Lattice(lattice_matrix(*HCP)), ["Ti"] * len(points), points)
    for crystal in (
        Generator(structure=structure),
        Generator.from_unit_cell(["Ti"] * len(points), points, *HCP),
    ):
        assert crystal.species == (22, 22)
        assert nearest(crystal) == pytest.approx(np.sqrt(2.95**2 / 3 + 4.68**2 / 4))
    assert len(structure) == len(points)


def test_one_site_given_twice_is_one_site():
    cell = [5.64] * 3, [90] * 3
    salt = ["Na", "Cl", "Na"], [[0, 0, 0], [0.5] * 3, [1, 0.5, 0.5001]]
    assert len(Generator.from_spacegroup(*salt, *cell, sgn=225).species) == 8
    assert len(Generator.from_unit_cell(["Na", "Na"], [[0, 0, 0], [0, 1, 0]], *cell).species) == 1
    with pytest.raises(ValueError, match=r"atom 1 \(Cl, .*\) is on the site of atom 0 \(Na\)"):
        Generator.from_unit_cell(["Na", "Cl"], [[0, 0, 0], [0, 1, 0.001]], *cell)


def test_atoms_that_are_apart_stay_apart():
    # 0.1 angstrom is far beyond the rounding of coordinates, however impossible as a bond.
    sites = ["H", "H"], [[0, 0, 0], [0.1, 0, 0]]
    with contact_rule(impossible="ignore"):
        pair = Generator.from_unit_cell(*sites, [1, 5, 5], [90] * 3)
    assert len(pair.species) == 2


FRACTION = st.floats(0.0, 1.0, exclude_max=True)


@settings(max_examples=300, deadline=None)
@given(
    number=st.integers(1, 230),
    edge=st.floats(3.0, 20.0),
    site=st.tuples(FRACTION, FRACTION, FRACTION),
    kept=st.integers(0, 191),
    decimals=st.sampled_from([3, 4, 5]),
)
def test_rounded_sites_have_the_multiplicity_of_exact_ones(number, edge, site, kept, decimals):
    """A site on the axis, plane or point that one operation leaves in place, rounded."""
    group = space_group(number)
    dims, angles = cell_for(number)
    matrix = lattice_matrix(np.array(dims) * edge / max(dims), angles)
    exact = np.array(site)
    one = kept % len(group.rotations)
    for _ in range(300):  # converges as 0.87^n, for sixfold axes
        image = group.rotations[one] @ exact + group.translations[one]
        exact = exact + (image - exact - np.rint(image - exact)) / 2
    distances = distances_of_images(group, exact, matrix)
    assume(not ((distances > 1e-6) & (distances < 0.2)).any())  # atoms a hair apart: no crystal
    multiplicity = len(group.rotations) // np.count_nonzero(distances < 1e-6)
    with contact_rule(impossible="ignore", short="ignore"):
        atoms = Generator.from_spacegroup(
            [79], [exact.round(decimals)], np.array(dims) * edge / max(dims), angles, sgn=number
        )
    assert len(atoms.species) == multiplicity


def distances_of_images(group, site, matrix):
    away = group.rotations @ site + group.translations - site
    return np.linalg.norm((away - np.rint(away)) @ matrix, axis=1)
