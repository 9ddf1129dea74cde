"""Snapping: the lattice plane next to a point, for any lattice, origin, orientation and strain."""

import numpy as np
import pytest

from czone.generator import Generator
from czone.transform import HStrain, IStrain, Rotation, Translation, rot_v
from czone.volume import make_rect_prism, snap_plane_near_point
from tests.solids import A_AU, gold

TURN = Rotation(rot_v([1, 2, 3], 0.6), origin=[2, 0, 1])


def plane_residual(plane, generator):
    """Return the distance from a plane to the nearest atom of a crystal, in angstrom."""
    positions, _ = generator.supply_atoms(make_rect_prism(30, 30, 30, plane.point))
    return np.abs(plane.sdist_from_plane(positions)).min()


def one_atom(angles, origin):
    return Generator.from_unit_cell([6], [[0, 0, 0]], [3, 4, 5], angles, origin=origin)


@pytest.mark.parametrize("hkl", [(1, 1, 1), (1, 0, 0), (2, -1, 0), (1, 2, 3)])
@pytest.mark.parametrize("angles", [(90, 90, 90), (90, 90, 120), (80, 95, 110)])
def test_snapped_plane_is_the_nearest_for_any_lattice_and_origin(hkl, angles):
    crystal = one_atom(angles, [0.3, -0.7, 1.1])
    crystal.transform(Rotation(rot_v([1, 0, 2], 0.7), origin=[1, 1, 1]))
    normal = np.array(hkl) @ crystal.voxel.reciprocal_bases
    spacing = 1 / np.linalg.norm(normal)
    for point in np.random.default_rng(2).uniform(-20, 20, (25, 3)):
        plane = snap_plane_near_point(point, crystal, hkl)
        np.testing.assert_allclose(plane.normal, normal * spacing)
        assert abs(plane.sdist_from_plane(point)[0]) <= spacing / 2 + 1e-9
        assert plane_residual(plane, crystal) < 1e-9
        floor, ceil = (snap_plane_near_point(point, crystal, hkl, m) for m in ("floor", "ceil"))
        assert 0 <= floor.sdist_from_plane(point)[0] < spacing
        assert -spacing < ceil.sdist_from_plane(point)[0] <= 0


@pytest.mark.parametrize("mode", ["nearest", "floor", "ceil"])
def test_point_on_a_plane_keeps_it(mode):
    for k in range(-9, 9):
        point = k * A_AU / 3 * np.ones(3)
        plane = snap_plane_near_point(point, gold(), (1, 1, 1), mode)
        assert abs(plane.sdist_from_plane(point)[0]) < 1e-9


@pytest.mark.parametrize("strain_mode", ["crystal", "standard"])
@pytest.mark.parametrize("origin", ["generator", [3.0, 1.0, 2.0]])
def test_snapped_plane_of_a_strained_and_turned_crystal_holds_atoms(strain_mode, origin):
    crystal = one_atom((80, 95, 110), [0.3, -0.7, 1.1])
    gradient = [[1.1, 0.05, 0], [0, 0.9, 0.02], [0, 0, 1.05]]
    crystal.strain_field = HStrain(gradient, origin=origin, mode=strain_mode)
    crystal.transform([TURN, Translation([4, 5, 6])])
    for point in np.random.default_rng(2).uniform(-20, 20, (10, 3)):
        plane = snap_plane_near_point(point, crystal, (1, 1, 1))
        assert plane_residual(plane, crystal) < 1e-6
        floor, ceil = (
            snap_plane_near_point(point, crystal, (1, 1, 1), m).sdist_from_plane(point)[0]
            for m in ("floor", "ceil")
        )
        assert ceil <= 1e-9 and floor >= -1e-9
        assert abs(plane.sdist_from_plane(point)[0]) == pytest.approx(min(floor, -ceil))


def test_snapped_plane_under_inhomogeneous_strain_is_the_tangent():
    crystal = one_atom((90, 90, 90), [0, 0, 0])
    crystal.strain_field = IStrain(
        lambda x: x + x[:, :1] ** 2 / 200 * [0, 0, 1], origin=[0, 0, 0], mode="standard"
    )
    plane = snap_plane_near_point([20.0, 0, 12.4], crystal, (0, 0, 1))
    np.testing.assert_allclose(plane.normal, np.array([-0.2, 0, 1]) / np.hypot(0.2, 1), atol=1e-5)
    assert abs(plane.sdist_from_plane([20.0, 0, 12.0])[0]) < 0.02
