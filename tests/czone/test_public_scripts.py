"""What public notebooks and scripts for Construction Zone build, written anew, step for step.

Numbers of atoms are those that Construction Zone finds, or where it is wrong the right ones, with
the reason.
"""

import numpy as np
import pytest
from ase import Atoms
from ase.io import read
from ase.io import write as ase_write

import czone as cz
from czone.generator import Generator
from czone.scene import Scene
from czone.transform import HStrain, Reflection, Rotation, Translation, rot_v, rot_vtv
from czone.volume import MultiVolume, Volume, makeRectPrism, snap_plane_near_point

A_GOLD = 4.07825


def of_each(scene):
    found, counts = np.unique(scene.all_species, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


# demo_0.ipynb


def test_demo_0():
    hydrogen = cz.volume.Volume(
        points=cz.volume.makeRectPrism(5, 5, 10), generator=cz.generator.BasicStructure()
    )
    helium = cz.volume.from_volume(hydrogen, translate=np.array([10, 0, 0]))
    helium.generator.species = [2]
    turn = cz.transform.rot_v(np.array([0.0, 0.0, 1.0]), np.pi / 4)
    turned = cz.volume.from_volume(helium, translate=np.array([0, 10, 0]), rotate=turn)
    bounds = np.array([[0.0, 0.0, 0.0], [20.0, 20.0, 20.0]])
    scene = cz.scene.Scene(bounds=bounds, objects=[hydrogen, helium, turned])
    scene.populate()
    assert of_each(scene) == {1: 45, 2: 90}
    np.testing.assert_allclose(scene.atoms_from_object(2).mean(axis=0), [12.5, 12.5, 5])


def test_demo_0_ring():
    upright = cz.volume.Volume(
        points=makeRectPrism(5, 5, 10), generator=cz.generator.BasicStructure()
    )
    ring = []
    for i, angle in enumerate(2 * np.pi * np.arange(12) / 12):
        place = [30 * np.cos(angle) - 2.5, 30 * np.sin(angle) - 2.5, 0]
        turn = cz.transform.rot_v([0, 0, 1], -angle)
        ring.append(cz.volume.from_volume(upright, translate=place, rotate=turn))
        ring[-1].generator.species = [i + 1]
    scene = cz.scene.Scene(bounds=np.array([[-40.0] * 3, [40.0] * 3]), objects=ring)
    scene.populate()
    assert of_each(scene) == dict.fromkeys(range(1, 13), 45)
    np.testing.assert_allclose(scene.all_atoms.mean(axis=0), [0, 0, 5], atol=1e-9)


# demo_1.ipynb


def test_demo_1_exclusion():
    cubic = cz.generator.BasicStructure()
    upright = cz.volume.Volume(points=makeRectPrism(5, 5, 10), generator=cubic)
    lying = cz.volume.Volume(points=makeRectPrism(5, 10, 5), generator=cubic)
    lying.generator.species = [2]
    assert cubic.species == (1,)  # the volume has a copy

    def beside(volume, x, priority=0):
        copy = cz.volume.from_volume(volume, translate=np.array([x, 0, 0]))
        copy.priority = priority
        return copy

    objects = [
        upright, lying,
        beside(upright, 10), beside(upright, 20, 1), beside(lying, 20), beside(lying, 10, 1),
    ]  # fmt: skip
    scene = cz.scene.Scene(bounds=np.array([[0.0] * 3, [30.0] * 3]), objects=objects)
    scene.populate()
    assert of_each(scene) == {1: 81, 2: 81}


def test_demo_1_stacking():
    cubic = cz.generator.BasicStructure()
    objects = []
    for i in range(5):
        box = makeRectPrism(25 - 3.75 * i, 25 - 3.75 * i, 5) + np.array([3.75 * i, 3.75 * i, 0.0])
        volume = cz.volume.Volume(points=box, generator=cubic, priority=5 - i)
        volume.generator.species = [i + 1]  # the notebook begins at 0, which is no element
        objects.append(volume)
    scene = cz.scene.Scene(bounds=np.array([[0.0] * 3, [25.0, 25.0, 5.0]]), objects=objects)
    scene.populate()
    assert list(of_each(scene).values()) == [120, 51, 84, 33, 75]


# presentation_examples.ipynb


@pytest.fixture
def gold():
    return cz.generator.from_spacegroup(
        Z=[79], coords=np.array([[0, 0, 0]]), cellDims=A_GOLD * np.ones(3),
        cellAngs=[90, 90, 90], sgn=225,
    )  # fmt: skip


def test_presentation_core_in_shell(gold, tmp_path):
    box = cz.volume.makeRectPrism(50, 50, 50)
    positions, species = gold.supply_atoms(box)
    ase_write(tmp_path / "block.xyz", Atoms(symbols=species, positions=positions))
    sphere = cz.volume.algebraic.Sphere(center=np.mean(box, axis=0), radius=25.0)
    shell = cz.volume.Volume(alg_objects=[sphere], generator=gold, gen_origin=np.zeros(3))
    shell.populate_atoms()
    assert len(shell.atoms) == 3865
    copper = cz.generator.from_spacegroup(
        Z=[29],
        coords=np.array([[0, 0, 0]]),
        cellDims=A_GOLD * np.ones(3),
        cellAngs=[90] * 3,
        sgn=225,
    )
    small = cz.volume.algebraic.Sphere(center=np.mean(box, axis=0), radius=12.5)
    core = cz.volume.Volume(alg_objects=[small], generator=copper, gen_origin=np.zeros(3))
    core.priority, shell.priority = 0, 1
    scene = cz.scene.Scene(bounds=np.array([[0.0] * 3, [30.0] * 3]), objects=[shell, core])
    scene.populate()
    assert of_each(scene) == {29: 483, 79: 3382}
    cz.io.write_scene(tmp_path / "core.xyz", scene)
    assert len(read(tmp_path / "core.xyz")) == 3865


def test_presentation_twin_and_stacking_faults(gold):
    box = cz.volume.makeRectPrism(50, 50, 50)
    sphere = cz.volume.algebraic.Sphere(center=np.mean(box, axis=0), radius=25.0)
    snap = cz.volume.algebraic.snap_plane_near_point
    mirror = snap(sphere.center, gold, (1, 1, 1))
    normal, point = mirror.params
    np.testing.assert_allclose(normal, 1 / np.sqrt(3))
    np.testing.assert_allclose(point @ normal, 24.4695 * np.sqrt(3))
    steps = A_GOLD / 3 * np.array([[1.0, 1.0, -2.0], [-1.0, 2.0, -1.0]])
    twin = cz.generator.from_generator(gold, transformation=[Reflection(mirror)])
    first, second = (
        cz.generator.from_generator(gold, transformation=[Translation(shift=step.T)])
        for step in steps
    )
    cut_a = snap(np.array([32.62, 2.03, 22.43]), gold, (1, 1, 1))
    cut_b = snap(np.array([20.39, 8.156, 16.313]), gold, (1, 1, 1))
    cut_b.point += cut_b.normal
    whole = cz.volume.Volume(alg_objects=[sphere], generator=gold)
    whole.add_alg_object(mirror)
    volumes = [
        whole,
        cz.volume.Volume(alg_objects=[sphere], generator=twin, gen_origin=twin.voxel.origin),
        cz.volume.Volume(alg_objects=[sphere, cut_a], generator=first),
        cz.volume.Volume(alg_objects=[sphere, cut_b], generator=second),
    ]
    for volume, priority in zip(volumes, (4, 5, 3, 2), strict=True):
        volume.priority = priority
    scene = cz.scene.Scene(bounds=np.array([[0.0] * 3, [30.0] * 3]), objects=volumes)
    scene.populate()
    assert of_each(scene) == {79: 3878}
    up = Translation(shift=np.array([12.5, 12.5, 50 - sphere.center[2]]), locked=True)
    for volume in volumes:
        volume.transform(up)
    moved = cz.scene.Scene(bounds=np.array([[0.0] * 3, [70.0, 70.0, 85.0]]), objects=volumes)
    moved.populate()
    assert of_each(moved) == {79: 3878}


# nanoislands.py and core_shell_particle.py, the scripts of the paper's figures


def island(radius, layers, turn, place):
    """A truncated triangle of gold with (111) on the film, cut by three {111} sides."""
    gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [A_GOLD] * 3, [90] * 3, sgn=225)
    gold.transform(
        [Rotation(rot_vtv([1, 1, 1], [0, 0, 1])), Rotation(rot_v([0, 0, 1], -np.pi / 4))]
    )
    floor, roof = (snap_plane_near_point([0, 0, 0], gold, (-1, -1, -1)) for _ in range(2))
    roof = Translation([0, 0, layers * A_GOLD / np.sqrt(3)]).applyTransformation_alg(
        roof.flip_orientation()
    )
    reach = 15 / 32.5 * radius / np.sqrt(2)
    sides = [
        snap_plane_near_point([reach * x, reach * y, layers], gold, hkl)
        for (x, y), hkl in zip(
            [(1, 1), (-1, 1), (1, -1)], [(1, 1, -1), (-1, 1, 1), (1, -1, 1)], strict=True
        )
    ]
    volume = Volume(alg_objects=[floor, roof, *sides], generator=gold, priority=1)
    volume.transform([Rotation(rot_v([0, 0, 1], turn)), Translation([*place, 15])])
    return volume


