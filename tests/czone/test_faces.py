"""Faces of values: no atoms outlive what they were made from, and users' own classes count."""

import pickle
import subprocess
import sys
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from czone.checks import Checked
from czone.equality import content
from czone.generator import AmorphousGenerator, BaseGenerator, Generator
from czone.geometry import MovedAlgebraic, Region, Voxel
from czone.matter import Atoms, Crystal, UnitCell
from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import (
    ChemicalSubstitution,
    HStrain,
    IStrain,
    PostSequence,
    Rotation,
    Translation,
    rot_v,
)
from czone.volume import (
    BaseVolume,
    Cylinder,
    Ellipsoid,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    make_rect_prism,
)


def polonium(**kwargs):
    return Generator.from_unit_cell(
        ["Po"], [[0, 0, 0]], [2] * 3, [90] * 3, origin=[1, 1, 1], **kwargs
    )


def ball(x=0.0, **kwargs):
    return Volume(alg_objects=[Sphere(5, [x, 0, 0])], generator=polonium(), **kwargs)


def cut(*surfaces, generator=None):
    """A box that surfaces cut, filled by a generator."""
    box = make_rect_prism(20, 20, 20, [0, 0, 0])
    return Volume(box, list(surfaces), polonium() if generator is None else generator)


def put(*path, to):
    """Return a change that sets an attribute: put("generator", "origin", to=...)."""

    def change(volume):
        owner = volume
        for name in path[:-1]:
            owner = owner[name] if isinstance(name, int) else getattr(owner, name)
        setattr(owner, path[-1], to)

    return change


def write(*path, at=0):
    """Return a change that writes into an array, if it is not read-only."""

    def change(volume):
        owner = volume
        for name in path:
            owner = owner[name] if isinstance(name, int) else getattr(owner, name)
        owner[at] = owner[at] + 1

    return change


SURFACE = ("alg_objects", 0)
STRAIN = ("generator", "strain_field")
POST = ("generator", "post_transform")
STRAINED = {"strain_field": HStrain([1.1, 1, 1], origin=[0, 0, 1])}
ALLOY = {"post_transform": ChemicalSubstitution("Po", "Au", 0.5, rng=1)}
TWICE = {"post_transform": PostSequence([ChemicalSubstitution("Po", "Au", 0.5, rng=1)])}


def carbon():
    box = make_rect_prism(9, 9, 9)
    return Volume(box, generator=AmorphousGenerator(rng=1, density=0.05))


def moved_surface():
    return cut(MovedAlgebraic(Sphere(5, [0, 0, 0]), np.diag([1.0, 1, 2]), [0, 0, 0]))


def half_space():
    return cut(Plane([0, 0, 1], [0, 0, 0]))


def egg():
    return cut(Ellipsoid(5 * np.eye(3), [0, 0, 0]))


def bent():
    return cut(generator=polonium(strain_field=Bent()))


class Bent(IStrain):
    def __init__(self):
        super().__init__(bend, mode="standard", by=0.1)


def bend(points, by):
    return points + by


