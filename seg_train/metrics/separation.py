"""Particles that touch in a mask, told apart where they join by a neck."""

import numpy as np
from scipy.ndimage import distance_transform_edt, find_objects

from hrtem_sim.refusal import Refusal


def separate_particles(labels: np.ndarray, *, neck: float = 0.75) -> np.ndarray:
    """Split numbered particles at their necks.

    Parameters
    ----------
    labels
        Particles numbered from 1, (ny, nx), as `label_particles` returns them.
    neck
        Width of a neck over the width of the smaller particle beside it below which it is cut. At
        0.75 two equal discs are two from a distance of 1.32 radii on.

    Returns
    -------
    labels
        Numbered from 1, the same pixels.

    Notes
    -----
    Watershed of the distance to the border (Beucher and Lantuejoul, 1979); basins whose saddle
    lies above `neck` times the lower summit, or within a pixel of it, are joined again, the
    highest saddle first.

    Examples
    --------
    >>> y, x = np.indices((21, 40))
    >>> discs = np.hypot(y - 10, x - 11) < 9
    >>> discs |= np.hypot(y - 10, x - 27) < 9
    >>> int(separate_particles(discs.astype(int)).max())
    2
    """
    labels = np.asarray(labels)
    if labels.ndim != 2:
        raise Refusal(f"labels must have shape (ny, nx); got {labels.shape}")
    if not 0 < neck < 1:
        raise Refusal(f"neck must be between 0 and 1; got {neck!r}")
    out = np.zeros(labels.shape, int)
    count = 0
    for number, box in enumerate(find_objects(labels), start=1):
        if box is None:
            continue
        inside = np.pad(labels[box] == number, 1)
        touching = _at_border(box, labels.shape)
        parts = _parts(inside, touching, neck)[1:-1, 1:-1]
        out[box] += np.where(parts, parts + count, 0)
        count += int(parts.max())
    return out


def _at_border(box: tuple[slice, slice], shape: tuple[int, int]) -> list[tuple[bool, bool]]:
    """At which ends of its axes a box lies at the border of the image."""
    return [(s.start == 0, s.stop == n) for s, n in zip(box, shape, strict=True)]


def _parts(inside: np.ndarray, border: list[tuple[bool, bool]], neck: float) -> np.ndarray:
    """The parts of one particle, from 1; beyond the border of the image it goes on."""
    reach = max(inside.shape)
    pads = [(reach if low else 0, reach if high else 0) for low, high in border]
    beyond = np.pad(inside[1:-1, 1:-1], pads, mode="edge") if any(map(any, border)) else None
    if beyond is None:
        height = distance_transform_edt(inside)
    else:
        far = distance_transform_edt(np.pad(beyond, 1))[1:-1, 1:-1]
        (top, _), (left, _) = pads
        ny, nx = (n - 2 for n in inside.shape)
        height = np.pad(far[top : top + ny, left : left + nx], 1)
    basins, n = _basins(height)
    if n == 1:
        return inside.astype(int)
    peaks = np.zeros(n + 1)
    np.maximum.at(peaks, basins.ravel(), height.ravel())
    joined = _joined(_saddles(basins, height), peaks, neck)
    return np.unique(joined[basins], return_inverse=True)[1].reshape(basins.shape)


def _basins(height: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the pixels above zero by the summit that the steepest ascent leads to."""
    ny, nx = height.shape
    around = np.pad(height, 1)
    steps = [(1, 1)] + [(dy, dx) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    levels = np.stack([around[dy : dy + ny, dx : dx + nx] for dy, dx in steps])
    offsets = np.array([(dy - 1) * nx + dx - 1 for dy, dx in steps])
    leads = np.arange(height.size) + offsets[levels.argmax(axis=0)].ravel()
    while (leads[leads] != leads).any():
        leads = leads[leads]
    summits, basins = np.unique(np.where(height.ravel() > 0, leads, -1), return_inverse=True)
    return basins.reshape(height.shape), len(summits) - 1


def _saddles(basins: np.ndarray, height: np.ndarray) -> list[tuple[float, int, int]]:
    """The highest pass between each two basins that touch, highest first."""
    found: dict[tuple[int, int], float] = {}
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    for dy, dx in steps:
        here = (slice(0, basins.shape[0] - dy), slice(max(0, -dx), basins.shape[1] - max(0, dx)))
        there = (slice(dy, None), slice(max(0, dx), basins.shape[1] + min(0, dx)))
        a, b = basins[here], basins[there]
        meet = (a != b) & (a > 0) & (b > 0)
        pairs = np.sort(np.stack([a[meet], b[meet]], axis=-1), axis=-1)
        passes = np.minimum(height[here][meet], height[there][meet])
        for pair, level in zip(map(tuple, pairs.tolist()), passes.tolist(), strict=True):
            found[pair] = max(found.get(pair, 0.0), level)
    return sorted(((level, *pair) for pair, level in found.items()), reverse=True)


def _joined(saddles: list[tuple[float, int, int]], peaks: np.ndarray, neck: float) -> np.ndarray:
    """Which basin each basin belongs to, once those without a neck between them are one."""
    owner = np.arange(len(peaks))
    peaks = peaks.copy()
    for level, a, b in saddles:
        a, b = owner[a], owner[b]
        lower = min(peaks[a], peaks[b])
        if a != b and (level > neck * lower or level >= lower - 1):
            owner[owner == b] = a
            peaks[a] = max(peaks[a], peaks[b])
    return owner
