"""Structures with known atoms: counts that anyone who follows the recipe gets.

The counts were found with Construction Zone 2022.9.20 wherever its structures are right. Where it
was wrong (lattices that are not orthogonal, the snapping of {111} planes) the truth is stated, from
crystallography.
"""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.scene import Scene
from czone.transform import Reflection, Rotation, Translation, rot_v, rot_vtv
from czone.volume import (
    Cylinder,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    make_rect_prism,
    snap_plane_near_point,
)
from tests.solids import A_AU, ball, gold

NEAREST_AU = A_AU / np.sqrt(2)


def simple_cubic(number, a=2.5):
    return Generator.from_unit_cell([number], [[0, 0, 0]], [a] * 3, [90] * 3)


def filled(volume):
    volume.populate_atoms()
    return volume


def scene_of(objects):
    scene = Scene([[0, 0, 0], [100, 100, 100]], objects)
    scene.populate()
    return scene


def composition(numbers):
    return {int(z): int(n) for z, n in zip(*np.unique(numbers, return_counts=True), strict=True)}


def nearest(atoms):
    return cKDTree(atoms).query(atoms, k=2)[0][:, 1].min()


@pytest.mark.parametrize(
    ("radius", "count"),
    [(5, 43), (10, 249), (15, 887), (20, 1985), (25, 3925), (32.5, 8583), (50, 30885)]
    + [(100, 246857)],
)
def test_gold_sphere(radius, count):
    volume = filled(ball(radius))
    assert len(volume.atoms) == count
    assert nearest(volume.atoms) == pytest.approx(NEAREST_AU, abs=1e-6)


def test_gold_sphere_away_from_the_origin_of_the_lattice():
    volume = filled(ball(25, (25, 25, 25)))
    assert len(volume.atoms) == 3865
    np.testing.assert_allclose(volume.atoms.min(axis=0), A_AU / 2, atol=1e-9)
    np.testing.assert_allclose(volume.atoms.max(axis=0), 12 * A_AU, atol=1e-9)


def test_gold_box_holds_the_atoms_of_all_its_faces():
    n = 5
    volume = filled(Volume(make_rect_prism(*[n * A_AU] * 3), generator=gold(), tolerance=1e-6))
    assert len(volume.atoms) == 4 * n**3 + 6 * n**2 + 3 * n + 1


def test_gold_box_of_fifty_angstrom():
    assert len(filled(Volume(make_rect_prism(50, 50, 50), generator=gold())).atoms) == 7813


def test_gold_cylinder_and_half_of_it():
    rod = Cylinder([0, 0, 1], [0, 0, 0], 10, 40)
    assert len(filled(Volume(alg_objects=[rod], generator=gold())).atoms) == 653
    lower = Plane([0, 0, 1], [0, 0, 0])
    assert len(filled(Volume(alg_objects=[rod, lower], generator=gold())).atoms) == 345


def test_gold_cube_between_six_planes():
    normals = np.vstack([np.eye(3), -np.eye(3)])
    planes = [Plane(n, 10 * n) for n in normals]
    assert len(filled(Volume(alg_objects=planes, generator=gold())).atoms) == 365


@pytest.mark.parametrize(
    ("Z", "coords", "a", "sgn", "counts", "distance"),
    [
        ([11, 17], [[0, 0, 0], [0.5, 0.5, 0.5]], 5.64, 225, {11: 767, 17: 736}, 2.8200),
        ([14], [[0, 0, 0]], 5.431, 227, {14: 1707}, 2.3517),
        ([26], [[0, 0, 0]], 2.8665, 229, {26: 2741}, 2.4825),
    ],
    ids=["NaCl", "Si", "Fe"],
)
def test_cubic_sphere(Z, coords, a, sgn, counts, distance):
    crystal = Generator.from_spacegroup(Z, coords, [a] * 3, [90] * 3, sgn=sgn)
    volume = filled(ball(20, generator=crystal))
    assert composition(volume.species) == counts
    assert nearest(volume.atoms) == pytest.approx(distance, abs=1e-4)


# Lattices that are not orthogonal: Construction Zone builds these from the transposed matrix.


def titanium():
    sites = [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]]
    return Generator.from_unit_cell([22, 22], sites, [2.95, 2.95, 4.68], [90, 90, 120])


def cadmium_selenide():
    sites = [[1 / 3, 2 / 3, 0], [1 / 3, 2 / 3, 0.376]]
    return Generator.from_spacegroup(
        [48, 34], sites, [4.299, 4.299, 7.010], [90, 90, 120], sym="P6_3mc"
    )


def test_hexagonal_titanium():
    volume = filled(ball(20, generator=titanium()))
    assert len(volume.atoms) == 1926
    assert nearest(volume.atoms) == pytest.approx(np.sqrt(2.95**2 / 3 + 4.68**2 / 4), abs=1e-6)
    assert nearest(volume.atoms) == pytest.approx(2.894, abs=1e-3)


