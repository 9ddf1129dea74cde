"""Four indices of planes and directions in hexagonal crystals."""

import numpy as np
import pytest

from czone.generator import Generator
from czone.prefab import SimpleGrainBoundary, WulffSingle
from czone.transform import Rotation, rot_v
from czone.util import zone_axis_rotations
from czone.util.miller import direction_indices, plane_indices
from czone.volume import Volume, make_rect_prism, snap_plane_near_point

A, C = 2.95, 4.68


def titanium():
    return Generator.from_spacegroup(
        ["Ti"], [[1 / 3, 2 / 3, 1 / 4]], [A, A, C], [90, 90, 120], sgn=194
    )


@pytest.mark.parametrize(
    ("four", "three"),
    # L. Weber, Z. Krist. 57, 200 (1922): [UVW] = [2u+v, u+2v, w], shortened.
    [((2, -1, -1, 0), (1, 0, 0)), ((1, 0, -1, 0), (2, 1, 0)), ((1, -1, 0, 0), (1, -1, 0))]
    + [((0, 0, 0, 1), (0, 0, 1)), ((1, 1, -2, 3), (1, 1, 1))],
)
def test_directions_with_four_indices_are_those_with_three(four, three):
    found = direction_indices("zone_axis", four)
    np.testing.assert_allclose(np.cross(found, three), 0, atol=1e-12)
    assert found @ three > 0


def test_a_direction_stands_across_the_plane_of_its_four_indices():
    # [hki0] is normal to (hki0), the reason for four indices.
    bases = titanium().voxel.sbases
    for indices in ((1, 0, -1, 0), (2, -1, -1, 0), (1, -2, 1, 0), (3, -1, -2, 0)):
        normal = plane_indices("plane", indices, bases) @ np.linalg.inv(bases)
        along = bases @ direction_indices("axis", indices, bases)
        np.testing.assert_allclose(np.cross(normal, along), 0, atol=1e-9)
        assert normal @ along > 0


def test_planes_snap_by_four_indices():
    crystal = titanium()
    crystal.transform(Rotation(rot_v([1, 2, 3], 0.4)))
    four = snap_plane_near_point([9, 8, 7], crystal, (1, 0, -1, 1))
    three = snap_plane_near_point([9, 8, 7], crystal, (1, 0, 1))
    np.testing.assert_allclose(four.normal, three.normal)
    np.testing.assert_allclose(four.point, three.point)


def test_orientations_and_grains_take_four_indices():
    bases = titanium().voxel.sbases
    turn = zone_axis_rotations((2, -1, -1, 0), bases=bases, in_plane=0.0, rng=1)
    np.testing.assert_allclose(turn @ bases[:, 0] / A, [0, 0, 1], atol=1e-12)
    box = Volume(make_rect_prism(20, 20, 10), generator=titanium())
    atoms = []
    for z, plane in (((2, -1, -1, 0), (0, 1, -1, 0)), ((1, 0, 0), (0, 1, 0))):
        grains = SimpleGrainBoundary(z, 0.1, r2=-0.1, plane=plane, volume=box).build_object()
        grains.populate_atoms()
        atoms.append(grains.atoms)
    np.testing.assert_allclose(*atoms)


def test_shapes_take_four_indices():
    counts = []
    for energies, contact in (
        ({(1, 0, -1, 0): 1.0, (0, 0, 0, 1): 0.9}, (0, 0, 0, 1)),
        ({(1, 0, 0): 1.0, (0, 0, 1): 0.9}, (0, 0, 1)),
    ):
        shape = WulffSingle(titanium(), energies, 800)
        free, bound = shape.get_construction(), shape.winterbottom(contact, 0.1)
        for particle in (free, bound):
            particle.populate_atoms()
        counts.append((len(free.atoms), len(bound.atoms)))
    assert counts[0] == counts[1]
