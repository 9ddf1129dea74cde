"""Pixels and rows that a camera reads wrongly: hot, dead, struck by X-rays.

A network scales a micrograph by its mean and spread, so a single pixel at a hundred times the mean
flattens everything else. What counts as wrong is found from the image itself: farther from its
surroundings than anything that noise or atoms do there.
"""

import numpy as np
from scipy.ndimage import median_filter, uniform_filter

BEYOND = 2.5
"""Times the deviation upwards that one pixel in a thousand reaches; noise of 16 million pixels
stays below: Gaussian noise reaches 1.8 times, counts of a dose of 0.05 electrons a pixel less than
2.5."""

BELOW = 1.9
"""The same downwards, where counts have no tail."""

FAR_ROW = 4.0
"""Spreads of the pixels by which the median of a row lies off its neighbours' to be wrong; lattice
fringes along the rows come to 2.8 of their own."""

_STRIP = 18


def wrong_pixels(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where pixels are wrong, (n, 2) of y and x, and what should stand there, (n,).

    Parameters
    ----------
    image
        float32, (ny, nx), at least 8 x 8.

    Notes
    -----
    A pixel is wrong if it lies `BEYOND` the deviations from the median of 3 x 3 pixels of all but a
    thousandth of the pixels, or `BELOW` them, and at most one of its eight neighbours deviates a
    third as far from what is around them: what a microscope has imaged is spread over several
    pixels. The median of its neighbours replaces it.

    Examples
    --------
    >>> image = np.random.default_rng(1).normal(size=(32, 32)).astype(np.float32)
    >>> image[7, 9] = 100
    >>> wrong_pixels(image)[0].tolist()
    [[7, 9]]
    """
    low, high = _limits(image)
    around = (9 * uniform_filter(image, 3, mode="reflect") - image) / 8
    off = image - around
    places = np.argwhere((off > 0.7 * high) | (off < 0.7 * low))
    if not 0 < len(places) <= max(8, 0.05 * image.size):
        return np.empty((0, 2), int), np.empty(0, image.dtype)
    padded = np.pad(image, 2, mode="reflect")
    steps = [(dy, dx) for dy in range(5) for dx in range(5)]
    seen = np.stack([padded[places[:, 0] + dy, places[:, 1] + dx] for dy, dx in steps])
    near = np.array([max(abs(dy - 2), abs(dx - 2)) for dy, dx in steps])
    beside, around = seen[near == 1], np.median(seen[near == 2], axis=0)
    middle = np.median(beside, axis=0)
    far = image[tuple(places.T)] - middle
    second = np.sort(np.abs(beside - around), axis=0)[-2]
    wrong = ((far > high) | (far < low)) & (second < np.abs(far) / 3)
    return places[wrong], middle[wrong]


def wrong_rows(image: np.ndarray) -> np.ndarray:
    """Return single rows whose median lies off both neighbours' by `FAR_ROW` spreads.

    Parameters
    ----------
    image
        (ny, nx).

    Examples
    --------
    >>> image = np.random.default_rng(1).normal(size=(32, 32))
    >>> image[12] += 6
    >>> wrong_rows(image).tolist()
    [12]
    """
    medians = np.median(some_columns(image), axis=1)
    beside = np.pad(medians, 1, mode="reflect")
    beside = np.stack([beside[:-2], beside[2:]])
    off = medians - beside
    apart = np.abs(off).min(axis=0) > FAR_ROW * spread(image)
    same_side = np.sign(off[0]) == np.sign(off[1])
    found = np.flatnonzero(apart & same_side)
    return found if len(found) <= max(3, len(image) // 50) else found[:0]  # many are a pattern


def spread(image: np.ndarray) -> float:
    """Return the standard deviation of the middle half of the pixels, as if they were Gaussian."""
    low, high = np.percentile(sample(image), [25, 75])
    return float((high - low) / 1.349)


def sample(image: np.ndarray) -> np.ndarray:
    """Return some of the pixels, (n,): all of a small image, whole rows of a large one."""
    return image[:: max(1, image.size >> 16)].ravel()


def some_columns(image: np.ndarray) -> np.ndarray:
    """Return columns at equal distances, 128 to 255 of a wide image: enough to know a median."""
    return image[:, :: max(1, image.shape[1] // 128)]


def _limits(image: np.ndarray) -> tuple[float, float]:
    """The deviations from the local median below and above which a pixel is suspect."""
    every = _STRIP * max(1, image.size >> 18)
    strips = [image[y : y + _STRIP] for y in range(0, len(image), every)]
    off = np.concatenate([(s - median_filter(s, 3, mode="reflect")).ravel() for s in strips])
    return -BELOW * _usual(-off), BEYOND * _usual(off)


def _usual(off: np.ndarray) -> float:
    """The deviation upwards that one pixel in a thousand reaches, were none of them wrong.

    Where more than a thousandth is wrong that deviation is theirs. It is then what tails that fall
    like an exponential, slower than those of noise, have from those of a tenth and a hundredth.
    """
    some, many, most = np.percentile(off, [90.0, 99.0, 99.9])
    return float(min(most, 2 * many - some) if many > 0 else most)
