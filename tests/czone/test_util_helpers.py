"""Small helpers and orientation sampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from czone.util import (
    get_N_splits,
    random_directions,
    random_rotations,
    round_away,
    separated_indices,
    vangle,
    zone_axis_rotations,
)
from czone.util.misc import get_N_splits as get_n_splits_from_misc


@given(
    count=st.integers(0, 8),
    separation=st.integers(1, 6),
    length=st.integers(0, 60),
    seed=st.integers(0, 2**32),
)
def test_indices_keep_their_distance_or_are_refused(count, separation, length, seed):
    fits = count == 0 or length - 2 * separation >= (count - 1) * separation + 1
    if not fits:
        with pytest.raises(ValueError, match="count must be at most"):
            separated_indices(count, separation, length, rng=seed)
        return
    drawn = separated_indices(count, separation, length, rng=seed)
    assert len(drawn) == count
    assert all(separation <= index < length - separation for index in drawn)
    assert (np.diff(drawn) >= separation).all()


def test_every_allowed_set_is_equally_likely():
    rng = np.random.default_rng(5)
    drawn = [tuple(separated_indices(2, 2, 9, rng=rng)) for _ in range(6000)]
    sets, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(sets) == 6  # {2, 4}, {2, 5}, {2, 6}, {3, 5}, {3, 6}, {4, 6}
    # 1000 expected for each, standard deviation 29.
    assert abs(counts - 1000).max() < 5 * 29


def test_splits_that_ended_in_a_loop_or_a_riddle():
    with pytest.raises(ValueError, match="count must be at most 1"):
        get_N_splits(2, 3, 9)
    with pytest.raises(ValueError, match="count must be at most 0"):
        get_N_splits(1, 3, 6)
    assert get_N_splits(3, 3, 40, seed=1) == get_n_splits_from_misc(n=3, m=3, l=40, seed=1)
    with pytest.raises(ValueError, match="seed or rng"):
        get_N_splits(1, 3, 9, seed=1, rng=1)


@given(st.floats(-1e6, 1e6))
def test_rounding_away_never_comes_nearer_to_zero(x):
    assert abs(round_away(x)) >= abs(x)
    assert abs(round_away(x)) - abs(x) <= 1


@given(st.tuples(*[st.floats(-5, 5)] * 3).filter(lambda v: np.linalg.norm(v) > 1e-3))
def test_angle_of_a_vector_with_itself_and_its_opposite(vector):
    v = np.array(vector)
    # Two unit vectors from parallel ones differ by rounding, 1e-16.
    assert vangle(v, 3 * v) < 1e-15
    assert vangle(v, -2 * v) == pytest.approx(np.pi, abs=1e-15)


def test_random_rotations_are_rotations_and_uniform():
    matrices = random_rotations(20000, rng=3)
    np.testing.assert_allclose(
        matrices @ matrices.transpose(0, 2, 1),
        np.broadcast_to(np.eye(3), (20000, 3, 3)),
        atol=1e-12,
    )
    np.testing.assert_allclose(np.linalg.det(matrices), 1, atol=1e-12)
    # Haar measure: the mean matrix vanishes, and the rotation angle t has density (1 - cos t) / pi.
    assert abs(matrices.mean(axis=0)).max() < 5 / np.sqrt(3 * 20000)
    trace = np.clip((np.trace(matrices, axis1=1, axis2=2) - 1) / 2, -1, 1)
    angles = np.sort(np.arccos(trace))
    expected = (angles - np.sin(angles)) / np.pi
    distance = abs(expected - np.arange(20000) / 20000).max()
    assert distance < 1.95 / np.sqrt(20000)  # Kolmogorov-Smirnov, 0.1 % level


def test_random_directions_are_unit_and_even():
    directions = random_directions(10000, rng=1)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    # The mean square of every component is 1/3, with standard error 0.003.
    np.testing.assert_allclose((directions**2).mean(axis=0), 1 / 3, atol=0.012)
    assert random_directions(rng=1).shape == (3,)


def test_same_seed_same_orientation():
    assert np.array_equal(random_rotations(rng=4), random_rotations(rng=4))
    assert not np.array_equal(random_rotations(rng=4), random_rotations(rng=5))


@pytest.mark.parametrize("axis", [(1, 1, 0), (0, 0, 1), (0, 0, -1), (1, 1, 1), (-1, 2, 3)])
def test_zone_axis_is_brought_along_the_beam(axis):
    matrices = zone_axis_rotations(axis, 50, rng=1)
    unit = np.array(axis) / np.linalg.norm(axis)
    np.testing.assert_allclose(matrices @ unit, np.tile([0, 0, 1.0], (50, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(matrices), 1, atol=1e-12)


def test_zone_axis_of_a_hexagonal_crystal_uses_its_lattice():
    bases = np.array([[2.95, -1.475, 0], [0, 2.95 * 3**0.5 / 2, 0], [0, 0, 4.68]])
    matrix = zone_axis_rotations((1, 1, 0), bases=bases, beam=(1, 0, 0), rng=1)
    along = matrix @ bases @ [1, 1, 0]
    np.testing.assert_allclose(along / np.linalg.norm(along), [1, 0, 0], atol=1e-12)


def test_spread_has_the_width_asked_for():
    normal = zone_axis_rotations((0, 0, 1), 20000, spread=0.05, rng=2)[:, :2, 2]
    # Tilts about two axes, each with standard deviation 0.05; standard error 0.5 %.
    np.testing.assert_allclose(normal.std(axis=0), 0.05, rtol=0.02)
    cone = zone_axis_rotations((0, 0, 1), 20000, spread=0.3, distribution="uniform", rng=2)[:, 2, 2]
    assert cone.min() >= np.cos(0.3)
    # Directions uniform on a cap have a uniform height.
    assert cone.mean() == pytest.approx((1 + np.cos(0.3)) / 2, abs=1e-3)


def test_in_plane_angle_can_be_fixed():
    matrix = zone_axis_rotations((0, 0, 1), in_plane=np.pi / 2, rng=0)
    np.testing.assert_allclose(matrix @ [1, 0, 0], [0, 1, 0], atol=1e-12)
