"""From one pixel grid to another: images by area-weighted means, masks by majority."""

import numpy as np
from scipy import sparse

from hrtem_sim.refusal import Refusal
from seg_train.arrays import as_pixel


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
    pixel_size = as_pixel(pixel_size)
    if new_pixel_size is None:
        return shape[0], shape[1]
    new_pixel_size = as_pixel(new_pixel_size, "new_pixel_size")
    ny, nx = (max(1, round(n * pixel_size / new_pixel_size)) for n in shape)
    return ny, nx


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
