"""Data sets from recipes: draw first, apply second, store what was drawn.

* `DatasetRecipe` holds ranges; `read_dataset_recipe` reads it from TOML.
* `plan_structure` draws the numbers of one structure and its images; `Plan` holds them.
* `simulate_structure` applies them; `build_dataset` does all of it, on any number of workers.
* `regenerate` makes a stored micrograph again, `ConditionStream` new ones from stored waves;
  `check_dataset` verifies a data set against its own plans.
"""

from hrtem_sim.dataset.again import ConditionStream, check_dataset, regenerate, stored_plan
from hrtem_sim.dataset.build import build_dataset
from hrtem_sim.dataset.plan import StructurePlan, plan_structure
from hrtem_sim.dataset.recipe import DatasetRecipe, read_dataset_recipe
from hrtem_sim.dataset.simulate import SimulatedStructure, simulate_structure

__all__ = [
    "ConditionStream",
    "DatasetRecipe",
    "SimulatedStructure",
    "StructurePlan",
    "build_dataset",
    "check_dataset",
    "plan_structure",
    "read_dataset_recipe",
    "regenerate",
    "simulate_structure",
    "stored_plan",
]