# One line per class and attribute: a volume, the class whose attribute changes, and the change.
CHANGES: dict[tuple[type, str], tuple[Any, Any]] = {
    (Volume, "points"): (cut, put("points", to=make_rect_prism(5, 5, 5))),
    (Volume, "tolerance"): (cut, put("tolerance", to=0.5)),
    (Sphere, "radius"): (ball, put(*SURFACE, "radius", to=4)),
    (Sphere, "center"): (ball, put(*SURFACE, "center", to=[1, 0, 0])),
    (Sphere, "tol"): (ball, put(*SURFACE, "tol", to=0.3)),
    (Plane, "normal"): (half_space, put(*SURFACE, "normal", to=[1] * 3)),
    (Plane, "point"): (half_space, put(*SURFACE, "point", to=[1] * 3)),
    (Plane, "tol"): (half_space, put(*SURFACE, "tol", to=0.1)),
    **{
        (Cylinder, name): (
            lambda: cut(Cylinder([0, 0, 1], [0, 0, 0], 5, 9)),
            put(*SURFACE, name, to=to),
        )
        for name, to in {
            "axis": [1, 0, 0], "point": [1, 0, 0], "radius": 2, "length": 3, "tol": 0.1,
        }.items()
    },
    **{
        (Ellipsoid, name): (egg, put(*SURFACE, name, to=to))
        for name, to in {"axes": np.eye(3), "center": [1, 0, 0], "tol": 0.1}.items()
    },
    (MovedAlgebraic, "tol"): (moved_surface, put(*SURFACE, "tol", to=0.1)),
    (Generator, "origin"): (ball, put("generator", "origin", to=[0, 0, 0])),
    (Generator, "voxel"): (ball, put("generator", "voxel", to=Voxel(3 * np.eye(3)))),
    (Generator, "structure"): (
        ball,
        put("generator", "structure", to=Structure(Lattice.cubic(3), ["Au"], [[0, 0, 0]])),
    ),
    (Generator, "seed"): (
        lambda: cut(
            generator=Generator.from_unit_cell(
                [{"Po": 0.5, "Au": 0.5}], [[0, 0, 0]], [3.35] * 3, [90] * 3, rng=1
            )
        ),
        put("generator", "seed", to=7),
    ),
    (Generator, "strain_field"): (ball, put(*STRAIN, to=HStrain([1.1, 1, 1]))),
    (Generator, "post_transform"): (ball, put(*POST, to=ALLOY["post_transform"])),
    (Voxel, "bases"): (ball, put("generator", "voxel", "bases", to=3 * np.eye(3))),
    (Voxel, "scale"): (ball, put("generator", "voxel", "scale", to=2.0)),
    (Voxel, "origin"): (ball, put("generator", "voxel", "origin", to=[0, 0, 0])),
    **{
        (HStrain, name): (lambda: cut(generator=polonium(**STRAINED)), put(*STRAIN, name, to=to))
        for name, to in {
            "matrix": [1, 1.1, 1], "origin": [1, 0, 0], "origin_type": "generator",
            "mode": "standard",
        }.items()
    },
    **{
        (IStrain, name): (bent, put(*STRAIN, name, to=to))
        for name, to in {
            "strain_fun": lambda points, by: points - by, "fun_kwargs": {"by": 0.2},
            "origin": [1, 0, 0], "mode": "crystal",
        }.items()
    },
    **{
        (AmorphousGenerator, name): (carbon, put("generator", name, to=to))
        for name, to in {
            "origin": [1, 0, 0], "density": 0.04, "min_dist": 1.5, "species": "Si",
            "periodic": False, "rng": 2,
        }.items()
    },
}  # fmt: skip


def settable(cls):
    """Names of the public attributes of a class that can be set."""
    return {
        name
        for base in cls.__mro__
        for name, value in vars(base).items()
        if not name.startswith("_")
        and (isinstance(value, Checked) or (isinstance(value, property) and value.fset is not None))
    }


def test_every_attribute_that_can_be_set_has_a_line():
    elsewhere = {(Volume, "priority"), (IStrain, "origin_type")}  # no atoms; as in HStrain
    for cls in {cls for cls, _ in CHANGES}:
        missing = {(cls, name) for name in settable(cls)} - CHANGES.keys() - elsewhere
        assert not missing


@pytest.mark.parametrize("key", CHANGES, ids=lambda key: f"{key[0].__name__}.{key[1]}")
def test_a_changed_attribute_leaves_no_atoms_of_before(key):
    make, change = CHANGES[key]
    volume = make()
    union, scene = MultiVolume([volume]), Scene(objects=[volume])
    scene.populate()
    union.populate_atoms()
    assert len(volume.atoms) == len(union.atoms) == len(scene.all_atoms) > 0
    change(volume)
    assert volume.atoms is None and volume.species is None and union.atoms is None
    with pytest.raises(RuntimeError, match=r"call populate\(\) first"):
        _ = scene.all_atoms
    with pytest.raises(RuntimeError, match=r"call populate_atoms\(\) first"):
        _ = volume.ase_atoms
    union.populate_atoms()
    assert len(union.atoms) == len(volume.atoms)


