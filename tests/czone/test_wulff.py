"""Equilibrium shapes: known counts, facets that are lattice planes, WulffPack's own atoms."""

import copy
import pickle

import numpy as np
import pytest
from scipy.spatial import ConvexHull, cKDTree
from scipy.spatial.distance import pdist

from czone.generator import Generator
from czone.prefab import WulffDecahedron, WulffIcosahedron, WulffSingle
from czone.transform import HStrain, IStrain, Rotation, Translation
from czone.util import coordination_numbers, random_rotations
from tests.solids import A_AU, gold

ENERGIES = {(1, 0, 0): 1.0, (1, 1, 1): 0.9}


def salt():
    return Generator.from_spacegroup(
        ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]], [5.64] * 3, [90] * 3, sgn=225
    )


def titanium():
    sites = [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]]
    return Generator.from_unit_cell(["Ti", "Ti"], sites, [2.95, 2.95, 4.68], [90, 90, 120])


def filled(volume):
    volume.populate_atoms()
    return volume


@pytest.mark.parametrize(
    ("natoms", "count"), [(100, 79), (300, 405), (1000, 1139), (3000, 2951), (10000, 9201)]
)
def test_gold_has_the_known_counts(natoms, count):
    assert len(filled(WulffSingle(gold(), ENERGIES, natoms).get_construction()).atoms) == count


def test_facet_areas_add_up():
    recipe = WulffSingle(gold(), ENERGIES)
    assert recipe.get_areas() == pytest.approx({(1, 0, 0): 0.26594, (1, 1, 1): 0.73406}, abs=1e-4)
    volume, areas = recipe.get_construction(return_facet_areas=True)
    assert areas == recipe.get_areas()
    assert len(volume.alg_objects) == 14


def test_rock_salt_cube_has_the_known_composition():
    atoms = filled(WulffSingle(salt(), {(1, 0, 0): 1}, 2000).get_construction())
    assert np.bincount(atoms.species)[[11, 17]].tolist() == [1099, 1098]


def test_particle_turns_and_moves_with_its_generator():
    still = filled(WulffSingle(gold(), ENERGIES).get_construction())
    motion = [Rotation(random_rotations(rng=2), origin=[1.0, 2, 3]), Translation([10.0, 0, -4])]
    crystal = gold().from_generator(transformation=motion)
    moved = filled(WulffSingle(crystal, ENERGIES).get_construction())
    expected = still.atoms
    for step in motion:
        expected = step.apply_transformation(expected)
    assert len(moved.atoms) == len(expected)
    assert cKDTree(expected).query(moved.atoms)[0].max() < 1e-9


def test_primitive_cell_gives_the_same_particle():
    side = A_AU / np.sqrt(2)
    primitive = Generator.from_unit_cell(["Au"], [[0, 0, 0]], [side] * 3, [60] * 3)
    particle = filled(WulffSingle(primitive, ENERGIES).get_construction())
    assert len(particle.atoms) == 1139
    assert (np.bincount(coordination_numbers(particle.atoms, 3.4))[12]) > 500


def test_hexagonal_facets_are_lattice_planes():
    """Basal planes across c and prisms along it, in the lattice of the atoms."""
    recipe = WulffSingle(titanium(), {(0, 0, 0, 1): 1.0, (1, 0, -1, 0): 1.0}, 3000)
    particle = filled(recipe.get_construction())
    caps = [plane.normal for plane in particle.alg_objects if abs(plane.normal[2]) > 0.999]
    assert len(caps) == 2
    assert cKDTree(particle.atoms).query(particle.atoms, k=2)[0][:, 1].min() == pytest.approx(
        2.8942, abs=1e-4
    )
    sides = [plane.normal for plane in particle.alg_objects if abs(plane.normal[2]) < 0.1]
    assert len(sides) == 6
    # Every prism plane holds a whole sheet of atoms: the outermost are at one height.
    for normal in sides:
        heights = particle.atoms @ normal
        assert np.sum(heights > heights.max() - 0.01) > 50


