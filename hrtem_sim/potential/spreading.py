"""Spreading of atoms at true positions onto a grid, exactly inside the band.

An atom at an arbitrary position is a phase ramp in Fourier space. Summing ramps costs atoms times
pixels; instead each atom is spread over a few pixels with a smooth kernel, one FFT turns the grid
into its spectrum, and dividing by the kernel's own Fourier transform leaves the sum of ramps. This
is the type-1 non-uniform FFT of A. Barnett, J. Magland and L. af Klinteberg, SIAM J. Sci. Comput.
41, C479 (2019), with their exponential-of-semicircle kernel, here without oversampling: the
potential ends short of Nyquist instead.
"""

import math

import numpy as np
from numba import njit

WIDTH = 12
"""Pixels per axis that an atom is spread over: relative error of V(k) in single precision below
1e-6 up to 2/3 of Nyquist, 6e-6 up to 0.8, 5e-5 up to 0.9."""

SHAPE = 0.97 * math.pi * WIDTH * (1 - 1 / (2 * 1.11))
"""Exponent beta of the kernel for a band up to 1 / 1.11 of Nyquist (Barnett et al., eq. 4.2)."""


def kernel_transform(length: int) -> np.ndarray:
    """Return the kernel's Fourier transform at `fftfreq(length)`, by quadrature; float64."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    values = np.exp(SHAPE * (np.sqrt(1 - nodes**2) - 1)) * weights * (WIDTH / 2)
    phases = np.cos(2 * np.pi * np.fft.fftfreq(length)[:, None] * nodes * (WIDTH / 2))
    return phases @ values


@njit(cache=True)
def spread(density, channel, y, x, weights):
    """Add atoms to one channel of a periodic grid.

    `density` is the real view (ny, nx, 2) of a complex grid, `y` and `x` are positions in pixels
    with 0 <= y < ny and 0 <= x < nx, `weights` their occupancies.
    """
    ny, nx = density.shape[0], density.shape[1]
    half = WIDTH / 2
    along_y = np.empty(WIDTH)
    along_x = np.empty(WIDTH)
    for atom in range(y.size):
        first_y = math.ceil(y[atom] - half)
        first_x = math.ceil(x[atom] - half)
        for i in range(WIDTH):
            u = (first_y + i - y[atom]) / half
            v = (first_x + i - x[atom]) / half
            along_y[i] = math.exp(SHAPE * (math.sqrt(max(1 - u * u, 0.0)) - 1))
            along_x[i] = math.exp(SHAPE * (math.sqrt(max(1 - v * v, 0.0)) - 1))
        for i in range(WIDTH):
            row = (first_y + i) % ny
            factor = weights[atom] * along_y[i]
            for j in range(WIDTH):
                density[row, (first_x + j) % nx, channel] += factor * along_x[j]


@njit(cache=True)
def separate(packed, first, second):
    """Split interleaved real and imaginary parts into two contiguous arrays."""
    for i in range(first.size):
        first[i] = packed[2 * i]
        second[i] = packed[2 * i + 1]