IN_PLACE = {
    "center of a sphere": (ball, write(*SURFACE, "center")),
    "point of a plane": (half_space, write(*SURFACE, "point")),
    "map of a moved surface": (moved_surface, write(*SURFACE, "matrix", at=(2, 2))),
    "surface inside a moved one": (moved_surface, put(*SURFACE, "region", "radius", to=3)),
    "origin of a crystal": (ball, write("generator", "origin")),
    "origin of a solid": (carbon, write("generator", "origin")),
    "bases of a crystal": (ball, write("generator", "voxel", "bases", at=(0, 0))),
    "site of a crystal": (ball, lambda v: v.generator.structure.replace(0, "Au")),
    "matrix of a strain": (
        lambda: cut(generator=polonium(**STRAINED)),
        write(*STRAIN, "matrix", at=(1, 1)),
    ),
    "fraction of a substitution": (
        lambda: cut(generator=polonium(**ALLOY)),
        lambda v: v.generator.post_transform.frac.fill(0.1),
    ),
    "member of a sequence": (
        lambda: cut(generator=polonium(**TWICE)),
        lambda v: v.generator.post_transform.transforms.clear(),
    ),
    "a surface more in the list": (ball, lambda v: v.alg_objects.append(Plane([0, 0, 1], [0] * 3))),
    "add_alg_object": (ball, lambda v: v.add_alg_object(Plane([0, 0, 1], [0] * 3))),
    "add_points": (cut, lambda v: v.add_points([0, 0, 30])),
    "add_generator": (ball, lambda v: v.add_generator(polonium(strain_field=HStrain([1.1] * 3)))),
    "transform": (ball, lambda v: v.transform(Translation([0, 0, 1]))),
    "transform of the generator alone": (
        ball,
        lambda v: v.generator.transform(Translation([0, 0, 1])),
    ),
    "transform of a surface alone": (
        ball,
        lambda v: Translation([0, 0, 1]).apply_transformation_alg(v.alg_objects[0]),
    ),
}


@pytest.mark.parametrize("how", IN_PLACE)
def test_a_change_in_place_leaves_no_atoms_of_before(how):
    make, change = IN_PLACE[how]
    volume = make()
    union = MultiVolume([volume])
    union.populate_atoms()
    change(volume)
    assert volume.atoms is None and union.atoms is None
    volume.populate_atoms()
    assert volume.atoms is not None


def test_a_priority_changes_no_atoms_of_the_volume_itself():
    a, b = ball(), ball(4)
    union = MultiVolume([a, b])
    union.populate_atoms()
    union.priority = a.priority = 3
    assert len(a.atoms) == 56
    assert union.atoms is None  # the overlap is another one


SCENE_CHANGES = {
    "bounds": [[0, 0, 0], [5, 5, 5]],
    "min_distance": 2.0,
    "clip": True,
    "periodic": True,
    "domain": Voxel(7 * np.eye(3)),
}


def test_a_scene_keeps_no_atoms_of_before():
    assert settable(Scene) == SCENE_CHANGES.keys()
    carbon_monoxide = Molecule(["C", "O"], [[0, 0, 9], [0, 0, 10.13]])
    scene = Scene([[-9] * 3, [20] * 3], [ball(), carbon_monoxide])
    changes = [
        lambda name=name, to=to: setattr(scene, name, to) for name, to in SCENE_CHANGES.items()
    ]
    changes += [
        lambda: carbon_monoxide.atoms.__setitem__((0, 0), 1.0),
        lambda: carbon_monoxide.species.__setitem__(0, 7),
        lambda: carbon_monoxide.transform(Translation([0, 0, 1])),
        lambda: setattr(carbon_monoxide, "exclusion_radius", 2.0),
        lambda: setattr(carbon_monoxide, "priority", -1),
        lambda: setattr(scene.objects[0], "priority", -2),
        lambda: scene.objects.reverse(),
        lambda: scene.objects.append(ball(40)),
        lambda: scene.remove_object(0),
    ]
    for change in changes:
        scene.populate()
        assert len(scene.all_atoms) > 0 and "atoms" in str(scene)
        change()
        for name in ("all_atoms", "all_species", "labels", "ase_atoms", "_checks"):
            with pytest.raises(RuntimeError, match=r"call populate\(\) first"):
                getattr(scene, name)
        assert "not populated" in str(scene)