def test_hexagonal_titanium_has_twelve_neighbours():
    volume = filled(ball(20, generator=titanium()))
    counts = cKDTree(volume.atoms).query_ball_point(volume.atoms, 3.2, return_length=True) - 1
    deep = np.linalg.norm(volume.atoms, axis=1) < 15
    assert set(counts[deep]) == {12}


def test_wurtzite_cadmium_selenide():
    volume = filled(ball(30, generator=cadmium_selenide()))
    assert len(volume.atoms) == 4038
    assert nearest(volume.atoms) == pytest.approx(2.630, abs=1e-3)
    deep = np.flatnonzero(np.linalg.norm(volume.atoms, axis=1) < 25)
    distances, found = cKDTree(volume.atoms).query(volume.atoms[deep], k=5)
    np.testing.assert_allclose(distances[:, 1:], 2.633, atol=5e-3)
    # Every neighbour of a cadmium atom is a selenium atom, and the other way round.
    assert (volume.species[found[:, 1:]] != volume.species[deep][:, None]).all()


def test_triclinic_lattice():
    crystal = Generator.from_unit_cell([6], [[0, 0, 0]], [4, 5, 6], [80, 95, 110])
    volume = filled(ball(20, generator=crystal))
    assert len(volume.atoms) == 317
    assert nearest(volume.atoms) == pytest.approx(4.0, abs=1e-9)


def test_molybdenum_disulfide_has_six_equal_neighbours():
    a, c, bond = 3.190, 14.879, 2.417
    height = np.sqrt(bond**2 - a**2 / 3)
    crystal = Generator.from_spacegroup(
        ["Mo", "S"],
        [[1 / 3, 2 / 3, 0.25], [1 / 3, 2 / 3, 0.75 - height / c]],
        [a, a, c],
        [90, 90, 120],
        sym="P6_3/mmc",
    )
    volume = filled(Volume(make_rect_prism(40, 40, 14.8, [0, 0, 7.44]), generator=crystal))
    metal = volume.atoms[volume.species == 42]
    sulfur = volume.atoms[volume.species == 16]
    inner = metal[np.abs(metal[:, :2]).max(axis=1) < 12]
    to_metal = cKDTree(metal).query(inner, k=8)[0]
    np.testing.assert_allclose(to_metal[:, 1:7], a, atol=1e-9)
    assert (to_metal[:, 7] > a + 0.5).all()
    to_sulfur = cKDTree(sulfur).query(inner, k=7)[0]
    np.testing.assert_allclose(to_sulfur[:, :6], bond, atol=1e-9)
    assert (to_sulfur[:, 6] > bond + 0.5).all()


@pytest.mark.parametrize("angles", [(90, 90, 120), (80, 95, 110), (90, 104, 90), (60, 60, 60)])
def test_distances_are_those_of_the_metric_tensor(angles):
    crystal = Generator.from_unit_cell([6], [[0, 0, 0]], [3, 4, 5], angles)
    bases = crystal.voxel.sbases
    np.testing.assert_allclose(np.linalg.norm(bases, axis=0), [3, 4, 5])
    unit = bases / [3, 4, 5]
    cosines = [unit[:, 1] @ unit[:, 2], unit[:, 0] @ unit[:, 2], unit[:, 0] @ unit[:, 1]]
    np.testing.assert_allclose(cosines, np.cos(np.radians(angles)), atol=1e-12)


# Overlaps.


@pytest.mark.parametrize(("second", "count"), [(0, 841), (1, 1286)], ids=["equal", "ranked"])
def test_two_spheres(second, count):
    union = MultiVolume([ball(15), ball(15, (10, 0, 0), priority=second)])
    assert len(filled(union).atoms) == count


def test_copper_core_in_gold_shell():
    scene = scene_of([ball(25, [25] * 3, priority=1), ball(12.5, [25] * 3, generator=gold(29))])
    assert composition(scene.all_species) == {29: 483, 79: 3382}


def test_twin_and_two_stacking_faults():
    sphere = Sphere(25, [25, 25, 25])
    mirror = snap_plane_near_point(sphere.center, gold(), (1, 1, 1))
    first, second = np.array([1, 1, -2]) * A_AU / 3, np.array([-1, 2, -1]) * A_AU / 3
    crystal = gold()
    twin = crystal.from_generator(transformation=[Reflection(mirror)])
    slipped = [crystal.from_generator(transformation=[Translation(s)]) for s in (first, second)]
    cut_a = snap_plane_near_point([32.62, 2.03, 22.43], crystal, (1, 1, 1))
    cut_b = snap_plane_near_point([20.39, 8.156, 16.313], crystal, (1, 1, 1))
    cut_b.point += cut_b.normal
    volumes = [
        Volume(alg_objects=[sphere, mirror], generator=crystal, priority=4),
        Volume(alg_objects=[sphere], generator=twin, priority=5),
        Volume(alg_objects=[sphere, cut_a], generator=slipped[0], priority=3),
        Volume(alg_objects=[sphere, cut_b], generator=slipped[1], priority=2),
    ]
    before = scene_of(volumes)
    assert len(before.all_atoms) == 3878
    corner = before.all_atoms.min(axis=0)
    move = Translation([12.5, 12.5, 25])
    for volume in volumes:
        volume.transform(move)
    after = scene_of(volumes)
    np.testing.assert_allclose(after.all_atoms.min(axis=0), corner + move.shift)
    assert len(after.all_atoms) == 3878


