"""Train, benchmark and use segmentation networks for electron micrographs.

    recipe = read_training_recipe("training.toml")
    run = fit(recipe, "my-database", "runs/first")
    evaluation = evaluate(run, load_experimental_sample())
    summarise(evaluation.table)
    prediction = predict(run, image, pixel_size=0.4)
    particle_table(prediction.mask, pixel_size=0.4)

`import seg_train` loads no TensorFlow; `fit`, `predict`, `evaluate` and `load_network`
load it when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seg_train.data import (
    LabelledMicrograph,
    load_experimental_sample,
    load_folder,
    load_h5_pair,
    load_simulated,
)
from seg_train.ensembles import load_runs
from seg_train.metrics import summarise
from seg_train.particles import particle_table, write_mask
from seg_train.recipe import (
    AugmentationRecipe,
    ModelRecipe,
    PreprocessingRecipe,
    TrainingRecipe,
    read_training_recipe,
)
from seg_train.runs import TrainingRun, epochs_to, load_run
from seg_train.shipped import shipped_networks

if TYPE_CHECKING:
    from seg_train.benchmark import Evaluation, choose_threshold, evaluate
    from seg_train.model import Network, load_network, load_networks
    from seg_train.prediction import Prediction, predict
    from seg_train.training import fit, fit_ensemble

_NEEDS_TENSORFLOW = {
    "Evaluation": "benchmark",
    "Network": "model",
    "Prediction": "prediction",
    "choose_threshold": "benchmark",
    "evaluate": "benchmark",
    "fit": "training",
    "fit_ensemble": "training",
    "load_network": "model",
    "load_networks": "model",
    "predict": "prediction",
}

_ROOMS = (
    "benchmark", "data", "export", "figures", "metrics", "model", "prediction", "recipe", "study",
    "training",
)  # fmt: skip

__all__ = [
    "AugmentationRecipe",
    "Evaluation",
    "LabelledMicrograph",
    "ModelRecipe",
    "Network",
    "Prediction",
    "PreprocessingRecipe",
    "TrainingRecipe",
    "TrainingRun",
    "choose_threshold",
    "epochs_to",
    "evaluate",
    "fit",
    "fit_ensemble",
    "load_experimental_sample",
    "load_folder",
    "load_h5_pair",
    "load_network",
    "load_networks",
    "load_run",
    "load_runs",
    "load_simulated",
    "particle_table",
    "predict",
    "read_training_recipe",
    "shipped_networks",
    "summarise",
    "write_mask",
]


def __getattr__(name: str) -> Any:
    if name in _NEEDS_TENSORFLOW:
        return getattr(import_module(f"seg_train.{_NEEDS_TENSORFLOW[name]}"), name)
    if name in _ROOMS:
        return import_module(f"seg_train.{name}")
    raise AttributeError(f"module 'seg_train' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
