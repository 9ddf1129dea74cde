"""Studies: declared conditions times repeated networks, and their tables.

* `read_study_recipe` reads a `StudyRecipe`; its `scaled` makes it fit a small machine.
* `run_study` trains and scores the networks, resumably; it loads TensorFlow.
* `study_table` makes a table like the paper's Table 1; `seg_train.figures.study_figure` draws it.
"""

from typing import TYPE_CHECKING, Any

from seg_train.study.recipe import Condition, StudyRecipe, read_study_recipe
from seg_train.study.tables import score_columns, study_table

if TYPE_CHECKING:
    from seg_train.study.run import run_study

__all__ = [
    "Condition",
    "StudyRecipe",
    "read_study_recipe",
    "run_study",
    "score_columns",
    "study_table",
]


def __getattr__(name: str) -> Any:
    if name == "run_study":
        from seg_train.study.run import run_study

        return run_study
    raise AttributeError(f"module 'seg_train.study' has no attribute {name!r}")
