"""The average over the angles of the illumination: an envelope where it holds, else tilted beams.

Why: a source of finite size illuminates from many directions, and each makes the same image shifted
by grad chi / 2 pi at its own place in the spectrum. Beams that are shifted differently interfere
less. Of two beams with shifts a and b, in standard deviations of the source, exp(-|a - b|^2 / 2)
is left; the usual envelope writes exp(-(a^2 + b^2) / 2) in its place, which is right if one of them
is the direct beam. It so takes two strongly shifted beams for incoherent with each other, and
with themselves: electrons vanish.

How: the electrons that the envelope takes, 1 - exp(-a^2) of each beam, say how far it is to be
trusted. If they matter, images of tilted beams are added: equal steps of tilt sum a Gaussian
exactly as long as no two beams differ by 2 pi / step or more.
"""

import math

import numpy as np

TRUSTED = 3e-3
"""Electrons, in units of the contrast, that the envelope may take: images are then right to 1 %."""

REACH = 3.5
"""Standard deviations of the source to which tilts reach: 2e-3 of it lies beyond."""

LARGEST_STEP = 1.3
"""Standard deviations; a Gaussian of equal steps has its mean right to 2 exp(-2 pi^2 / step^2)."""

REVIVED = 3e-3
"""Of the contrast: interference that the steps of tilt may leave between beams that have none."""


def tilts_of_source(
    shift: np.ndarray, density: np.ndarray, direct: float, contrast: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return tilts that average over a Gaussian source, in its standard deviations, and weights.

    Parameters
    ----------
    shift
        Shift |grad chi| of each beam times the source's standard deviation, in rad.
    density
        Mean intensity of each beam, of the same shape.
    direct
        Intensity of the direct beam.
    contrast
        Standard deviation that the image may have.

    Returns
    -------
    tilts
        Shape (n, 2).
    weights
        Shape (n,), sum 1.

    Notes
    -----
    On a lattice of step d, beams whose shifts differ by about a vector of 2 pi / d interfere as if
    they did not differ. These are few, a part of about d^2 / 2 pi of all pairs, and none unless
    one beam is shifted by more than half of 2 pi / d - 3, or by all of it where the other is the
    direct beam. The step is the largest for which such pairs have less than `REVIVED`.
    """
    order = np.argsort(shift, axis=None)[::-1]
    ordered, beyond = shift.ravel()[order], np.cumsum(density.ravel()[order], dtype=float)

    def power(least: float) -> float:
        """Intensity of the beams that are shifted by more."""
        n = int(np.searchsorted(-ordered, -least))
        return float(beyond[n - 1]) if n else 0.0

    scattered, step = power(1e-9), LARGEST_STEP
    while step > 0.02:
        reach = 2 * math.pi / step - 3
        pairs = power(reach / 2) * scattered + direct * power(reach)
        if math.sqrt(2 * pairs * step**2 / (2 * math.pi)) < REVIVED * contrast:
            break
        step *= 0.9
    n = math.ceil(REACH / step)
    x, y = np.meshgrid(*[np.arange(-n, n + 1) * step] * 2)
    inside = np.hypot(x, y) <= REACH
    tilts = np.stack([x[inside], y[inside]], axis=1)
    weights = np.exp(-0.5 * (tilts**2).sum(axis=1))
    return tilts, weights / weights.sum()
