"""Crystals: cells, space groups, supply and the states a generator can be in."""

import pickle
import time
from copy import deepcopy

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from czone.generator import BaseGenerator, Generator, NullGenerator
from czone.generator.spacegroup import space_group
from czone.geometry import Voxel
from czone.matter import contact_rule
from czone.matter.cell import lattice_matrix
from czone.transform import HStrain, Reflection, Rotation, Translation, rot_v
from czone.volume import Plane, Sphere, Volume, make_rect_prism
from tests.solids import A_AU, gold


def hexagonal():
    sites = [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]]
    return Generator.from_unit_cell([22, 22], sites, [2.95, 2.95, 4.68], [90, 90, 120])


def cell_for(group):
    """Return lattice parameters that every group of the crystal system has."""
    if group <= 2:
        return [4, 5, 6], [80, 95, 110]
    if group <= 15:
        return [4, 5, 6], [90, 104, 90]
    if group <= 74:
        return [4, 5, 6], [90, 90, 90]
    if group <= 142:
        return [4, 4, 6], [90, 90, 90]
    if group <= 194:
        return [4, 4, 6], [90, 90, 120]
    return [4, 4, 4], [90, 90, 90]


def as_set(numbers, coords):
    rounded = np.round(np.mod(coords, 1.0) * 1e4).astype(int) % 10_000
    return {(int(n), *row) for n, row in zip(numbers, rounded.tolist(), strict=True)}


# Every crystal system, with groups of several settings; the operations of all 230 agree.
GROUPS = [1, 2, 5, 14, 15, 19, 48, 62, 63, 70, 85, 88, 129, 139, 141, 146, 148, 155, 160, 166]
GROUPS += [167, 176, 186, 187, 194, 198, 201, 216, 221, 223]


@pytest.mark.parametrize("group", GROUPS)
def test_filled_cell_is_that_of_pymatgen(group):
    dims, angles = cell_for(group)
    numbers, coords = np.array([79, 8]), np.array([[0, 0, 0], [0.13, 0.31, 0.41]])
    matrix = lattice_matrix(dims, angles)
    expected = Structure.from_spacegroup(group, Lattice(matrix), ["Au", "O"], coords)
    with contact_rule(impossible="ignore", short="ignore"):
        found = Generator.from_spacegroup(numbers, coords, dims, angles, group)
    assert as_set(found.species, found.coords) == as_set(
        expected.atomic_numbers, expected.frac_coords
    )


def test_space_groups_have_the_right_number_of_operations():
    # Order of the point group times the centrings.
    known = {1: 1, 2: 2, 14: 4, 62: 8, 139: 32, 166: 36, 194: 24, 221: 48, 225: 192, 229: 96}
    assert {n: len(space_group(n).rotations) for n in known} == known


@pytest.mark.parametrize(
    ("symbol", "number"),
    [("Fm-3m", 225), ("P6_3/mmc", 194), ("P6_3mc", 186), ("Fd-3m", 227), ("P-1", 2), ("P2_1/c", 14)]
    + [("I4_1/amd", 141), ("R-3m", 166), ("F m -3 m", 225)],
)
def test_symbols_name_their_groups(symbol, number):
    assert space_group(sym=symbol).number == number


def test_the_number_counts_when_a_symbol_contradicts_it():
    with pytest.warns(UserWarning, match="sgn=225 is used"):
        crystal = Generator.from_spacegroup([79], [[0, 0, 0]], [4] * 3, [90] * 3, 225, "Im-3m")
    assert len(crystal.species) == 4


@pytest.mark.parametrize("angles", [(90, 90, 120), (80, 95, 110), (90, 104, 90), (60, 60, 60)])
def test_lattice_is_oriented_as_in_pymatgen(angles):
    expected = Lattice.from_parameters(3, 4, 5, *angles).matrix
    np.testing.assert_allclose(lattice_matrix([3, 4, 5], angles), expected, atol=1e-12)


def test_voxel_columns_are_the_lattice_vectors_of_the_structure():
    crystal = hexagonal()
    np.testing.assert_allclose(crystal.voxel.sbases.T, crystal.structure.lattice.matrix)


def test_positions_are_those_of_the_structure():
    structure = Structure(
        Lattice.from_parameters(4, 5, 6, 80, 95, 110), ["C", "O"], [[0.1, 0.2, 0.3], [0.9, 0, 0.5]]
    )
    positions, numbers = Generator(structure=structure).supply_atoms(make_rect_prism(3, 3, 3))
    for site in structure:
        same = numbers == site.specie.Z
        assert np.linalg.norm(positions[same] - site.coords, axis=1).min() < 1e-9


def test_supply_covers_the_box_and_little_more():
    box = make_rect_prism(40, 50, 60, center=[7, 8, 9])
    for crystal in (gold(), hexagonal()):
        crystal.transform(Rotation(rot_v([1, 2, 3], 0.5), origin=[1, 2, 3]))
        positions, numbers = crystal.supply_atoms(box)
        assert positions.dtype == np.float64 and numbers.dtype == np.int64
        volume = Volume(box, generator=crystal)
        volume.populate_atoms()
        keep = volume.check_if_interior(positions)
        assert keep.sum() == len(volume.atoms)
        assert len(positions) < 1.6 * keep.sum()