def test_what_is_handed_out_refuses_to_be_written_into():
    volume = cut()
    scene = Scene([[0] * 3, [9] * 3], [volume])
    scene.populate()
    for holder in (scene, scene.copy(), deepcopy(scene), pickle.loads(pickle.dumps(scene))):
        member = holder.objects[0]
        arrays = [holder.bounds, holder.all_atoms, holder.all_species, holder.labels]
        arrays += [member.atoms, member.species, member.points]
        for array in arrays:
            assert not array.flags.writeable


def test_no_array_of_the_caller_is_frozen_or_kept():
    positions, numbers, origin = np.zeros((1, 3)), np.array([6]), np.zeros(3)
    atoms = Atoms(positions, numbers)
    crystal = Crystal(UnitCell([6], [[0, 0, 0]], np.eye(3)), origin=origin)
    positions[:], numbers[:], origin[:] = 5, 5, 5
    assert atoms.positions.tolist() == [[0, 0, 0]] and atoms.numbers.tolist() == [6]
    assert crystal.origin.tolist() == [0, 0, 0]


# Values.


@pytest.mark.follows("never changes; move a copy")
def test_the_value_of_a_face_stays_when_the_face_changes():
    volume = cut(Sphere(5, [0, 0, 0]), generator=polonium(**STRAINED))
    region, crystal = volume.region, volume.generator.crystal
    before = crystal.fill(region)
    volume.alg_objects[0].radius = 3
    volume.generator.origin[0] = 0.5
    volume.generator.strain_field.matrix = [1, 2, 3]
    assert region.surfaces[0].radius == 5 and crystal.origin.tolist() == [1, 1, 1]
    assert crystal.fill(region) == before
    assert volume.region != region and volume.generator.crystal != crystal
    with pytest.raises(AttributeError, match="radius belongs to a value that never changes"):
        region.surfaces[0].radius = 3
    with pytest.raises(AttributeError, match="never changes; move a copy"):
        Translation([0, 0, 1]).apply_transformation_alg(region.surfaces[0])
    copy = deepcopy(region.surfaces[0])  # as the message advises
    copy.radius = 3
    for array in (crystal.origin, crystal.bases, region.surfaces[0].center):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_values_move_and_fill_as_their_faces_do():
    volume, shift = ball(), Translation([1, 2, 3])
    region, crystal = volume.region.moved(np.eye(3), shift.shift), volume.generator.crystal
    moved = crystal.moved(shift).fill(region)
    volume.transform(shift)
    volume.populate_atoms()
    assert moved == volume.filling == pickle.loads(pickle.dumps(moved))
    assert region == volume.region


def test_an_amorphous_solid_is_a_value_too():
    volume, shift = carbon(), Translation([1, 2, 3])
    solid, region = volume.generator.solid, volume.region
    volume.populate_atoms()
    assert solid.fill(region) == volume.filling
    volume.transform([Rotation(rot_v([1, 2, 3], 0.5)), shift])
    assert solid != volume.generator.solid == pickle.loads(pickle.dumps(volume.generator.solid))
    turned = volume.generator.solid.fill(volume.region)
    volume.populate_atoms()
    np.testing.assert_allclose(turned.positions, volume.atoms, atol=1e-9)  # block of before
    assert len(turned) == len(solid.fill(region))
    assert volume.generator.origin is volume.generator.origin  # live, as in Construction Zone
    mixture = AmorphousGenerator(
        species="SiO2",
        density=0.06,
        min_dist={("Si", "O"): 1.5, ("O", "O"): 2.1, ("Si", "Si"): 2.4},
    )
    for mapping in (mixture.species, mixture.min_dist):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["Si"] = 1.0


