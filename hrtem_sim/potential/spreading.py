"""Spreading of atoms at true positions onto a grid, exactly inside the band.

An atom at an arbitrary position is a phase ramp in Fourier space. Summing ramps costs atoms times
pixels; instead each atom is spread over a few pixels with a smooth kernel, one FFT turns the grid
into its spectrum, and dividing by the kernel's own Fourier transform leaves the sum of ramps. This
is the type-1 non-uniform FFT of A. Barnett, J. Magland and L. af Klinteberg, SIAM J. Sci. Comput.
41, C479 (2019), with their exponential-of-semicircle kernel, here without oversampling: the
potential ends short of Nyquist instead.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numba import njit

WIDTH = 12
"""Pixels per axis that an atom is spread over: relative error of V(k) in single precision below
1e-6 up to 2/3 of Nyquist, 6e-6 up to 0.8, 5e-5 up to 0.9."""

SHAPE = 0.97 * math.pi * WIDTH * (1 - 1 / (2 * 1.11))
"""Exponent beta of the kernel for a band up to 1 / 1.11 of Nyquist (Barnett et al., eq. 4.2)."""


DEGREE = 9
"""Of the polynomials that stand for the kernel, one per pixel; they err by less than 1e-9."""


@cache
def kernel_transform(length: int) -> np.ndarray:
    """Return the kernel's transform at frequencies 0 to length // 2 over length, by quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    values = np.exp(SHAPE * (np.sqrt(1 - nodes**2) - 1)) * weights * (WIDTH / 2)
    frequencies = np.arange(length // 2 + 1) / length
    phases = np.cos(2 * np.pi * frequencies[:, None] * nodes * (WIDTH / 2))
    return phases @ values


@cache
def kernel_polynomials() -> np.ndarray:
    """Return coefficients (DEGREE + 1, WIDTH) of the kernel at each of the pixels it covers.

    The first pixel lies (1 + t) / 2 pixels inside the kernel, -1 <= t < 1; column i gives the
    kernel at pixel i as a polynomial in t, the constant last.
    """
    fit = np.polynomial.chebyshev.chebpts1(4 * DEGREE)
    coefficients = []
    for pixel in range(WIDTH):
        u = (pixel + (1 + fit) / 2) / (WIDTH / 2) - 1
        values = np.exp(SHAPE * (np.sqrt(np.maximum(1 - u**2, 0)) - 1))
        series = np.polynomial.Chebyshev.fit(fit, values, DEGREE, domain=[-1, 1])
        powers = series.convert(kind=np.polynomial.Polynomial).coef
        coefficients.append(np.pad(powers, (0, DEGREE + 1 - len(powers)))[::-1])
    return np.ascontiguousarray(np.transpose(coefficients))


@njit(cache=True)
def spread(
    density: np.ndarray,
    channel: int,
    y: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    polynomials: np.ndarray,
) -> None:
    """Add atoms to one channel of a periodic grid.

    `density` is the real view (ny, 2 nx) of a complex grid, `channel` 0 for its real and 1 for
    its imaginary part, `y` and `x` are positions in pixels with 0 <= y < ny and 0 <= x < nx,
    `weights` their occupancies, `polynomials` those of `kernel_polynomials`.
    """
    ny, nx = density.shape[0], density.shape[1] // 2
    half = WIDTH / 2
    along_y, along_x = np.empty(WIDTH), np.empty(WIDTH)
    factors = np.empty(WIDTH, density.dtype)
    pattern = np.zeros(2 * WIDTH, density.dtype)
    # The kernel is a product: 12 values along y times 12 along x, each a polynomial in where the
    # atom lies between its pixels, so that no exponential is taken per pixel. Both axes run through
    # Horner's rule together, in loops of fixed length that the compiler turns into vectors.
    for atom in range(y.size):
        first_y, first_x = math.ceil(y[atom] - half), math.ceil(x[atom] - half)
        t = 2 * (first_y + half - y[atom]) - 1
        s = 2 * (first_x + half - x[atom]) - 1
        for i in range(WIDTH):
            along_y[i] = along_x[i] = polynomials[0, i]
        for power in range(1, DEGREE + 1):
            for i in range(WIDTH):
                along_y[i] = along_y[i] * t + polynomials[power, i]
                along_x[i] = along_x[i] * s + polynomials[power, i]
        for i in range(WIDTH):
            factors[i] = along_y[i]
            # The other channel's places stay 0, so a row of the interleaved grid is one plain sum,
            # without steps of two.
            pattern[2 * i + channel] = weights[atom] * along_x[i]
        inside = first_x >= 0 and first_x + WIDTH <= nx
        for i in range(WIDTH):
            row = density[(first_y + i) % ny]
            if inside:
                start = 2 * first_x
                for j in range(2 * WIDTH):
                    row[start + j] += factors[i] * pattern[j]
            else:  # across the edge, where the grid goes on periodically
                for j in range(WIDTH):
                    row[2 * ((first_x + j) % nx) + channel] += factors[i] * pattern[2 * j + channel]


@njit(cache=True)
def separate(packed: np.ndarray, first: Any, second: Any) -> None:
    """Split interleaved real and imaginary parts into two contiguous arrays."""
    for i in range(first.size):
        first[i] = packed[2 * i]
        second[i] = packed[2 * i + 1]
