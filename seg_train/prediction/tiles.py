"""Cutting a micrograph into tiles that join without a seam."""

import math
from dataclasses import dataclass

from hrtem_sim.refusal import Refusal


@dataclass(frozen=True)
class Tile:
    """A window the network sees and the core of it that is kept, in pixels of the image.

    Each is (y start, y stop, x start, x stop).

    Parameters
    ----------
    window, core
        Pixels seen and pixels kept.
    """

    window: tuple[int, int, int, int]
    core: tuple[int, int, int, int]


def plan_tiles(shape: tuple[int, int], *, window: int, overlap: float, stride: int) -> list[Tile]:
    """Cover an image with windows whose cores meet edge to edge.

    Parameters
    ----------
    shape
        (ny, nx) of the image, multiples of `stride`.
    window
        Largest edge of a window in pixels. Along an axis no longer than this there is one window,
        the whole axis, with no seam.
    overlap
        Least distance in pixels between the edge of a core and that of its window, where the
        window does not end with the image.
    stride
        Windows begin and end on multiples of this, so that a pixel is pooled with the same
        neighbours in every window.

    Returns
    -------
    tiles
        All windows have one shape; cores cover each pixel once.

    Raises
    ------
    ValueError
        If the window has no room for a core.

    Examples
    --------
    >>> tiles = plan_tiles((256, 128), window=128, overlap=16, stride=32)
    >>> len(tiles), tiles[0].core
    (3, (0, 96, 0, 128))
    """
    if shape[0] % stride or shape[1] % stride:
        raise Refusal(f"shape must be multiples of {stride} pixels; got {shape}")
    rows, columns = (_plan_axis(n, window, overlap, stride) for n in shape)
    return [Tile((*y[0], *x[0]), (*y[1], *x[1])) for y in rows for x in columns]


def _plan_axis(
    length: int, window: int, overlap: float, stride: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return (window, core) pairs of (start, stop) along one axis."""
    if length <= window:
        return [((0, length), (0, length))]
    if not math.isfinite(overlap):
        raise Refusal(
            "overlap must be given in pixels for a network that averages over the whole image"
        )
    window -= window % stride
    margin = math.ceil(overlap / stride) * stride
    core = window - 2 * margin
    if core < stride:
        raise Refusal(
            f"window must be at least {2 * margin + stride} pixels for an overlap of "
            f"{margin}; got {window}"
        )
    pairs = []
    start = 0
    while start < length:
        left = min(max(0, start - margin), length - window)
        last = left + window == length
        stop = length if last else left + window - margin
        pairs.append(((left, left + window), (start, stop)))
        start = stop
    return pairs
