"""Parts of a file that are no micrograph: borders, data bars, scale bars, dead rows.

They have one thing in common that noise never has: many pixels of one value in a row. How many it
takes follows from how often the value occurs at all, so that images of few counts, most of whose
pixels are zero, are left alone.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import (
    binary_dilation,
    binary_fill_holes,
    binary_opening,
    find_objects,
    label,
    maximum_filter1d,
    minimum_filter1d,
)

from seg_train.data.outliers import sample, some_columns

CHANCE = 1e-3
"""Probability that noise makes in an image what is taken for a bar."""

THIN = 3
"""Pixels up to which a dead row is mended; a thicker one is left out."""

MOST = 8
"""Bars in one image; more are something else."""

UNEVEN = 16.0
"""Levels of 255 by which a JPEG makes white and black uneven."""

LONG = 4
"""Times its width that a dark bar is long."""

_MOSTLY = 0.6  # of a row of a data bar is its ground, also where there is text


class Bar(NamedTuple):
    """A rectangle of one value, y and x from and to, that value, and how near to it all are."""

    rows: slice
    columns: slice
    value: float
    near: float = 0.0


def frame(image: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns that are left when borders and data bars are taken off.

    Parameters
    ----------
    image
        (ny, nx).

    Examples
    --------
    >>> image = np.pad(np.random.default_rng(1).random((40, 50)), ((0, 9), (3, 0)))
    >>> frame(image)
    (slice(0, 40, None), slice(3, 53, None))
    """
    rows, columns = (slice(0, n) for n in image.shape)
    while True:
        kept = image[rows, columns]
        if min(kept.shape) < 8:
            return rows, columns
        inner = _without_edges(flat_rows(kept)), _without_edges(flat_rows(kept.T))
        if all(s.stop - s.start == n for s, n in zip(inner, kept.shape, strict=True)):
            return rows, columns
        rows, columns = (
            slice(old.start + new.start, old.start + new.stop)
            for old, new in zip((rows, columns), inner, strict=True)
        )


def flat_rows(image: np.ndarray) -> np.ndarray:
    """Return which rows are of one value, or mostly of one that the rest of the image lacks.

    Parameters
    ----------
    image
        (ny, nx).

    Returns
    -------
    flat
        Fraction of each row, (ny,), that is of one value; 0 where noise makes as much.
    """
    some = some_columns(image)
    middle = np.median(some, axis=1)
    part = (some == middle[:, None]).mean(axis=1)
    usual = float(np.median(part))
    if usual > 0.9 or not _beyond_chance(image, image.shape[1], len(image)):
        return np.zeros(len(image))
    by_chance = usual + 8 * np.sqrt(usual * (1 - usual) / some.shape[1])
    part[part < max(_MOSTLY, by_chance)] = 0
    rest = some[part == 0]
    if rest.size:
        low, high = np.percentile(rest, [2, 98])
        part[(part < 1) & (middle > low) & (middle < high)] = 0
    for y in np.flatnonzero(part == 1):
        part[y] = (image[y] == middle[y]).mean()
    return part


def corners(image: np.ndarray) -> np.ndarray:
    """Return which pixels are the empty corners of a frame that was turned, bool (ny, nx).

    Parameters
    ----------
    image
        (ny, nx).

    Notes
    -----
    Regions of one value that touch two corners of the image or more, the same in all.
    """
    none = np.zeros(image.shape, bool)
    ends = [(0, 0), (0, -1), (-1, 0), (-1, -1)]
    values, times = np.unique([image[end] for end in ends], return_counts=True)
    value = values[times.argmax()]
    if times.max() < 2 or not _beyond_chance(image, 9, 1, value=value):
        return none
    solid = binary_opening(image == value, np.ones((3, 3), bool))
    numbers, _ = label(solid)
    found = {int(numbers[end]) for end in ends if image[end] == value} - {0}
    touching = sum(numbers[end] in found for end in ends if numbers[end])
    return np.isin(numbers, list(found)) if touching >= 2 else none


