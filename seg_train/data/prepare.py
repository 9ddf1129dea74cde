"""What patches are cut from: micrographs, checked, on the training grid or the camera's pixels."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_classes, as_image
from seg_train.data.examples import Example
from seg_train.data.preprocess import denoise
from seg_train.data.resampling import grid_shape, resample, resample_mask
from seg_train.recipe import TrainingRecipe

if TYPE_CHECKING:
    from hrtem_sim.imaging import Recorder


class Prepared(NamedTuple):
    """A micrograph that patches are cut from.

    Parameters
    ----------
    image, mask
        (ny, nx), and its classes, uint8.
    pixel_size
        In angstrom.
    on_grid
        Whether this is the training grid and the image is denoised. Otherwise it is as the camera
        recorded it, and is resampled and denoised patch by patch.
    recorder
        Camera and dose of an expected image.

    Examples
    --------
    >>> Prepared(np.zeros((8, 6)), np.zeros((8, 6), np.uint8), 0.8).shape
    (8, 6)
    """

    image: np.ndarray
    mask: np.ndarray
    pixel_size: float
    on_grid: bool = True
    recorder: "Recorder | None" = None

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels along y and x."""
        return self.image.shape[0], self.image.shape[1]


def prepare(example: Example, recipe: TrainingRecipe, pixel_size: float) -> Prepared:
    """Return what patches are cut from, after checking a micrograph against its mask.

    Parameters
    ----------
    example
        Micrograph and classes.
    recipe
        Recipe with the model, the patch and the preprocessing.
    pixel_size
        Pixel size of the training grid, in angstrom.

    Returns
    -------
    prepared
        On the training grid; on the camera's pixels where noise is drawn or the augmentation works
        on them.

    Raises
    ------
    ValueError
        If image and mask differ in shape, the image is not finite or has channels that the model
        does not take, the mask holds a class that the model does not know, or the image does not
        fit the patch.

    Examples
    --------
    >>> image = np.random.default_rng(1).random((64, 64))
    >>> prepare(Example(image, image > 0.5, 0.4), TrainingRecipe(seed=1), 0.8).image.shape
    (32, 32)
    """
    image, mask = np.asarray(example.image), np.asarray(example.mask)
    channels = 1 if image.ndim == 2 else image.shape[-1]
    if channels != recipe.model.channels:
        raise Refusal(
            f"model.channels must be the channels of the images, {channels}; "
            f"got {recipe.model.channels}"
        )
    image = as_image(example.image, "images")
    if mask.shape != image.shape:
        raise Refusal(f"masks must have the shape of the images, {image.shape}; got {mask.shape}")
    mask = as_classes(example.mask, "masks")
    if mask.max() >= recipe.model.classes:
        raise Refusal(
            f"model.classes must be at least {int(mask.max()) + 1}, the classes in the masks; "
            f"got {recipe.model.classes}"
        )
    shape = grid_shape((image.shape[0], image.shape[1]), example.pixel_size, pixel_size)
    _check_shape(shape, recipe)
    if recipe.augmentation.at_camera or example.recorder is not None:
        kept = mask.astype(np.uint8)
        return Prepared(image, kept, example.pixel_size, on_grid=False, recorder=example.recorder)
    image = denoise(resample(image, shape), recipe.preprocessing)
    return Prepared(image, resample_mask(mask, shape), pixel_size)


def _check_shape(shape: tuple[int, int], recipe: TrainingRecipe) -> None:
    stride = recipe.model.stride
    if recipe.patch is None and (shape[0] % stride or shape[1] % stride):
        raise Refusal(
            f"patch must be set when micrographs are not multiples of {stride} pixels; "
            f"on the training grid they are {shape[0]} x {shape[1]}"
        )
    if recipe.patch is not None and recipe.patch > min(shape):
        raise Refusal(
            f"patch must be at most {min(shape)} pixels, the micrographs on the training grid; "
            f"got {recipe.patch}"
        )
