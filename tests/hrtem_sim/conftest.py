"""What varies the tiny data set."""

from dataclasses import replace

import pytest


@pytest.fixture
def other_seed(tiny):
    return replace(tiny, seed=12)
