"""From prepared micrographs to training patches: cut, record, vary, turn, scale."""

from collections.abc import Sequence

import numpy as np

from seg_train.data.prepare import Prepared
from seg_train.data.preprocess import denoise, normalise
from seg_train.data.resampling import grid_shape, resample, resample_mask
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry
from seg_train.data.variations import seen_by_camera, varied_on_grid
from seg_train.recipe import TrainingRecipe


def training_patch(
    prepared: Prepared, recipe: TrainingRecipe, *, pixel_size: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return one augmented training example.

    Parameters
    ----------
    prepared
        Micrograph and classes, on the training grid or on the camera's pixels.
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

    Notes
    -----
    On the camera's pixels noise is drawn where it arises, and filtered and resampled as that of a
    real micrograph is, so that neighbours on the training grid are correlated as theirs are.
    """
    augmentation = recipe.augmentation
    shape = _patch_shape(prepared, recipe, pixel_size)
    zoom = 1.0 if augmentation.magnification is None else augmentation.magnification.draw(rng)
    have = prepared.shape
    per_pixel = pixel_size / prepared.pixel_size
    window = [
        min(max(1, round(n * per_pixel / zoom)), most) for n, most in zip(shape, have, strict=True)
    ]
    piece = _cut(prepared, window, rng)
    if piece.recorder is not None:
        dose = None if augmentation.dose is None else augmentation.dose.draw(rng)
        piece = recorded(piece, dose, rng)
    image, mask = piece.image, piece.mask
    if augmentation.at_camera:
        image = seen_by_camera(image, augmentation, pixel_size=zoom * prepared.pixel_size, rng=rng)
    image, mask = resample(image, shape), resample_mask(mask, shape)
    if not prepared.on_grid:
        image = denoise(image, recipe.preprocessing)
    image = varied_on_grid(image, mask, augmentation, pixel_size=pixel_size, rng=rng)
    if augmentation.symmetries:
        index = int(rng.integers(SYMMETRIES))
        if shape[0] != shape[1]:
            index -= index % 2  # quarter turns would change the shape
        image, mask = apply_symmetry(image, index), apply_symmetry(mask, index)
    return normalise(image, recipe.preprocessing), np.ascontiguousarray(mask)


def validation_patch(
    prepared: Prepared, recipe: TrainingRecipe, *, pixel_size: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of a micrograph, without variations.

    Parameters
    ----------
    prepared
        Micrograph and classes, on the training grid or on the camera's pixels.
    recipe
        Recipe with the patch, the augmentation and the preprocessing.
    pixel_size
        Pixel size of the training grid, in angstrom.
    rng
        Generator of the noise of expected images, and of the camera that shows them.
    """
    if not prepared.on_grid:
        prepared = _on_grid(prepared, recipe, pixel_size, rng)
    shape = _patch_shape(prepared, recipe, pixel_size)
    y, x = ((have - n) // 2 for n, have in zip(shape, prepared.shape, strict=True))
    area = np.s_[y : y + shape[0], x : x + shape[1]]
    return normalise(prepared.image[area], recipe.preprocessing), prepared.mask[area]


def recorded(prepared: Prepared, dose: float | None, rng: np.random.Generator) -> Prepared:
    """Return a micrograph with noise, drawn if it is an expected image.

    Parameters
    ----------
    prepared
        Micrograph or expected image.
    dose
        Electrons per square angstrom; absent: the image's own.
    rng
        Generator of the noise.
    """
    if prepared.recorder is None:
        return prepared
    image = prepared.recorder.record(prepared.image, rng, dose=dose)
    return prepared._replace(image=image, recorder=None)


def _on_grid(
    prepared: Prepared, recipe: TrainingRecipe, pixel_size: float, rng: np.random.Generator
) -> Prepared:
    """Return a whole micrograph as a camera of the recipe shows it, on the training grid."""
    image, pixel = recorded(prepared, None, rng).image, prepared.pixel_size
    image = seen_by_camera(image, recipe.augmentation, pixel_size=pixel, rng=rng)
    shape = grid_shape(prepared.shape, pixel, pixel_size)
    image = denoise(resample(image, shape), recipe.preprocessing)
    return Prepared(image, resample_mask(prepared.mask, shape), pixel_size)


def _patch_shape(prepared: Prepared, recipe: TrainingRecipe, pixel_size: float) -> tuple[int, int]:
    if recipe.patch:
        return recipe.patch, recipe.patch
    return grid_shape(prepared.shape, prepared.pixel_size, pixel_size)


def _cut(prepared: Prepared, window: Sequence[int], rng: np.random.Generator) -> Prepared:
    have = prepared.shape
    y, x = (int(rng.integers(most - n + 1)) for n, most in zip(window, have, strict=True))
    area = np.s_[y : y + window[0], x : x + window[1]]
    return prepared._replace(image=prepared.image[area], mask=prepared.mask[area])
