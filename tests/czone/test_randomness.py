"""Whatever takes `rng` says so when it gets something else."""

import numpy as np
import pytest

from czone.generator import AmorphousGenerator, Generator
from czone.molecule import Molecule
from czone.prefab import FCCTwin
from czone.randomness import as_rng
from czone.surface import add_adsorbates
from czone.transform import ChemicalSubstitution
from czone.util import random_rotations, separated_indices, zone_axis_rotations


def test_a_generator_is_used_as_it_is():
    rng = np.random.default_rng(3)
    assert as_rng(rng) is rng


@pytest.mark.parametrize("rng", ["x", -1, 1.5])
@pytest.mark.parametrize(
    "make",
    [
        lambda rng: AmorphousGenerator(rng=rng),
        lambda rng: FCCTwin(Generator(), rng=rng),
        lambda rng: ChemicalSubstitution(79, 29, 0.5, rng=rng),
        lambda rng: random_rotations(2, rng=rng),
        lambda rng: zone_axis_rotations([0, 0, 1], rng=rng),
        lambda rng: separated_indices(2, 3, 20, rng=rng),
        lambda rng: add_adsorbates(
            Molecule("C", [[0, 0, 0]]), Molecule("Au", [[0, 0, 0]]), number=1, rng=rng
        ),
    ],
)
def test_anything_else_is_refused_by_name(make, rng):
    with pytest.raises((TypeError, ValueError), match="rng must be"):
        make(rng)