def test_nanoislands_of_the_paper():
    sulphur = 0.25 - np.sqrt(2.4169**2 - 3.19**2 / 3) / 14.879  # Mo-S 2.417 A
    disulphide = Generator.from_spacegroup(
        ["Mo", "S"], [[1 / 3, 2 / 3, 0.25], [1 / 3, 2 / 3, 0.5 + sulphur]],
        [3.19, 3.19, 14.879], [90, 90, 120], sgn=194,
    )  # fmt: skip
    sheet = Volume(points=makeRectPrism(250, 250, 13.5), generator=disulphide)
    islands = [
        island(32.5, 5, -np.pi / 6, (125, 125)),
        island(20, 3, np.pi / 3, (115, 40)),
        island(40, 6, -np.pi / 12, (200, 50)),
        island(27, 7, np.pi / 6, (200, 210)),
        island(35, 7, 0, (75, 200)),
        island(50, 10, 5 * np.pi / 6, (50, 140)),
    ]
    scene = Scene(bounds=np.array([[0, 0, 0], [250, 250, 50]]), objects=[sheet, *islands])
    scene.populate()
    # Construction Zone: S 28,414, Mo 14,207 (the cell transposed) and Au 4,655 (sides snapped to
    # planes that are not the nearest; the first two islands have none of those)
    assert of_each(scene) == {16: 28416, 42: 14208, 79: 4743}
    assert np.bincount(scene.labels).tolist() == [42624, 515, 130, 854, 504, 804, 1936]


