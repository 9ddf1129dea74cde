"""What objects write makes equal ones; the order of what is in them is free."""

from copy import deepcopy

import numpy as np
import pytest
from numpy import array
from pymatgen.core import Lattice, Structure  # for eval

from czone.generator import AmorphousGenerator, Generator, NullGenerator
from czone.geometry import MovedAlgebraic
from czone.molecule import Molecule
from czone.scene import PeriodicScene, Scene
from czone.transform import (
    AffineTransform,
    ChemicalSubstitution,
    HStrain,
    Inversion,
    MatrixTransform,
    MultiTransform,
    PostSequence,
    Reflection,
    Rotation,
    Translation,
    rot_v,
)
from czone.util.eset import EqualSet, array_set_equal
from czone.util.voxel import Voxel
from czone.volume import Cylinder, Ellipsoid, MultiVolume, Plane, Sphere, Volume

NAMES = dict(globals())
RNG = np.random.default_rng(8)
TURN = Rotation(rot_v([1, 2, 3], 0.7), origin=[1, 0, 0])
ALLOY = ChemicalSubstitution({79: 29}, 0.3, 4)
TITANIUM = Generator.from_spacegroup(
    ["Ti"], [[1 / 3, 2 / 3, 0.25]], [2.95, 2.95, 4.68], [90, 90, 120], sgn=194
)
GOLD = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)


def strained(**kwargs):
    crystal = Generator(structure=GOLD.structure, strain_field=HStrain([1.01, 1, 0.99], **kwargs))
    crystal.transform(TURN)
    return crystal


def water(**kwargs):
    return Molecule(["O", "H", "H"], RNG.normal(size=(3, 3)), **kwargs)


def hull(**kwargs):
    return Volume(RNG.normal(size=(30, 3)), generator=GOLD, **kwargs)


def ball(x=0.0, **kwargs):
    return Volume(alg_objects=Sphere(5, [x, 1 / 3, 0]), generator=TITANIUM, **kwargs)


OBJECTS = [
    NullGenerator(),
    TITANIUM,
    TITANIUM.from_generator(transformation=[TURN, Translation([0.1, 0.2, 0.3])]),
    Generator(structure=GOLD.structure, post_transform=ALLOY),
    Generator.from_unit_cell(
        [{"Pt": 0.75, "Co": 0.25}, {"Fe": 0.95}], [[0, 0, 0], [0.5] * 3], [4] * 3, [90] * 3, rng=3
    ),
    strained(),
    strained(mode="standard"),
    strained(origin=[1, 2, 3]),
    AmorphousGenerator(rng=3, species="SiO2", periodic=False),
    AmorphousGenerator(),
    AmorphousGenerator(rng=1).from_generator(transformation=TURN),
    water(),
    water(origin=2, priority=3, exclusion_radius=1.1),
    water(origin=[1, 2, 3], orientation=TURN.matrix),
    Sphere(1 / 3, [0.1, 0.2, 0.3], tol=1e-7),
    Ellipsoid(np.diag([1, 2, 1 / 3]), [0, 0, 1]),
    Plane([1, 2, 3], [0, 0, 1]),
    Cylinder([1, 1, 1], [0, 0, 1], 2, 3),
    MovedAlgebraic(Sphere(1, [0, 0, 0]), np.diag([1.0, 1, 2]), [0, 0, 1]),
    Voxel(RNG.normal(size=(3, 3)), [1, 2, 3], [0.1, 0, 0]),
    Translation([0.1, 0, 1 / 3], locked=False),
    MatrixTransform(RNG.normal(size=(3, 3)), basis_only=True),
    TURN,
    Inversion([1, 2, 3]),
    Reflection(Plane([1, 2, 3], [0, 1, 0])),
    AffineTransform(np.diag([1, 2, 1 / 3]), [1, 2, 3]),
    MultiTransform([TURN, Translation([1, 2, 3])]),
    HStrain([1, 1.1, 1], mode="standard"),
    ALLOY,
    PostSequence([ALLOY, ChemicalSubstitution("Ag", "Pt", 1.0, rng=1)]),
    hull(),
    hull(alg_objects=[Plane([0, 0, 1], [0, 0, 0.1]), Sphere(2, [0, 0, 0])], priority=-4),
    Volume(alg_objects=Sphere(3, [0, 0, 0])),
    Volume(generator=water()),
    MultiVolume(),
    MultiVolume([ball(), MultiVolume([ball(3), hull()], priority=2)], priority=5),
    Scene(),
    Scene(
        [[0.1, 0, 0], [0.7, 1, 1]], [ball(), water()], min_distance=1.0, clip=True, periodic=True
    ),
    Scene(Voxel(np.diag([3, 4, 5])), [ball(2)]),
    PeriodicScene(Voxel(RNG.normal(size=(3, 3))), [ball(2), hull()], (True, False, True)),
]


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_what_is_written_makes_an_equal_object(thing):
    again = eval(repr(thing), NAMES)
    assert again == thing and type(again) is type(thing)
    assert hash(again) == hash(thing)


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_nothing_equals_a_thing_of_another_kind(thing):
    for other in (None, 1, "text", np.zeros(3), object(), *OBJECTS):
        if type(other) is not type(thing):
            assert (thing == other) is False and (thing != other) is True


