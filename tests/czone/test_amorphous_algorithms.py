"""Random sequential addition: exact counts, no short contact anywhere, clear refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from czone.generator.amorphous_algorithms import (
    atom_count,
    gen_p_substrate,
    gen_p_substrate_batched,
    get_p_dist,
    get_p_dist_batch,
    get_voxels,
    random_sequential_addition,
)


def smallest_distance(points, dims, periodic=(True, True, False)):
    """Brute force over the 27 images; independent of the code under test."""
    shifts = np.array([(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)])
    shifts = shifts[~(shifts[:, ~np.array(periodic)] != 0).any(axis=1)]
    images = (points[None] + (shifts * dims)[:, None]).reshape(-1, 3)
    return cKDTree(images).query(points, k=2)[0][:, 1].min()


@given(
    dims=st.tuples(*[st.floats(1.5, 25.0)] * 3),
    min_dist=st.floats(0.8, 1.5),
    periodic=st.tuples(*[st.booleans()] * 3),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_no_pair_is_too_close_in_a_box_of_any_size(dims, min_dist, periodic, seed):
    count = max(1, atom_count(dims, 0.05))
    points, _ = random_sequential_addition(dims, [count], min_dist, periodic=periodic, rng=seed)
    assert points.shape == (count, 3)
    assert (points >= 0).all()
    assert (points <= np.array(dims)).all()
    if count > 1:
        # A difference of coordinates near 25 A is exact to 1e-14 A.
        assert smallest_distance(points, np.array(dims), periodic) >= min_dist - 1e-12


@pytest.mark.parametrize("dims", [(50, 50, 20), (100, 100, 20), (41.3, 33.9, 12.1)])
def test_carbon_film_has_the_exact_count_and_no_contact_across_the_seam(dims):
    film = gen_p_substrate(dims, rng=3)
    assert len(film) == round(0.1103075 * np.prod(dims))
    assert smallest_distance(film, np.array(dims, float)) >= 1.4


def brute_force_packing(dims, n_atoms, min_dist, rng):
    """Random sequential addition by its definition, without cells."""
    points = np.empty((0, 3))
    while len(points) < n_atoms:
        trial = rng.random(3) * dims
        offset = np.abs(points - trial)
        offset = np.minimum(offset, dims - offset)
        if (np.square(offset).sum(axis=1) >= min_dist**2).all():
            points = np.vstack([points, trial])
    return points


def pair_distribution(points, dims, edges):
    pairs = np.diff(
        cKDTree(points, boxsize=dims).count_neighbors(cKDTree(points, boxsize=dims), edges)
    )
    shells = 4 / 3 * np.pi * np.diff(edges**3)
    return pairs / (len(points) ** 2 / dims.prod() * shells)


def test_pair_distribution_is_that_of_a_random_sequential_packing():
    edges = np.array([1.4, 1.6, 2.0, 2.4])
    small, large = np.full(3, 18.0), np.full(3, 60.0)
    rng = np.random.default_rng(1)
    n_small, n_large = atom_count(small, 0.1103075), atom_count(large, 0.1103075)
    expected = np.mean(
        [
            pair_distribution(brute_force_packing(small, n_small, 1.4, rng), small, edges)
            for _ in range(12)
        ],
        axis=0,
    )
    points, _ = random_sequential_addition(large, [n_large], 1.4, periodic=(True,) * 3, rng=8)
    # The reference counts about 2800 pairs in the first shell: 2 %; three times that is allowed.
    np.testing.assert_allclose(pair_distribution(points, large, edges), expected, rtol=0.06)


def test_points_are_spread_evenly():
    film = gen_p_substrate((60, 60, 60), rng=2)
    octants = np.bincount((film > 30).astype(int) @ [1, 2, 4], minlength=8)
    # 23826 atoms: 2978 per octant; a packing fluctuates less than the 55 of independent points.
    assert abs(octants - len(film) / 8).max() < 150


def test_same_seed_same_film_and_other_seed_other_film():
    assert np.array_equal(
        gen_p_substrate((30, 30, 10), rng=4), gen_p_substrate((30, 30, 10), seed=4)
    )
    assert not np.array_equal(
        gen_p_substrate((30, 30, 10), rng=4), gen_p_substrate((30, 30, 10), rng=5)
    )
    assert not np.array_equal(gen_p_substrate((30, 30, 10)), gen_p_substrate((30, 30, 10)))


def test_film_depends_on_numpy_alone():
    """Stored number: the film is the same on every platform and numba version."""
    film = gen_p_substrate((30, 30, 10), rng=0)
    first = np.random.default_rng(0).random((1, 3)) * [30, 30, 10]
    assert np.array_equal(film[:1], first)
    assert film[-1] == pytest.approx([6.281819, 24.083630, 7.861882], abs=1e-5)


def test_batched_spelling_gives_a_film():
    film = gen_p_substrate_batched([30, 30, 10], 1.4, 0.1, False, 2.0, 16, 7)
    assert len(film) == 900


def test_mixture_keeps_every_pair_apart():
    table = np.array([[2.4, 1.5], [1.5, 2.1]])
    dims = np.array([30.0, 30, 20])
    points, kinds = random_sequential_addition(dims, [397, 794], table, rng=1)
    assert np.bincount(kinds).tolist() == [397, 794]
    tree = cKDTree(points % dims, boxsize=[30, 30, 200])
    for i, j in tree.query_pairs(2.4 - 1e-9):
        offset = np.abs(points[i] - points[j])
        offset[:2] = np.minimum(offset[:2], dims[:2] - offset[:2])
        assert np.linalg.norm(offset) >= table[kinds[i], kinds[j]] - 1e-12


def test_periodic_distance_wraps_in_x_and_y_only():
    origin = np.zeros((1, 3))
    assert get_p_dist(origin, np.array([[9.0, 0, 0]]), (10, 10, 10)) == pytest.approx([1.0])
    assert get_p_dist(origin, np.array([[0, 9.0, 0]]), (10, 10, 10)) == pytest.approx([1.0])
    assert get_p_dist(origin, np.array([[0, 0, 9.0]]), (10, 10, 10)) == pytest.approx([81.0])


def test_batched_distance_ignores_padding():
    compare = np.array([[[0.0, 0, 0], [-1000, -1000, -1000]], [[0, 0, 0], [9.5, 0, 0]]])
    points = np.array([[2.0, 0, 0], [2.0, 0, 0]])
    assert get_p_dist_batch(compare, points, (10, 10, 10), 4.0 - 1e-9).tolist() == [True, True]
    assert get_p_dist_batch(compare, points, (10, 10, 10), 5.0).tolist() == [False, False]


def test_cells_are_never_narrower_than_the_distance():
    voxels, neighbors = get_voxels(1.4, (5, 5, 3))
    assert (len(voxels), len(voxels[0]), len(voxels[0][0])) == (3, 3, 2)
    assert len(neighbors[0][0][0]) == 3 * 3 * 2
    assert (0, 0, 0) in neighbors[0][0][0]
