"""All tables of recipe files for people and for editors, from the classes that read them."""

import dataclasses
from typing import Any

from hrtem_sim.dataset.reference import dataset_reference, dataset_schema
from hrtem_sim.provenance.described import FieldDescription, TableDescription, describe_recipe
from hrtem_sim.provenance.schema import recipe_schema, table_schema
from seg_train.recipe import TrainingRecipe
from seg_train.study.recipe import StudyRecipe

TABLES = (
    FieldDescription(
        name="training",
        meaning="What all networks share: a table `[training]` without a seed.",
        kind="table",
        allowed="",
        default="none",
    ),
    FieldDescription(
        name="conditions",
        meaning="A table for every condition, by its name, with what it changes in `training`; "
        "`database`, the folder's name of a data set of its own; `structures`, how many of its "
        "data set it draws from, the first ones.",
        kind="table of tables",
        allowed="at least one",
        default="required",
    ),
)
"""Tables of a study that its reader takes apart before `StudyRecipe` sees them."""


def recipe_reference() -> tuple[TableDescription, ...]:
    """Return what every field of a recipe file means, table by table.

    Examples
    --------
    >>> [table.path for table in recipe_reference()][-1]
    'study'
    """
    study, *_ = describe_recipe(StudyRecipe, "study")
    fields = tuple(field for field in study.fields if field.name != "conditions")
    return (
        *dataset_reference(),
        *describe_recipe(TrainingRecipe, "training"),
        dataclasses.replace(study, fields=fields + TABLES),
    )


def schema() -> dict[str, Any]:
    """Return the JSON schema of recipe files, for editors.

    Examples
    --------
    >>> sorted(schema()["properties"])
    ['dataset', 'study', 'training']
    """
    training, changes = table_schema(TrainingRecipe), table_schema(TrainingRecipe)
    changes["required"] = []
    condition = {
        **changes,
        "properties": {**changes["properties"], "database": {"type": "string"}},
    }
    condition["properties"]["structures"] = {"type": "integer", "minimum": 1}
    conditions = {"type": "object", "additionalProperties": condition, "minProperties": 1}
    text = {"type": "string"}
    data = {"anyOf": [text, {"type": "object", "additionalProperties": text}]}
    study = table_schema(StudyRecipe, training=changes, conditions=conditions, data=data)
    study["required"].append("conditions")
    return recipe_schema({"dataset": dataset_schema(), "training": training, "study": study})
