"""Bad input to the shapes, rotations and volumes of `czone`."""

import numpy as np

from czone.geometry import Hull, Region, get_bounding_box, rot_align
from czone.transform import rot_v, rot_vtv, rot_zxz
from czone.volume import (
    Cylinder,
    Ellipsoid,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    Voxel,
    convex_hull_to_planes,
    make_rect_prism,
    snap_plane_near_point,
)
from tests import solids
from tests.errors.table import Row, refused, table
from tests.solids import gold

NAN, INF = float("nan"), float("inf")
CENTER = [0.0, 0.0, 0.0]


def ball() -> Volume:
    return solids.ball(8.0)


def sphere() -> Sphere:
    return Sphere(1, CENTER)


def box(**more) -> Volume:
    return Volume(make_rect_prism(1, 1, 1), **more)


def snapped(point=CENTER, indices=(1, 1, 1), mode="nearest") -> Plane:
    return snap_plane_near_point(point, gold(), indices, mode)


# fmt: off
ROWS = (
    # Shapes
    Row("Sphere", "radius", "positive", "0", lambda: Sphere(0, CENTER)),
    Row("Sphere", "radius", "positive", "nan", lambda: Sphere(NAN, CENTER)),
    Row("Sphere", "radius", "positive", "inf", lambda: Sphere(INF, CENTER)),
    Row("Sphere", "radius", "number", "'big'", lambda: Sphere("big", CENTER), TypeError),
    Row("Sphere", "center", "3 numbers", "(2,)", lambda: Sphere(1, [0, 0])),
    Row("Sphere", "center", "finite", "nan", lambda: Sphere(1, [0, 0, NAN])),
    Row("Sphere", "tol", "zero or more", "-0.1", lambda: Sphere(1, CENTER, tol=-0.1)),
    Row("Sphere", "points", "(n, 3)", "(2,)", lambda: Sphere(1, CENTER).check_if_interior([0, 0])),
    Row("Region", "surfaces", "Sphere, Plane", "'half'", lambda: Region(surfaces=["half"]), TypeError),
    Row("Region", "hull", "a Hull or None", "'cube'", lambda: Region("cube"), TypeError),
    Row("Ellipsoid", "axes", "(3, 3)", "(3,)", lambda: Ellipsoid([1, 1, 1], CENTER)),
    Row("Ellipsoid", "axes", "independent", "0.0", lambda: Ellipsoid(np.zeros((3, 3)), CENTER)),
    Row("Plane", "normal", "zero vector", "[0, 0, 0]", lambda: Plane([0, 0, 0], CENTER)),
    Row("Plane", "point", "finite", "inf", lambda: Plane([0, 0, 1], [0, INF, 0])),
    Row("Cylinder", "length", "positive", "0", lambda: Cylinder([0, 0, 1], CENTER, 1, 0)),
    Row("Voxel", "bases", "parallel", "1.0", lambda: Voxel(bases=np.ones((3, 3)))),
    Row("Voxel", "scale", "positive", "0", lambda: Voxel(scale=0)),
    Row("make_rect_prism", "a", "positive", "-3", lambda: make_rect_prism(-3, 1, 1)),
    Row("make_rect_prism", "c", "positive", "nan", lambda: make_rect_prism(1, 1, NAN)),
    Row("convex_hull", "points", "4", "3", lambda: convex_hull_to_planes(np.eye(3))),
    Row("Cylinder.moved", "matrix", "circular", "3.0", lambda: Cylinder([0, 0, 1], CENTER, 1, 4).moved(np.diag([3.0, 1, 1]), np.zeros(3))),
    Row("Sphere", "center", "3 numbers", "'abc'", lambda: Sphere(1, "abc"), TypeError),
    Row("Sphere", "testPoints", "points", "testPoints", lambda: sphere().check_if_interior(points=[CENTER], testPoints=[CENTER]), TypeError),
    Row("from_alg_object", "from_alg_object", "transformation only", "['radius']", lambda: sphere().from_alg_object(radius=3), TypeError),
    Row("Cylinder", "axis", "zero vector", "[0, 0, 0]", lambda: Cylinder([0, 0, 0], CENTER, 1, 1)),
    Row("Voxel", "bases", "in one plane", "[1.0, 0.0, 1.0]", lambda: Voxel(bases=[[1, 0, 1], [0, 1, 1], [0, 0, 0]])),
    Row("Voxel", "bases", "(3, 3)", "(2, 2)", lambda: Voxel(bases=np.eye(2))),
    Row("Voxel", "origin", "finite", "nan", lambda: Voxel(origin=[NAN, 0, 0])),
    Row("make_rect_prism", "b", "positive", "-2", lambda: make_rect_prism(1, -2, 3)),
    Row("get_bounding_box", "planes", "at least one", "none", lambda: get_bounding_box([])),
    Row("Hull", "points", "span a volume", "3", lambda: Hull(np.eye(3))),
    Row("Hull of one plane", "points", "span a volume", "plane or line", lambda: Hull([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])),
    # Rotations
    Row("rot_v", "v", "zero vector", "[0, 0, 0]", lambda: rot_v([0, 0, 0], 1.0)),
    Row("rot_v", "theta", "finite", "nan", lambda: rot_v([0, 0, 1], NAN)),
    Row("rot_vtv", "vt", "zero vector", "[0, 0, 0]", lambda: rot_vtv([0, 0, 1], [0, 0, 0])),
    Row("rot_zxz", "convention", "extrinsic", "'xyz'", lambda: rot_zxz(0, 0, 0, "xyz")),
    Row("rot_vtv", "v", "zero vector", "[0, 0, 0]", lambda: rot_vtv([0, 0, 0], [1, 0, 0])),
    Row("rot_align", "v and vt", "same number of vectors", "(1, 3)", lambda: rot_align([[1, 0, 0]], np.eye(3))),
    # Volumes
    Row("Volume", "points", "(n, 3)", "(2, 2)", lambda: Volume(points=[[0, 0], [1, 1]])),
    Row("Volume", "alg_objects", "Sphere", "'ball'", lambda: Volume(alg_objects=["ball"]), TypeError),
    Row("Volume", "generator", "offer supply_atoms, or be a pymatgen Structure, periodic ASE", "7", lambda: Volume(generator=7), TypeError),
    Row("Volume", "priority", "integer", "1.5", lambda: Volume(priority=1.5), TypeError),
    Row("Volume", "tolerance", "zero or more", "-1", lambda: Volume(tolerance=-1)),
    Row("Volume.transform", "transformation", "transform", "3", lambda: ball().transform(3), TypeError),
    Row("MultiVolume", "volumes", "Volume", "1", lambda: MultiVolume([1]), TypeError),
    Row("Volume", "points", "finite", "nan", lambda: Volume(points=[[0, 0, NAN]] * 4)),
    Row("Volume", "points", "span a volume", "plane or line", lambda: Volume(points=np.zeros((5, 3)))),
    Row("Volume", "points", "at least one", "none", lambda: Volume(points=[])),
    Row("Volume", "points", "4 or more", "3", lambda: Volume(np.eye(3), Sphere(9, CENTER), gold()).populate_atoms()),
    Row("Volume.region", "points", "4 or more", "1", lambda: Volume([CENTER], Sphere(9, CENTER)).region),
    Row("Volume", "points", "4 or more", "neither", lambda: Volume(generator=gold()).populate_atoms()),
    Row("Volume.create_hull", "points", "4 or more", "0", lambda: Volume(generator=gold()).create_hull()),
    Row("Volume", "gen_origin", "needs a generator", "None", lambda: Volume(gen_origin=CENTER)),
    Row("Volume", "color", "takes no argument", "['color']", lambda: Volume(color=1), TypeError),
    Row("Volume", "generator", "before populate_atoms()", "None", lambda: box().populate_atoms()),
    Row("Volume.ase_atoms", "Volume", "populate_atoms() first", "no atoms yet", lambda: box().ase_atoms, RuntimeError),
    Row("Volume.to_file", "Volume", "populate_atoms() first", "no atoms yet", lambda: box().to_file("a.xyz"), RuntimeError),
    Row("MultiVolume", "volumes", "at least one Volume", "empty", lambda: MultiVolume().populate_atoms()),
    Row("MultiVolume.ase_atoms", "MultiVolume", "populate_atoms() first", "no atoms yet", lambda: MultiVolume([ball()]).ase_atoms, RuntimeError),
    # Planes of crystals
    Row("snap_plane", "mode", "nearest", "'left'", lambda: snapped(mode="left")),
    Row("snap_plane", "point", "3 numbers", "(2,)", lambda: snapped([0, 0])),
    Row("snap_plane", "miller_indices", "zero vector", "(0, 0, 0)", lambda: snapped(indices=(0, 0, 0))),
    Row("snap_plane", "miller_indices", "whole numbers", "(0.5, 0, 0)", lambda: snapped(indices=(0.5, 0, 0))),
    Row("snap_plane", "miller_indices", "3 numbers", "(2,)", lambda: snapped(indices=(1, 1))),
    Row("snap_plane", "miller_indices", "finite", "nan", lambda: snapped(indices=(0, 0, NAN))),
    Row("snap_plane", "miller_indices", "three indices in a cell that is not hexagonal", "(1, 0, -1, 0)", lambda: snapped(indices=(1, 0, -1, 0))),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)
