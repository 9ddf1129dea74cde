"""The pixel size, from the lattice fringes of a known crystal.

Windows slide over the micrograph; a frequency that stands out from its ring in a window's spectrum
is a fringe. Those of one crystal, seen in many windows, count once. The pixel size that brings most
fringes onto lattice spacings is the true one, up to what a fringe of a small or tilted crystal is
off its spacing (J.-O. Malm and M. A. O'Keefe, Ultramicroscopy 68, 13 (1997)).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import maximum_filter

from hrtem_sim.measure.estimates import UNKNOWN, Estimate
from hrtem_sim.measure.given import checked_image
from hrtem_sim.measure.reflections import Reflections, reflections_of
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.materials import Material

__all__ = ["Fringe", "find_fringes", "measure_fringes"]

WINDOW = 51.0
"""Edge of a window, in angstrom."""

STANDS_OUT = 25.0
"""Power over that of its ring: noise reaches it once in e^25."""

REACH, PRIOR = 0.12, 0.06
"""Largest error of a pixel size that is looked for, and its standard deviation."""

OFF = 0.015
"""Standard deviation, relative, of a fringe about the spacing of its planes."""

INDEPENDENT = 4.0
"""Fringes beyond which the mean gets no better: their errors have causes in common."""

RIVAL = 0.85
"""Score, in that of the best, up to which another pixel size explains the fringes too."""


@dataclass(frozen=True)
class Fringe:
    """Fringes of one crystal.

    Parameters
    ----------
    frequency
        In 1/angstrom, by the pixel size that was stated.
    strength
        Power over that of its ring.
    """

    frequency: float
    strength: float


def measure_fringes(image: np.ndarray, pixel_size: float, material: Material) -> Estimate:
    """Return the true pixel size of a micrograph of known crystals.

    Parameters
    ----------
    image
        Micrograph, (ny, nx), in any unit of positive mean.
    pixel_size
        Stated pixel size in angstrom, right to 12 %.
    material
        Crystal that the particles are of.

    Returns
    -------
    pixel_size
        In angstrom; unknown if fewer than two crystals show fringes.

    Examples
    --------
    >>> x = 0.4 * np.arange(256)  # pixels of 0.4 angstrom that are said to be of 0.42
    >>> waves = np.cos(2 * np.pi * x / 2.355) + np.cos(2 * np.pi * x / 2.039)[:, None]
    >>> noise = np.random.default_rng(1).normal(10, 0.5, (256, 256))
    >>> 0.4 in measure_fringes(noise + waves, 0.42, "Au")
    True
    """
    planes = reflections_of(material, min(0.46 / pixel_size, 1.3))
    if not planes.frequencies:
        return UNKNOWN
    lowest = planes.frequencies[0] * (1 - REACH)
    fringes = find_fringes(image, pixel_size, lowest=lowest)
    if len(fringes) < 2:
        return UNKNOWN
    return _pixel_size(fringes, planes, pixel_size)


def find_fringes(image: np.ndarray, pixel_size: float, *, lowest: float = 0.3) -> list[Fringe]:
    """Find the lattice fringes in a micrograph, those of one crystal once.

    Parameters
    ----------
    image
        Micrograph, (ny, nx).
    pixel_size
        In angstrom.
    lowest
        Lowest frequency, in 1/angstrom.

    Examples
    --------
    >>> x = 0.4 * np.arange(160)
    >>> noise = np.random.default_rng(1).normal(10, 0.5, (160, 160))
    >>> [round(f.frequency, 3) for f in find_fringes(noise + np.cos(2 * np.pi * x / 2.5), 0.4)]
    [0.4]
    """
    image = checked_image(image, pixel_size)
    n = min(round(WINDOW / pixel_size), *image.shape) // 2 * 2
    if n < 32:
        raise Refusal(f"image must be at least 32 pixels wide to show fringes; got {image.shape}")
    ky, kx = np.fft.fftfreq(n, pixel_size)[:, None], np.fft.fftfreq(n, pixel_size)[None]
    k = np.hypot(ky, kx)
    ring = np.rint(k * n * pixel_size).astype(int)
    order = np.argsort(ring, axis=None, kind="stable")
    edges = np.searchsorted(ring.ravel()[order], np.arange(ring.max() + 2))
    looked_at = (k > lowest) & (k < 0.46 / pixel_size) & (ky >= 0)
    bell = np.hanning(n + 1)[:n, None] * np.hanning(n + 1)[None, :n]
    peaks = []
    for y in range(0, image.shape[0] - n + 1, n // 4):
        for x in range(0, image.shape[1] - n + 1, n // 4):
            part = image[y : y + n, x : x + n]
            power = np.abs(np.fft.fft2((part - part.mean()) * bell)) ** 2
            sorted_power = power.ravel()[order]
            medians = np.array([np.median(sorted_power[a:b]) for a, b in pairwise(edges)])
            usual = np.convolve(np.pad(medians, 1, "edge"), [0.25, 0.5, 0.25], "valid")
            out = power / np.maximum(usual[ring] / math.log(2), 1e-300)
            top = (out == maximum_filter(out, 3, mode="wrap")) & looked_at & (out > STANDS_OUT)
            for i, j in zip(*np.nonzero(top), strict=True):
                fy, fx = _summit(np.log(out), int(i), int(j)) / (n * pixel_size)
                peaks.append((fy, fx, out[i, j], y * pixel_size, x * pixel_size))
    return _once(np.array(peaks).reshape(-1, 5), n * pixel_size)


def _summit(log_power: np.ndarray, i: int, j: int) -> np.ndarray:
    """Return the place of a maximum between pixels, by parabolas, in cycles per window."""
    n = len(log_power)

    def between(before: float, at: float, after: float) -> float:
        bend = before - 2 * at + after
        return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))

    dy = between(log_power[i - 1, j], log_power[i, j], log_power[(i + 1) % n, j])
    dx = between(log_power[i, j - 1], log_power[i, j], log_power[i, (j + 1) % n])
    whole = np.array([i + dy, j + dx])
    return np.where(whole < n / 2, whole, whole - n)


def _once(peaks: np.ndarray, window: float) -> list[Fringe]:
    """Put together the peaks of one crystal in neighbouring windows, the strongest first."""
    left, fringes = peaks[np.argsort(-peaks[:, 2])], []
    while len(left):
        first = left[0]
        apart = np.minimum(
            np.hypot(left[:, 0] - first[0], left[:, 1] - first[1]),
            np.hypot(left[:, 0] + first[0], left[:, 1] + first[1]),
        )
        away = np.hypot(left[:, 3] - first[3], left[:, 4] - first[4])
        one = (apart < 1.2 / window) & (away < 1.1 * window)
        k, weight = np.hypot(left[one, 0], left[one, 1]), left[one, 2]
        fringes.append(Fringe(float((k * weight).sum() / weight.sum()), float(weight.max())))
        left = left[~one]
    return fringes


def _pixel_size(fringes: list[Fringe], planes: Reflections, stated: float) -> Estimate:
    k = np.array([fringe.frequency for fringe in fringes])
    weight = np.sqrt([fringe.strength for fringe in fringes])
    spacing = np.array(planes.frequencies)
    likely = np.sqrt(planes.strengths) / np.sqrt(planes.strengths[0])
    factors = np.arange(1 - REACH, 1 + REACH, 0.001)
    off = (k[:, None, None] / spacing[:, None] * factors - 1) / OFF
    fit = (np.minimum(likely, 1)[:, None] * np.exp(-(off**2) / 2)).max(axis=1)
    score = (weight[:, None] * fit).sum(axis=0) * np.exp(-(((factors - 1) / PRIOR) ** 2) / 2)
    best = factors[score.argmax()]
    factor, error = _refined(k, weight, spacing, best)
    rivals = factors[score > RIVAL * score.max()]
    low = min(factor - error, float(rivals.min()))
    high = max(factor + error, float(rivals.max()))
    # frequencies are in units of 1 / stated: k_true = k f, so the true pixel is stated / f
    return Estimate(stated / factor, stated / high, stated / low, "angstrom")


def _refined(
    k: np.ndarray, weight: np.ndarray, spacing: np.ndarray, factor: float
) -> tuple[float, float]:
    """Return the mean factor of the fringes that fit, and half of its interval."""
    for _ in range(3):
        nearest = np.abs(k[:, None] * factor / spacing - 1).argmin(axis=1)
        wanted = spacing[nearest] / k
        fits = np.abs(wanted / factor - 1) < 0.035
        w, values = weight[fits], wanted[fits]
        factor = float((w * values).sum() / w.sum())
    number = min(float(w.sum() ** 2 / (w**2).sum()), INDEPENDENT)
    spread = max(OFF, math.sqrt(float((w * (values - factor) ** 2).sum() / w.sum())))
    return factor, 3.6 * spread / math.sqrt(number)