def test_content_is_a_value_and_sees_everything():
    class Thing:
        def __init__(self):
            self.numbers, self.seen = {"a": [1, np.zeros(2)]}, {1, 2}
            self.itself, self.rng = self, np.random.default_rng(3)

    thing, other = Thing(), Thing()
    before = content(thing)
    assert before == content(other)
    thing.rng.random()  # draws, and stays the stream of seed 3
    assert content(thing) == before
    thing.numbers["a"][1][0] = -0.0
    assert content(thing) == before
    thing.numbers["a"][1][0] = 1
    assert content(thing) != before == content(other)
    other.rng = np.random.default_rng(4)
    assert content(other) != before


# Classes of users.


def test_a_users_volume_decides_what_is_inside_wherever_the_method_comes_from():
    class Upper:
        def check_if_interior(self, points):
            return super().check_if_interior(points) & (np.asarray(points)[..., 2] > 0)

    class UpperHalf(Upper, Volume):
        """By a class beside `Volume`, which sees no difference in its own body."""

    half = UpperHalf(alg_objects=[Sphere(5, [0, 0, 0])], generator=polonium())
    half.populate_atoms()
    assert len(half.atoms) == 28 and half.atoms[:, 2].min() == 1
    assert half.chords(np.zeros((1, 3)), np.array([0, 0, 1.0])) is None
    # A neighbour loses atoms to the upper half alone.
    other = ball(priority=1)
    scene = Scene(objects=[half, other])
    scene.populate()
    assert len(scene.atoms_from_object(1)) == 28


def test_a_users_volume_may_have_its_own_chords_too():
    asked = []

    class Ball(Volume):
        def check_if_interior(self, points):
            return np.linalg.norm(points, axis=-1) < 5

        def span(self, directions):
            reach = 5 * np.linalg.norm(directions, axis=1)
            return -reach, reach

        def chords(self, starts, direction):
            asked.append(len(starts))
            return Sphere(5, [0, 0, 0], tol=1e-9).chords(starts, direction)

    own = Ball(generator=polonium())
    own.populate_atoms()
    assert len(own.atoms) == 56 and asked


def test_a_users_volume_needs_no_surfaces():
    class Octahedron(Volume):
        size = 6.0

        def check_if_interior(self, points):
            return np.abs(points).sum(axis=-1) < self.size

        def get_bounding_box(self):
            return make_rect_prism(2 * self.size, 2 * self.size, 2 * self.size, [0, 0, 0])

    own = Octahedron(generator=polonium())
    own.populate_atoms()
    # |x| + |y| + |z| = 3 and 5, odd each: 8 (1 + 3) atoms.
    assert len(own.atoms) == 32
    own.size = 4.0
    assert own.atoms is None
    own.populate_atoms()
    assert len(own.atoms) == 8


def test_a_users_attribute_counts():
    class Growing(Volume):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.limits = {"top": [0.0]}

        def check_if_interior(self, points):
            return super().check_if_interior(points) & (points[..., 2] < self.limits["top"][0])

    own = Growing(alg_objects=[Sphere(5, [0, 0, 0])], generator=polonium())
    own.populate_atoms()
    assert len(own.atoms) == 28
    own.limits["top"][0] = 9.0
    assert own.atoms is None
    own.populate_atoms()
    assert len(own.atoms) == 56


def test_a_users_own_kind_of_volume_hands_over_its_atoms_by_two_names():
    class Dust(BaseVolume):
        def __init__(self, size):
            super().__init__()
            self._atoms, self._species = None, None
            self.size = size

        def transform(self, transformation):
            raise NotImplementedError

        def checkIfInterior(self, testPoints):
            return np.zeros(len(testPoints), dtype=bool)

        def populate_atoms(self):
            self._atoms = np.full((1, 3), self.size)
            self._species = np.array([6])

    dust = Dust(2.0)
    assert dust.atoms is None and dust.species is None
    for size in (2.0, 3.0):
        dust.size = size
        dust.populate_atoms()
        assert dust.atoms.tolist() == [[size] * 3] and dust.species.tolist() == [6]
    dust.size = 1.0
    assert dust.atoms is None
    dust._atoms = None
    union = MultiVolume([dust, ball(40)])
    union.populate_atoms()
    assert len(union.atoms) == 57


