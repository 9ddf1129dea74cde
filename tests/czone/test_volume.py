"""Volumes and volumes of volumes."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.generator import Generator, NullGenerator
from czone.geometry import BaseAlgebraic, Ellipsoid, convex_hull_to_planes
from czone.transform import MatrixTransform, Rotation, Translation, rot_v
from czone.volume import (
    BaseVolume,
    Cylinder,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    make_rect_prism,
    makeRectPrism,
)
from tests.solids import gold


def triclinic():
    return Generator.from_unit_cell(
        [6, 8], [[0.1, 0.2, 0.3], [0.6, 0.8, 0.1]], [4, 5, 6], [80, 95, 110], origin=[1, 2, 3]
    )


def ordered(atoms):
    return atoms[np.lexsort(np.round(atoms, 6).T)]


def by_brute_force(volume):
    """Supply a generous block and test every atom."""
    box = make_rect_prism(200, 200, 200, center=[0, 0, 0])
    positions, _ = volume.generator.supply_atoms(box)
    return positions[volume.check_if_interior(positions)]


TURN = Rotation(rot_v([1, 2, 3], 0.6), origin=[2, 0, 1])
TILTED = convex_hull_to_planes(TURN.apply_transformation(make_rect_prism(20, 25, 30, [3, 3, 3])))
SHAPES = {
    "ball": {"alg_objects": [Sphere(14, [3, 2, 1])]},
    "box": {"points": make_rect_prism(20, 22, 24, [1, 2, 3])},
    "tilted box": {"points": TURN.apply_transformation(make_rect_prism(20, 22, 24, [1, 2, 3]))},
    "rod": {"alg_objects": [Cylinder([1, 1, 0], [0, 0, 0], 8, 30)]},
    "planes": {"alg_objects": TILTED},
    "cut ball": {"alg_objects": [Sphere(14, [3, 2, 1]), Plane([1, 1, 1], [0, 0, 0])]},
    "egg": {"alg_objects": [Ellipsoid([[9, 2, 0], [0, 12, 3], [0, 0, 10]], [1, 1, 1])]},
    "ball in box": {"points": make_rect_prism(60, 60, 9), "alg_objects": [Sphere(12, [5, 5, 5])]},
}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


@each_shape
@pytest.mark.parametrize("crystal", [gold, triclinic])
def test_volume_holds_exactly_the_atoms_inside(shape, crystal):
    generator = crystal()
    generator.transform(Rotation(rot_v([0, 1, 1], 0.4)))
    volume = Volume(generator=generator, **shape)
    volume.populate_atoms()
    assert len(volume.atoms) > 40
    np.testing.assert_allclose(ordered(volume.atoms), ordered(by_brute_force(volume)), atol=1e-9)
    assert len(volume.species) == len(volume.atoms)


@each_shape
def test_atoms_move_with_the_volume(shape):
    volume = Volume(generator=triclinic(), **shape)
    volume.populate_atoms()
    expected = TURN.apply_transformation(volume.atoms) + [30, 0, 0]
    volume.transform([TURN, Translation([30, 0, 0])])
    assert volume.atoms is None
    volume.populate_atoms()
    np.testing.assert_allclose(ordered(volume.atoms), ordered(expected), atol=1e-6)


@each_shape
def test_volume_copies_pickles_and_compares(shape):
    volume = Volume(generator=gold(), **shape)
    assert volume.hull is not None or "points" not in shape
    assert volume.tri is not None or "points" not in shape
    for copy in (deepcopy(volume), pickle.loads(pickle.dumps(volume)), volume.from_volume()):
        assert copy == volume
        copy.populate_atoms()
        assert copy == volume
    assert volume.from_volume(priority=3) != volume
    assert repr(volume).startswith("Volume(")


@each_shape
def test_outer_box_holds_the_bounding_corners(shape):
    volume = Volume(**shape)
    low, high = volume.outer_box()
    points = np.random.default_rng(0).uniform(-40, 40, (20_000, 3))
    inside = points[volume.check_if_interior(points)]
    assert (inside >= low).all() and (inside <= high).all()
    corners = volume.get_bounding_box()
    assert (inside >= corners.min(axis=0)).all() and (inside <= corners.max(axis=0)).all()


def test_bounding_box_of_a_small_ball_in_a_large_box_is_small():
    volume = Volume(make_rect_prism(100, 100, 100), [Sphere(5, [50, 50, 50])])
    assert np.ptp(volume.get_bounding_box(), axis=0).max() < 10.1


def test_unbounded_volumes_are_refused_and_empty_ones_are_empty():
    open_body = Volume(alg_objects=[Plane([0, 0, 1], [0, 0, 0])], generator=gold())
    with pytest.raises(ValueError, match="alg_objects must bound the volume on all sides"):
        open_body.populate_atoms()
    apart = Volume(alg_objects=[Sphere(5, [0, 0, 0]), Sphere(5, [20, 0, 0])], generator=gold())
    apart.populate_atoms()
    assert apart.atoms.shape == (0, 3) and len(apart.get_bounding_box()) == 0
    faces = [*TILTED, Plane([0, 0, 1], [0, 0, -90])]
    nothing = Volume(alg_objects=faces, generator=gold())
    nothing.populate_atoms()
    assert len(nothing.atoms) == 0 and len(nothing.outer_box()) == 0


def test_points_added_later_count():
    volume = Volume(generator=gold())
    volume.add_points([0, 0, 0])
    volume.addPoints([[10, 0, 0], [0, 10, 0]])
    with pytest.raises(ValueError, match="a Volume needs points"):
        volume.check_if_interior([[1, 1, 1]])
    volume.add_points([[0, 0, 10]])
    assert volume.check_if_interior([[1, 1, 1]])[0]
    assert not volume.check_if_interior([[9, 9, 9]])[0]
    volume.add_points([[10, 10, 10]])
    assert volume.check_if_interior([[5, 5, 5]])[0]
    volume.points = make_rect_prism(1, 1, 1)
    assert not volume.check_if_interior([[5, 5, 5]])[0]
    volume.createHull()


def test_volume_copies_what_it_is_given():
    crystal, ball, points = gold(), Sphere(5, [0, 0, 0]), make_rect_prism(9, 9, 9)
    volume = Volume(points, [ball], crystal)
    crystal.origin, ball.radius, points[:] = [1, 1, 1], 1.0, 0
    assert volume.generator.origin.tolist() == [0, 0, 0]
    assert volume.alg_objects[0].radius == 5 and volume.points.max() == 9


def test_generator_origin_can_be_given():
    volume = Volume(make_rect_prism(9, 9, 9), generator=gold(), gen_origin=[0.5, 0, 0])
    assert volume.generator.origin.tolist() == [0.5, 0, 0]
    volume.add_generator(gold(), origin=[0, 1, 0])
    assert volume.generator.origin.tolist() == [0, 1, 0]


def test_unlocked_transforms_leave_the_crystal():
    volume = Volume(make_rect_prism(9, 9, 9), generator=gold())
    volume.transform(Translation([1, 2, 3], locked=False))
    assert volume.generator.origin.tolist() == [0, 0, 0]
    assert volume.points.min(axis=0).tolist() == [1, 2, 3]


def test_shear_moves_box_ball_and_crystal_together():
    shear = MatrixTransform([[1, 0.2, 0], [0, 1, 0], [0, 0.1, 1.1]])
    volume = Volume(make_rect_prism(15, 15, 15), [Sphere(12, [5, 5, 5])], gold())
    volume.populate_atoms()
    expected = shear.apply_transformation(volume.atoms)
    volume.transform(shear)
    volume.populate_atoms()
    np.testing.assert_allclose(ordered(volume.atoms), ordered(expected), atol=1e-6)


def test_from_volume_keeps_and_changes():
    volume = Volume(make_rect_prism(9, 9, 9), generator=gold(), tolerance=1e-4, priority=2)
    same = volume.from_volume()
    assert same.tolerance == 1e-4 and same.priority == 2
    moved = volume.from_volume(transformation=[Translation([1, 0, 0])], priority=5)
    assert moved.priority == 5 and moved.points.min(axis=0).tolist() == [1, 0, 0]
    empty = volume.from_volume(generator=NullGenerator())
    empty.populate_atoms()
    assert len(empty.atoms) == 0
    with pytest.raises(TypeError, match="colour"):
        volume.from_volume(colour="red")
    assert Volume(make_rect_prism(9, 9, 9)).from_volume().generator is None


def test_priority_takes_numpy_integers():
    assert Volume(make_rect_prism(1, 1, 1), priority=np.int64(3)).priority == 3


class Shell(BaseAlgebraic):
    """Between two radii: not convex, no chords, no box."""

    @property
    def params(self):
        return ()

    def checkIfInterior(self, testPoints):
        r = np.linalg.norm(testPoints, axis=1)
        return (r > 8) & (r < 12)


def test_a_users_own_surface_cuts_a_volume():
    volume = Volume(make_rect_prism(30, 30, 30, [0, 0, 0]), [Shell()], gold())
    volume.populate_atoms()
    radii = np.linalg.norm(volume.atoms, axis=1)
    assert radii.min() > 8 and radii.max() < 12 and len(volume.atoms) == len(by_brute_force(volume))
    with pytest.raises(ValueError, match="alg_objects must bound"):
        Volume(alg_objects=[Shell()], generator=gold()).populate_atoms()


@pytest.mark.parametrize("spelling", ["check_if_interior", "checkIfInterior"])
@pytest.mark.parametrize("base", [Sphere, Volume])
def test_a_hole_made_by_overriding_the_interior_check_stays_empty(base, spelling):
    def hollow(self, points):
        far = np.linalg.norm(np.atleast_2d(points), axis=-1) > 6
        return getattr(super(hollow_class, self), spelling)(points) & far

    hollow_class = type("Hollow", (base,), {spelling: hollow})
    if base is Sphere:
        volume = Volume(alg_objects=[hollow_class(12, [0, 0, 0])], generator=gold())
    else:
        volume = hollow_class(alg_objects=[Sphere(12, [0, 0, 0])], generator=gold())
    volume.populate_atoms()
    radii = np.linalg.norm(volume.atoms, axis=1)
    assert radii.min() > 6 and 11 < radii.max() < 12.1


def test_a_users_own_crystal_supplies_what_it_says():
    class Silver(Generator):
        def supply_atoms(self, bbox):
            positions, numbers = super().supply_atoms(bbox)
            return positions, np.full_like(numbers, 47)

    crystal = Silver.from_unit_cell([79], [[0, 0, 0]], [4] * 3, [90] * 3)
    volume = Volume(alg_objects=[Sphere(9, [0, 0, 0])], generator=crystal)
    volume.populate_atoms()
    assert set(volume.species) == {47}


def test_populated_volume_goes_to_ase_and_files(tmp_path):
    volume = Volume(alg_objects=[Sphere(6, [0, 0, 0])], generator=gold())
    volume.populate_atoms()
    assert len(volume.ase_atoms) == len(volume.atoms)
    volume.to_file(tmp_path / "ball.xyz", format="xyz")
    from ase.io import read

    assert len(read(tmp_path / "ball.xyz")) == len(volume.atoms)


# Volumes of volumes.


def balls(**kwargs):
    first = Volume(alg_objects=[Sphere(10, [0, 0, 0])], generator=gold())
    second = Volume(alg_objects=[Sphere(10, [12, 0, 0])], generator=triclinic(), **kwargs)
    return [first, second]


def test_multivolume_refers_to_its_members():
    members = balls(priority=1)
    union = MultiVolume(members)
    assert all(a is b for a, b in zip(union.volumes, members, strict=True))
    union.transform(Translation([5, 0, 0]))
    assert [v.alg_objects[0].center[0] for v in members] == [5, 17]


def test_one_volume_cannot_be_two_members():
    volume = balls()[0]
    with pytest.raises(ValueError, match=r"each volume once.*from_volume\(\) makes a copy"):
        MultiVolume([volume, volume])
    union = MultiVolume(volume)
    with pytest.raises(ValueError, match="each volume once"):
        union.add_volume(volume)
    union.add_volume(volume.from_volume(priority=1))  # as the message advises
    union.populate_atoms()
    volume.populate_atoms()
    assert len(union.atoms) == len(volume.atoms)


def test_multivolume_keeps_the_order_of_its_members():
    union = MultiVolume(balls()[::-1])
    union.volumes[0].priority = 9
    union.populate_atoms()
    assert [v.priority for v in union.volumes] == [9, 0]


def test_nested_multivolumes_fill_the_same_space():
    flat = MultiVolume(balls(priority=1))
    nested = MultiVolume([MultiVolume(balls(priority=1)[:1]), MultiVolume(balls()[1:], priority=1)])
    for union in (flat, nested):
        union.populate_atoms()
    np.testing.assert_allclose(ordered(flat.atoms), ordered(nested.atoms))
    points = np.random.default_rng(1).uniform(-30, 30, (5000, 3))
    inside = flat.check_if_interior(points)
    assert (inside == nested.check_if_interior(points)).all()
    low, high = nested.outer_box()
    assert (points[inside] >= low).all() and (points[inside] <= high).all()
    assert len(nested.get_bounding_box()) == 16


def test_multivolume_copies_pickles_compares_and_names_itself():
    union = MultiVolume(balls(priority=1), priority=4)
    for copy in (deepcopy(union), pickle.loads(pickle.dumps(union)), union.from_volume()):
        assert copy == union and copy.priority == 4
    moved = union.from_volume(transformation=Translation([0, 0, 9]))
    assert moved != union and moved.volumes[1].priority == 1
    assert str(union) == "MultiVolume(2 volumes, priority=4)"


def test_overlap_never_holds_two_atoms_on_one_site():
    members = balls(priority=1)
    members[1].add_generator(gold())
    union = MultiVolume(members)
    union.populate_atoms()
    assert cKDTree(union.atoms).query(union.atoms, k=2)[0][:, 1].min() > 2.8


def test_levels_of_priority():
    union = MultiVolume([*balls(priority=5), *balls(priority=2)])
    levels, begins = union._get_priorities()
    assert levels.tolist() == [0, 2, 0, 1] and begins.tolist() == [0, 2, 3, 4]


def test_both_spellings_of_the_box_are_one_function():
    assert makeRectPrism is make_rect_prism
    with pytest.raises(TypeError, match="abstract"):
        BaseVolume()
