"""From prepared micrographs to training patches: cut, turn, blur, scale; image and mask alike."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from seg_train.data.preprocess import normalise
from seg_train.data.resampling import resample, resample_mask
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry
from seg_train.recipe import TrainingRecipe


def training_patch(
    image: np.ndarray,
    mask: np.ndarray,
    recipe: TrainingRecipe,
    *,
    pixel_size: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return one augmented training example.

    Parameters
    ----------
    image, mask
        Prepared micrograph on the training grid and its classes, (ny, nx).
    recipe
        Recipe with the patch, the augmentation and the preprocessing.
    pixel_size
        Pixel size of the training grid, in angstrom.
    rng
        Generator of the variations.

    Returns
    -------
    image, mask
        (patch, patch), normalised float32 and uint8.
    """
    augmentation = recipe.augmentation
    shape = (recipe.patch, recipe.patch) if recipe.patch else image.shape
    zoom = 1.0 if augmentation.magnification is None else augmentation.magnification.draw(rng)
    window = tuple(
        min(max(1, round(n / zoom)), have) for n, have in zip(shape, image.shape, strict=True)
    )
    image, mask = _cut(image, mask, window, rng)
    image, mask = resample(image, shape), resample_mask(mask, shape)
    if augmentation.shading is not None:
        image = image * (1 + augmentation.shading.draw(rng) * smooth_field(shape, rng))
    if augmentation.blur is not None:
        image = gaussian_filter(image, augmentation.blur.draw(rng) / pixel_size, mode="reflect")
    if augmentation.symmetries:
        index = int(rng.integers(SYMMETRIES))
        if shape[0] != shape[1]:
            index -= index % 2  # quarter turns would change the shape
        image, mask = apply_symmetry(image, index), apply_symmetry(mask, index)
    return normalise(image, recipe.preprocessing), np.ascontiguousarray(mask)


def smooth_field(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a smooth random field, (ny, nx) float32, of mean 0 and standard deviation 1.

    Parameters
    ----------
    shape
        (ny, nx), in pixels.
    rng
        Draws 2 x 2 to 4 x 4 normal numbers, between which cubic splines run.
    """
    knots = rng.normal(size=2 * (int(rng.integers(2, 5)),))
    places = [np.linspace(0, len(knots) - 1, n) for n in shape]
    field = map_coordinates(knots, np.meshgrid(*places, indexing="ij"), order=3, mode="nearest")
    field -= field.mean()
    return (field / max(field.std(), 1e-6)).astype(np.float32)


def validation_patch(
    image: np.ndarray, mask: np.ndarray, recipe: TrainingRecipe
) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of a micrograph, without variations."""
    shape = (recipe.patch, recipe.patch) if recipe.patch else image.shape
    y, x = ((have - n) // 2 for n, have in zip(shape, image.shape, strict=True))
    image, mask = (array[y : y + shape[0], x : x + shape[1]] for array in (image, mask))
    return normalise(image, recipe.preprocessing), mask


def _cut(
    image: np.ndarray, mask: np.ndarray, window: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    y, x = (int(rng.integers(have - n + 1)) for n, have in zip(window, image.shape, strict=True))
    area = np.s_[y : y + window[0], x : x + window[1]]
    return image[area], mask[area]
