"""The page and the schema of recipe fields say what the classes that read recipes do."""

import copy
import dataclasses
import sys
from pathlib import Path
from typing import get_type_hints

import pytest
from jsonschema import Draft202012Validator

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.provenance import RecipeError, from_table, read_recipe, shipped_recipes
from hrtem_sim.provenance.described import describe_recipe, table_class
from seg_train.recipe import TrainingRecipe
from seg_train.study.reference import recipe_reference, schema

TABLES = {table.path: table for table in recipe_reference()}
SCHEMA = Draft202012Validator(schema())


def test_every_field_says_what_it_means_and_what_kind_it_is():
    silent = [
        f"{table.path}.{field.name}"
        for table in TABLES.values()
        for field in table.fields
        if not (field.meaning and field.kind)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("cls", "path"), [(DatasetRecipe, "dataset"), (TrainingRecipe, "training")]
)
def test_no_field_of_a_class_is_left_out(cls, path):
    def count(cls):
        tables = {table.path: table for table in describe_recipe(cls, "")}
        return sum(len(table.fields) for table in tables.values()) + len(tables) - 1

    def fields(cls):

        inner = [table_class(hint) for hint in get_type_hints(cls).values()]
        return len(dataclasses.fields(cls)) + sum(fields(one) for one in inner if one)

    assert count(cls) == fields(cls)
    assert path in TABLES


def test_defaults_are_those_that_a_recipe_gets():
    given = read_recipe("demo")["dataset"]
    recipe = from_table(DatasetRecipe, given, "dataset")
    stated = {field.name: field.default for field in TABLES["dataset.mask"].fields}
    assert "mask" not in given
    assert float(stated["threshold"]) == recipe.mask.threshold
    assert stated["rule"] == f'"{recipe.mask.rule}"'


def test_the_schema_is_one():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_keep_to_the_schema(name):
    assert [error.message for error in SCHEMA.iter_errors(read_recipe(name))] == []


WRONG = {
    "dataset.wave.energy": 200,
    "dataset.film.thick": 1,
    "dataset.particle.radius": {"gauss": [1, 2]},
    "dataset.particle.radius ": "2 nm",
    "dataset.detector.camera": "polaroid",
    "dataset.placement.field": [100.0],
    "training.loss": "mse",
    "training.model.stages": 9,
}


@pytest.mark.parametrize("path", WRONG)
def test_schema_and_reader_refuse_the_same(path):
    recipe = copy.deepcopy(read_recipe("demo"))
    table, *folders, name = path.strip().split(".")
    at = recipe[table]
    for folder in folders:
        at = at[folder]
    at[name] = WRONG[path]
    assert not SCHEMA.is_valid(recipe)
    if name != "camera":  # read before the class sees it
        with pytest.raises(RecipeError):
            from_table({"dataset": DatasetRecipe, "training": TrainingRecipe}[table], recipe[table])


def test_the_page_shows_every_field(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "docs")
    monkeypatch.delitem(sys.modules, "recipe_page", raising=False)
    import recipe_page

    text = recipe_page.page()
    for table in TABLES.values():
        assert f"`[{table.path}]`" in text
        assert all(f"| `{field.name}` |" in text for field in table.fields)
