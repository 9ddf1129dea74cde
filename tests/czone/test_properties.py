"""Truths that hold for every object, found by drawing objects at random."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import (
    HStrain,
    Inversion,
    MultiTransform,
    Reflection,
    Rotation,
    Translation,
    rot_v,
    rot_vtv,
    s2s_alignment,
)
from czone.volume import (
    Cylinder,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    make_rect_prism,
    snap_plane_near_point,
)

quick = settings(max_examples=40, deadline=None)

coordinate = st.floats(-30, 30, allow_nan=False).map(lambda x: round(x, 3))
point = st.tuples(coordinate, coordinate, coordinate).map(np.array)
direction = point.filter(lambda v: np.linalg.norm(v) > 0.1)
angle = st.floats(-7, 7)
length = st.floats(4, 12).map(lambda x: round(x, 3))
seeds = st.integers(0, 2**32 - 1)


@st.composite
def rotations(draw):
    return Rotation(rot_v(draw(direction), draw(angle)), origin=draw(point))


@st.composite
def rigid_motions(draw):
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return Translation(draw(point))
    if kind == 1:
        return Inversion(origin=draw(point))
    if kind == 2:
        return Reflection(Plane(draw(direction), draw(point)))
    if kind == 3:
        return MultiTransform([draw(rotations()), Translation(draw(point))])
    return draw(rotations())


@st.composite
def crystals(draw):
    dims = [draw(st.floats(3, 6)) for _ in range(3)]
    angles = [draw(st.floats(65, 115)) for _ in range(3)]
    sites = [[0, 0, 0], [draw(st.floats(0.3, 0.7)) for _ in range(3)]]
    crystal = Generator.from_unit_cell([6, 8], sites, dims, angles, origin=draw(point))
    if draw(st.booleans()):
        crystal.strain_field = HStrain(
            [draw(st.floats(0.9, 1.1)) for _ in range(3)],
            mode=draw(st.sampled_from(["crystal", "standard"])),
            origin=draw(st.sampled_from(["generator", [1.0, 2.0, 3.0]])),
        )
    return crystal


@st.composite
def shapes(draw):
    kind = draw(st.integers(0, 3))
    center = draw(point)
    if kind == 0:
        return {"alg_objects": [Sphere(draw(length), center)]}
    if kind == 1:
        return {"alg_objects": [Cylinder(draw(direction), center, draw(length), draw(length))]}
    if kind == 2:
        cut = Plane(draw(direction), center)
        return {"alg_objects": [Sphere(draw(length), center), cut]}
    corners = make_rect_prism(draw(length), draw(length), draw(length), center)
    return {"points": draw(rotations()).apply_transformation(corners)}


@st.composite
def volumes(draw, **kwargs):
    return Volume(generator=draw(crystals()), **draw(shapes()), **kwargs)


def points_around(volume, seed):
    low, high = volume.outer_box()
    return np.random.default_rng(seed).uniform(low - 1, high + 1, (500, 3))


def away_from_the_surface(volume, points):
    """Points whose answer does not hang on the last digit."""
    near = [volume.check_if_interior(points + 1e-4 * e) for e in np.vstack([np.eye(3), -np.eye(3)])]
    return np.all(near, axis=0) | ~np.any(near, axis=0)


@quick
@given(volumes(), rigid_motions(), seeds)
def test_interior_checks_move_with_the_object(volume, motion, seed):
    points = points_around(volume, seed)
    points = points[away_from_the_surface(volume, points)]
    before = volume.check_if_interior(points)
    volume.transform(motion)
    assert (volume.check_if_interior(motion.apply_transformation(points)) == before).all()


@quick
@given(volumes(), rigid_motions(), seeds)
def test_motion_then_inverse_is_the_identity_for_volumes(volume, motion, seed):
    points = points_around(volume, seed)
    points = points[away_from_the_surface(volume, points)]
    before, voxel = volume.check_if_interior(points), volume.generator.voxel
    bases, origin = voxel.sbases.copy(), voxel.origin.copy()
    volume.transform(motion)
    volume.transform(motion.inverse())
    assert (volume.check_if_interior(points) == before).all()
    np.testing.assert_allclose(volume.generator.voxel.sbases, bases, atol=1e-9)
    np.testing.assert_allclose(volume.generator.origin, origin, atol=1e-9)


@quick
@given(volumes(), rotations())
def test_rotation_then_inverse_is_the_identity_for_atoms(volume, rotation):
    volume.populate_atoms()
    before = volume.atoms
    union = MultiVolume([volume])
    union.transform(rotation)
    union.transform(rotation.inverse())
    union.populate_atoms()
    # An atom within rounding of the surface may come or go, no other.
    assert abs(len(union.atoms) - len(before)) <= 2
    if len(before) and len(union.atoms):
        distance = cKDTree(before).query(union.atoms)[0]
        assert (distance > 1e-6).sum() <= 2


@quick
@given(st.lists(point, min_size=1, max_size=6), rigid_motions())
def test_motion_then_inverse_is_the_identity_for_molecules(positions, motion):
    molecule = Molecule([6] * len(positions), positions, origin=0)
    molecule.transform(motion)
    moved = molecule.atoms
    molecule.transform(motion.inverse())
    np.testing.assert_allclose(molecule.atoms, positions, atol=1e-9)
    np.testing.assert_allclose(molecule.orientation, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(moved, motion.apply_transformation(np.array(positions)), atol=1e-9)


def gold(turn):
    crystal = Generator.from_spacegroup(
        ["Au"], [[0, 0, 0]], [4.08] * 3, [90] * 3, sgn=225, origin=[0.1, 0.2, 0.3]
    )
    crystal.transform(turn)
    return crystal


@quick
@given(rotations(), st.lists(st.tuples(shapes(), st.integers(-2, 2)), min_size=2, max_size=5))
def test_overlapping_volumes_never_give_two_atoms_on_one_site(turn, parts):
    # All volumes are cut from one crystal, so every overlap offers its sites twice.
    crystal = gold(turn)
    members = [Volume(generator=crystal, priority=p, **shape) for shape, p in parts]
    for union in (MultiVolume(members), Scene(objects=members)):
        if isinstance(union, Scene):
            union.populate()
            atoms = union.all_atoms
        else:
            union.populate_atoms()
            atoms = union.atoms
        if len(atoms) > 1:
            assert cKDTree(atoms).query(atoms, k=2)[0][:, 1].min() > 2.8


@quick
@given(
    st.lists(st.tuples(crystals(), length), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_any_order_of_disjoint_objects_of_equal_priority_gives_the_same_atoms(parts, random):
    objects = [
        Volume(alg_objects=[Sphere(radius, [30.0 * k, 0, 0])], generator=crystal)
        for k, (crystal, radius) in enumerate(parts)
    ]
    first = Scene(objects=objects)
    first.populate()
    shuffled = list(objects)
    random.shuffle(shuffled)
    second = Scene(objects=shuffled, min_distance=0.5)
    second.populate()

    def as_rows(scene):
        rows = np.column_stack([scene.all_atoms, scene.all_species])
        return rows[np.lexsort(rows.T)]

    np.testing.assert_array_equal(as_rows(first), as_rows(second))


@quick
@given(volumes(), volumes(), st.floats(0.5, 4))
def test_objects_of_a_scene_keep_their_distance(first, second, distance):
    second.priority = 1
    alone = Scene(objects=[first])
    scene = Scene(objects=[first, second], min_distance=distance)
    for s in (alone, scene):
        s.populate()
    # The object of precedence loses nothing.
    np.testing.assert_array_equal(scene.atoms_from_object(0), alone.all_atoms)
    a, b = scene.atoms_from_object(0), scene.atoms_from_object(1)
    if len(a) and len(b):
        assert cKDTree(a).query(b)[0].min() >= distance


@quick
@given(crystals(), shapes())
def test_volume_holds_all_atoms_of_the_crystal_inside_it(crystal, shape):
    volume = Volume(generator=crystal, **shape)
    volume.populate_atoms()
    low, high = volume.outer_box()
    generous = make_rect_prism(*(high - low + 20), center=(low + high) / 2)
    positions, _ = volume.generator.supply_atoms(generous)
    inside = volume.check_if_interior(positions)
    sure = away_from_the_surface(volume, positions)
    assert (inside & sure).sum() <= len(volume.atoms) <= (inside | ~sure).sum()


@quick
@given(direction, direction)
def test_smallest_rotation_takes_one_direction_to_the_other(v, vt):
    matrix = rot_vtv(v, vt)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(matrix @ v / np.linalg.norm(v), vt / np.linalg.norm(vt), atol=2e-8)


@quick
@given(direction, point, direction, point, point, point)
def test_alignment_puts_feet_on_feet(m_normal, m_origin, t_normal, t_origin, m_point, t_point):
    moving, target = Plane(m_normal, m_origin), Plane(t_normal, t_origin)
    alignment = s2s_alignment(moving, target, m_point, t_point)
    foot = alignment.apply_transformation(moving.project_point(m_point))
    np.testing.assert_allclose(foot, target.project_point(t_point), atol=1e-6)
    turned = alignment.apply_transformation_alg(moving)
    np.testing.assert_allclose(turned.normal, -target.normal, atol=2e-8)


@quick
@given(crystals(), point, st.tuples(*[st.integers(-3, 3)] * 3), rotations())
def test_snapped_planes_bracket_the_point(crystal, where, hkl, turn):
    assume(any(hkl))
    crystal.transform(turn)
    down, near, up = (
        snap_plane_near_point(where, crystal, hkl, mode) for mode in ("floor", "nearest", "ceil")
    )
    below, nearest, above = (p.sdist_from_plane(where)[0] for p in (down, near, up))
    assert above <= 1e-6 and below >= -1e-6
    assert abs(nearest) <= min(abs(below), abs(above)) + 1e-6
