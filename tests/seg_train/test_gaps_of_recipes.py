"""Every shipped training recipe has been measured beside real micrographs, as it now is."""

import pandas as pd
import pytest

from benchmarks.seg_train.gaps import PAIRS, TABLE, ids
from hrtem_sim.provenance import read_recipe, shipped_recipes

MEASURED = pd.read_csv(TABLE)
STATISTICS = ["fringes", "background", "lag_1", "lag_2", "coverage", "bare"]
LIVE = {"real_micrographs"}
"""Measured anew whenever `test_gap` runs."""


def rows(pair):
    data, training = pair
    here = (MEASURED["data_recipe"] == data) & (MEASURED["training_recipe"] == training)
    return MEASURED[here].set_index("statistic")


def test_no_recipe_of_a_training_is_left_out():
    trainings = {name for name in shipped_recipes() if "training" in read_recipe(name)}
    assert trainings == LIVE | {training for _, training in PAIRS}
    assert len(MEASURED) == len(STATISTICS) * len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=" with ".join)
def test_a_recipe_is_the_one_that_was_measured(pair):
    table = rows(pair)
    assert list(table.index) == STATISTICS
    again = f"measure it again: python benchmarks/seg_train/gaps.py '{pair[0]}'"
    assert {*zip(table["data_id"], table["training_id"], strict=True)} == {ids(*pair)}, again


@pytest.mark.parametrize("pair", PAIRS, ids=" with ".join)
def test_what_does_not_fit_is_known_and_nothing_else(pair):
    """From the numbers themselves, by the two rules of the report."""
    table = rows(pair)
    inside = table.drop(index="bare")
    held = inside["real"].between(inside["training_low"], inside["training_high"])
    typical = inside["training"].between(inside["real_low"], inside["real_high"])
    assert (held & typical).equals(inside["fits"])
    assert set(table.index[~table["fits"]]) == PAIRS[pair]
