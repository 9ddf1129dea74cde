"""The table `[dataset]` for people and for editors: every field, from the classes that read it."""

import dataclasses
from typing import Any

from hrtem_sim.dataset.recipe import ON_FILM, DatasetRecipe
from hrtem_sim.imaging.cameras import CAMERAS
from hrtem_sim.provenance.described import FieldDescription, TableDescription, describe_recipe
from hrtem_sim.provenance.schema import table_schema

CAMERA = FieldDescription(
    name="camera",
    meaning="Name of a camera with published curves, which are put in its place; see "
    "`hrtem_sim.imaging.Detector.preset`.",
    kind="text",
    allowed="one of " + ", ".join(map(repr, CAMERAS)),
    default="none",
)


def dataset_reference() -> tuple[TableDescription, ...]:
    """Return what every field of the table `[dataset]` means, table by table.

    Examples
    --------
    >>> tables = {table.path: table for table in dataset_reference()}
    >>> tables["dataset.detector"].fields[0].name
    'camera'
    """
    return tuple(
        dataclasses.replace(table, fields=(CAMERA, *table.fields))
        if table.path == "dataset.detector"
        else table
        for table in describe_recipe(DatasetRecipe, "dataset")
    )


def dataset_schema() -> dict[str, Any]:
    """Return the JSON schema of the table `[dataset]`.

    Examples
    --------
    >>> sorted(dataset_schema()["required"])[:3]
    ['images_per_structure', 'imaging', 'name']
    """
    schema = table_schema(DatasetRecipe)
    camera = {"enum": list(CAMERAS), "description": CAMERA.meaning}
    schema["properties"]["detector"]["properties"]["camera"] = camera
    schema["properties"]["specimen"]["properties"] = {"builder": {"type": "string"}}
    schema["oneOf"] = [{"required": list(ON_FILM)}, {"required": ["specimen"]}]
    return schema
