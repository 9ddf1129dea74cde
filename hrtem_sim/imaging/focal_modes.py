"""The average over a spread of foci as a few modes instead of many foci.

Why: beams that a defocus shifts in phase by different amounts interfere less, the more they differ
in k^2. A spread of foci so cuts the wave into rings of nearly equal k^2: beams of one ring
interfere, distant rings only add their intensities. The average is the sum of the rings' images,
and rings without electrons cost nothing, where foci always show the whole wave.

How: a Gaussian spread multiplies the interference of two frequencies by exp(-(x - x')^2 / 2) with x
= pi lambda sigma k^2 in rad, which is sqrt(2 / pi) times the integral over t of exp(-(x - t)^2)
exp(-(x' - t)^2). The integral is a sum over equal steps of t, the middles of the rings, right to 2
exp(-pi^2 / (2 step^2)) (Poisson's summation formula), whatever the range of x: 30 kV and fine
pixels take more rings, not other ones. So the mean image is sum_m |ifft(u_m(k^2) psi)|^2 with one
transform per ring (a sum of coherent systems: Y. C. Pati and T. Kailath, J. Opt. Soc. Am. A 11,
2438 (1994)). Rotating the rings among each other changes nothing in the sum; the rotation that
diagonalises their overlap for the wave at hand puts most intensity into the fewest modes.
"""

import math
from dataclasses import dataclass

import numpy as np

from hrtem_sim.frozen import freeze

STEP = 2 / 3
"""rad from ring to ring: the sum is right to 3e-5."""

REACH = 3.5
"""rad to either side of its middle beyond which a ring is left out: exp(-REACH^2) = 5e-6."""

BLOCK = 48
"""Rings that are rotated among each other, few enough for LAPACK to use one thread: the last bit
of a result must not depend on their number."""

PER_RAD = 64
"""Samples of a mode per rad, for linear interpolation to 6e-5."""

BINS = 2**15
"""Steps of k^2 by which the intensity of waves is known."""

TOLERANCE = 3e-4
"""Mean intensity that may be left out, in units of the contrast."""


@dataclass(frozen=True, eq=False)
class FocalModes:
    """Modes of a focal spread, and which of them each wave needs.

    Parameters
    ----------
    tables
        Float32, one per mode: u_m at equal steps of k^2; 0 beyond.
    starts
        Sample of k^2 = 0 in each table, negative for tables that begin further on.
    scale
        Samples from k^2 = 0 to the largest k^2.
    used
        Bool (modes, waves): whether the image of this wave in this mode is worth its transform.
    left_out
        Mean intensity of all others together.
    """

    tables: tuple[np.ndarray, ...]
    starts: tuple[int, ...]
    scale: float
    used: np.ndarray
    left_out: float

    def __post_init__(self) -> None:
        freeze(self, "used")


def focal_modes(
    power: np.ndarray, limit: float, contrast: float, focal_spread: float, wavelength: float
) -> FocalModes:
    """Return the modes that average waves over a focal spread to within `TOLERANCE`.

    Parameters
    ----------
    power
        Mean intensity of each wave in `BINS` + 1 equal steps of k^2 from 0 on, shape (waves,
        `BINS` + 1).
    limit
        Largest k^2, in 1/angstrom^2.
    contrast
        Standard deviation that the image may have.
    focal_spread
        Standard deviation of the focus in angstrom.
    wavelength
        In angstrom.

    Notes
    -----
    What is left out is a sum of intensities: nowhere negative, with a mean (`left_out`) known from
    `power` (Parseval), and that mean is what the image is wrong by on average.
    """
    waves = len(power)
    if focal_spread == 0 or contrast == 0:
        one = np.ones(2, np.float32)
        return FocalModes((one,), (0,), 0.0, np.ones((1, waves), bool), 0.0)
    phase = math.pi * wavelength * focal_spread * limit  # the largest x, in rad
    per_rad = max(PER_RAD, 16 / phase)
    scale = phase * per_rad
    samples = np.rint(np.linspace(0, scale, BINS + 1)).astype(int)
    # tables reach beyond the wave's largest k^2: a tilted beam has more
    length = math.ceil(scale + REACH * per_rad) + 1
    binned = np.array([np.bincount(samples, own, length) for own in power])
    middles = np.arange(-REACH, phase + REACH + STEP, STEP)
    blocks = [
        _rotated(middles[first : first + BLOCK], binned, per_rad)
        for first in range(0, len(middles), BLOCK)
    ]
    tables = [table for block, _, _ in blocks for table in block]
    starts = [-start for block, start, _ in blocks for _ in block]
    intensity = np.concatenate([own for _, _, own in blocks])
    order = np.argsort(intensity, axis=None, kind="stable")[::-1]
    rest = intensity.sum() - np.cumsum(intensity.ravel()[order])
    number = min(1 + int(np.count_nonzero(rest > TOLERANCE * contrast)), rest.size)
    used = np.zeros(intensity.shape, bool)
    used.ravel()[order[:number]] = True
    kept = np.flatnonzero(used.any(axis=1))
    return FocalModes(
        tuple(tables[i].astype(np.float32) for i in kept),
        tuple(starts[i] for i in kept),
        scale,
        used[kept],
        float(rest[number - 1]),
    )


def _rotated(
    middles: np.ndarray, power: np.ndarray, per_rad: float
) -> tuple[np.ndarray, int, np.ndarray]:
    """Modes of some rings, their first sample, and the mean intensity of each wave in them."""
    first = max(0, math.floor((middles[0] - REACH) * per_rad))
    last = min(power.shape[1], math.ceil((middles[-1] + REACH) * per_rad) + 1)
    x = np.arange(first, last + 1) / per_rad  # one sample more, to interpolate to
    rings = math.sqrt(STEP * math.sqrt(2 / math.pi)) * np.exp(-((x - middles[:, None]) ** 2))
    here = power[:, first:last]
    inside = rings[:, : last - first]
    # einsum, not BLAS, whose last bit depends on the number of its threads
    overlap = np.einsum("ms,ns->mn", inside * here.sum(axis=0), inside)
    _, vectors = np.linalg.eigh(overlap)
    tables = np.einsum("ms,mn->ns", rings, vectors)
    return tables, first, np.einsum("ws,ms->mw", here, tables[:, : last - first] ** 2)
