"""Networks of others as runs of this package: released weights of Keras 2."""

from pathlib import Path

from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_whole
from seg_train.keras_files import read_keras_weights
from seg_train.model import Network, model_for
from seg_train.model.matching import put_weights
from seg_train.recipe import TrainingRecipe, read_training_recipe
from seg_train.runs import (
    ALGORITHM,
    HISTORY,
    TrainingRun,
    load_run,
    write_recipe,
)
from seg_train.training.keeping import save_weights, write_provenance

PAPER = "training/paper"
"""Recipe of the network that the paper released: U-Net on ResNet18, pixels of 0.2 angstrom."""

COLUMNS = ("epoch", "learning_rate", "loss", "f1", "particle_f1")


def load_weights(path: str | Path, recipe: TrainingRecipe | str | Path = PAPER) -> Network:
    """Return a network with weights that were trained and saved with Keras 2.

    Parameters
    ----------
    path
        HDF5 file of `model.save` or `model.save_weights`, `weights.h5`.
    recipe
        Recipe of the network, of its pixel size and of how images are prepared for it: a recipe,
        its file or its name. The default is that of the paper.

    Raises
    ------
    Refusal
        If layers of file and recipe differ, with their names and shapes, or the recipe has no pixel
        size.
    """
    if not isinstance(recipe, TrainingRecipe):
        recipe = read_training_recipe(recipe)
    if recipe.pixel_size is None:
        raise Refusal("recipe must state the pixel_size that the network was trained on; got none")
    given = read_keras_weights(path)
    model = model_for(recipe)
    put_weights(model, given, argument="weights")
    return Network(model, recipe, recipe.pixel_size)


def import_weights(
    path: str | Path, folder: str | Path, recipe: TrainingRecipe | str | Path = PAPER
) -> TrainingRun:
    """Write weights that were saved with Keras 2 as a run, for every door that takes one.

    Parameters
    ----------
    path, recipe
        As `load_weights` takes them.
    folder
        Folder of the run, new or empty.

    Returns
    -------
    run
        Run without a history; its provenance names the file.

    Raises
    ------
    FileExistsError
        If the folder holds something; all that `load_weights` raises.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"folder must be new or empty; {folder} holds something")
    network = load_weights(path, recipe)
    folder.mkdir(parents=True, exist_ok=True)
    write_recipe(folder, network.recipe)
    write_whole(folder / HISTORY, ",".join(COLUMNS) + "\n", synced=True)
    save_weights(network.model, folder)
    ids = {
        "recipe": network.recipe.identity,
        "data": f"unknown: weights of {Path(path).name}",
        "pixel_size": network.pixel_size,
    }
    given = [weight.numpy() for weight in network.model.weights]
    run = identity({"algorithm": ALGORITHM, **ids, "imported": given}, "run")
    write_provenance(folder, ids, run=run, model=network.model)
    return load_run(folder)
