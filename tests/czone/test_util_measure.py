"""Distribution functions, neighbours and cells against brute force and known crystals."""

import copy
import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from czone.util import (
    calc_rdf,
    coordination_numbers,
    get_sdist_fun,
    get_voxel_grid,
    neighbor_pairs,
    radial_distribution,
)

A_AU = 4.07825
FCC = A_AU * np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
HEXAGONAL = np.array([[2.95, 0, 0], [-1.475, 2.95 * 3**0.5 / 2, 0], [0, 0, 4.68]])
TITANIUM = np.array([[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]]) @ HEXAGONAL


def brute_force_distances(points, lattice, periodic, cutoff):
    """All ordered pair distances below the cutoff, over explicit images."""
    heights = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)
    reach = np.where(periodic, np.ceil(cutoff / heights) + 1, 0).astype(int)
    found = []
    for image in product(*[range(-m, m + 1) for m in reach]):
        offsets = points[None] + np.array(image) @ lattice - points[:, None]
        lengths = np.linalg.norm(offsets, axis=-1)
        if image == (0, 0, 0):
            lengths = lengths[~np.eye(len(points), dtype=bool)]
        found.append(lengths[lengths < cutoff].ravel())
    return np.concatenate(found)


@given(
    seed=st.integers(0, 2**32),
    n_atoms=st.integers(2, 60),
    cutoff=st.floats(0.5, 9.0),
    periodic=st.tuples(*[st.booleans()] * 3),
    skew=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_pairs_are_those_of_brute_force_for_any_cell(seed, n_atoms, cutoff, periodic, skew):
    rng = np.random.default_rng(seed)
    lattice = np.diag(rng.uniform(3, 12, 3))
    if skew:
        lattice += rng.uniform(-1, 1, (3, 3))
    points = rng.random((n_atoms, 3)) @ lattice
    expected = np.sort(brute_force_distances(points, lattice, np.array(periodic), cutoff))
    pairs = neighbor_pairs(points, cutoff, cell=lattice, periodic=periodic)
    np.testing.assert_allclose(np.sort(np.repeat(pairs.distances, 2)), expected, atol=1e-9)
    rdf = radial_distribution(
        points, cutoff=cutoff, bin_width=cutoff / 7, cell=lattice, periodic=periodic
    )
    assert rdf.counts.sum() == len(expected)
    assert rdf.coordination[-1] == pytest.approx(len(expected) / n_atoms)


def test_vectors_lead_from_first_to_second_atom():
    points = np.random.default_rng(1).uniform(0, 10, (200, 3))
    pairs = neighbor_pairs(points, 2.0, cell=[10.0] * 3, periodic=True)
    landing = (points[pairs.first] + pairs.vectors - points[pairs.second]) / 10
    np.testing.assert_allclose(landing, np.round(landing), atol=1e-9)


def test_lists_are_symmetric_and_agree_with_coordination():
    points = np.random.default_rng(2).uniform(0, 10, (150, 3))
    pairs = neighbor_pairs(points, 2.5)
    lists = pairs.lists()
    assert [len(near) for near in lists] == pairs.coordination.tolist()
    assert all(i in lists[j] for i, near in enumerate(lists) for j in near)


@pytest.mark.parametrize(
    ("points", "cell", "cutoff", "coordination"),
    [
        (FCC, [A_AU] * 3, 3.4, 12),
        (FCC, [A_AU] * 3, 4.2, 18),
        (TITANIUM, HEXAGONAL, 3.2, 12),
        (np.array([[0, 0, 0], [1.43325] * 3]), [2.8665] * 3, 2.7, 8),
    ],
)
def test_crystals_have_their_coordination(points, cell, cutoff, coordination):
    assert (coordination_numbers(points, cutoff, cell=cell, periodic=True) == coordination).all()


def test_titanium_has_six_and_six_neighbours_at_the_textbook_distances():
    pairs = neighbor_pairs(TITANIUM, 3.2, cell=HEXAGONAL, periodic=True)
    np.testing.assert_allclose(np.sort(pairs.distances)[:6], 2.8942, atol=1e-4)
    np.testing.assert_allclose(np.sort(pairs.distances)[6:], 2.95, atol=1e-9)


@pytest.mark.parametrize("periodic", [True, False, (True, True, False)])
def test_independent_points_have_g_of_one(periodic):
    points = np.random.default_rng(0).uniform(0, 30, (20000, 3))
    rdf = radial_distribution(points, cutoff=12.0, cell=[30.0] * 3, periodic=periodic)
    # Every bin above 2 A holds more than 70000 pairs: 0.4 %, four times that is allowed.
    assert abs(rdf.g[rdf.r > 2] - 1).max() < 0.016


def test_g_integrates_to_the_coordination():
    rdf = radial_distribution(FCC, cutoff=5.5, cell=[A_AU] * 3, periodic=True)
    shells = 4 / 3 * np.pi * np.diff(rdf.edges**3)
    assert np.sum(rdf.g * shells) * 4 / A_AU**3 == pytest.approx(42)


def test_partial_functions_tell_the_elements_apart():
    salt = np.vstack([FCC, FCC + np.array([A_AU / 2, 0, 0])])
    numbers = [11] * 4 + [17] * 4
    rdf = radial_distribution(salt, cutoff=2.5, cell=[A_AU] * 3, periodic=True, numbers=numbers)
    first = rdf.g > 0
    assert not rdf.partial["Na", "Na"][first].any()
    # All first neighbours are unlike, so the unlike function is twice the total.
    np.testing.assert_allclose(rdf.partial["Na", "Cl"], 2 * rdf.g)
    np.testing.assert_allclose(rdf.partial["Na", "Cl"], rdf.partial["Cl", "Na"])


def test_histogram_of_the_old_call_counts_every_pair_twice():
    rng = np.random.default_rng(3)
    points = rng.uniform(0, 8, (120, 3))
    lattice = np.diag(np.ptp(points, axis=0))
    expected = brute_force_distances(points, lattice, np.array([True] * 3), 5.0)
    counts = calc_rdf(points, 5.0)
    expected_counts, _ = np.histogram(expected, np.arange(51) * 0.1)
    expected_counts[0] = 0
    assert counts.shape == (50,)
    assert counts.tolist() == expected_counts.tolist()


def test_caller_keeps_its_coordinates():
    points = np.random.default_rng(3).uniform(5, 8, (50, 3))
    before = points.copy()
    calc_rdf(points, 2.0)
    assert np.array_equal(points, before)


def test_flat_and_sparse_systems_are_no_exception():
    chain = np.column_stack([np.arange(50.0), np.zeros(50), np.zeros(50)])
    assert coordination_numbers(chain, 1.5).tolist() == [1, *[2] * 48, 1]
    far = np.array([[0.0, 0, 0], [1e4, 0, 0], [1e4 + 1, 0, 0]])
    assert calc_rdf(far, 2.0, False, False, False).sum() == 2


def test_results_copy_and_pickle():
    rdf = radial_distribution(FCC, cutoff=4.0, cell=[A_AU] * 3, periodic=True, numbers=[79] * 4)
    for twin in (copy.deepcopy(rdf), pickle.loads(pickle.dumps(rdf))):
        assert np.array_equal(twin.g, rdf.g)
    assert repr(rdf) == "RadialDistribution(40 bins to 4 A, partial Au-Au)"
    assert repr(neighbor_pairs(FCC, 3.0)) == "NeighborPairs(6 pairs of 4 atoms)"


def test_grid_neighbours_are_those_by_distance():
    for n in ((4, 5, 6), (3, 4, 3)):
        for flags in product([True, False], repeat=3):
            lists = get_voxel_grid(n, *flags)
            cells = np.indices(n[::-1]).reshape(3, -1).T[:, ::-1]
            for index, near in enumerate(lists):
                offset = np.abs(cells - cells[index])
                offset = np.where(flags, np.minimum(offset, np.array(n) - offset), offset)
                assert set(near) == set(np.flatnonzero((offset <= 1).all(axis=1)))


def test_square_distance_wraps_where_asked():
    points = np.random.default_rng(0).uniform(0, 5, (6, 3, 1))
    others = np.random.default_rng(1).uniform(0, 5, (1, 3, 4))
    plain = get_sdist_fun()(points, others)
    assert plain.shape == (6, 4)
    assert plain == pytest.approx(((points - others) ** 2).sum(axis=1))
    wrapped = get_sdist_fun((5, 5, 5), True, True, True)(points, others)
    assert (wrapped <= plain + 1e-12).all()
    assert wrapped.max() <= 3 * 2.5**2
    with pytest.raises(ValueError, match="dims must be three positive"):
        get_sdist_fun(px=True)
