"""Streams, ids and strict recipes."""

import tomllib
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy import stats

from hrtem_sim.provenance import (
    Distribution,
    RecipeError,
    from_table,
    identity,
    rng_for,
    to_table,
    to_toml,
)


@dataclass(frozen=True)
class Part:
    radius: Distribution
    count: int = 3
    box: tuple[float, float] = (1.0, 2.0)
    note: str | None = None


@dataclass(frozen=True)
class Whole:
    seed: int
    part: Part
    extra: dict[str, Distribution] = field(default_factory=dict)


GOOD = {"seed": 1, "part": {"radius": {"uniform": [1, 2]}}, "extra": {"a": 2.0}}


def test_the_same_key_names_the_same_stream_everywhere():
    # a stored number: a change would silently change every data set
    assert rng_for(7, "noise", 3).integers(2**32) == 2869663054
    assert rng_for(7, "noise", 3).integers(2**32) == rng_for(7, "noise", 3).integers(2**32)


def test_different_keys_name_different_streams():
    keys = [(1, "a"), (2, "a"), (1, "b"), (1, "a", 0), (1, "a", "0"), (1, "a", 0, 0)]
    assert len({rng_for(*key).integers(2**62) for key in keys}) == len(keys)


def test_identity_depends_on_type_and_content_only():
    assert identity({"a": 1, "b": (1, 2)}) == identity({"b": [1, 2], "a": 1})
    values = [1, 1.0, True, "1", None, np.zeros(2), np.zeros(2, np.float32), np.zeros((1, 2)), {}]
    assert len({identity(value) for value in values}) == len(values)
    assert identity(np.float64(0.1)) == identity(0.1)
    assert identity(1, "recipe").startswith("recipe-")
    assert identity(1, "recipe")[7:] != identity(1, "plan")[5:]


def test_recipes_go_to_toml_and_back():
    recipe = from_table(Whole, GOOD)
    assert from_table(Whole, tomllib.loads(to_toml(to_table(recipe)))) == recipe


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "seed is missing"),
        ({**GOOD, "sed": 1}, "sed is not a field of the recipe .did you mean 'seed'"),
        ({**GOOD, "seed": 1.5}, "seed must be an integer; got 1.5"),
        ({**GOOD, "seed": True}, "seed must be an integer; got true"),
        ({**GOOD, "part": 3}, "part must be a table; got 3"),
        ({**GOOD, "part": {"radius": "x"}}, "part.radius must be a number or a table"),
        ({**GOOD, "part": {"radius": {"uniform": [2, 1]}}}, "part.radius: uniform takes"),
        ({**GOOD, "part": {"radius": {"uniforn": [1, 2]}}}, "kind must be one of"),
        ({**GOOD, "part": {"radius": float("nan")}}, "part.radius must be a number"),
        ({**GOOD, "part": {"radius": 1, "box": [1]}}, "part.box must be a list of 2 values"),
        ({**GOOD, "part": {"radius": 1, "box": [1, "a"]}}, r"part.box\[1\] must be a finite"),
        ({**GOOD, "extra": {"a": "b"}}, "extra.a must be a number or a table"),
    ],
)
def test_bad_recipes_name_the_field_the_rule_and_the_value(table, message):
    with pytest.raises(RecipeError, match=message) as error:
        from_table(Whole, table)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (Distribution("uniform", (2, 5)), stats.uniform(2, 3)),
        (Distribution("log_uniform", (10, 1000)), stats.loguniform(10, 1000)),
        (Distribution("normal", (3, 2)), stats.norm(3, 2)),
        (Distribution("truncated_normal", (40, 10, 30, 50)), stats.truncnorm(-1, 1, 40, 10)),
    ],
)
def test_draws_follow_the_distribution(distribution, reference):
    rng = np.random.default_rng(4)
    draws = [distribution.draw(rng) for _ in range(3000)]
    assert stats.kstest(draws, reference.cdf).pvalue > 1e-3


def test_discrete_draws_reach_every_value():
    rng = np.random.default_rng(4)
    integers = {Distribution("integers", (0, 3)).draw(rng) for _ in range(200)}
    assert integers == {0, 1, 2, 3}
    assert {Distribution("choice", (1.5, 9)).draw(rng) for _ in range(100)} == {1.5, 9}
    assert Distribution("constant", (4.0,)).draw(rng) == 4.0


def test_populations_are_drawn_from_equally_often_and_keep_their_shapes():
    both = Distribution.from_recipe({"truncated_normal": [[25, 7.5, 15, 35], [10, 2.5, 7, 12]]}, "")
    assert both.to_recipe() == {"truncated_normal": [[25, 7.5, 15, 35], [10, 2.5, 7, 12]]}
    assert (both.low, both.high) == (7, 35)
    drawn = np.array([both.draw(rng_for(1, "radius", i)) for i in range(4000)])
    small = drawn < 13.5
    assert abs(small.mean() - 0.5) < 4 * 0.5 / np.sqrt(4000)  # four standard errors
    for part, mine in zip(both.parts, (drawn[~small], drawn[small]), strict=True):
        alone = np.array([part.draw(rng_for(2, "radius", i)) for i in range(4000)])
        error = alone.std() * np.sqrt(1 / len(mine) + 1 / len(alone))
        assert abs(mine.mean() - alone.mean()) < 4 * error


def test_one_population_has_the_id_of_before():
    assert identity(Distribution("uniform", (0.0, 1.0)), "x") == "x-c8d63803714e0aa4"
    two = Distribution("uniform", (0.0, 1.0, 2.0, 3.0), 2)
    assert from_recipe_text(two) == two
    assert identity(two, "x") != identity(Distribution("uniform", (0.0, 1.0)), "x")


def from_recipe_text(distribution: Distribution) -> Distribution:
    text = to_toml({"range": distribution.to_recipe()})
    return Distribution.from_recipe(tomllib.loads(text)["range"], "range")
