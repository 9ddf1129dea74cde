"""Medium-range order by fluctuation electron microscopy: the normalised variance V(k)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from czone.checks import as_integer, as_points, as_positive, as_vector

AIRY = 0.61
"""Resolution times aperture: the first zero of the Airy disc (Rayleigh)."""

CHUNK = 4096
"""Atoms whose phases are held at a time."""


@dataclass(frozen=True)
class FluctuationVariance:
    """The normalised variance of diffracted intensity over a specimen.

    Attributes
    ----------
    k
        Scattering vectors 1 / d in 1/angstrom, (m,).
    variance
        V(k), (m,).
    intensity
        Mean intensity (m,), of an atom of weight 1 that diffracts alone.
    """

    k: np.ndarray
    variance: np.ndarray
    intensity: np.ndarray


def fluctuation_variance(
    positions: np.ndarray,
    k: Sequence[float] | np.ndarray,
    *,
    edges: Sequence[float],
    resolution: float = 10.0,
    azimuths: int = 24,
    weights: Sequence[float] | np.ndarray | None = None,
) -> FluctuationVariance:
    """Return the normalised variance V(k) of fluctuation electron microscopy, of a film.

    Parameters
    ----------
    positions
        Atoms (n, 3) in angstrom; the beam runs along z, and the film repeats along x and y.
    k
        Scattering vectors 1 / d, in 1/angstrom, each more than the aperture's radius.
    edges
        Edges of the film along x and y, in angstrom.
    resolution
        Resolution of the dark-field image, or width of the probe, in angstrom: 0.61 over the radius
        of the aperture. Order of about this size is what V(k) shows best.
    azimuths
        Directions of k over half a turn that are averaged.
    weights
        Scattering of each atom (n,); 1 for all if None.

    Returns
    -------
    variance : FluctuationVariance

    Notes
    -----
    V(k) = <I^2> / <I>^2 - 1 of the dark-field intensity I(k, r), averaged over places r and
    azimuths of k (M. M. J. Treacy and J. M. Gibson, Acta Cryst. A 52, 212 (1996); with a probe in
    place of the aperture P. M. Voyles and D. A. Muller, Ultramicroscopy 93, 147 (2002)).
    Scattering is kinematic, I(k, r) = abs(sum_j w_j a(r - r_j) exp(-2 pi i k r_j))^2, with the
    amplitude a of a round aperture, and coherent through the film. k is rounded to a reciprocal
    vector of the film's edges, so that nothing is cut at its borders.

    Independent atoms, n on a square angstrom, have V = 1 + 1.444 Q^2 / n at every k, for an
    aperture of radius Q: the 1 is speckle, the rest their number. Order shows as what exceeds it,
    at the k of its planes. Experiments find a hundredth to a tenth of these numbers, as motion and
    incoherence wash speckle out; compare shapes, and films with films.

    Examples
    --------
    >>> gas = np.random.default_rng(1).random((20000, 3)) * [100, 100, 20]
    >>> float(fluctuation_variance(gas, [0.3, 0.6], edges=(100, 100)).variance.mean().round(1))
    1.0
    """
    points = as_points("positions", positions)
    if not len(points):
        raise ValueError("positions must hold at least one atom; got none")
    field = as_vector("edges", [*edges, 1.0])[:2]
    if not (field > 0).all():
        raise ValueError(f"edges must be positive, in angstrom; got {tuple(edges)!r}")
    radius = AIRY / as_positive("resolution", resolution)
    vectors = np.atleast_1d(np.asarray(k, float))
    if not (vectors > radius).all() or not np.isfinite(vectors).all():
        raise ValueError(
            f"k must be above the aperture's radius, {radius:.3g} 1/angstrom, so that the direct "
            f"beam stays outside; got {vectors.min():g}"
        )
    azimuths = as_integer("azimuths", azimuths)
    if azimuths < 1:
        raise ValueError(f"azimuths must be at least 1; got {azimuths}")
    scattering = np.ones(len(points)) if weights is None else np.asarray(weights, float)
    if scattering.shape != (len(points),):
        raise ValueError(
            f"weights must be one for each of the {len(points)} atoms; got {scattering.shape}"
        )
    steps = np.ceil(radius * field).astype(int)
    rows, most = np.ceil(vectors.max() * field).astype(int) + steps + 1
    factor = _structure_factor(
        points[:, :2] / field,
        scattering,
        np.arange(-steps[0], rows + 1),  # turns of k over half a plane; the rest is its conjugate
        np.arange(-most, most + 1),
    )
    inside = _aperture(steps, radius, field)
    means, squares = np.zeros(len(vectors)), np.zeros(len(vectors))
    for turn in np.pi * (np.arange(azimuths) + 0.5) / azimuths:
        for i, length in enumerate(vectors):
            h, l = np.round(length * field * [np.sin(turn), np.cos(turn)]).astype(int)  # noqa: E741
            rows = slice(h, h + 2 * steps[0] + 1)  # row 0 of the factors is h = -steps[0]
            columns = slice(most + l - steps[1], most + l + steps[1] + 1)
            intensity = _dark_field(factor[rows, columns] * inside)
            means[i] += intensity.mean()
            squares[i] += (intensity**2).mean()
    means, squares = means / azimuths, squares / azimuths
    alone = float(inside.sum() * (scattering**2).mean())
    return FluctuationVariance(vectors, squares / means**2 - 1, means / (len(points) * alone))


def _structure_factor(
    fractions: np.ndarray, weights: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Sums over atoms of exp(-2 pi i (h x + l y)) for rows h and columns l, by their products."""
    total = np.zeros((len(rows), len(columns)), complex)
    for start in range(0, len(fractions), CHUNK):
        some = slice(start, start + CHUNK)
        along, across = (
            np.exp(-2j * np.pi * np.outer(orders, fractions[some, axis]))
            for axis, orders in ((0, rows), (1, columns))
        )
        total += (along * weights[some]) @ across.T
    return total


def _aperture(steps: np.ndarray, radius: float, field: np.ndarray) -> np.ndarray:
    """Which reciprocal vectors around its middle an aperture lets through."""
    h, l = np.ogrid[-steps[0] : steps[0] + 1, -steps[1] : steps[1] + 1]  # noqa: E741
    return np.hypot(h / field[0], l / field[1]) < radius


def _dark_field(spectrum: np.ndarray) -> np.ndarray:
    """Intensity of an image from its spectrum, on pixels fine enough for its square."""
    shape = [2 * n for n in spectrum.shape]
    amplitude = np.fft.ifft2(spectrum, shape) * np.prod(shape)
    return np.abs(amplitude) ** 2
