"""Surface atoms and normals against coordination numbers and geometry."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay, cKDTree

from czone.surface import (
    alpha_shape_alg_3D,
    alpha_shape_alg_3D_with_sampling,
    find_approximate_normal,
    get_nearest_neighbors,
    sparse_matrix_from_tri,
    surface_atoms,
    surface_normals,
    tetrahedron_circumradii,
    undercoordinated_atoms,
)

A_AU = 4.07825


def gold_lattice(reach):
    n = int(reach / A_AU) + 2
    cells = np.indices((2 * n + 1,) * 3).reshape(3, -1).T - n
    basis = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    return A_AU * (cells[:, None] + basis).reshape(-1, 3)


LATTICE = gold_lattice(42)
RADIUS = np.linalg.norm(LATTICE, axis=1)


def dumbbell(neck):
    left, right = np.array([-20.0, 0, 0]), np.array([20.0, 0, 0])
    return (
        (np.linalg.norm(LATTICE - left, axis=1) < 16)
        | (np.linalg.norm(LATTICE - right, axis=1) < 16)
        | ((np.linalg.norm(LATTICE[:, 1:], axis=1) < neck) & (np.abs(LATTICE[:, 0]) < 20))
    )


SHAPES = {
    "ball": RADIUS < 25,
    "cube": (np.abs(LATTICE) < 20.01).all(axis=1),
    "dumbbell": dumbbell(7),
    "fused balls": dumbbell(12),
    "hollow shell": (RADIUS < 34) & (RADIUS > 20),
    "slab": (np.abs(LATTICE) < [30, 30, 6]).all(axis=1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_surface_is_where_neighbours_are_missing(shape):
    atoms = LATTICE[SHAPES[shape]]
    surface = set(surface_atoms(atoms).tolist())
    missing = set(undercoordinated_atoms(atoms, 3.4, 12).tolist())
    recall = len(surface & missing) / len(missing)
    precision = len(surface & missing) / len(surface)
    assert recall >= 0.99
    assert precision >= 0.99


def test_concave_neck_is_found():
    atoms = LATTICE[SHAPES["dumbbell"]]
    missing = undercoordinated_atoms(atoms, 3.4, 12)
    neck = missing[np.abs(atoms[missing, 0]) < 4]
    assert len(neck) > 20
    assert np.isin(neck, surface_atoms(atoms)).all()


def exposed_by_definition(points, radius):
    """Points on an empty ball: centres through every triple of neighbours, tested one by one."""
    tree = cKDTree(points)
    found = set()
    for p in range(len(points)):
        near = [q for q in tree.query_ball_point(points[p], 2 * radius) if q != p]
        vectors = points[near] - points[p]
        centers = [radius * u for u in np.vstack([np.eye(3), -np.eye(3)])]
        for v in vectors:  # one point on the rim of every cap
            across = np.cross(v, [0.3, 0.5, 0.81])
            across *= np.sqrt(max(radius**2 - v @ v / 4, 0)) / np.linalg.norm(across)
            centers.append(v / 2 + across)
        for a, b in combinations(vectors, 2):
            normal = np.cross(a, b)
            center = np.cross((a @ a) * b - (b @ b) * a, normal) / (2 * normal @ normal)
            height = radius**2 - center @ center
            if height >= 0:
                step = np.sqrt(height) * normal / np.linalg.norm(normal)
                centers += [center + step, center - step]
        distances = np.linalg.norm(np.array(centers)[:, None] - vectors[None], axis=-1)
        if len(near) == 0 or (distances >= radius - 1e-9).all(axis=1).any():
            found.add(p)
    return found


@given(seed=st.integers(0, 2**32), n=st.integers(1, 40), radius=st.floats(0.6, 3.0))
@settings(max_examples=40, deadline=None)
def test_surface_of_random_points_is_that_of_the_definition(seed, n, radius):
    points = np.random.default_rng(seed).uniform(0, 4, (n, 3))
    assert set(surface_atoms(points, radius).tolist()) == exposed_by_definition(points, radius)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_surface_moves_with_the_atoms_and_ignores_their_order(seed):
    rng = np.random.default_rng(seed)
    atoms = LATTICE[RADIUS < 12]
    expected = surface_atoms(atoms)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    order = rng.permutation(len(atoms))
    moved = (atoms @ turn.T + rng.uniform(-50, 50, 3))[order]
    assert np.array_equal(np.sort(order[surface_atoms(moved)]), expected)


def test_larger_probe_sees_less():
    atoms = LATTICE[SHAPES["dumbbell"]]
    fine, coarse = (set(surface_atoms(atoms, r).tolist()) for r in (2.5, 8.0))
    assert coarse < fine


def test_lonely_atoms_are_surface_and_no_atoms_have_none():
    assert surface_atoms(np.array([[0.0, 0, 0], [1e5, 0, 0], [1e5, 3, 0]])).tolist() == [0, 1, 2]
    assert surface_atoms(np.zeros((0, 3))).tolist() == []


def test_normals_of_a_ball_point_outwards():
    atoms = LATTICE[RADIUS < 30]
    surface = surface_atoms(atoms)
    cosines = (
        np.sum(surface_normals(atoms, surface) * atoms[surface], axis=1)
        / RADIUS[RADIUS < 30][surface]
    )
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    assert np.median(angles) < 4
    assert angles.max() < 15


def test_normals_in_a_hollow_point_inwards():
    atoms = LATTICE[SHAPES["hollow shell"]]
    inner = np.array([i for i in surface_atoms(atoms) if np.linalg.norm(atoms[i]) < 23])
    assert (np.sum(surface_normals(atoms, inner) * atoms[inner], axis=1) < 0).all()


def test_normal_of_a_facet_is_exact_and_of_the_bulk_is_none():
    atoms = LATTICE[SHAPES["slab"]]
    middle = np.linalg.norm(atoms[:, :2], axis=1) < 15
    top = np.flatnonzero(middle & (atoms[:, 2] > atoms[:, 2].max() - 0.1))
    np.testing.assert_allclose(
        surface_normals(atoms, top), np.tile([0, 0, 1.0], (len(top), 1)), atol=1e-9
    )
    ball = LATTICE[RADIUS < 20]
    center = np.linalg.norm(ball, axis=1).argmin()
    assert surface_normals(ball, [center]).tolist() == [[0, 0, 0]]


def test_old_names_give_the_same_atoms_every_time():
    atoms = LATTICE[RADIUS < 15]
    expected = surface_atoms(atoms, 2.5).tolist()
    assert alpha_shape_alg_3D(atoms, 2.5) == expected
    assert alpha_shape_alg_3D_with_sampling(atoms, 2.5, 20, seed=1) == expected


def test_alpha_shape_holds_the_crystal_and_its_rim():
    atoms = LATTICE[RADIUS < 12] + np.random.default_rng(0).normal(scale=1e-3, size=(429, 3))
    indices, shape = alpha_shape_alg_3D(atoms, 2.5, return_alpha_shape=True)
    corners = atoms[shape["tri"].simplices[shape["a_tris"][0]]]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])).sum() / 6
    # Between the hulls of the ball and of the ball less one layer.
    assert 4 / 3 * np.pi * 9.5**3 < volume < 4 / 3 * np.pi * 12**3
    on_rim = np.unique(shape["tri"].simplices[shape["surface_tris"]])
    assert set(indices) <= set(on_rim.tolist())
    near = get_nearest_neighbors(indices[0], shape, N_shells=1)
    assert len(near) > 3
    assert indices[0] not in near
    assert set(near) <= set(get_nearest_neighbors(indices[0], shape, 2, surface_only=False))


def test_circumradii_are_those_of_the_corners():
    rng = np.random.default_rng(0)
    units = rng.normal(size=(50, 4, 3))
    units /= np.linalg.norm(units, axis=-1, keepdims=True)
    radii = rng.uniform(1, 5, 50)
    corners = radii[:, None, None] * units + rng.normal(size=(50, 1, 3))
    np.testing.assert_allclose(tetrahedron_circumradii(corners), radii, rtol=1e-6)
    flat = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.0]]])
    assert np.isinf(tetrahedron_circumradii(flat)).all()


def test_adjacency_is_that_of_the_edges():
    points = np.random.default_rng(1).normal(size=(40, 3))
    simplices = Delaunay(points).simplices
    expected = np.zeros((40, 40))
    for simplex in simplices:
        for i, j in combinations(simplex, 2):
            expected[i, j] = expected[j, i] = 1
    assert np.array_equal(sparse_matrix_from_tri(simplices).toarray(), expected)


@given(st.integers(0, 2**32))
def test_approximate_normal_points_away_from_a_half_space(seed):
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=3)
    axis /= np.linalg.norm(axis)
    vectors = rng.normal(size=(12, 3))
    vectors -= np.outer(np.maximum(vectors @ axis, 0) * 2 + 0.3, axis)
    normal = find_approximate_normal(vectors)
    assert np.linalg.norm(normal) == pytest.approx(1)
    assert (vectors @ normal <= 1e-4 * np.linalg.norm(vectors, axis=1)).all()
