"""Weights from one network to another, layer by layer.

Keras numbers the layers of a process (`conv2d_17`), so that one network has other names in another
program. Layers are matched by their names where these are the same, else by their order; every
array must then have the shape of its place.
"""

from collections.abc import Sequence
from typing import Any

from hrtem_sim.refusal import Refusal
from seg_train.keras_files import LayerWeights

SHOWN = 4
"""Differences that a message names."""


def weights_of(model: Any) -> list[LayerWeights]:
    """Return the weights of all layers of a model that have some, in their order.

    Parameters
    ----------
    model
        Keras model.

    Examples
    --------
    >>> from seg_train import ModelRecipe
    >>> from seg_train.model import build_model
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> weights_of(build_model(tiny, seed=1))[-1].arrays["bias"].shape
    (2,)
    """
    return [
        LayerWeights(layer.name, {variable.name: variable.numpy() for variable in layer.weights})
        for layer in model.layers
        if layer.weights
    ]


def put_weights(
    model: Any, given: Sequence[LayerWeights], *, argument: str, head: bool = True
) -> None:
    """Give a model the weights of another.

    Parameters
    ----------
    model
        Keras model, changed in place; not at all where something does not match.
    given
        Weights of all its layers.
    argument
        Argument that they came in, for messages.
    head
        Whether the last layer, which tells the classes, takes its weights too.

    Raises
    ------
    Refusal
        If layers are missing or too many, or an array has another shape; with their names.

    Examples
    --------
    >>> from seg_train import ModelRecipe
    >>> from seg_train.model import build_model
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> one, other = build_model(tiny, seed=1), build_model(tiny, seed=2)
    >>> put_weights(other, weights_of(one), argument="initial")
    >>> all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
    True
    """
    own = [layer for layer in model.layers if layer.weights]
    given = list(given)
    if not head:
        own, given = own[:-1], given[:-1]
    by_name = {layer.name: layer for layer in given}
    names = [layer.name for layer in own]
    if set(names) == set(by_name):
        given = [by_name[name] for name in names]
    elif len(given) != len(own):
        named = 2 * len(set(names) & set(by_name)) > len(own)
        raise Refusal(
            f"{argument} must have the {len(own)} layers of the network; got {len(given)}, "
            + (_lists(names, list(by_name)) if named else _first(own, given))
        )
    pairs = list(zip(own, given, strict=True))
    wrong = [line for mine, theirs in pairs if (line := _difference(mine, theirs))]
    if wrong:
        more = f", and {len(wrong) - SHOWN} layers more" if len(wrong) > SHOWN else ""
        raise Refusal(
            f"{argument} must have the shapes of the network's layers; got "
            f"{', '.join(wrong[:SHOWN])}{more}"
        )
    for mine, theirs in pairs:
        for variable in mine.weights:
            variable.assign(theirs.arrays[variable.name])


def _difference(mine: Any, theirs: LayerWeights) -> str:
    """Say how the weights of a layer differ from its place; nothing where they fit."""
    want = {variable.name: tuple(variable.shape) for variable in mine.weights}
    have = {name: tuple(array.shape) for name, array in theirs.arrays.items()}
    if want == have:
        return ""
    name = next(name for name in {**want, **have} if want.get(name) != have.get(name))
    return f"{theirs.name}/{name} of {have.get(name, 'none')} for {want.get(name, 'none')}"


def _lists(own: Sequence[str], given: Sequence[str]) -> str:
    """Name the layers that only one side has."""
    parts = []
    for what, here, there in (("lacking", own, given), ("beyond them", given, own)):
        names = [name for name in here if name not in there]
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            parts.append(f"{what} {', '.join(names[:SHOWN])}{more}")
    return "; ".join(parts)


def _first(own: Sequence[Any], given: Sequence[LayerWeights]) -> str:
    """Name the first layer that differs, in order, where the names of the layers are numbers."""
    for number, (mine, theirs) in enumerate(zip(own, given, strict=False), start=1):
        if line := _difference(mine, theirs):
            return f"from layer {number} on others: {line}"
    return f"equal to layer {min(len(own), len(given))}"