def test_winterbottom_has_the_known_count_and_sits_on_its_facet():
    particle = filled(WulffSingle(gold(), ENERGIES, 2000).winterbottom((1, 0, 0), 0.2))
    assert len(particle.atoms) == 2007
    assert particle.atoms[:, 2].min() == pytest.approx(-A_AU)


@pytest.mark.parametrize("energy", [0.3, 0.0, -0.4])
def test_winterbottom_cuts_at_the_interface_energy_and_keeps_the_volume(energy):
    origin = np.array([20.0, 10, 5])
    recipe = WulffSingle(gold(origin=origin), ENERGIES, 4000)
    particle = filled(recipe.winterbottom((1, 1, 1), energy))
    assert len(particle.atoms) == pytest.approx(
        4000, rel=0.2
    )  # a whole layer lies on the cut or not
    bottom, top = (plane for plane in _down_and_up(particle))
    down = (bottom.point - origin) @ bottom.normal
    up = (top.point - origin) @ top.normal
    # Distances are proportional to energies: the interface against the opposite {111}.
    assert down / up == pytest.approx(energy / 0.9)
    # The crystal turned along: the bottom is one close-packed layer, one nearest distance apart.
    lowest = particle.atoms[particle.atoms[:, 2] < particle.atoms[:, 2].min() + 0.01]
    assert len(lowest) > 30
    assert cKDTree(lowest).query(lowest, k=2)[0][:, 1].max() == pytest.approx(2.8838, abs=1e-3)


def _down_and_up(particle):
    planes = particle.alg_objects
    down = [plane for plane in planes if plane.normal[2] < -0.999]
    yield min(down, key=lambda plane: plane.point @ plane.normal)
    yield next(plane for plane in planes if plane.normal[2] > 0.999)


def test_winterbottom_turned_down_is_the_same_crystal_as_the_one_left_in_place():
    # Construction Zone turns the shape and leaves the crystal: other facets, 2083 atoms.
    recipe = WulffSingle(gold(), ENERGIES, 2000)
    down = filled(recipe.winterbottom((1, 1, 1), 0.2)).atoms
    left = filled(recipe.winterbottom((1, 1, 1), 0.2, face_down=False)).atoms
    assert len(down) == len(left) == 1800
    np.testing.assert_allclose(np.sort(pdist(down)), np.sort(pdist(left)), atol=1e-6)
    # And that one is bounded by lattice planes: no atom of the crystal is missing on a facet.
    neighbours = cKDTree(left).query_ball_point(left, 2.9, return_length=True) - 1
    assert neighbours.min() >= 5  # 6 in a corner of two {111} and a {100}, 5 on the cut facet
    assert np.median(neighbours) == 12


def test_winterbottom_can_keep_the_orientation():
    particle = filled(
        WulffSingle(gold(), ENERGIES, 2000).winterbottom((1, 1, 1), 0.2, face_down=False)
    )
    heights = particle.atoms @ np.ones(3) / np.sqrt(3)
    assert heights.max() < 0.4 * -heights.min()


@pytest.mark.parametrize(
    ("shape", "corners"),
    [("cube", 8), ("octahedron", 6), ("cuboctahedron", 12), ("truncated_octahedron", 24)],
)
def test_convenience_shapes_have_their_corners(shape, corners):
    recipe = getattr(WulffSingle, shape)(gold(), natoms=3000)
    body = recipe.get_construction().get_bounding_box()
    distinct = np.unique(np.round(body, 4), axis=0)
    assert len(distinct) == corners
    assert ConvexHull(body).volume == pytest.approx(3000 * A_AU**3 / 4, rel=1e-4)


def test_misspelled_names_are_the_same_recipes():
    for old, new in (
        ("cuboctohedron", "cuboctahedron"),
        ("octohedron", "octahedron"),
        ("truncated_octohedron", "truncated_octahedron"),
    ):
        first, second = (getattr(WulffSingle, name)(gold(), 500) for name in (old, new))
        assert first.surface_energies == second.surface_energies


