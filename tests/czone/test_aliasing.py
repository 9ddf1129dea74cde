"""What refers to what: a row for every way to change something after it was handed over.

Every row is a script in Construction Zone's own spelling and what it ends with. `upstream` was
found by running the script with Construction Zone 2022.9.20 (two rows ask for what later code has:
`from_alg_object`, and the origin that is an atom); where ours differs on purpose the row says what
ours does and why, as the page "Coming from Construction Zone" does.
"""

from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import pytest

from czone.generator import Generator
from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import (
    HStrain,
    MatrixTransform,
    MultiTransform,
    Reflection,
    Rotation,
    Translation,
)
from czone.volume import MultiVolume, Plane, Sphere, Volume, makeRectPrism
from tests.solids import gold

CUBE = np.array([[0.0, 0.0, 0.0]])
QUARTER_TURN = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])


def polonium(**kwargs: Any) -> Generator:
    """Simple cubic, 2 angstrom, atoms at the odd integers."""
    return Generator.from_unit_cell(
        Z=[84],
        coords=CUBE,
        cellDims=[2, 2, 2],
        cellAngs=[90, 90, 90],
        origin=np.array([1.0, 1.0, 1.0]),
        **kwargs,
    )


def ball(x: float = 0.0, **kwargs: Any) -> Volume:
    """Of radius 5: 56 atoms. Two of them 4 angstrom apart share 24."""
    return Volume(
        alg_objects=[Sphere(5.0, np.array([x, 0.0, 0.0]))], generator=polonium(), **kwargs
    )


def up(height: float = 5.0, **kwargs: Any) -> Translation:
    return Translation(np.array([0.0, 0.0, height]), **kwargs)


def count(thing: Any) -> int:
    thing.populate_atoms()
    return len(thing.atoms)


