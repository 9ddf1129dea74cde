"""Weights that a training begins with where another network hands them on."""

from dataclasses import replace

from hrtem_sim.refusal import Refusal
from seg_train.backend import keras
from seg_train.ensembles import load_runs
from seg_train.model import load_network
from seg_train.model.matching import put_weights, weights_of
from seg_train.recipe import TrainingRecipe
from seg_train.runs import TrainingRun


def initial_run(recipe: TrainingRecipe) -> TrainingRun | None:
    """Return the run whose weights a training begins with, the first of several.

    Parameters
    ----------
    recipe
        Recipe of the training.

    Returns
    -------
    run
        None where weights are drawn.

    Raises
    ------
    FileNotFoundError
        If `initial` is neither a finished run nor a name.

    Examples
    --------
    >>> initial_run(TrainingRecipe(seed=1, initial="run")).folder.name
    'run'
    """
    return None if recipe.initial is None else _runs(recipe.initial)[0]


def initial_folders(recipe: TrainingRecipe) -> list[str | None]:
    """Return the folders of all networks that `initial` stands for.

    Parameters
    ----------
    recipe
        Recipe of the training.
    """
    return [None] if recipe.initial is None else [str(r.folder) for r in _runs(recipe.initial)]


def _runs(initial: str) -> list[TrainingRun]:
    try:
        return load_runs(initial)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"initial must be a network that is there; {error}") from None


def completed(recipe: TrainingRecipe, base: TrainingRun | None) -> TrainingRecipe:
    """Return a recipe with the pixel of the network that it begins with, where it states none.

    Parameters
    ----------
    recipe
        Recipe of the training.
    base
        Run of `initial_run`.

    Raises
    ------
    Refusal
        If images are normalised otherwise than those that the weights know, or a share of weights
        is to be kept that are not there or are of other classes.
    """
    if recipe.initial_share and (base is None or base.recipe.model.classes != recipe.model.classes):
        got = "no initial" if base is None else "an initial network of other classes"
        raise Refusal(
            f"initial_share must be 0 unless initial is a network of the same classes; got {got}"
        )
    if base is None:
        return recipe
    check_normalised_alike(recipe, base.recipe)
    return recipe if recipe.pixel_size is not None else replace(recipe, pixel_size=base.pixel_size)


def check_normalised_alike(recipe: TrainingRecipe, base: TrainingRecipe) -> None:
    """Refuse a training whose images are normalised otherwise than those of its initial network.

    Parameters
    ----------
    recipe, base
        Recipes of the training, and of the network whose weights it begins with.

    Raises
    ------
    Refusal
        If they differ.
    """
    own, known = recipe.preprocessing.normalisation, base.preprocessing.normalisation
    if own != known:
        raise Refusal(
            f"preprocessing.normalisation must be {known!r}, to which the weights of initial are "
            f"used; got {own!r}"
        )


def begin_with(model: "keras.Model", recipe: TrainingRecipe, base: TrainingRun) -> None:
    """Give a model the weights of a run, all but the last layer's where the classes are others.

    Parameters
    ----------
    model
        Model of the recipe, changed in place.
    recipe
        Recipe of the training.
    base
        Run whose best weights are taken.

    Raises
    ------
    Refusal
        If layers differ, with their names and shapes.
    """
    theirs = base.recipe.model
    try:
        put_weights(
            model,
            weights_of(load_network(base).model),
            argument="initial",
            head=theirs.classes == recipe.model.classes,
        )
    except Refusal as error:
        raise Refusal(
            f"{error}. {base.folder.name} is a {theirs.architecture} on {theirs.backbone} of "
            f"{theirs.stages} stages and {theirs.channels} channel(s): write so in [training.model]"
        ) from None
