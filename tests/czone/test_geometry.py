"""Surfaces, hulls, rotations and the tiling cell."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from scipy.spatial.transform import Rotation as ScipyRotation

from czone.geometry import (
    BaseAlgebraic,
    Cylinder,
    Ellipsoid,
    Plane,
    Sphere,
    Voxel,
    convex_hull_to_planes,
    enclosed_corners,
    get_bounding_box,
    make_rect_prism,
    rot_align,
    rot_v,
    rot_vtv,
    rot_zxz,
)

SURFACES = [
    Sphere(3.0, [1, 2, 3]),
    Plane([1, 2, 3], [1, 0, 0]),
    Cylinder([1, 1, 1], [0, 1, 0], 2.0, 5.0),
    Ellipsoid([[3, 1, 0], [0, 1, 0], [0, 0, 2]], [1, 0, 0]),
]
by_name = pytest.mark.parametrize("surface", SURFACES, ids=lambda s: type(s).__name__)
SHEAR = np.array([[1, 0.3, 0], [0, 1, 0.2], [0, 0, 1.5]])


def cloud(seed=0, size=8.0, n=4000):
    return np.random.default_rng(seed).uniform(-size, size, (n, 3))


@by_name
def test_interior_moves_with_the_surface(surface):
    matrix, shift = rot_v([1, 2, 3], 0.7), np.array([3.0, -1, 2])
    points = cloud()
    moved = surface.moved(matrix, shift)
    before = surface.check_if_interior(points)
    assert (moved.check_if_interior(points @ matrix.T + shift) == before).all()
    assert 0 < before.sum() < len(points)


@pytest.mark.parametrize("surface", [SURFACES[0], SURFACES[1], SURFACES[3]])
def test_interior_follows_a_shear(surface):
    points = cloud()
    moved = surface.moved(SHEAR, np.zeros(3))
    assert (moved.check_if_interior(points @ SHEAR.T) == surface.check_if_interior(points)).all()


def test_plane_normal_follows_the_inverse_transpose():
    moved = Plane([1, 1, 0], [0, 0, 0]).moved(np.diag([2.0, 1, 1]), np.zeros(3))
    np.testing.assert_allclose(moved.normal, [0.4472136, 0.8944272, 0], atol=1e-6)


def test_sphere_scales_and_becomes_an_ellipsoid():
    assert Sphere(2, [1, 0, 0]).moved(3 * np.eye(3), np.zeros(3)).radius == pytest.approx(6)
    egg = Sphere(2, [0, 0, 0]).moved(np.diag([1.0, 1, 3]), np.zeros(3))
    assert egg.check_if_interior([[0, 0, 5.9], [0, 0, 6.1], [2.1, 0, 0]]).tolist() == [1, 0, 0]


def test_cylinder_stretches_along_its_axis_and_refuses_to_be_bent():
    rod = Cylinder([0, 0, 1], [0, 0, 0], 1, 4)
    longer = rod.moved(np.diag([2.0, 2, 3]), np.zeros(3))
    assert (longer.radius, longer.length) == pytest.approx((2, 12))
    with pytest.raises(ValueError, match="matrix must keep the cylinder circular"):
        rod.moved(np.diag([2.0, 1, 1]), np.zeros(3))


@by_name
def test_moving_leaves_the_surface_as_it_is(surface):
    copy = deepcopy(surface)
    surface.moved(rot_v([0, 0, 1], 1.0), np.ones(3))
    assert surface == copy


@by_name
def test_surface_copies_pickles_compares_and_names_itself(surface):
    assert deepcopy(surface) == surface == pickle.loads(pickle.dumps(surface))
    assert surface != surface.moved(np.eye(3), np.ones(3))
    assert repr(surface).startswith(type(surface).__name__)


@by_name
def test_one_point_gives_one_answer(surface):
    many = surface.check_if_interior(cloud(n=5))
    assert many.shape == (5,)
    assert surface.check_if_interior(cloud(n=5)[0]) == many[0]


@by_name
def test_chords_agree_with_interior_checks(surface):
    starts = cloud(3, 4.0, 300)
    direction = np.array([0.3, -0.7, 0.2])
    enter, leave = surface.chords(starts, direction)
    for t in np.linspace(-15, 15, 41):
        inside = surface.check_if_interior(starts + t * direction)
        assert ((t > enter) & (t < leave) == inside).all()


@by_name
def test_span_bounds_the_interior_points(surface):
    directions = np.array([[1, 0, 0], [1, 1, 0], [1, -2, 3.0]])
    span = surface.span(directions)
    if span is None:
        assert isinstance(surface, Plane)
        return
    points = cloud()
    heights = points[surface.check_if_interior(points)] @ directions.T
    assert (heights >= span[0]).all() and (heights <= span[1]).all()


def test_cylinder_box_for_an_axis_along_the_diagonal():
    corners = Cylinder([1, 1, 1], [0, 0, 0], 2, 6).get_bounding_box()
    assert corners.shape == (8, 3) and np.isfinite(corners).all()


def test_cylinder_params_can_be_read_and_called():
    rod = Cylinder([0, 0, 2], [0, 0, 0], 2, 6)
    assert rod.params()[2:] == rod.params[2:] == (2.0, 6.0)


def test_plane_projects_one_point_and_many():
    plane = Plane([0, 0, 2], [0, 0, 1])
    np.testing.assert_allclose(plane.project_point([1, 2, 5]), [1, 2, 1])
    np.testing.assert_allclose(plane.project_point([[1, 2, 5], [0, 0, 0]])[:, 2], 1)
    assert plane.dist_from_plane([0, 0, -1])[0] == 2
    assert plane.sdist_from_plane([[0, 0, -1]])[0] == -2


def test_without_padding_the_surface_is_outside():
    on = np.array([[1.0, 0, 0]])
    for surface in (
        Sphere(1, [0, 0, 0], tol=0),
        Plane([1, 0, 0], [1, 0, 0], tol=0),
        Cylinder([0, 0, 1], [0, 0, 0], 1, 4, tol=0),
    ):
        assert not surface.check_if_interior(on).any()
        assert surface.check_if_interior(on * (1 - 1e-12)).all()


def test_integer_planes_can_be_shifted_in_place():
    plane = Plane([0, 0, 1], [0, 0, 1])
    plane.point += plane.normal
    assert plane.point.tolist() == [0, 0, 2]
    assert plane.flip_orientation().normal.tolist() == [0, 0, -1]


def test_surfaces_keep_no_reference_to_what_they_were_given():
    center = np.zeros(3)
    ball = Sphere(1, center)
    center[0] = 100
    assert ball.center[0] == 0


class Cone(BaseAlgebraic):
    """A user's own surface: interior and params, nothing else."""

    @property
    def params(self):
        return ()

    def check_if_interior(self, points):
        points = np.atleast_2d(points)
        return np.hypot(points[:, 0], points[:, 1]) < 1 - points[:, 2]


