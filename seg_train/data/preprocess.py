"""From detector counts to what the network sees: median filter and normalisation."""

import numpy as np
from scipy.ndimage import median_filter

from hrtem_sim.refusal import Refusal
from seg_train.recipe import PreprocessingRecipe


def denoise(image: np.ndarray, recipe: PreprocessingRecipe) -> np.ndarray:
    """Return an image after the median filter of the recipe, borders reflected.

    Parameters
    ----------
    image
        (ny, nx).
    recipe
        Recipe with the window.

    Examples
    --------
    >>> spike = np.zeros((5, 5))
    >>> spike[2, 2] = 9
    >>> float(denoise(spike, PreprocessingRecipe(median=3)).max())
    0.0
    """
    if recipe.median == 1:
        return image
    return median_filter(image, size=recipe.median, mode="reflect")


def normalise(
    image: np.ndarray, recipe: PreprocessingRecipe, *, patch: int | None = None
) -> np.ndarray:
    """Bring an image to the scale the network was trained on.

    Parameters
    ----------
    image
        (ny, nx) or (n, ny, nx); every image is scaled by itself.
    recipe
        Recipe with the way to normalise.
    patch
        Edge in pixels of the patches the network was trained on. A larger image is then scaled by
        the mean of the minima (or variances) and of the maxima of its patches: extremes of noise
        grow with the number of pixels, and a whole micrograph scaled by its own extremes would
        reach the network with too little contrast.

    Returns
    -------
    image
        float32. A constant image becomes zeros.

    Examples
    --------
    >>> normalise(np.array([[1.0, 3.0]]), PreprocessingRecipe()).tolist()
    [[0.0, 1.0]]
    """
    image = np.asarray(image, dtype=np.float32)
    if image.ndim not in (2, 3):
        raise Refusal(f"image must have shape (ny, nx) or (n, ny, nx); got {image.shape}")
    first, second = _statistics(image, recipe.normalisation, patch)
    if not np.isfinite(second).all():
        raise Refusal("image must be finite; got nan or infinite pixels")
    scale = np.where(second > 0, second, 1).astype(np.float32)
    image = image - first.astype(np.float32)
    image /= scale
    return image


def _statistics(image: np.ndarray, kind: str, patch: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the offset and the scale of each image, shaped to broadcast."""
    ny, nx = image.shape[-2:]
    rows = np.array_split(np.arange(ny), max(1, round(ny / (patch or ny))))
    columns = np.array_split(np.arange(nx), max(1, round(nx / (patch or nx))))
    offsets, scales = [], []
    for row in rows:
        for column in columns:
            block = image[..., row[0] : row[-1] + 1, column[0] : column[-1] + 1]
            if kind == "min_max":
                low, high = block.min(axis=(-2, -1)), block.max(axis=(-2, -1))
                offsets.append(low)
                scales.append(high - low)
            else:
                offsets.append(block.mean(axis=(-2, -1), dtype=np.float64))
                scales.append(block.std(axis=(-2, -1), dtype=np.float64))
    offset, scale = np.mean(offsets, axis=0), np.mean(scales, axis=0)
    return offset[..., None, None], scale[..., None, None]