def test_atoms_outside_the_unit_cell_are_supplied_too():
    inside = Generator.from_unit_cell([6], [[0.2, 0.3, 0.4]], [4, 5, 6], [80, 95, 110])
    outside = Generator.from_unit_cell([6], [[-2.8, 5.3, 0.4]], [4, 5, 6], [80, 95, 110])
    found = []
    for crystal in (inside, outside):
        volume = Volume(alg_objects=[Sphere(15, [0, 0, 0])], generator=crystal)
        volume.populate_atoms()
        found.append(volume.atoms[np.lexsort(volume.atoms.round(6).T)])
    np.testing.assert_allclose(*found, atol=1e-9)


def test_oxidation_states_are_left_behind():
    structure = Structure(Lattice.cubic(5.64), ["Na+", "Cl-"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    crystal = Generator(structure=structure)
    assert crystal.species == (11, 17)


def test_structure_is_copied_in_and_may_be_edited_on_the_generator():
    structure = Structure(Lattice.cubic(4), ["Au"], [[0, 0, 0]])
    crystal = Generator(structure=structure)
    structure.replace(0, "Cu")
    assert crystal.species == (79,)
    crystal.structure.replace(0, "Ag")
    assert crystal.species == (47,)
    assert set(crystal.supply_atoms(make_rect_prism(5, 5, 5))[1]) == {47}


def test_a_new_structure_keeps_origin_and_rotation():
    crystal = gold(origin=[1, 2, 3])
    crystal.transform(Rotation(rot_v([0, 0, 1], 0.4), origin=[1, 2, 3]))
    crystal.structure = Structure(Lattice.cubic(3.6), ["Cu"], [[0, 0, 0]])
    np.testing.assert_allclose(crystal.origin, [1, 2, 3])
    np.testing.assert_allclose(crystal.voxel.bases, 3.6 * rot_v([0, 0, 1], 0.4), atol=1e-12)


def test_orientation_follows_the_transforms():
    crystal = gold()
    np.testing.assert_allclose(crystal.orientation, np.eye(3), atol=1e-12)
    turn = rot_v([1, 1, 0], 0.7)
    crystal.transform([Translation([1, 0, 0]), Rotation(turn)])
    np.testing.assert_allclose(crystal.orientation, turn, atol=1e-12)
    crystal.transform(Reflection(Plane([0, 0, 1], [0, 0, 0])))
    assert np.linalg.det(crystal.orientation) == pytest.approx(-1)


def test_basis_only_turns_the_lattice_about_its_origin():
    crystal = gold(origin=[5, 0, 0])
    crystal.transform(Rotation(rot_v([0, 0, 1], np.pi / 2), basis_only=True))
    np.testing.assert_allclose(crystal.origin, [5, 0, 0])
    crystal.transform(Rotation(rot_v([0, 0, 1], np.pi / 2)))
    np.testing.assert_allclose(crystal.origin, [0, 5, 0], atol=1e-12)


def test_from_generator_takes_one_transform_or_a_list():
    crystal = gold()
    one = crystal.from_generator(transformation=Translation([1, 0, 0]))
    many = crystal.from_generator(transformation=[Translation([1, 0, 0])])
    assert one == many != crystal
    np.testing.assert_allclose(crystal.origin, 0)


def test_generator_copies_pickles_compares_and_names_itself():
    crystal = hexagonal()
    crystal.strain_field = HStrain([1.1, 1, 1])
    assert deepcopy(crystal) == crystal == pickle.loads(pickle.dumps(crystal))
    copy = deepcopy(crystal)
    copy.origin = [1, 0, 0]
    assert copy != crystal
    shown = str(crystal)
    assert "Ti2" in shown and "gamma=120" in shown and "HStrain" in shown
    assert NullGenerator() == NullGenerator() and repr(NullGenerator()) == "NullGenerator()"


def test_strain_field_is_copied_in():
    strain = HStrain([1.1, 1, 1])
    one, two = gold(strain_field=strain), hexagonal()
    two.strain_field = strain
    np.testing.assert_allclose(one.strain_field.bases, A_AU * np.eye(3))
    np.testing.assert_allclose(strain.bases, np.eye(3))


def test_voxel_can_be_replaced():
    crystal = gold()
    crystal.voxel = Voxel(bases=2 * np.eye(3), origin=[1, 1, 1])
    assert crystal.origin.tolist() == [1, 1, 1]


def test_null_generator_supplies_nothing_and_moves():
    empty = NullGenerator()
    positions, numbers = empty.supply_atoms(np.eye(3))
    assert positions.shape == (0, 3) and numbers.shape == (0,)
    volume = Volume(make_rect_prism(1, 1, 1), generator=empty)
    volume.transform(Rotation(rot_v([0, 0, 1], 1.0)))
    volume.populate_atoms()
    assert len(volume.atoms) == 0


def test_a_users_own_generator_fills_a_volume():
    class Grid(BaseGenerator):
        def supply_atoms(self, bbox):
            axes = [np.arange(a, b) for a, b in zip(bbox.min(0), bbox.max(0), strict=True)]
            points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 3)
            return points, np.full(len(points), 6.0)

    volume = Volume(alg_objects=[Sphere(5, [0, 0, 0])], generator=Grid())
    volume.populate_atoms()
    assert len(volume.atoms) > 400
    assert volume.species.dtype == np.int64
    volume.transform(Translation([0, 0, 1]))


def test_building_a_crystal_is_fast_once_the_group_is_known():
    gold()
    start = time.perf_counter()
    for _ in range(10):
        gold()
    # pymatgen takes about half a second each; ten here must stay far below one of those.
    assert time.perf_counter() - start < 0.3
