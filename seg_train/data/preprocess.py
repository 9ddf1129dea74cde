"""From detector counts to what the network sees: resampling, median filter, normalisation."""

import numpy as np
from scipy import sparse
from scipy.ndimage import median_filter

from hrtem_sim.refusal import Refusal
from seg_train.recipe import PreprocessingRecipe


def resample(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resample an image to another grid over the same field of view.

    Parameters
    ----------
    image
        (ny, nx), any number type.
    shape
        (ny, nx) of the result.

    Returns
    -------
    image
        float32. Shrinking takes the area-weighted mean over each new pixel, as a camera with
        larger pixels would: it passes no frequency a coarser camera would not pass and keeps shot
        noise white. Enlarging interpolates linearly between pixel centres.

    Examples
    --------
    >>> resample(np.array([[1.0, 3.0], [5.0, 7.0]]), (1, 1))
    array([[4.]], dtype=float32)
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise Refusal(f"image must be of shape (ny, nx); got {image.shape}")
    if min(shape) < 1:
        raise Refusal(f"shape must be positive; got {shape}")
    if tuple(shape) == image.shape:
        return image.astype(np.float32)
    rows, columns = (_weights(old, new) for old, new in zip(image.shape, shape, strict=True))
    return np.ascontiguousarray((columns @ (rows @ image.astype(np.float32)).T).T)


def resample_mask(mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return a class map on other pixels: each takes the class that covers most of it.

    Parameters
    ----------
    mask
        Classes, (ny, nx).
    shape
        New (ny, nx).

    Examples
    --------
    >>> resample_mask(np.array([[0, 0, 1, 1]] * 2), (1, 2)).tolist()
    [[0, 1]]
    """
    mask = np.asarray(mask)
    if tuple(shape) == mask.shape:
        return mask.astype(np.uint8)
    classes = range(int(mask.max(initial=0)) + 1)
    shares = np.stack([resample(mask == value, shape) for value in classes])
    return shares.argmax(axis=0).astype(np.uint8)


def grid_shape(
    shape: tuple[int, int], pixel_size: float, new_pixel_size: float | None
) -> tuple[int, int]:
    """Return the shape of a field of view on a grid of another pixel size, rounded.

    Parameters
    ----------
    shape
        Pixels along y and x.
    pixel_size, new_pixel_size
        In angstrom; None keeps the shape.

    Examples
    --------
    >>> grid_shape((100, 60), 0.4, 0.8)
    (50, 30)
    """
    for name, size in (("pixel_size", pixel_size), ("new_pixel_size", new_pixel_size)):
        if size is not None and not 0 < size < np.inf:
            raise Refusal(f"{name} must be positive, in angstrom; got {size!r}")
    if new_pixel_size is None:
        return shape[0], shape[1]
    ny, nx = (max(1, round(n * pixel_size / new_pixel_size)) for n in shape)
    return ny, nx


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


def _weights(old: int, new: int) -> sparse.csr_array:
    """Return the (new, old) matrix that resamples one axis; every row sums to 1."""
    if new < old:
        edges = np.arange(new + 1) * (old / new)
        first, last = np.floor(edges[:-1]).astype(int), np.ceil(edges[1:]).astype(int)
        width = int((last - first).max())
        index = np.minimum(first[:, None] + np.arange(width), old - 1)
        position = first[:, None] + np.arange(width)
        overlap = np.minimum(position + 1, edges[1:, None]) - np.maximum(position, edges[:-1, None])
        values = np.clip(overlap, 0, None)
    else:
        centre = (np.arange(new) + 0.5) * (old / new) - 0.5
        left = np.floor(centre)
        index = np.clip(np.stack([left, left + 1], axis=1).astype(int), 0, old - 1)
        values = np.stack([1 - (centre - left), centre - left], axis=1)
    values = values / values.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(new), index.shape[1])
    matrix = sparse.coo_array((values.ravel(), (rows, index.ravel())), shape=(new, old))
    return matrix.tocsr().astype(np.float32)