def defected_particle(planes):
    """Twin at plane 0, stacking faults at two further {111} planes, counted in spacings."""
    crystal, spacing = gold(), A_AU / np.sqrt(3)
    normal = np.ones(3) / np.sqrt(3)
    sphere = Sphere(32.5, [0, 0, 0])
    mirror = Plane(normal, [0, 0, 0])
    cuts = [Plane(normal, k * spacing * normal) for k in planes]
    twin = crystal.from_generator(transformation=[Reflection(mirror)])
    shifts = A_AU * np.array([[1, 1, -2], [-1, 2, -1]]) / 3
    slipped = [crystal.from_generator(transformation=[Translation(s)]) for s in shifts]
    return MultiVolume(
        [
            Volume(alg_objects=[sphere], generator=twin, priority=4),
            Volume(alg_objects=[sphere, mirror], generator=crystal, priority=3),
            Volume(alg_objects=[sphere, cuts[0]], generator=slipped[0], priority=2),
            Volume(alg_objects=[sphere, cuts[1]], generator=slipped[1], priority=1),
        ]
    )


def test_defected_particle_turned_and_moved():
    particle = defected_particle((-3, -9))
    assert len(filled(particle).atoms) == 8565
    particle.transform(Rotation(rot_vtv([1, 2, 3], [0, 0, 1])))
    particle.transform(Translation([60, 60, 76]))
    atoms = filled(particle).atoms
    assert len(atoms) == 8565
    np.testing.assert_allclose(atoms.min(axis=0), [27.705, 27.562, 43.846], atol=1e-3)
    np.testing.assert_allclose(atoms.max(axis=0), [91.776, 91.826, 108.154], atol=1e-3)


def test_defected_particle_with_the_nearest_planes():
    # Construction Zone snaps the point on plane -8 to plane -9; the recipe asks for -8.
    spacing = A_AU / np.sqrt(3)
    point = -8 * spacing * np.ones(3) / np.sqrt(3)
    snapped = snap_plane_near_point(point, gold(), (1, 1, 1))
    assert snapped.sdist_from_plane(point)[0] == pytest.approx(0, abs=1e-9)
    assert len(filled(defected_particle((-3, -8))).atoms) == 8558


# The boxes of the first demonstrations.


def box(number, low, high, priority=0, turn=None, about=None):
    low, high = np.array(low, float), np.array(high, float)
    points, crystal = make_rect_prism(*(high - low)) + low, simple_cubic(number)
    crystal.transform(Translation(low))
    if turn is not None:
        rotation = Rotation(rot_v([0, 0, 1], turn), origin=about)
        points = rotation.apply_transformation(points)
        crystal.transform(rotation)
    return Volume(points, generator=crystal, priority=priority, tolerance=1e-6)


def test_three_boxes():
    boxes = [box(1, (0, 0, 0), (5, 5, 10)), box(2, (10, 0, 0), (15, 5, 10))]
    boxes.append(box(2, (10, 10, 0), (15, 15, 10), turn=np.pi / 4, about=(12.5, 12.5, 0)))
    assert composition(scene_of(boxes).all_species) == {1: 45, 2: 90}


def test_ring_of_twelve_boxes():
    boxes = []
    for i in range(12):
        angle = 2 * np.pi * i / 12
        c = 30 * np.array([np.cos(angle), np.sin(angle), 0])
        boxes.append(box(i + 1, c - [2.5, 2.5, 0], c + [2.5, 2.5, 10], turn=-angle, about=c))
    scene = scene_of(boxes)
    assert composition(scene.all_species) == dict.fromkeys(range(1, 13), 45)
    assert nearest(scene.all_atoms) == pytest.approx(2.5)


def test_exclusion_rules():
    pairs = [(0, 0), (0, 1), (1, 0)]
    boxes = []
    for k, (first, second) in enumerate(pairs):
        x = 10 * k
        boxes.append(box(1, (x, 0, 0), (x + 5, 5, 10), first))
        boxes.append(box(2, (x, 0, 0), (x + 5, 10, 5), second))
    assert composition(scene_of(boxes).all_species) == {1: 81, 2: 81}


def test_five_levels_of_priority():
    stack = [
        Volume(
            make_rect_prism(25 - 3.75 * i, 25 - 3.75 * i, 5) + [3.75 * i, 3.75 * i, 0],
            generator=simple_cubic(i + 1),
            priority=5 - i,
            tolerance=1e-6,
        )
        for i in range(5)
    ]
    found = composition(scene_of(stack).all_species)
    assert found == {1: 120, 2: 51, 3: 84, 4: 33, 5: 75}
