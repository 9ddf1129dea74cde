"""Where things come from: named random streams, content ids and strict recipes.

* `rng_for` names every random stream by its key, so item 17 draws the same numbers whatever
  else is drawn and however many workers draw.
* `identity` hashes the canonical, typed form of a value: equal content, equal id;
  `added` marks fields that came later.
* `read_file_table` and `from_table` turn strict TOML into frozen dataclasses, `to_table` and
  `to_toml` turn them back; every refusal is a `RecipeError` that names the field.
* `Refusal` is the base of all errors that say no to what a caller handed over.
* `Checked` is the base of dataclasses whose fields say what they allow: `checked(10.0,
  at_least(0, "angstrom"))`; `field_checks` hands the checks to programs.
* `physical` is the check of a quantity with a unit: it refuses what is impossible, names the unit
  that was probably meant, and warns (`Implausible`) of what is unusual.
* `shipped_recipes` lists the recipes of the package; their names stand for their paths.
* `rows_that_meet` selects rows of a table by a condition, which `parse_condition` reads and never
  runs.
* `Distribution` is a range in a recipe from which plans draw their numbers.
"""

from hrtem_sim.provenance.checks import (
    Check,
    Checked,
    checked,
    checks,
    each,
    field_checks,
    one_of,
)
from hrtem_sim.provenance.conditions import parse_condition, rows_that_meet
from hrtem_sim.provenance.distributions import Distribution
from hrtem_sim.provenance.doubts import say_doubt, without_doubts
from hrtem_sim.provenance.files import read_file_table, read_recipe
from hrtem_sim.provenance.identity import added, identity
from hrtem_sim.provenance.plausible import physical
from hrtem_sim.provenance.recipes import (
    RecipeError,
    from_table,
    from_value,
    require,
    to_table,
    to_value,
)
from hrtem_sim.provenance.rules import (
    any_of,
    at_least,
    between,
    finite,
    optional,
    positive,
    that,
    whole,
)
from hrtem_sim.provenance.shipped import recipe_file, shipped_recipes
from hrtem_sim.provenance.streams import number_held_out, rng_for, stream_seed
from hrtem_sim.provenance.toml import to_toml
from hrtem_sim.refusal import Implausible, Refusal

__all__ = [
    "Check",
    "Checked",
    "Distribution",
    "Implausible",
    "RecipeError",
    "Refusal",
    "added",
    "any_of",
    "at_least",
    "between",
    "checked",
    "checks",
    "each",
    "field_checks",
    "finite",
    "from_table",
    "from_value",
    "identity",
    "number_held_out",
    "one_of",
    "optional",
    "parse_condition",
    "physical",
    "positive",
    "read_file_table",
    "read_recipe",
    "recipe_file",
    "require",
    "rng_for",
    "rows_that_meet",
    "say_doubt",
    "shipped_recipes",
    "stream_seed",
    "that",
    "to_table",
    "to_toml",
    "to_value",
    "whole",
    "without_doubts",
]
