"""Bicrystals: both grains whole up to the boundary, none too close, as they were asked for."""

import copy
import pickle

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.prefab import SimpleGrainBoundary
from czone.scene import Scene
from czone.transform import Rotation, rot_v
from czone.util import coordination_numbers, neighbor_pairs, random_rotations
from czone.volume import Plane, Volume, makeRectPrism
from tests.solids import ball, gold

BOND = 4.07825 / np.sqrt(2)


def built(*args, **keywords):
    bicrystal = SimpleGrainBoundary(*args, **keywords).build_object()
    bicrystal.populate_atoms()
    return bicrystal


def test_no_two_atoms_are_too_close_and_no_grain_has_holes():
    bicrystal = built((0, 0, 1), 0.0, (1, 1, 0), 0.4, volume=ball(25, (3, 4, 50)))
    atoms = bicrystal.atoms
    assert cKDTree(atoms).query(atoms, k=2)[0][:, 1].min() >= 0.8 * BOND
    deep = (np.linalg.norm(atoms - [3, 4, 50], axis=1) < 21) & (np.abs(atoms[:, 0] - 3) > 6)
    assert (coordination_numbers(atoms, 3.4)[deep] == 12).all()


@pytest.mark.parametrize("plane", [(1, 0, 0), (0, 0, 1), (1, 1, 1), (1, 1, 0)])
def test_atoms_on_the_boundary_itself_keep_their_distance(plane):
    # The boundary passes through a lattice point, so that atoms lie on it within both grains.
    box = Volume(points=makeRectPrism(40, 40, 40, center=[0, 0, 0]), generator=gold())
    atoms = built((1, 0, 0), 0.2, (1, 1, 0), 0.5, plane=plane, volume=box).atoms
    assert cKDTree(atoms).query(atoms, k=2)[0][:, 1].min() >= 0.8 * BOND


def columns_along_z(atoms):
    """Shortest repeat along z of the bulk of a grain."""
    pairs = neighbor_pairs(atoms, 5.0)
    along = np.abs(pairs.vectors[:, 2]) > pairs.distances - 0.01
    return pairs.distances[along].min()


def test_zone_axes_are_along_z():
    bicrystal = built((0, 0, 1), 0.0, (1, 1, 0), 0.4, volume=ball(25))
    atoms = bicrystal.atoms
    assert columns_along_z(atoms[atoms[:, 0] < -3]) == pytest.approx(4.07825)
    assert columns_along_z(atoms[atoms[:, 0] > 3]) == pytest.approx(BOND)


def test_in_plane_rotations_turn_the_grains():
    for angle in (0.0, 0.3, 0.9):
        atoms = built((0, 0, 1), 0.0, r2=angle, volume=ball(25)).atoms
        right = atoms[atoms[:, 0] > 5]
        pairs = neighbor_pairs(right, 4.2)
        cubic = pairs.vectors[(pairs.distances > 4) & (np.abs(pairs.vectors[:, 2]) < 0.01)]
        turns = np.arctan2(cubic[:, 1], cubic[:, 0]) % (np.pi / 2)
        np.testing.assert_allclose(np.cos(4 * turns), np.cos(4 * angle), atol=1e-6)
        np.testing.assert_allclose(np.sin(4 * turns), np.sin(4 * angle), atol=1e-6)


def test_sigma_5_tilt_boundary_has_coincidence_sites():
    half = np.arctan(1 / 3)
    grains = [
        built((0, 0, 1), angle, volume=ball(25), plane=Plane([0, 0, 1], [0, 0, 90])).atoms
        for angle in (half, -half)
    ]
    shared = cKDTree(grains[0]).query(grains[1])[0] < 1e-6
    assert shared.mean() == pytest.approx(1 / 5, abs=0.02)


def test_same_grain_twice_is_the_perfect_crystal():
    whole = ball(25)
    whole.populate_atoms()
    assert len(built((0, 0, 1), 0.0, volume=ball(25), point=(0.7, 0, 0)).atoms) == len(whole.atoms)


def test_boundary_as_plane_as_indices_and_through_a_point():
    by_plane = SimpleGrainBoundary(
        (0, 0, 1), 0.0, r2=0.5, plane=Plane([0, 1, 0], [0, 4, 0]), volume=ball(25)
    ).build_object()
    by_indices = SimpleGrainBoundary(
        (0, 0, 1), 0.0, r2=0.5, plane=(0, 1, 0), point=(9, 4, 9), volume=ball(25)
    ).build_object()
    by_plane.populate_atoms()
    by_indices.populate_atoms()
    assert np.array_equal(by_plane.atoms, by_indices.atoms)
    # Indices count in the first grain as it lies.
    turned = SimpleGrainBoundary((0, 0, 1), 0.6, r2=0.0, plane=(1, 0, 0), volume=ball(25))
    normal = turned.build_object().volumes[0].alg_objects[-1].normal
    assert normal == pytest.approx([np.cos(0.6), np.sin(0.6), 0])


def test_orientation_of_the_generator_does_not_matter():
    crystal = gold()
    crystal.transform(Rotation(random_rotations(rng=3)))
    turned = built((1, 1, 1), 0.0, r2=0.5, volume=ball(25), generator=crystal)
    atoms = turned.atoms[turned.atoms[:, 0] < -4]
    assert len(np.unique(np.round(atoms[:, 2], 3))) < 25  # close-packed layers, 2.35 apart


def test_recipes_compare_by_what_they_say():
    def recipe(angle):
        return SimpleGrainBoundary((0, 0, 1), 0.2, r2=angle, volume=ball(25))

    assert recipe(0.1) == recipe(0.1) == copy.deepcopy(recipe(0.1))
    assert recipe(0.1) != recipe(0.3)


def test_bicrystal_moves_goes_into_scenes_and_copies():
    box = Volume(points=makeRectPrism(30, 30, 30), generator=gold(), priority=2)
    bicrystal = built((0, 0, 1), 0.2, r2=-0.2, volume=box, min_distance=2.5)
    assert bicrystal.priority == 2
    count = len(bicrystal.atoms)
    for twin in (copy.deepcopy(bicrystal), pickle.loads(pickle.dumps(bicrystal)),
                 bicrystal.from_volume()):  # fmt: skip
        twin.transform(Rotation(rot_v([1, 2, 3], 0.4)))
        scene = Scene([[-50, -50, -50], [50, 50, 50]], [twin])
        scene.populate()
        assert len(scene.all_atoms) == count
        assert cKDTree(scene.all_atoms).query(scene.all_atoms, k=2)[0][:, 1].min() >= 2.5