def bars(image: np.ndarray) -> list[Bar]:
    """Return the rectangles of the lightest or the darkest value in an image.

    Parameters
    ----------
    image
        (ny, nx).

    Examples
    --------
    >>> image = np.random.default_rng(1).random((60, 80))
    >>> image[50:54, 8:40] = 1
    >>> bars(image)
    [Bar(rows=slice(50, 54, None), columns=slice(8, 40, None), value=1.0, near=0.0)]

    Notes
    -----
    In images of 8 bits that hold none, white and black count that a JPEG has made uneven.
    """
    found = []
    low, high = np.percentile(sample(image), [0.5, 99.5])
    for outer in (image <= low, image >= high):
        values, times = np.unique(image[outer], return_counts=True)
        for value in values[np.argsort(times)[::-1][:2]]:
            found += _rectangles(image, float(value))
    if not found and _of_8_bits(image):
        ends = [end for end in (255.0, 0.0) if np.abs(image - end).min() < 6]
        found = [bar for end in ends for bar in _rectangles(image, end, UNEVEN)]
    return found if len(found) <= MOST else []  # many are the image's own pattern


def _rectangles(image: np.ndarray, value: float, near: float = 0.0) -> list[Bar]:
    is_value = np.abs(image - value) <= near
    part = is_value.mean()
    length = max(8, int(np.ceil(np.log(CHANCE / image.size) / np.log(part)))) if part < 1 else 0
    if not 0 < length < max(image.shape) or is_value.sum() < 2 * length:
        return []
    dark = value < np.median(sample(image))
    runs = _runs(is_value, length) | _runs(is_value.T, length).T
    numbers, _ = label(binary_fill_holes(runs))
    rectangles = []
    for number, (rows, columns) in enumerate(find_objects(numbers), start=1):
        here = numbers[rows, columns] == number
        long = max(here.shape) >= max(2 * length, min(image.shape) // 4)
        if near:  # bright fringes come near to it, but in no such block
            solid = min(here.shape) > 2 and max(here.shape) >= max(16, min(image.shape) // 16)
        else:
            solid = min(here.shape) > 1 or long
        if dark:  # so is a cube of gold that the contrast of the file has made black
            solid = solid and max(here.shape) >= LONG * min(here.shape)
        if solid and here.mean() > 0.9:
            rectangles.append(Bar(rows, columns, value, near))
    return rectangles


def _of_8_bits(image: np.ndarray) -> bool:
    return 0 <= image.min() and image.max() <= 255 and bool((image == np.round(image)).all())


def _runs(mask: np.ndarray, length: int) -> np.ndarray:
    """The pixels of a mask in runs of at least a length along x."""
    if length > mask.shape[1]:
        return np.zeros_like(mask)
    starts = minimum_filter1d(mask.view(np.uint8), length, origin=-(length // 2), mode="constant")
    ends = maximum_filter1d(starts, length, origin=(length - 1) // 2, mode="constant")
    return ends.astype(bool)


def lettering(image: np.ndarray, bar: Bar) -> np.ndarray:
    """Return which pixels belong to a scale bar and to what is written beside it, (ny, nx).

    Parameters
    ----------
    image
        (ny, nx).
    bar
        One of `bars`.
    """
    height, width = bar.rows.stop - bar.rows.start, bar.columns.stop - bar.columns.start
    reach = min(max(height, width), max(image.shape) // 8) + 2
    around = (
        slice(max(0, bar.rows.start - reach), bar.rows.stop + reach),
        slice(max(0, bar.columns.start - width // 10 - 2), bar.columns.stop + width // 10 + 2),
    )
    found = np.zeros(image.shape, bool)
    found[around] = np.abs(image[around] - bar.value) <= bar.near
    found[bar.rows, bar.columns] = True
    return binary_dilation(found, iterations=2 if bar.near else 1)


def _beyond_chance(
    image: np.ndarray, pixels: int, times: int, *, value: float | None = None
) -> bool:
    """Whether noise with such values would hardly make so many pixels alike, tried some times."""
    values, counts = np.unique(sample(image), return_counts=True)
    often = counts.max() if value is None else counts[values == value].sum()
    part = max(float(often), 1.0) / counts.sum()
    return part < 1 and times * part**pixels < CHANCE


def _without_edges(flat: np.ndarray) -> slice:
    """What is left of an axis without the flat ends; rows full of letters lie between flat ones."""
    first, last = _flat_end(flat), len(flat) - _flat_end(flat[::-1])
    return slice(first, last) if first < last else slice(0, len(flat))


def _flat_end(flat: np.ndarray) -> int:
    gap = max(2, len(flat) // 50)
    end = seen = 0
    for place in np.flatnonzero(flat):
        if place - end > gap:
            break
        end, seen = int(place) + 1, seen + 1
    return end if 2 * seen >= end else 0