def test_a_users_own_surface_moves():
    cone, points = Cone(), cloud()
    moved = cone.moved(SHEAR, np.ones(3)).moved(rot_v([1, 0, 0], 1.0), np.zeros(3))
    where = (points @ SHEAR.T + 1) @ rot_v([1, 0, 0], 1.0).T
    assert (moved.check_if_interior(where) == cone.check_if_interior(points)).all()


@by_name
def test_a_class_that_derives_from_a_surface_stays_itself_when_moved(surface):
    derived = type("Derived", (type(surface),), {})
    own = deepcopy(surface)
    own.__class__, own.note = derived, "kept"
    moved = own.moved(rot_v([0, 0, 1], 0.3), np.ones(3))
    assert type(moved) is derived and moved.note == "kept"


def test_a_surface_with_an_inside_of_its_own_keeps_it_under_any_map():
    class Hollow(Sphere):
        def check_if_interior(self, points):
            inner = Sphere(self.radius / 2, self.center)
            return super().check_if_interior(points) & ~inner.check_if_interior(points)

    shell, points = Hollow(6, [1, 0, 0]), cloud()
    before = shell.check_if_interior(points)
    for matrix in (rot_v([1, 2, 3], 1.0), SHEAR):
        moved = shell.moved(matrix, np.ones(3))
        assert (moved.check_if_interior(points @ matrix.T + 1) == before).all()


# Hulls.


def test_hull_of_a_cube_has_six_planes():
    planes = convex_hull_to_planes(make_rect_prism(2, 2, 2, center=[0, 0, 0]))
    assert len(planes) == 6
    assert all(p.check_if_interior([0, 0, 0]) for p in planes)
    assert {tuple(np.round(p.normal).astype(int)) for p in planes} == {
        tuple(s * row) for row in np.eye(3, dtype=int) for s in (1, -1)
    }