def test_written_atoms_are_the_same_to_the_last_digit():
    volume = hull()
    volume.populate_atoms()
    again = eval(repr(volume), NAMES)
    again.populate_atoms()
    np.testing.assert_array_equal(again.atoms, volume.atoms)


def test_order_is_free_and_number_is_not():
    a, b, c = ball(), ball(4), hull()
    assert MultiVolume([a, b, c]) == MultiVolume([c, a, b])
    assert MultiVolume([a, b]) != MultiVolume([a, b, deepcopy(b)])
    assert MultiVolume([a, MultiVolume([b, c])]) == MultiVolume([MultiVolume([c, b]), a])
    assert Scene(objects=[a, b]) == Scene(objects=[b, a])
    assert Scene(objects=[a, b]) != Scene(objects=[a, c])
    cell = Voxel(np.diag([3.0, 4, 5]))
    assert PeriodicScene(cell, [a, b]) == PeriodicScene(cell, [b, a])
    assert PeriodicScene(cell, [a]) != PeriodicScene(cell, [a], (True, True, False))
    assert PeriodicScene(cell, [a]) != Scene(cell, [a])
    points = RNG.normal(size=(20, 3))
    cuts = [Plane([0, 0, 1], [0, 0, 0.1]), Sphere(2, [0, 0, 0])]
    assert Volume(points, cuts, GOLD) == Volume(points[::-1], cuts[::-1], GOLD)
    assert Volume(points, cuts, GOLD) != Volume(points + 1e-3, cuts, GOLD)
    assert Volume(points, cuts, GOLD) != Volume(points, cuts, TITANIUM)
    assert Volume(points, cuts) != Volume(None, cuts)


def test_sites_and_atoms_may_come_in_any_order():
    sites = {29: [0.1, 0.2, 0.3], 79: [0.6, 0.7, 0.8], 8: [0, 0.5, 0]}
    order = [8, 79, 29]
    given = {"cell_dims": [3, 4, 5], "cell_angs": [90, 100, 90]}
    one = Generator.from_unit_cell(list(sites), list(sites.values()), **given)
    two = Generator.from_unit_cell(order, [sites[z] for z in order], **given)
    assert one == two
    swapped = Generator.from_unit_cell(order, list(sites.values()), **given)
    assert one != swapped
    positions, numbers = RNG.normal(size=(256, 3)), RNG.integers(1, 90, 256)
    mixed = RNG.permutation(256)
    molecule = Molecule(numbers, positions)
    assert molecule == Molecule(numbers[mixed], positions[mixed])
    assert molecule != Molecule(numbers[mixed], positions)
    # ties in single coordinates, where sorting column by column goes wrong
    assert Molecule("C", [[0, 0, 0]]) != Molecule("C", [[0, 0, 1]])
    pair = Molecule([6, 8], [[0, 0, 0], [0, 0, 1]])
    assert pair == Molecule([8, 6], [[0, 0, 1], [0, 0, 0]])
    assert pair != Molecule([6, 8], [[0, 0, 1], [0, 0, 0]])
    # an origin that is an atom is that atom
    tracked = Molecule(numbers, positions, origin=int(mixed[3]))
    assert tracked == Molecule(numbers[mixed], positions[mixed], origin=3)