@pytest.mark.parametrize("natoms", [300, 1000, 5000])
@pytest.mark.parametrize("energies", [ENERGIES, {(1, 1, 1): 1.0, (1, 0, 0): 1.14}])
def test_decahedron_has_the_atoms_of_wulffpack(natoms, energies):
    recipe = WulffDecahedron(gold(), energies, 0.03, natoms)
    atoms = filled(recipe.get_construction()).atoms
    reference = recipe.wulff.atoms.positions
    assert len(atoms) == len(reference)
    assert cKDTree(reference).query(atoms)[0].max() < 1e-9


@pytest.mark.parametrize(("natoms", "magic"), [(300, 309), (1000, 923), (5000, 3871)])
def test_icosahedron_is_a_mackay_icosahedron(natoms, magic):
    """The magic numbers 1 + sum of 10 n^2 + 2 (Mackay 1962).

    WulffPack has as many atoms, but puts the one in the middle on top of another.
    """
    recipe = WulffIcosahedron(gold(), {(1, 1, 1): 1.0}, 0.03, natoms)
    atoms = filled(recipe.get_construction()).atoms
    reference = recipe.wulff.atoms.positions
    assert len(atoms) == len(reference) == magic
    assert cKDTree(atoms).query(reference)[0].max() < 1e-9
    assert np.linalg.norm(atoms, axis=1).min() < 1e-9
    assert cKDTree(atoms).query(atoms, k=2)[0][:, 1].min() > 2.88
    inside = np.linalg.norm(atoms, axis=1) < 0.6 * np.linalg.norm(atoms, axis=1).max()
    assert (coordination_numbers(atoms, 3.6)[inside] == 12).all()


@pytest.mark.parametrize("kind", [WulffDecahedron, WulffIcosahedron])
def test_twinned_particles_turn_and_move_with_their_generator(kind):
    turn = Rotation(random_rotations(rng=4))
    crystal = gold().from_generator(transformation=[turn, Translation([5.0, 6, 7])])
    still = filled(kind(gold(), ENERGIES, 0.03, 500).get_construction()).atoms
    moved = filled(kind(crystal, ENERGIES, 0.03, 500).get_construction()).atoms
    expected = turn.apply_transformation(still) + [5.0, 6, 7]
    assert len(moved) == len(expected)
    assert cKDTree(expected).query(moved)[0].max() < 1e-9


def test_atom_need_not_be_at_the_origin_of_the_cell():
    shifted = Generator.from_spacegroup(["Au"], [[0.5, 0.5, 0.5]], [A_AU] * 3, [90] * 3, sgn=225)
    atoms = filled(WulffDecahedron(shifted, ENERGIES, 0.03, 1000).get_construction()).atoms
    assert len(atoms) == len(WulffDecahedron(gold(), ENERGIES, 0.03, 1000).wulff.atoms)


def recipes(crystal):
    return [
        WulffSingle(crystal, ENERGIES),
        WulffDecahedron(crystal, ENERGIES, 0.04, 800),
        WulffIcosahedron(crystal, {(1, 1, 1): 1.0}, 0.04, 923),
    ]


@pytest.mark.parametrize("mode", ["crystal", "standard"])
@pytest.mark.parametrize("origin", ["generator", [5.0, -3.0, 2.0]])
@pytest.mark.parametrize("stretch", [1.005, 0.98, [1.03, 0.99, 1.0], [1, 1, 1, 0.01, 0, 0.02]])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_strained_particles_are_the_unstrained_ones_deformed(which, stretch, origin, mode):
    """Facets follow the strain: every atom stays, none doubles in a twin plane.

    An isotropic stretch by 0.5 % made 807 atoms of 1,139.
    """
    crystal = gold()
    crystal.transform(Rotation(random_rotations(rng=4), origin=[1.0, 2, 3]))
    still = filled(recipes(crystal)[which].build_object()).atoms
    gradient = [stretch] * 3 if np.isscalar(stretch) else stretch
    crystal.strain_field = HStrain(gradient, origin=origin, mode=mode)
    strained = filled(recipes(crystal)[which].build_object()).atoms
    expected = crystal.strain_field.apply_strain(still)
    assert len(strained) == len(still)
    np.testing.assert_allclose(cKDTree(strained).query(expected)[0], 0, atol=1e-8)