def test_arguments_of_populate_go_to_the_generator():
    class Sparse(BaseGenerator):
        def supply_atoms(self, bbox, every=1):
            points, numbers = polonium().supply_atoms(bbox)
            return points[::every], numbers[::every]

    volume = Volume(alg_objects=[Sphere(5, [0, 0, 0])], generator=Sparse())
    volume.populate_atoms(every=2)
    assert 20 < len(volume.atoms) < 36
    with pytest.raises(TypeError, match="colour"):
        volume.populate_atoms(colour="red")
    ball().populate_atoms(colour="red")  # taken and ignored, as in Construction Zone
    with pytest.raises(TypeError, match="colour"):
        carbon().populate_atoms(colour="red")
    film = carbon()
    film.populate_atoms(print_progress=False)
    assert len(film.atoms) == round(0.05 * 9**3)


def test_a_users_generator_may_derive_from_ours_by_a_class_beside_it():
    class Silver:
        def supply_atoms(self, bbox):
            points, numbers = super().supply_atoms(bbox)
            return points, np.full_like(numbers, 47)

    class Own(Silver, Generator):
        pass

    crystal = Own.from_unit_cell([79], [[0, 0, 0]], [4] * 3, [90] * 3)
    assert type(crystal) is Own
    volume = Volume(alg_objects=[Sphere(9, [0, 0, 0])], generator=crystal)
    volume.populate_atoms()
    assert set(volume.species) == {47}


def test_a_users_surface_may_vary_reading_and_setting_an_attribute():
    class Snapped(Sphere):
        @Sphere.center.setter
        def center(self, value):
            Sphere.center.fset(self, np.rint(value))

        @Sphere.radius.getter
        def radius(self):
            return 2 * Sphere.radius.fget(self)

    snapped = Snapped(2.5, [0.4, 0.6, 0])
    assert snapped.center.tolist() == [0, 1, 0] and snapped.radius == 5
    with pytest.raises(ValueError, match="center must be 3 numbers"):
        snapped.center = [1, 2]
    volume = Volume(alg_objects=[snapped], generator=polonium())
    volume.populate_atoms()
    snapped.center = [0, 0, 0]
    assert len(volume.atoms) > 56 - 10 and "5." in repr(volume.alg_objects[0])


def test_region_of_a_volume_is_that_of_its_surfaces():
    assert cut(Sphere(5, [0, 0, 0])).region == Region(
        cut().region.hull, [Sphere(5, [0, 0, 0])], 1e-10
    )


# Type checkers.


@pytest.mark.slow
def test_a_users_script_sees_real_types(tmp_path):
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text(
        "from czone.generator import Generator\n"
        "from czone.scene import Scene\n"
        "from czone.volume import MultiVolume, Sphere, Volume\n"
        "class Own(Generator): ...\n"
        "gold = Own.from_spacegroup(['Au'], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)\n"
        "ball = Volume(alg_objects=[Sphere(10, [0, 0, 0])], generator=gold)\n"
        "both = MultiVolume([ball]).from_volume(priority=1)\n"
        "scene = Scene([[0, 0, 0], [9, 9, 9]], [ball])\n"
        "scene.populate()\n"
        "print(len(scene.all_atoms), ball.check_if_interior(ball.points))\n"
        "for thing in (gold,): reveal_type(thing)\n"
        "reveal_type(both)\n"
        "reveal_type(ball.check_if_interior)\n"
        "Generator.from_spacegroup(1)\n"
    )
    # Of a checkout mypy would report what it finds in the package too: the script alone counts.
    options = ["--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path)]
    said = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(script)],
        capture_output=True,
        text=True,
    ).stdout
    assert 'Revealed type is "script.Own"' in said
    assert "MultiVolume" in said and "points: " in said and "Any" not in said.split("points: ")[0]
    errors = [line for line in said.splitlines() if ": error:" in line]
    assert len(errors) == 1 and "Missing positional arguments" in errors[0]
