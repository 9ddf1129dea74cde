"""How far strain fields reach: all sources are found, none from afar, none beyond memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from czone.transform import HStrain, IStrain
from tests.solids import ball, gold


def relaxed(points, depth=8e-5):
    return points * (1 - depth * (points**2).sum(axis=1, keepdims=True))


def test_a_relaxation_that_draws_inward_searches_nearby():
    """It folds space at r = 64, beyond the corners of the box: 32 GiB were asked for."""
    strain = IStrain(relaxed, mode="standard")
    low, high = strain.source_box(np.array([[-25.0] * 3, [25.0] * 3]))
    assert (low > -45).all()
    assert (high < 45).all()
    drawn = ball(25, generator=gold(strain_field=strain))
    drawn.populate_atoms()
    # The sphere that is drawn onto R: r (1 - 8e-5 r^2) = 25 at r = 26.438.
    rest = ball(26.438)
    rest.populate_atoms()
    assert len(drawn.atoms) == len(rest.atoms)


@given(
    seed=st.integers(0, 2**32),
    size=st.floats(5, 30),
    length=st.floats(10, 60),
    steepest=st.floats(0, 0.6),
    far=st.floats(0, 300),
)
@settings(max_examples=60, deadline=None)
def test_all_that_a_field_moves_into_a_box_is_found(seed, size, length, steepest, far):
    rng = np.random.default_rng(seed)
    waves, phases = rng.normal(size=(3, 3)), rng.uniform(0, 6, 3)
    waves *= 2 * np.pi / length / np.linalg.norm(waves, axis=1, keepdims=True)
    shift = far * rng.normal(size=3)
    height = steepest * length / (2 * np.pi) / 3

    def displaced(points):
        return points + shift + height * np.sin(points @ waves.T + phases)

    box = rng.normal(size=3) + np.array([[0.0] * 3, [size] * 3])
    low, high = IStrain(displaced, mode="standard").source_box(box)
    asked = box[0] - shift + rng.uniform(-0.5, 1.5, (20_000, 3)) * size
    moved = displaced(asked)
    sources = asked[((moved >= box[0]) & (moved <= box[1])).all(axis=1)]
    assert len(sources) > 0
    assert ((sources >= low) & (sources <= high)).all()
    assert (high - low < 2.5 * size + 2 * length).all()


@pytest.mark.parametrize(
    ("strain", "meant"),
    [([0.01] * 3, "[1.01, 1.01, 1.01]"), ([0.02, 0.005, 0.01, 0, 0.001, 0], "[[1.02, 0.0, 0.001]")],
)
def test_a_strain_in_place_of_a_gradient_is_refused_with_what_is_meant(strain, meant):
    with pytest.raises(ValueError, match="matrix must be a deformation gradient") as caught:
        HStrain(strain)
    assert meant in str(caught.value)
