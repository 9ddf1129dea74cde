"""Micrographs as files hold them, made fit for a network: wrong pixels mended, bars left out.

What is mended gets the value that its surroundings suggest. What is left out is filled by a mirror
image of what lies beside it, so that neither the scale of the image nor what the network sees
across the edge is upset; it is background in every prediction. An image with nothing wrong comes
back as it is.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from hrtem_sim.frozen import freeze
from seg_train.arrays import as_image
from seg_train.data.flat import THIN, bars, corners, flat_rows, frame, lettering
from seg_train.data.outliers import wrong_pixels, wrong_rows

SMALLEST = 16
"""Pixels along an edge; smaller images are taken as they are."""


class Blemished(UserWarning):
    """A micrograph had wrong pixels that were mended, or parts that are no image and left out."""


@dataclass(frozen=True, eq=False)
class Mended:
    """A micrograph that a network can be shown.

    Parameters
    ----------
    image
        Intensity, (ny, nx); read-only.
    left_out
        Pixels where there is no micrograph, bool (ny, nx); None: there are none.
    found
        List in words of what was mended or left out; empty: nothing.
    blank
        Whether there is nothing to see: every pixel that is left has one value.

    Examples
    --------
    >>> mend(np.eye(20)).found
    ()
    """

    image: np.ndarray
    left_out: np.ndarray | None = None
    found: tuple[str, ...] = ()
    blank: bool = False

    def __post_init__(self) -> None:
        freeze(self, "image", "left_out", owned=True)


def mend(image: np.ndarray) -> Mended:
    """Mend the wrong pixels of a micrograph and find what is none of it.

    Parameters
    ----------
    image
        Intensity, (ny, nx), any unit.

    Returns
    -------
    mended
        Hot and dead pixels and rows are mended; borders of one value, data bars, the empty corners
        of a frame that was turned and scale bars with their lettering are left out.

    Raises
    ------
    Refusal
        If it is no image of finite real numbers.

    Notes
    -----
    Bars are found where their ground is of one value, as programs draw it, or white or black in a
    file of 8 bits that was compressed with loss.

    Examples
    --------
    >>> image = np.random.default_rng(1).poisson(50, (64, 64)).astype(float)
    >>> image[20, 30] = 1e4
    >>> image[-8:] = 0
    >>> mended = mend(image)
    >>> mended.found
    ('a border or bar of 8 rows at the bottom left out', '1 hot or dead pixel mended')
    >>> int(mended.left_out.sum()), bool(mended.image.max() < 100)
    (512, True)
    """
    image = np.array(as_image(image))
    if min(image.shape) < SMALLEST:
        return Mended(image, blank=bool(np.ptp(image) == 0))
    if np.ptp(image) == 0:
        return _blank(image, f"every pixel is {image[0, 0]:g}")
    rows, columns = frame(image)
    inner = image[rows, columns]  # a view: what is mended in it is mended
    if min(inner.shape) < SMALLEST or np.ptp(inner) == 0:
        return _blank(image, "nothing but bars and borders")
    found = _ends(rows, image.shape[0], "rows", ("top", "bottom"))
    found += _ends(columns, image.shape[1], "columns", ("left", "right"))
    outside = np.ones(image.shape, bool)
    outside[rows, columns] = False
    apart, wrong, said = _inside(inner)
    outside[rows, columns] |= apart
    gone = outside.copy()
    gone[rows, columns] |= wrong
    if gone.any():
        _fill(image, gone)
    places, values = wrong_pixels(inner)
    inner[tuple(places.T)] = values
    found += said
    if len(places):
        found.append(f"{len(places)} hot or dead pixel{'s' if len(places) > 1 else ''} mended")
    return Mended(image, outside if outside.any() else None, tuple(found))


def _inside(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return what is left out inside the frame, what is to be mended, and both in words."""
    apart, wrong = np.zeros(image.shape, bool), np.zeros(image.shape, bool)
    found: list[str] = []
    for name, turn in (("row", np.asarray), ("column", np.transpose)):
        turned = turn(image)
        flat = flat_rows(turned) > 0.98
        off = np.setdiff1d(wrong_rows(turned), np.flatnonzero(flat))
        turn(wrong)[off] = True
        if len(off):
            found.append(f"{len(off)} {name}{'s' if len(off) > 1 else ''} far off mended")
        for start, stop in _stretches(flat):
            thick = stop - start > THIN
            turn(apart if thick else wrong)[start:stop] = True
            width = f"{stop - start} {name}s" if stop - start > 1 else f"a {name}"
            found.append(f"{width} of one value {'left out' if thick else 'mended'}")
    empty = corners(image)
    if empty.any():
        apart |= empty
        found.append("empty corners left out")
    known = apart | wrong
    rest = np.where(known, np.float32(np.median(image)), image) if known.any() else image
    for bar in bars(rest):
        height, width = bar.rows.stop - bar.rows.start, bar.columns.stop - bar.columns.start
        size = f"{width} x {height} pixels at x = {bar.columns.start}, y = {bar.rows.start}"
        if min(height, width) > 1:
            apart |= lettering(rest, bar)
            found.append(f"a scale bar of {size} left out")
        else:
            wrong[bar.rows, bar.columns] = True
            found.append(f"a line of {size} mended")
    return apart, wrong & ~apart, found


def _fill(image: np.ndarray, gone: np.ndarray) -> None:
    """Replace pixels by those as far on the other side of the nearest one that is there."""
    nearest = distance_transform_edt(gone, return_distances=False, return_indices=True)
    here = np.argwhere(gone)
    edge = nearest[:, gone].T
    ends = np.array(image.shape) - 1
    mirrored = np.clip(2 * edge - here, 0, ends)
    source = np.where(gone[tuple(mirrored.T)][:, None], edge, mirrored)
    image[gone] = image[tuple(source.T)]


def _blank(image: np.ndarray, why: str) -> Mended:
    return Mended(image, np.ones(image.shape, bool), (f"{why}: no micrograph",), blank=True)


def _ends(kept: slice, n: int, name: str, sides: tuple[str, str]) -> list[str]:
    taken = zip((kept.start, n - kept.stop), sides, strict=True)
    return [f"a border or bar of {k} {name} at the {side} left out" for k, side in taken if k]


def _stretches(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return start and stop of every stretch of true flags."""
    turns = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]
