"""Patches to compare: those a recipe trains on, and those of real micrographs."""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hrtem_sim.refusal import Implausible, Refusal
from seg_train.data import (
    Batches,
    LabelledMicrograph,
    as_source,
    denoise,
    grid_shape,
    normalise,
    resample_mask,
)
from seg_train.data import resample as resample_image
from seg_train.data.door import Trainable
from seg_train.model import Networks, load_networks
from seg_train.prediction import predict
from seg_train.recipe import TrainingRecipe


class Patch(NamedTuple):
    """A patch as a network sees it.

    Parameters
    ----------
    image
        Normalised image on the training grid, (ny, nx).
    mask
        Classes, (ny, nx).

    Examples
    --------
    >>> Patch(np.zeros((8, 8)), np.ones((8, 8))).mask.shape
    (8, 8)
    """

    image: np.ndarray
    mask: np.ndarray


def training_patches(recipe: TrainingRecipe, data: Trainable, *, number: int = 192) -> list[Patch]:
    """Return the first patches that a recipe trains on.

    Parameters
    ----------
    recipe
        Recipe with the augmentation and the training grid.
    data
        Data set, or anything else that `seg_train.fit` trains on.
    number
        Number of patches, over several epochs if one holds fewer.

    Returns
    -------
    patches
        In the order in which they train.

    Examples
    --------
    >>> recipe = TrainingRecipe(seed=1, validation=0.5, patch=32)
    >>> [patch.image.shape for patch in training_patches(recipe, "data", number=2)]
    [(32, 32), (32, 32)]
    """
    batches = Batches(as_source(data, recipe), recipe)
    found: list[Patch] = []
    for epoch in range(recipe.epochs):
        for step in range(batches.steps(epoch)):
            images, masks = batches.batch(epoch, step)
            found += [Patch(*pair) for pair in zip(images[..., 0], masks[..., 0], strict=True)]
            if len(found) >= number:
                return found[:number]
    return found


def real_patches(
    micrographs: Iterable[LabelledMicrograph], recipe: TrainingRecipe, *, pixel_size: float
) -> list[Patch]:
    """Cut micrographs into patches as large as those a recipe trains on.

    Parameters
    ----------
    micrographs
        Micrographs with masks.
    recipe
        Recipe with the patch and the preprocessing.
    pixel_size
        Pixel of the training grid, in angstrom.

    Returns
    -------
    patches
        As many as fit side by side, spread evenly; of a micrograph smaller than a patch the whole.

    Raises
    ------
    Refusal
        If there are no micrographs.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> recipe = TrainingRecipe(seed=1, patch=64)
    >>> len(real_patches(load_experimental_sample()[:1], recipe, pixel_size=0.8))
    4
    """
    found = []
    for micrograph in micrographs:
        shape = grid_shape(micrograph.image.shape, micrograph.pixel_size, pixel_size)
        image = denoise(resample_image(micrograph.image, shape), recipe.preprocessing)
        mask = resample_mask(micrograph.mask, shape)
        edge = recipe.patch or min(shape)
        for y in _starts(shape[0], edge):
            for x in _starts(shape[1], edge):
                area = np.s_[y : y + edge, x : x + edge]
                found.append(Patch(normalise(image[area], recipe.preprocessing), mask[area]))
    if not found:
        raise Refusal("micrographs must hold at least one; got none")
    return found


def micrographs_of(
    files: Sequence[str | Path], network: Networks, *, pixel_size: float | None = None
) -> list[LabelledMicrograph]:
    """Read micrographs without masks, and let a network say where the particles are.

    Parameters
    ----------
    files
        Files that `hrtem_sim.interchange.read_micrograph` reads.
    network
        As `seg_train.predict` takes it.
    pixel_size
        In angstrom; absent: what the files say.

    Returns
    -------
    micrographs
        With the particles that the network found as their masks.

    Examples
    --------
    >>> np.save("film.npy", np.random.default_rng(1).poisson(50, (64, 64)))
    >>> [m.name for m in micrographs_of(["film.npy"], "real_micrographs", pixel_size=0.8)]
    ['film']
    """
    from hrtem_sim.interchange import read_micrograph

    networks, found = load_networks(network), []
    for path in map(Path, files):
        read = read_micrograph(path, pixel_size=pixel_size)
        if read.doubt:
            warnings.warn(f"{path.name}: {read.doubt}", Implausible, stacklevel=2)
        mask = predict(networks, read.image, pixel_size=read.pixel_size, symmetries=True).mask
        image = np.asarray(read.image)
        found.append(LabelledMicrograph(image, mask, read.pixel_size, path.parent.name, path.stem))
    return found


def _starts(length: int, edge: int) -> list[int]:
    if length <= edge:
        return [0]
    return np.linspace(0, length - edge, round(length / edge)).astype(int).tolist()
