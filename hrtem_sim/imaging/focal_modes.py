"""The average over a spread of foci as a few modes instead of many foci.

A Gaussian spread of foci multiplies the interference of two frequencies by g(s - s') = exp(-(pi
lambda sigma (s - s'))^2 / 2) with s = k^2. Written as a sum of products, g(s - s') = sum_m u_m(s)
u_m(s'), the mean image is sum_m |ifft(u_m(k^2) psi)|^2: one transform per mode, as it would be one
per focus (the sum of coherent systems of Y. C. Pati and T. Kailath, J. Opt. Soc. Am. A 11, 2438
(1994)). The modes are those of largest intensity for the wave at hand, so that a few suffice.
"""

import math
from dataclasses import dataclass

import numpy as np

from hrtem_sim.frozen import freeze

NODES = 49
"""Values of k^2 at which the modes are found, the direct beam's 0 among them; enough for phases pi
lambda sigma k^2 up to 40 rad, where a Gaussian on these nodes is exact to single precision."""

STEPS = 43
"""Samples from node to node: modes are tabulated finely enough for linear interpolation to 1e-5."""

SAMPLES = (NODES - 1) * STEPS + 1

TOLERANCE = 3e-4
"""Mean intensity that may be left out, in units of the contrast."""


@dataclass(frozen=True, eq=False)
class FocalModes:
    """Modes of a focal spread, and which of them each wave needs.

    Parameters
    ----------
    tables
        Float32 (modes, samples): u_m at `samples` equal steps of k^2 from 0 on.
    used
        Bool (modes, waves): whether the image of this wave in this mode is worth its transform.
    left_out
        Mean intensity of all others together.
    """

    tables: np.ndarray
    used: np.ndarray
    left_out: float

    def __post_init__(self) -> None:
        freeze(self, "tables", "used")


def focal_modes(
    power: np.ndarray, limit: float, contrast: float, focal_spread: float, wavelength: float
) -> FocalModes:
    """Return the modes that average waves over a focal spread to within `TOLERANCE`.

    Parameters
    ----------
    power
        Mean intensity of each wave about `SAMPLES` equal steps of k^2 from 0 on, shape (waves,
        `SAMPLES`).
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
        return FocalModes(np.ones((1, SAMPLES), np.float32), np.ones((1, waves), bool), 0.0)
    samples, phase = np.linspace(0, limit, SAMPLES), math.pi * wavelength * focal_spread
    nodes = samples[::STEPS]

    def coherence(s: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * (phase * (s[:, None] - nodes)) ** 2)

    allowed = TOLERANCE * contrast
    nearest = (np.arange(SAMPLES) + STEPS // 2) // STEPS
    near = np.bincount(nearest, power.sum(axis=0), NODES)
    weight = np.sqrt(np.maximum(near, 1e-9 * near.sum()))
    strength, vectors = np.linalg.eigh(weight[:, None] * coherence(nodes) * weight)
    found = strength[::-1] > max(1e-3 * allowed, 1e-12 * strength[-1])
    strength, vectors = strength[::-1][found], vectors[:, ::-1][:, found]
    # between the nodes: u_m(s) = sum_n g(s - s_n) weight_n v_nm / sqrt(strength_m) (Nystroem);
    # einsum, not BLAS, whose last bit depends on the number of its threads
    weights = weight[:, None] * vectors / np.sqrt(strength)
    tables = np.einsum("sn,nm->ms", coherence(samples), weights)
    intensity = np.einsum("ws,ms->mw", power, tables**2)
    order = np.argsort(intensity, axis=None, kind="stable")[::-1]
    rest = power.sum() - np.cumsum(intensity.ravel()[order])
    number = min(1 + int(np.count_nonzero(rest > allowed)), rest.size)
    used = np.zeros(intensity.shape, bool)
    used.ravel()[order[:number]] = True
    return FocalModes(tables.astype(np.float32), used, float(rest[number - 1]))