def grain(manganese, edge, height, strain=0.875225):
    """The grain on top of the core: basal planes below and above, {112} and {101} around."""
    above = np.array([0, 0, 6 * edge])
    manganese.transform([Rotation(rot_v([0, 0, 1], np.pi / 4)), Translation(above)])
    floor = snap_plane_near_point(above + 1, manganese, (0, 0, -4))
    roof = snap_plane_near_point(above + [0, 0, 6 * height], manganese, (0, 0, 1))
    manganese.strain_field = HStrain(matrix=(1, 1, strain))
    slopes, sides = [], []
    for x, y in [(1, 1), (1, -1), (-1, 1), (-1, -1)]:
        slope = snap_plane_near_point([0.1 * x * edge, 0.1 * y * edge, 0], manganese, (x, y, -2))
        slope.point += slope.normal
        slopes.append(slope)
    reach = 12 * edge / np.sqrt(2) * strain
    for x, y in [(1, 0), (0, 1), (-1, 0), (0, -1)]:
        point = roof.point + reach * np.array([x, y, 0])
        sides.append(snap_plane_near_point(point, manganese, (x, y, 1)))
    return Volume(alg_objects=[floor, roof, *slopes, *sides], generator=manganese, priority=1)


@pytest.mark.parametrize(("edge", "height"), [(8.15, 9.497), (8.2, 9.446)])
def test_core_shell_particle_of_the_paper(edge, height):
    # The cells of the original files are not published. Pairs of lengths with the published extent
    # of 105.005 A give this number for heights of 9.38 to 9.50 A, and up to 1,600 atoms more for
    # 9.52 to 9.60 A: it confirms the recipe, not the cell.
    spinel = Generator.from_spacegroup(
        ["Co", "Co", "O"], [[0, 0, 0], [0.625] * 3, [0.388] * 3], [edge] * 3, [90] * 3, sgn=227
    )
    hausmannite = Generator.from_spacegroup(
        ["Mn", "Mn", "O"], [[0, 0, 0.5], [0, 0.25, 0.125], [0, 0.2211, 0.88255]],
        [edge / np.sqrt(2)] * 2 + [height], [90] * 3, sgn=141,
    )  # fmt: skip
    normals = np.vstack([np.eye(3), -np.eye(3)])
    faces = [snap_plane_near_point(6 * edge * n, spinel, tuple(n)) for n in normals]
    core = Volume(alg_objects=faces, generator=spinel)
    first = grain(hausmannite, edge, height)
    turns = [((0, 1, 0), np.pi / 2), ((0, 1, 0), np.pi), ((0, 1, 0), -np.pi / 2)]
    turns += [((1, 0, 0), np.pi / 2), ((1, 0, 0), -np.pi / 2)]
    others = [
        first.from_volume(transformation=[Rotation(rot_v(axis, angle))]) for axis, angle in turns
    ]
    for member, lower in zip([first, *others], (0, 1, 0, 1, 2, 2), strict=True):
        member.priority += lower
    particle = MultiVolume([core, first, *others])
    particle.populate_atoms()
    core.populate_atoms()
    assert len(core.atoms) == 97669
    assert np.abs(particle.atoms).max() == pytest.approx(105.005, abs=2e-3)
    # Construction Zone: 503,531 atoms, Mn 173,818 and O 287,340: its `snap_plane_near_point` leaves
    # out the origin of the crystal, which was moved, so that facets lie between lattice planes
    assert len(particle.atoms) == 512531
    assert np.bincount(particle.species)[[8, 25, 27]].tolist() == [292560, 177598, 42373]
