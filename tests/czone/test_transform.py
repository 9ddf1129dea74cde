"""Transforms, strain fields, post transforms and the alignment of surfaces."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from czone.generator import Generator
from czone.geometry import Cylinder, Plane, Sphere
from czone.transform import (
    AffineTransform,
    ArbitraryPostTransform,
    BaseStrain,
    BaseTransform,
    ChemicalSubstitution,
    HStrain,
    Inversion,
    IStrain,
    MatrixTransform,
    MultiTransform,
    PostSequence,
    Reflection,
    Rotation,
    Translation,
    rot_v,
    s2s_alignment,
)
from czone.volume import Volume, make_rect_prism

TURN = rot_v([1, 2, 3], 0.8)
SHEAR = np.array([[1, 0.3, 0], [0, 1, 0.2], [0, 0, 1.5]])
TRANSFORMS = [
    Translation([1, 2, 3]),
    MatrixTransform(SHEAR, origin=[1, 0, 0]),
    Inversion(origin=[1, 2, 3]),
    Rotation(TURN, origin=[0, 1, 0]),
    Reflection(Plane([1, 1, 0], [1, 0, 0])),
    MultiTransform([Translation([1, 0, 0]), Rotation(TURN), Translation([0, 0, 2])]),
    AffineTransform(SHEAR, [1, 2, 3]),
]
by_name = pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda t: type(t).__name__)


def cloud(n=200, size=10.0, seed=0):
    return np.random.default_rng(seed).uniform(-size, size, (n, 3))


@by_name
def test_transform_is_its_affine_map(transform):
    points = cloud()
    expected = points @ transform.matrix.T + transform.shift
    np.testing.assert_allclose(transform.apply_transformation(points), expected)
    np.testing.assert_allclose(transform.apply_transformation(points[0]), expected[0])
    np.testing.assert_allclose(transform.apply_transformation_bases(np.eye(3)), transform.matrix)


@by_name
def test_transform_then_inverse_is_the_identity(transform):
    points = cloud()
    back = transform.inverse().apply_transformation(transform.apply_transformation(points))
    np.testing.assert_allclose(back, points, atol=1e-12)


@by_name
def test_points_stay_and_surfaces_move_in_place(transform):
    points, plane = cloud(), Plane([0, 1, 1], [0, 0, 1])
    copies = points.copy(), deepcopy(plane)
    transform.apply_transformation(points)
    np.testing.assert_array_equal(points, copies[0])
    moved = plane.from_alg_object(transformation=transform)
    assert plane == copies[1]
    assert transform.apply_transformation_alg(plane) is plane
    assert plane == moved != copies[1]


@by_name
def test_interior_follows_planes_and_spheres(transform):
    points = cloud()
    for surface in (Plane([0, 1, 1], [0, 0, 1]), Sphere(5, [1, 2, 0])):
        moved = surface.from_alg_object(transformation=transform)
        where = transform.apply_transformation(points)
        assert (moved.check_if_interior(where) == surface.check_if_interior(points)).all()


@by_name
def test_transform_copies_pickles_compares_and_names_itself(transform):
    assert deepcopy(transform) == transform == pickle.loads(pickle.dumps(transform))
    assert repr(transform).startswith(type(transform).__name__)
    assert transform != Translation([9, 9, 9])


def test_reflection_of_a_cylinder_and_of_a_volume():
    mirror = Reflection(Plane([0, 0, 1], [0, 0, 5]))
    rod = mirror.apply_transformation_alg(Cylinder([0, 0, 1], [0, 0, 0], 1, 2))
    np.testing.assert_allclose(rod.point, [0, 0, 10])
    volume = Volume(make_rect_prism(1, 1, 1), [Sphere(1, [0, 0, 0])])
    volume.transform(mirror)
    np.testing.assert_allclose(volume.points[:, 2].min(), 9)
    np.testing.assert_allclose(volume.alg_objects[0].center, [0, 0, 10])


def test_flags_take_numpy_booleans():
    shift = Translation([0, 0, 1], locked=np.bool_(False), basis_only=np.True_)
    assert shift.locked is False and shift.basis_only is True


def test_transforms_can_be_completed_later():
    shift, turn, mirror = Translation(), Rotation(), Reflection()
    shift.shift, turn.matrix, mirror.plane = [0, 0, 1], TURN, Plane([0, 0, 1], [0, 0, 0])
    together = MultiTransform()
    together.add_transform([shift, turn])
    together.add_transform(mirror)
    assert len(together.transforms) == len(together.params) == 3


def cubic():
    return Generator.from_unit_cell([29], [[0, 0, 0]], [2, 2, 2], [90, 90, 90])


def test_members_of_a_sequence_keep_their_own_locks():
    volume = Volume(make_rect_prism(5, 5, 5), generator=cubic())
    turn = Rotation(rot_v([0, 0, 1], 0.3), locked=False)
    volume.transform(MultiTransform([turn, Translation([1, 0, 0])]))
    np.testing.assert_allclose(volume.generator.voxel.bases, 2 * np.eye(3))
    np.testing.assert_allclose(volume.generator.origin, [1, 0, 0])
    np.testing.assert_allclose(volume.points[0], [1, 0, 0])


def test_members_of_a_sequence_keep_their_own_basis_only():
    volume = Volume(make_rect_prism(5, 5, 5), generator=cubic())
    turn = Rotation(rot_v([0, 0, 1], 0.3), origin=[9, 9, 9], basis_only=True)
    together = MultiTransform([Translation([5, 0, 0]), MultiTransform([turn])])
    assert together.locked is True and together.basis_only is True
    volume.transform(together)
    np.testing.assert_allclose(volume.generator.origin, [5, 0, 0])
    np.testing.assert_allclose(volume.generator.voxel.bases, 2 * rot_v([0, 0, 1], 0.3))


def test_a_users_own_transform_by_matrix_and_shift():
    class Doubling(BaseTransform):
        matrix = 2 * np.eye(3)
        shift = np.ones(3)

    volume = Volume(make_rect_prism(5, 5, 5), [Sphere(3, [0, 0, 0])], generator=cubic())
    volume.transform(Doubling())
    assert volume.alg_objects[0].radius == pytest.approx(6)
    np.testing.assert_allclose(volume.points.max(axis=0), 11)
    np.testing.assert_allclose(volume.generator.voxel.sbases, 4 * np.eye(3))
    assert Doubling().locked and not Doubling().basis_only


# Surface to surface.


@pytest.mark.parametrize("normal", [[0, 0, -1], [0, 0, 1], [1, 0, 0], [0, 1, 1], [-1, 2, 3]])
@pytest.mark.parametrize("height", [-20.0, 0.0, 200.0])
def test_alignment_puts_surface_on_surface(normal, height):
    bottom, top = Plane(normal, [3, 4, height]), Plane([0, 0, 1], [0, 0, 50])
    particle, target = np.array([1.0, 2, 3]), np.array([60.0, 70, 10])
    before = deepcopy((bottom, top))
    alignment = s2s_alignment(bottom, top, particle, target)
    assert (bottom, top) == before
    placed = bottom.from_alg_object(transformation=alignment)
    np.testing.assert_allclose(placed.normal, [0, 0, -1], atol=1e-12)
    assert placed.point[2] == pytest.approx(50)
    center = alignment.apply_transformation(particle)
    np.testing.assert_allclose(center[:2], [60, 70], atol=1e-9)
    # The centre keeps its side and distance: inside the particle is above the substrate.
    assert center[2] - 50 == pytest.approx(-bottom.sdist_from_plane(particle)[0])


def test_alignment_onto_a_tilted_surface():
    slope = Plane([1, 1, 1], [5, 5, 5])
    alignment = s2s_alignment(Plane([0, 0, -1], [0, 0, 0]), slope, [0, 0, 7], [1, 2, 3])
    center = alignment.apply_transformation([0, 0, 7])
    np.testing.assert_allclose(center, slope.project_point([1, 2, 3]) + 7 * slope.normal)


# Strain.


def test_homogeneous_strain_is_a_deformation_gradient_applied_as_written():
    shear = HStrain([[1, 0.1, 0], [0, 1, 0], [0, 0, 1]], mode="standard")
    np.testing.assert_allclose(shear.apply_strain([[0, 1, 0]]), [[0.1, 1, 0]])
    np.testing.assert_allclose(shear.apply_strain([[1, 1, 0]]), [[1.1, 1, 0]])


def test_strain_matrix_from_three_six_and_nine_numbers():
    np.testing.assert_allclose(HStrain([1, 2, 3]).matrix, np.diag([1, 2, 3]))
    six = HStrain([1, 2, 3, 0.4, 0.5, 0.6]).matrix
    np.testing.assert_allclose(six, [[1, 0.6, 0.5], [0.6, 2, 0.4], [0.5, 0.4, 3]])
    nine = HStrain(np.arange(9) / 10 + np.eye(3).ravel()).matrix
    np.testing.assert_allclose(nine[0], [1, 0.1, 0.2])


def test_strain_about_a_point_leaves_it_in_place():
    strain = HStrain([2, 2, 2], origin=[1, 1, 1], mode="standard")
    np.testing.assert_allclose(strain.apply_strain([[1, 1, 1], [2, 1, 1]]), [[1, 1, 1], [3, 1, 1]])


def filled_box(generator, size=40.0):
    volume = Volume(make_rect_prism(size, size, size), generator=generator, tolerance=1e-6)
    volume.populate_atoms()
    return volume.atoms


@pytest.mark.parametrize("mode", ["crystal", "standard"])
@pytest.mark.parametrize("stretch", [0.9, 1.1])
def test_strained_crystal_fills_its_box(mode, stretch):
    crystal = cubic()
    crystal.strain_field = HStrain([stretch] * 3, mode=mode)
    atoms = filled_box(crystal)
    per_edge = int(40 / (2 * stretch) + 1e-6) + 1
    assert len(atoms) == per_edge**3
    assert atoms.max() > 40 - 2 * stretch - 1e-6


def test_strain_can_be_removed():
    crystal = cubic()
    plain = filled_box(crystal)
    crystal.strain_field = HStrain([1.1, 1, 1])
    assert len(filled_box(crystal)) != len(plain)
    crystal.strain_field = None
    np.testing.assert_array_equal(filled_box(crystal), plain)


@pytest.mark.parametrize("mode", ["crystal", "standard"])
@pytest.mark.parametrize("origin", ["generator", [3.0, 1.0, 2.0]])
def test_strain_turns_with_the_object(mode, origin):
    shear = [[1.2, 0.1, 0], [0, 0.9, 0], [0, 0.05, 1]]
    crystal = Generator.from_unit_cell([6], [[0.1, 0, 0]], [3, 4, 5], [80, 95, 110])
    crystal.strain_field = HStrain(shear, origin=origin, mode=mode)
    volume = Volume(alg_objects=[Sphere(12, [2, 1, 0])], generator=crystal)
    volume.populate_atoms()
    before = volume.atoms
    move = MultiTransform([Rotation(TURN, origin=[1, 0, 0]), Translation([20, 3, 4])])
    volume.transform(move)
    volume.populate_atoms()
    expected = move.apply_transformation(before)
    order = np.lexsort(np.round(expected, 5).T), np.lexsort(np.round(volume.atoms, 5).T)
    np.testing.assert_allclose(volume.atoms[order[1]], expected[order[0]], atol=1e-6)


def bent(points, radius=200.0):
    bow = points.copy()
    bow[:, 2] += points[:, 0] ** 2 / (2 * radius)
    return bow


def test_inhomogeneous_strain_follows_its_function():
    crystal = cubic()
    crystal.strain_field = IStrain(bent, mode="standard", radius=100.0)
    atoms = filled_box(crystal)
    flat = atoms.copy()
    flat[:, 2] -= flat[:, 0] ** 2 / 200.0
    np.testing.assert_allclose(flat / 2, np.rint(flat / 2), atol=1e-9)
    # Without gaps: every column along z is full.
    bow = np.arange(0, 41, 2) ** 2 / 200.0
    per_column = np.floor((40 - bow) / 2 + 1e-6) - np.ceil(-bow / 2 - 1e-6) + 1
    assert len(atoms) == 21 * per_column.sum()


def test_inhomogeneous_strain_in_crystal_coordinates_gets_the_basis():
    seen = {}

    def along_a(points, basis, factor):
        seen["basis"] = basis
        return points * [factor, 1, 1]

    crystal = cubic()
    crystal.strain_field = IStrain(along_a, mode="crystal", factor=1.5)
    atoms = filled_box(crystal, 12.0)
    np.testing.assert_allclose(seen["basis"], 2 * np.eye(3))
    np.testing.assert_allclose(np.unique(atoms[:, 0].round(6)), [0, 3, 6, 9, 12])
    crystal.strain_field.fun_kwargs = {"factor": 1.0}
    assert len(filled_box(crystal, 12.0)) == 7**3


def test_strong_inhomogeneous_contraction_leaves_no_gap():
    crystal = cubic()
    crystal.strain_field = IStrain(lambda x: 0.7 * x, mode="standard")
    assert len(filled_box(crystal, 42.0)) == 31**3


def test_a_users_own_strain_needs_nothing_but_its_function():
    class Swelling(BaseStrain):
        def __init__(self, factor):
            self.factor = factor

        def apply_strain(self, points):
            return self.factor * (points - self.origin) + self.origin

    crystal = Generator.from_unit_cell(
        [29], [[0, 0, 0]], [2, 2, 2], [90, 90, 90], strain_field=Swelling(0.8)
    )
    assert len(filled_box(crystal, 32.0)) == 21**3
    volume = Volume(make_rect_prism(32, 32, 32), generator=crystal, tolerance=1e-6)
    volume.transform([Rotation(TURN), Translation([5, 5, 5])])
    volume.populate_atoms()
    assert len(volume.atoms) == 21**3


# Post transforms.


def test_substitution_by_probability_and_exact():
    species = np.full(10_000, 79)
    loose = ChemicalSubstitution([79], [29], 0.25, rng=3)
    _, drawn = loose.apply_function(np.zeros((10_000, 3)), species)
    # Four standard deviations of a binomial draw.
    assert abs((drawn == 29).sum() - 2500) < 4 * np.sqrt(10_000 * 0.25 * 0.75)
    exact = ChemicalSubstitution("Au", "Cu", 0.25, exact=True, rng=3)
    assert (exact.apply_function(np.zeros((10_000, 3)), species)[1] == 29).sum() == 2500


def test_substitution_is_the_same_at_every_call_and_in_copies():
    species = np.full(500, 79)
    first = ChemicalSubstitution(79, 29, 0.5)
    other = ChemicalSubstitution(79, 29, 0.5)
    draw = first.apply_function(None, species)[1]
    for again in (first, deepcopy(first), pickle.loads(pickle.dumps(first))):
        np.testing.assert_array_equal(again.apply_function(None, species)[1], draw)
    assert (other.apply_function(None, species)[1] != draw).any()
    one, two = (ChemicalSubstitution(79, 29, 0.5, rng=8) for _ in range(2))
    np.testing.assert_array_equal(
        one.apply_function(None, species)[1], two.apply_function(None, species)[1]
    )


def test_substitution_swaps_two_elements():
    swap = ChemicalSubstitution(["Au", "Cu"], ["Cu", "Au"], 1.0)
    _, swapped = swap.apply_function(None, np.array([79, 29, 8]))
    assert swapped.tolist() == [29, 79, 8]


def test_sequence_draws_from_separate_streams():
    steps = [ChemicalSubstitution(79, 29, 0.5, rng=k) for k in (1, 2)]
    sequence = PostSequence(steps[:1])
    sequence.add_transform(steps[1])
    species = np.full(4000, 79)
    replaced = sequence.apply_function(np.zeros((4000, 3)), species, seed=5)[1]
    # Independent draws leave a quarter; the same draw twice would leave a half.
    assert abs((replaced == 79).sum() - 1000) < 4 * np.sqrt(4000 * 0.25 * 0.75)


def test_post_transform_acts_in_a_volume_and_can_be_removed():
    crystal = cubic()
    crystal.post_transform = ArbitraryPostTransform(lambda x, z: (x + [0.5, 0, 0], z + 1))
    volume = Volume(make_rect_prism(10, 10, 10), generator=crystal)
    volume.populate_atoms()
    assert set(volume.species) == {30}
    assert volume.atoms[:, 0].min() == pytest.approx(0.5)
    crystal.post_transform = None
    assert set(crystal.supply_atoms(make_rect_prism(5, 5, 5))[1]) == {29}