def refusal(function: Any) -> str:
    """The class of the error that a function ends in."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "nothing"


# Containers of volumes.


def priority_of_a_member():
    a, b = ball(), ball(4.0)
    union = MultiVolume([a, b])
    before = count(union)
    b.priority = 5
    return before, count(union)


def moving_a_member():
    a, b = ball(), ball(4.0)
    b.priority = 5
    union = MultiVolume([a, b])
    before = count(union)
    b.transform(Translation(np.array([2.0, 0, 0])))
    return before, count(union)


def list_of_members():
    members = [ball()]
    union = MultiVolume(members)
    members.append(ball(40.0))
    return len(union.volumes), count(union)


def moving_the_whole():
    v = ball()
    MultiVolume([v]).transform(up(3.0))
    return v.alg_objects[0].center.tolist(), v.generator.origin.tolist()


def atoms_of_members():
    core, shell = ball(), ball(4.0)
    shell.priority = 5
    members = [shell, core]
    union = MultiVolume(members)
    return count(union), len(core.atoms), len(shell.atoms), members == [shell, core]


def one_volume_twice():
    v = ball()
    MultiVolume([v, v]).transform(up(3.0))
    return v.alg_objects[0].center.tolist()


def copy_of_a_multivolume():
    v = ball()
    copy = MultiVolume([v]).from_volume(transformation=[up()])
    return copy.volumes[0] is v, v.alg_objects[0].center.tolist(), count(copy)


def object_of_a_scene():
    v = ball()
    objects = [v]
    scene = Scene(bounds=np.array([[-9.0] * 3, [9.0] * 3]), objects=objects)
    scene.populate()
    before = scene.all_atoms[:, 2].mean()
    objects.append(ball(40.0))
    v.transform(up(4.0))
    scene.populate()
    return scene.objects[0] is v, len(scene.all_atoms), scene.all_atoms[:, 2].mean() - before


def list_of_a_scene_is_live():
    scene = Scene(bounds=np.array([[-9.0] * 3, [9.0] * 3]), objects=[ball()])
    scene.objects.append(ball(40.0))
    scene.populate()
    return len(scene.all_atoms)


def scene_of_a_changed_object():
    v = ball()
    scene = Scene(bounds=np.array([[-9.0] * 3, [9.0] * 3]), objects=[v])
    scene.populate()
    v.transform(up(4.0))
    return refusal(lambda: scene.all_atoms)


def bounds_of_a_scene():
    bounds = np.array([[-9.0] * 3, [9.0] * 3])
    scene = Scene(bounds=bounds, objects=[ball()])
    bounds[1] = 50.0
    return scene.bounds[1].tolist()


# What a volume is made of.


def generator_of_a_volume():
    g = polonium()
    v = Volume(alg_objects=[Sphere(5.0, np.zeros(3))], generator=g)
    g.transform(up())
    before = v.generator.origin.tolist()
    v.transform(up(3.0))
    return before, v.generator.origin.tolist(), g.origin.tolist()


def surface_of_a_volume():
    s = Sphere(5.0, np.zeros(3))
    v = Volume(alg_objects=[s], generator=polonium())
    own = v.alg_objects[0]
    s.radius = 9.0
    v.transform(up())
    return v.alg_objects[0] is own, own.radius, own.center.tolist(), s.center.tolist()


def own_surface_of_a_volume():
    v = ball()
    before = count(v)
    v.alg_objects[0].radius = 3.0
    return before, count(v)


def points_of_a_volume():
    points = makeRectPrism(10, 10, 10)
    v = Volume(points=points, generator=polonium())
    points[:] = 0.0
    return count(v)


def flags(locked: bool, basis_only: bool) -> Any:
    def row():
        v = ball()
        v.transform(Rotation(QUARTER_TURN, locked=locked, basis_only=basis_only))
        v.transform(up(3.0, locked=locked, basis_only=basis_only))
        g = v.generator
        return v.alg_objects[0].center.tolist(), g.origin.tolist(), g.voxel.bases[1, 0]

    return row


def atoms_before():
    v = ball()
    return v.atoms is None, hasattr(v, "atoms")


def atoms_after_a_transform():
    v = ball()
    v.populate_atoms()
    v.transform(up())
    return "None" if v.atoms is None else len(v.atoms)


# Transforms.


def surface_moved_in_place():
    plane = Plane(np.array([0.0, 0, 1]), np.array([0.0, 0, 1]))
    moved = up().applyTransformation_alg(plane)
    return moved is plane, plane.point.tolist()


def surface_moved_as_a_copy():
    plane = Plane(np.array([0.0, 0, 1]), np.array([0.0, 0, 1]))
    moved = plane.from_alg_object(transformation=[up()])
    return moved is plane, moved.point.tolist(), plane.point.tolist()


def points_moved():
    points = np.zeros((1, 3))
    moved = up().applyTransformation(points)
    return points.tolist(), moved.tolist()


def member_of_a_multitransform():
    shift = up()
    steps = [shift]
    both = MultiTransform(steps)
    steps.append(up(100.0))
    shift.shift = np.array([0.0, 0.0, 7.0])
    return both.applyTransformation(np.zeros((1, 3))).tolist()


def arrays_of_transforms():
    shift, origin = np.array([0.0, 0, 1]), np.array([1.0, 0, 0])
    move, turn = Translation(shift=shift), MatrixTransform(-np.eye(3), origin=origin)
    shift[:], origin[:] = 9.0, 9.0
    moved = move.applyTransformation(np.zeros((1, 3))), turn.applyTransformation(np.zeros((1, 3)))
    return moved[0].tolist(), moved[1].tolist()


def matrix_of_a_rotation():
    matrix = QUARTER_TURN.copy()
    turn = Rotation(matrix)
    matrix[0, 0] = 9.0
    return turn.matrix[0, 0]


def matrix_changed_in_place():
    turn = Rotation(QUARTER_TURN.copy())
    return refusal(lambda: turn.matrix.__setitem__((0, 0), 9.0))


def plane_of_a_reflection():
    plane = Plane(np.array([0.0, 0, 1]), np.array([0.0, 0, 1]))
    mirror = Reflection(plane)
    plane.point = np.array([0.0, 0, 50])
    return mirror.applyTransformation(np.zeros((1, 3))).tolist()


# Surfaces, crystals, molecules.


def arrays_of_surfaces():
    point = np.zeros(3)
    sphere, plane = Sphere(1.0, point), Plane(np.array([0.0, 0, 1]), point)
    point[:] = 9.0
    plane.point += np.array([0.0, 0.0, 2.0])
    return sphere.center.tolist(), plane.point.tolist()


def structure_of_a_generator():
    from pymatgen.core import Lattice, Structure

    structure = Structure(Lattice.cubic(2.0), ["Po"], [[0, 0, 0]])
    g = Generator(structure=structure)
    structure.lattice = Lattice.cubic(5.0)
    v = Volume(alg_objects=[Sphere(5.0, np.ones(3))], generator=g)
    return g.lattice.a, count(v)


def structure_after_a_transform():
    from pymatgen.core import Lattice, Structure

    structure = Structure(Lattice.cubic(2.0), ["Po"], [[0, 0, 0]])
    Generator(structure=structure).transform(Rotation(QUARTER_TURN))
    return structure.lattice.matrix[0].tolist()


def origin_of_a_generator():
    origin = np.array([1.0, 1.0, 1.0])
    g = Generator.from_unit_cell(
        Z=[84], coords=CUBE, cellDims=[2, 2, 2], cellAngs=[90] * 3, origin=origin
    )
    origin[:] = 50.0
    before = g.origin.tolist()
    g.origin[0] = 0.0
    # A plane of atoms lies at x = 0 now.
    v = Volume(alg_objects=[Sphere(5.0, np.zeros(3))], generator=g)
    v.populate_atoms()
    return before, np.abs(v.atoms[:, 0]).min()


def strain_of_a_generator():
    strain = HStrain(np.array([2.0, 2.0, 2.0]))
    g = polonium()
    g.strain_field = strain
    return g.strain_field is strain


def arrays_of_a_molecule():
    positions = np.zeros((2, 3))
    molecule = Molecule(species=np.array([6, 8]), positions=positions, origin=1)
    positions[:] = 9.0
    molecule.atoms[1, 2] = 5.0
    return molecule.atoms.tolist(), np.ravel(molecule.origin).tolist()


def ase_atoms_of_a_molecule():
    molecule = Molecule(species=np.array([6, 8]), positions=np.zeros((2, 3)))
    molecule.ase_atoms.positions[:] = 9.0
    return molecule.atoms.max()


def ase_atoms_of_a_volume():
    v = ball()
    v.populate_atoms()
    v.ase_atoms.positions[:] = 99.0
    return len(v.atoms), v.atoms.max() < 5


class Row(NamedTuple):
    """A script, its end upstream, and, if another on purpose, its end here and why."""

    script: Any
    upstream: Any
    here: Any = None
    why: str = ""


ROWS = [
    Row(priority_of_a_member, (64, 88)),
    Row(moving_a_member, (88, 100)),
    Row(list_of_members, (1, 56)),
    Row(moving_the_whole, ([0, 0, 3], [1, 1, 4])),
    Row(atoms_of_members, (88, 56, 56, True)),
    Row(one_volume_twice, [0, 0, 6], ValueError, "it would empty itself when populated"),
    Row(copy_of_a_multivolume, (False, [0, 0, 0], 56)),
    Row(object_of_a_scene, (True, 56, 4.0)),
    Row(list_of_a_scene_is_live, 112),
    Row(scene_of_a_changed_object, "nothing", "RuntimeError", "they were another object's atoms"),
    Row(bounds_of_a_scene, [9, 9, 9]),
    Row(generator_of_a_volume, ([1, 1, 1], [1, 1, 4], [1, 1, 6])),
    Row(surface_of_a_volume, (True, 5.0, [0, 0, 5], [0, 0, 0])),
    Row(own_surface_of_a_volume, (56, 8)),
    Row(points_of_a_volume, 125),
    Row(flags(True, False), ([0, 0, 3], [-1, 1, 4], 2.0)),
    Row(flags(True, True), ([0, 0, 3], [1, 1, 1], 2.0)),
    Row(flags(False, False), ([0, 0, 3], [1, 1, 1], 0.0)),
    Row(flags(False, True), ([0, 0, 3], [1, 1, 1], 0.0)),
    Row(atoms_before, (True, True)),
    Row(atoms_after_a_transform, 56, "None", "they were another volume's atoms"),
    Row(surface_moved_in_place, (True, [0, 0, 6])),
    Row(surface_moved_as_a_copy, (False, [0, 0, 6], [0, 0, 1])),
    Row(points_moved, ([[0, 0, 0]], [[0, 0, 5]])),
    Row(member_of_a_multitransform, [[0, 0, 7]]),
    Row(arrays_of_transforms, ([[0, 0, 1]], [[2, 0, 0]])),
    Row(matrix_of_a_rotation, 9.0, 0.0, "it would be no rotation, unchecked"),
    Row(matrix_changed_in_place, "nothing", "ValueError", "it would be no rotation, unchecked"),
    Row(plane_of_a_reflection, [[0, 0, 2]]),
    Row(arrays_of_surfaces, ([0, 0, 0], [0, 0, 2])),
    Row(structure_of_a_generator, (5.0, 56), (2.0, 56), "half of it would show"),
    Row(structure_after_a_transform, [2, 0, 0]),
    Row(origin_of_a_generator, ([1, 1, 1], 0.0)),
    Row(strain_of_a_generator, True, False, "a strain field takes the lattice of its one crystal"),
    Row(arrays_of_a_molecule, ([[0, 0, 0], [0, 0, 5]], [0, 0, 5])),
    Row(ase_atoms_of_a_molecule, 0.0),
    Row(ase_atoms_of_a_volume, (56, True)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.script.__qualname__)
def test_who_refers_to_whom(row):
    if isinstance(row.here, type):
        with pytest.raises(row.here):
            row.script()
        return
    expected, found = row.upstream if row.here is None else row.here, row.script()
    if isinstance(expected, str):
        assert found == expected
        return
    parts = (
        zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]
    )
    for own, known in parts:
        np.testing.assert_allclose(own, known, atol=1e-12)


def test_what_is_kept_apart_on_purpose_says_why():
    assert all(row.why for row in ROWS if row.here is not None)


def test_a_prefab_refers_to_what_it_is_given_and_builds_volumes_of_its_own():
    from czone.prefab import FCCTwin, WulffSingle

    crystal = gold()
    volume = Volume(alg_objects=[Sphere(20, np.zeros(3))], generator=crystal)
    before = deepcopy(volume)
    for number in (0, 1):
        prefab = FCCTwin(crystal, volume, N=number, rng=1)
        assert prefab.generator is crystal and prefab.volume is volume
        particle = prefab.build_object()
        assert not any(member is volume for member in particle.volumes)
        particle.transform(up())
        assert volume == before and crystal.origin.tolist() == [0, 0, 0]
    recipe = WulffSingle(crystal, {(1, 1, 1): 1.0}, 100)
    one, two = recipe.get_construction(), recipe.get_construction()
    one.transform(up())
    assert two.generator.origin.tolist() == [0, 0, 0] and two.alg_objects != one.alg_objects


def test_an_adsorbate_is_a_copy():
    from czone.surface import add_adsorbate

    volume = ball()
    volume.populate_atoms()
    molecule = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
    placed, found = add_adsorbate(molecule, 0, 1.9, volume)
    assert found and placed is not molecule
    assert molecule.atoms.tolist() == [[0, 0, 0], [0, 0, 1.13]]
