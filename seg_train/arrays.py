"""What may be handed over as a micrograph, as a mask and as a pixel size: checked, or refused.

NumPy turns nearly anything into numbers, and takes away what does not fit: the imaginary part of a
wave, the mask of a masked array, all contrast on top of a large offset. No such image is taken for
a micrograph, and no probability for a class.
"""

from typing import Any

import numpy as np

from hrtem_sim.provenance import positive
from hrtem_sim.refusal import Refusal

LEVELS = 64
"""Steps of single precision that the contrast of a micrograph must span."""

_SINGLE = float(np.finfo(np.float32).eps)


def as_image(image: Any, name: str = "image") -> np.ndarray:
    """Return a micrograph as float32, (ny, nx); a copy where the type was another.

    Parameters
    ----------
    image
        Real numbers, (ny, nx).
    name
        Name of the argument in messages.

    Raises
    ------
    Refusal
        If it is no image, holds hidden or missing pixels, or single precision would not hold it.

    Examples
    --------
    >>> as_image([[1, 2], [3, 4]]).dtype
    dtype('float32')
    >>> as_image(np.array([[1j]]))
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: image must hold real numbers; got complex128: take abs(wave) ** 2
    """
    array = _shown(image, name)
    if array.ndim != 2:
        raise Refusal(f"{name} must be of shape (ny, nx); got {array.shape}")
    if not array.size:
        raise Refusal(f"{name} must hold at least one pixel; got {array.shape}")
    if array.dtype.kind == "O":
        array = _numbers(array)
    if array.dtype.kind not in "biuf":
        wave = ": take abs(wave) ** 2" if array.dtype.kind == "c" else ""
        raise Refusal(f"{name} must hold real numbers; got {array.dtype}{wave}")
    if not np.isfinite(array).all():
        raise Refusal(f"{name} must be finite; got NaN or infinite pixels")
    if array.dtype.itemsize > 2 and array.dtype != np.float32:
        _check_precision(array, name)
    return array.astype(np.float32, copy=False)


def as_classes(mask: Any, name: str = "mask") -> np.ndarray:
    """Return the classes of pixels as they are, (ny, nx), or refuse what are none.

    Parameters
    ----------
    mask
        Whole numbers from 0, the background; true and false.
    name
        Name of the argument in messages.

    Raises
    ------
    Refusal
        If numbers are negative, or between whole ones as probabilities are.

    Examples
    --------
    >>> as_classes([[0, 1]]).tolist()
    [[0, 1]]
    >>> as_classes([[-1, 1]])
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: mask must hold whole numbers from 0; got int64 from -1 to 1
    """
    array = _shown(mask, name)
    if array.ndim != 2:
        raise Refusal(f"{name} must have shape (ny, nx); got {array.shape}")
    if array.dtype.kind not in "biuf":
        raise Refusal(f"{name} must hold whole numbers from 0; got {array.dtype}")
    broken = array.dtype.kind == "f" and not (array == np.round(array)).all()
    if broken or array.min(initial=0) < 0:
        likely = ": of probabilities take those above a threshold" if broken else ""
        raise Refusal(
            f"{name} must hold whole numbers from 0; got {array.dtype} from "
            f"{array.min():g} to {array.max():g}{likely}"
        )
    return array


def as_pixel(pixel_size: Any, name: str = "pixel_size") -> float:
    """Return the size of square pixels in angstrom, or refuse what is none.

    Parameters
    ----------
    pixel_size
        One number.
    name
        Name of the argument in messages.

    Examples
    --------
    >>> as_pixel(np.float32(0.5))
    0.5
    >>> as_pixel((0.5, 0.4))
    Traceback (most recent call last):
        ...
    hrtem_sim.refusal.Refusal: pixel_size must be positive, in angstrom; got (0.5, 0.4): not square
    """
    if isinstance(pixel_size, np.ndarray) and pixel_size.ndim == 0:
        pixel_size = pixel_size.item()
    try:
        _PIXEL.refuse(name, pixel_size)
    except Refusal as error:
        several = np.ndim(pixel_size) > 0
        raise Refusal(f"{error}{': not square' if several else ''}") from None
    return float(pixel_size)


_PIXEL = positive("angstrom")


def _shown(array: Any, name: str) -> np.ndarray:
    """Return an array, unless some of it is hidden."""
    if np.ma.is_masked(array):
        raise Refusal(
            f"{name} must be shown whole; got a masked array with {np.ma.count_masked(array)} "
            "hidden values: fill them, or cut the image where it is whole"
        )
    return np.asarray(array)


def _numbers(array: np.ndarray) -> np.ndarray:
    """Return Python's numbers as NumPy's, where they are some."""
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        return array


def _check_precision(array: np.ndarray, name: str) -> None:
    low, high = float(array.min()), float(array.max())
    largest = max(abs(low), abs(high))
    if largest > float(np.finfo(np.float32).max):
        raise Refusal(f"{name} must lie within 3.4e38, in single precision; got up to {largest:g}")
    own = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 0.0
    rounding, single = LEVELS * float(own) * largest, LEVELS * _SINGLE * largest
    if rounding < high - low < single:  # below is a constant image whose numbers were rounded
        raise Refusal(
            f"{name} must have contrast that single precision holds; got {low:.17g} to "
            f"{high:.17g}: subtract its mean"
        )