def test_a_plane_is_its_half_space():
    plane = Plane([1, 2, 2], [0, 0, 3.0])
    assert plane == Plane([2, 4, 4], plane.point + 5 * np.array([2, -1, 0]))
    assert plane != Plane([-1, -2, -2], plane.point)
    assert plane != Plane([1, 2, 2], [0, 0, 3.001])
    assert Cylinder([0, 0, 1], [0, 0, 0], 1, 2) != Cylinder([0, 1, 0], [0, 0, 0], 1, 2)
    assert Cylinder([0, 0, 1], [0, 0, 0], 1, 2) != Cylinder([0, 0, 1], [0, 0, 0], 1, 3)


def test_objects_are_found_as_keys_after_they_change():
    a, b = ball(), ball(4)
    names = {a: "left", b: "right"}
    a.transform(Translation([0, 0, 9]))
    b.priority = 3
    assert names[a] == "left" and names[b] == "right"
    assert len({a, b, deepcopy(a)}) == 2  # equal ones are one
    sphere = Sphere(1, [0, 0, 0])
    assert {sphere: 1}[sphere] == 1


def brute(first, second):
    return {tuple(member) for member in first}, {tuple(member) for member in second}


def test_equal_sets_do_as_sets_do():
    for _ in range(20):
        one = RNG.integers(0, 4, size=(RNG.integers(0, 9), 2)).tolist()
        two = RNG.integers(0, 4, size=(RNG.integers(0, 9), 2)).tolist()
        first, second = EqualSet(one), EqualSet(two)
        s, t = brute(one, two)
        for name in ("union", "difference", "symmetric_difference", "intersection"):
            assert brute(getattr(first, name)(two), [])[0] == getattr(s, name)(t)
        for name in ("isdisjoint", "issubset", "issuperset"):
            assert getattr(first, name)(second) == getattr(s, name)(t)
        assert (first <= second, first < second) == (s <= t, s < t)
        assert (first >= second, first > second) == (s >= t, s > t)
        assert (first == second) == (s == t) and len(first) == len(s)
        assert brute(first | second, first & second) == (s | t, s & t)
        assert brute(first - second, first ^ second) == (s - t, s ^ t)


def test_equal_sets_change_in_place_keep_the_order_and_take_objects():
    kept = EqualSet([[3], [1]])
    kept.update([[2], [1]])
    kept.remove([[3], [9]])
    assert list(kept) == [[1], [2]] and [2] in kept and [3] not in kept
    kept |= [[7]]
    assert kept == [[7], [2], [1]]
    balls = EqualSet([ball(), ball(4), ball()])
    assert len(balls) == 2 and ball(4) in balls
    assert EqualSet([np.arange(3)]) == [np.arange(3)]
    assert (kept == 5) is False
    with pytest.raises(TypeError):
        hash(kept)


def test_scenes_of_many_objects_compare_quickly():
    objects = [ball(x) for x in range(800)]
    begin = [Scene(objects=objects), Scene(objects=objects[::-1])]
    looked = []

    class Counting(Sphere):
        def _like(self):
            looked.append(1)
            return super()._like()

    for scene in begin:
        for ob in scene.objects[:400]:
            ob._alg_objects[:] = [Counting(5, ob.alg_objects[0].center)]
    assert begin[0] == begin[1]
    assert len(looked) == 1600  # each once per scene


def test_arrays_as_sets_of_rows():
    rows = RNG.normal(size=(50, 3))
    assert array_set_equal(rows, RNG.permutation(rows))
    other = rows.copy()
    other[7] = other[8]
    assert not array_set_equal(rows, other)
    assert array_set_equal(rows, RNG.permutation(rows + 1e-10))
    assert not array_set_equal(rows, rows[1:])
    assert not array_set_equal([[0, 1], [1, 0]], [[0, 0], [1, 1]])
    assert not array_set_equal([[0.0], [0.0], [1.0]], [[0.0], [1.0], [1.0]])
    assert array_set_equal(np.zeros((0, 3)), np.zeros((0, 3)))


def test_cells_have_coordinates_both_ways():
    cell = Voxel(RNG.normal(size=(3, 3)), [1, 2, 3], [1, 1, 1])
    points = RNG.normal(size=(9, 3))
    np.testing.assert_allclose(cell.get_cartesian_coords(cell.get_voxel_coords(points)), points)
    np.testing.assert_allclose(cell.get_cartesian_coords([0, 1, 0]), cell.sbases[:, 1] + 1)
    assert cell.get_voxel_coords(points[0]).shape == (3,)


_ = (array, Lattice, Structure)  # for eval