def test_bounding_box_of_planes():
    planes = convex_hull_to_planes(make_rect_prism(1, 2, 3))
    corners, status = get_bounding_box(planes)
    assert status == 0
    np.testing.assert_allclose(corners.min(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(corners.max(axis=0), [1, 2, 3], atol=1e-4)


@pytest.mark.parametrize("turn", [None, [1.0, 2, 3]])
def test_corners_where_more_than_three_planes_meet_are_one(turn):
    """A cuboctahedron has 12 corners of four faces each; its padding made 24 of them."""
    points = 10.0 * np.array(
        [p for p in np.ndindex(3, 3, 3) if sorted(np.abs(np.array(p) - 1)) == [0, 1, 1]]
    )
    if turn is not None:
        points = points @ rot_v(turn, 0.7).T
    corners, status = get_bounding_box(convex_hull_to_planes(points))
    assert status == 0
    assert len(corners) == 12
    gaps = np.linalg.norm(corners[:, None] - points[None], axis=-1).min(axis=1)
    assert gaps.max() < 5e-5


def test_open_and_empty_sets_of_planes_are_told_apart():
    planes = convex_hull_to_planes(make_rect_prism(1, 2, 3))
    assert get_bounding_box(planes[:5])[1] == 3
    apart = [Plane([0, 0, 1], [0, 0, 0]), Plane([0, 0, -1], [0, 0, 5])]
    assert get_bounding_box(planes + apart)[1] == 2


def test_flat_body_between_two_touching_planes_has_corners():
    planes = convex_hull_to_planes(make_rect_prism(10, 10, 10, center=[0, 0, 0]))
    sheet = [Plane([0, 0, 1], [0, 0, 0]), Plane([0, 0, -1], [0, 0, 0])]
    corners, status = get_bounding_box(planes + sheet)
    assert status == 0
    assert np.abs(corners[:, 2]).max() < 1e-4 < np.abs(corners[:, 0]).max()


def test_far_away_bodies_have_corners():
    center = np.array([1e4, -2e4, 3e4])
    planes = convex_hull_to_planes(make_rect_prism(5, 5, 5, center=center))
    corners, status = enclosed_corners(np.vstack([p.half_spaces() for p in planes]))
    assert status == 0
    np.testing.assert_allclose(np.sort(corners, axis=0)[[0, -1]].mean(axis=0), center, atol=1e-3)


# Rotations.


def random_vectors(n, seed=1):
    return np.random.default_rng(seed).normal(size=(n, 3))


def is_rotation(matrix):
    return np.allclose(matrix @ matrix.T, np.eye(3)) and np.isclose(np.linalg.det(matrix), 1)


def test_rotation_about_an_axis():
    for axis, theta in zip(random_vectors(50), np.linspace(-7, 7, 50), strict=True):
        matrix = rot_v(axis, theta)
        unit = axis / np.linalg.norm(axis)
        expected = ScipyRotation.from_rotvec(theta * unit).as_matrix()
        np.testing.assert_allclose(matrix, expected, atol=1e-12)


def test_rotation_between_any_two_directions_is_the_smallest():
    for a, b in zip(random_vectors(200), random_vectors(200, 2), strict=True):
        matrix = rot_vtv(a, b)
        a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
        assert is_rotation(matrix)
        np.testing.assert_allclose(matrix @ a, b, atol=1e-12)
        angle = np.linalg.norm(ScipyRotation.from_matrix(matrix).as_rotvec())
        assert angle == pytest.approx(np.arccos(np.clip(a @ b, -1, 1)), abs=1e-7)


@pytest.mark.parametrize("sign", [1, -1], ids=["parallel", "antiparallel"])
@pytest.mark.parametrize("noise", [0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-4])
def test_rotation_between_nearly_parallel_directions(sign, noise):
    axes = np.vstack([np.eye(3), -np.eye(3), np.ones(3), -np.ones(3), random_vectors(200)])
    for a, n in zip(axes, random_vectors(len(axes), 5), strict=True):
        b = sign * 2.5 * a + noise * n
        matrix = rot_vtv(a, b)
        assert is_rotation(matrix)
        turned = matrix @ a / np.linalg.norm(a)
        # 1e-8 is the angle below which antiparallel directions are taken as exactly so.
        np.testing.assert_allclose(turned, b / np.linalg.norm(b), atol=2e-8)


def test_rotation_that_aligns_sets_of_vectors():
    vectors = random_vectors(6)
    turn = rot_v([1, 2, 3], 2.0)
    np.testing.assert_allclose(rot_align(vectors, vectors @ turn.T), turn, atol=1e-12)
    assert is_rotation(rot_align(vectors, -vectors))


def test_euler_angles():
    expected = ScipyRotation.from_euler("ZXZ", [0.3, 0.5, 0.9]).as_matrix()
    np.testing.assert_allclose(rot_zxz(0.3, 0.5, 0.9), expected, atol=1e-12)
    fixed = ScipyRotation.from_euler("zxz", [0.9, 0.5, 0.3]).as_matrix()
    np.testing.assert_allclose(rot_zxz(0.3, 0.5, 0.9, "extrinsic"), fixed, atol=1e-12)


# The tiling cell.


def test_voxel_bases_are_columns():
    cell = Voxel(bases=[[1, 0, 0], [1, 1, 0], [0, 0, 2]], scale=2, origin=[1, 1, 1])
    np.testing.assert_allclose(cell.sbases[:, 0], [2, 2, 0])
    np.testing.assert_allclose(cell.reciprocal_bases @ cell.sbases, np.eye(3), atol=1e-12)


def test_voxel_extents_cover_the_box():
    cell = Voxel(bases=[[3, 1, 0], [0, 2, 1], [0, 0, 4]], origin=[1, 2, 3])
    box = make_rect_prism(10, 20, 30, center=[5, 5, 5])
    fractions = (box - cell.origin) @ cell.reciprocal_bases.T
    for (low, high), column in zip(cell.get_extents(box), fractions.T, strict=True):
        assert low <= column.min() and column.max() <= high


def test_voxel_collinear_vectors_are_seen():
    assert Voxel()._collinear([1, 2, 3], [-2, -4, -6])
    assert not Voxel()._collinear([1, 0, 0], [1, 1e-3, 0])


# Bad input.
