"""A study: conditions that differ in what is studied, each with several networks.

[study]
name = "data set size"
seed = 7
repeats = 5
held_out = 0.2                  # structures that test all networks, and train none

data = "varying_substrate"      # recipe of the data set, for seg-train reproduce

[study.training]                # what all networks share: a training recipe without a seed
epochs = 25

[study.conditions.128]          # what this one changes in it
n_images = 128

[study.conditions.thermal]
database = "thermal"            # a data set of its own, by the name of its folder
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrtem_sim.provenance import (
    Checked,
    Refusal,
    between,
    checked,
    checks,
    from_table,
    optional,
    read_file_table,
    require,
    rng_for,
    that,
    whole,
)
from seg_train.recipe import TrainingRecipe
from seg_train.recipe.training import found_beside

SCALE = between(0, 1, open_low=True)


@dataclass(frozen=True)
class Condition(Checked):
    """One condition of a study.

    Parameters
    ----------
    name
        In tables and figures; a number becomes a place on the axis.
    training
        Recipe of the training; its seed is replaced in every repeat.
    database
        Name of its data set, if it has one of its own.
    structures
        Structures of its data set that it draws from, the first ones; absent: all.
    """

    name: str
    training: TrainingRecipe
    database: str | None = None
    structures: int | None = checked(None, optional(whole(1)))


@dataclass(frozen=True)
class StudyRecipe(Checked):
    """Conditions times repeats.

    Parameters
    ----------
    name
        Name for people to read.
    seed
        Root of the seeds of all networks.
    conditions
        Conditions, at least one.
    repeats
        Networks per condition, each with its own first weights and its own draw of data.
    held_out
        Part of the structures of every data set that no network sees. All networks are scored on
        micrographs of them, condition by condition; 0: on `samples` alone.
    test_images
        Most micrographs of each condition that are scored.
    data
        Recipes of its data sets, by the names that conditions call them; one name alone is of the
        data set of all conditions.
    """

    name: str
    seed: int = field(metadata=checks(whole(0)))
    conditions: tuple[Condition, ...] = field(
        metadata={
            **checks(that("a list of at least one condition", bool)),
            "read": lambda conditions, path: conditions,  # their tables share one, see below
        }
    )
    repeats: int = checked(5, whole(1))
    held_out: float = checked(0.0, between(0, 1, open_high=True))
    test_images: int = checked(48, whole(1))
    data: dict[str, str] = field(default_factory=dict, metadata={"kind": "text or table"})

    def _check_together(self) -> None:
        unknown = {c.database or "" for c in self.conditions} - set(self.data)
        if self.data and unknown:
            raise Refusal(
                f"data must name the data set of every condition; got none for {sorted(unknown)}"
            )

    def training(self, condition: Condition, repeat: int) -> TrainingRecipe:
        """Return the recipe of one network, with a seed of its own.

        Parameters
        ----------
        condition
            One of `conditions`.
        repeat
            Number of the repeat, from 0.
        """
        rng = rng_for(self.seed, "network", condition.name, repeat)
        return dataclasses.replace(condition.training, seed=int(rng.integers(2**31)))

    def repeated(self, repeats: int | None) -> "StudyRecipe":
        """Return the study with so many networks for each condition; absent: as it is.

        Fewer are the first of those that more would be.
        """
        return self if repeats is None else dataclasses.replace(self, repeats=repeats)

    def scaled(self, scale: float, data_scale: float | None = None) -> "StudyRecipe":
        """Return the study with `scale` times as many images, at least two batches.

        Conditions without `n_images` keep all images of their data sets, which are scaled when
        they are built; `data_scale` says how, if not by `scale`, and how `structures` shrink. Where
        every condition is named by its number of images or of structures the names are those of
        the scaled numbers, and conditions that become the same are one.

        Examples
        --------
        >>> size = read_study_recipe("studies/two_cores/size")
        >>> [condition.name for condition in size.scaled(0.125).conditions]
        ['32', '64', '128', '256', '512', '1000']
        """
        of_data = scale if data_scale is None else data_scale
        SCALE.refuse("scale", scale)
        SCALE.refuse("data_scale", of_data)
        conditions = tuple(_scaled(condition, scale, of_data) for condition in self.conditions)
        for number in (_images, _structures):
            if all(condition.name == str(number(condition)) for condition in self.conditions):
                renamed = [dataclasses.replace(c, name=str(number(c))) for c in conditions]
                conditions = tuple({c.name: c for c in renamed}.values())
        return dataclasses.replace(self, conditions=conditions)


def read_study_recipe(path: str | Path) -> StudyRecipe:
    """Read the `[study]` table of a recipe file.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe that comes with the package.

    Raises
    ------
    RecipeError
        If the file cannot be read or a field is unknown, missing, of the wrong type or impossible;
        one line that names the field.

    Examples
    --------
    >>> read_study_recipe("studies/dose").repeats
    5
    """
    table = dict(read_file_table(path, "study"))
    common = table.pop("training", {})
    conditions = table.pop("conditions", {})
    data = table.pop("data", {})
    data = {"": data} if isinstance(data, str) else data
    for name, value in (("study.training", common), ("study.conditions", conditions)):
        require(isinstance(value, dict), name, "a table", value)
    require("seed" not in common, "study.training.seed", "absent: every network has its own", "one")
    read = tuple(_condition(path, name, changes, common) for name, changes in conditions.items())
    return from_table(StudyRecipe, {**table, "conditions": read, "data": data}, "study")


def _condition(file: str | Path, name: str, changes: Any, common: dict[str, Any]) -> Condition:
    path = f"study.conditions.{name}"
    require(isinstance(changes, dict), path, "a table", changes)
    changes = dict(changes)
    database, structures = changes.pop("database", None), changes.pop("structures", None)
    require(database is None or isinstance(database, str), f"{path}.database", "a name", database)
    training = from_table(TrainingRecipe, {"seed": 0, **_merged(common, changes)}, path)
    return Condition(name, found_beside(file, training), database, structures)


def _merged(common: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(common)
    for key, value in changes.items():
        inner = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if inner else value
    return merged


def _scaled(condition: Condition, scale: float, of_data: float) -> Condition:
    training, structures = condition.training, condition.structures
    if training.n_images is not None:
        least = min(2 * training.batch_size, training.n_images)
        n_images = max(round(scale * training.n_images), least)
        training = dataclasses.replace(training, n_images=n_images)
    if structures is not None:
        structures = max(1, round(of_data * structures))
    return dataclasses.replace(condition, training=training, structures=structures)


def _images(condition: Condition) -> int | None:
    return condition.training.n_images


def _structures(condition: Condition) -> int | None:
    return condition.structures
