"""Whatever takes `rng` says so when it gets something else."""

import numpy as np

from czone.randomness import as_rng


def test_a_generator_is_used_as_it_is():
    rng = np.random.default_rng(3)
    assert as_rng(rng) is rng