def test_a_strained_winterbottom_particle_sits_on_its_facet():
    crystal = gold()
    still = filled(WulffSingle(crystal, ENERGIES).winterbottom((1, 1, 1), -0.2)).atoms
    crystal.strain_field = HStrain([1.02, 1, 0.97])
    strained = filled(WulffSingle(crystal, ENERGIES).winterbottom((1, 1, 1), -0.2)).atoms
    assert len(strained) == len(still)
    bottom = strained[:, 2] < strained[:, 2].min() + 0.5
    assert bottom.sum() == (still[:, 2] < still[:, 2].min() + 0.5).sum()
    np.testing.assert_allclose(np.ptp(strained[bottom, 2]), 0, atol=1e-9)


def test_advice_for_a_strain_that_bends_facets_works():
    particle = WulffSingle(gold(), ENERGIES).get_construction()
    particle.generator.strain_field = IStrain(lambda x: 0.999 * x)
    assert len(filled(particle).atoms) >= 1139


def triclinic():
    return Generator.from_unit_cell(["Ti"], [[0, 0, 0]], [3, 4, 5], [80, 95, 100])


def wurtzite():
    sites = [[1 / 3, 2 / 3, 0], [1 / 3, 2 / 3, 0.375]]
    return Generator.from_spacegroup(["Zn", "O"], sites, [3.25, 3.25, 5.207], [90, 90, 120], 186)


@pytest.mark.parametrize(
    ("crystal", "facets", "missing"),
    [
        (titanium, [(0, 0, 0, 1)], ["(1, 0, -1, 0)"]),
        (titanium, [(1, 0, -1, 0)], ["(0, 0, 0, 1)"]),
        (triclinic, [(1, 0, 0), (0, 1, 0)], ["(0, 0, 1)"]),
        (triclinic, [(1, 0, 0)], ["(0, 1, 0)", "(0, 0, 1)"]),
        (wurtzite, [(1, 0, -1, 0), (0, 0, 0, 1)], ["(0, 0, 0, -1)"]),
    ],
)
def test_open_shapes_are_refused_with_the_facets_that_are_missing(crystal, facets, missing):
    """Qhull's own words came through; the advice closes the shape."""
    energies = dict.fromkeys(facets, 1.0)
    with pytest.raises(ValueError, match="surface_energies must name facets that enclose") as told:
        WulffSingle(crystal(), energies).get_construction()
    assert str(told.value).endswith("Missing are facets such as " + " and ".join(missing))
    for advice in missing:
        energies[tuple(int(index) for index in advice.strip("()").split(","))] = 1.0
    assert len(filled(WulffSingle(crystal(), energies, 300).get_construction()).atoms) > 100


def test_scale_factor_of_the_icosahedron():
    assert WulffIcosahedron(gold(), ENERGIES, 0.03).icosahedral_scale_factor == pytest.approx(
        1.0804, abs=1e-4
    )


@pytest.mark.parametrize(
    "recipe", [WulffSingle(gold(), ENERGIES, 300), WulffDecahedron(gold(), ENERGIES, 0.03, 300)]
)
def test_recipes_copy_pickle_and_say_what_they_are(recipe):
    expected = filled(recipe.build_object()).atoms
    for twin in (copy.deepcopy(recipe), pickle.loads(pickle.dumps(recipe))):
        assert twin == recipe
        assert np.array_equal(filled(twin.build_object()).atoms, expected)
    assert repr(recipe).startswith(f"{type(recipe).__name__}({{(1, 0, 0): 1.0")


def test_changed_settings_change_the_particle():
    recipe = WulffSingle(gold(), ENERGIES, 300)
    recipe.get_construction()
    recipe.natoms = 3000
    assert len(filled(recipe.get_construction()).atoms) == 2951
    recipe.surface_energies = {(1, 0, 0): 1}
    assert len(recipe.get_construction().alg_objects) == 6
