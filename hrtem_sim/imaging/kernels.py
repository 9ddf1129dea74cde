"""Compiled inner loops of image formation."""

from numba import njit


@njit(cache=True)
def multiply(array, factor):
    """Multiply a flat complex array by another, in place."""
    for i in range(array.size):
        array[i] *= factor[i]


@njit(cache=True)
def accumulate_intensity(total, wave, weight):
    """Add weight |wave|^2 to a flat float64 array."""
    for i in range(total.size):
        real, imaginary = wave[i].real, wave[i].imag
        total[i] += weight * (real * real + imaginary * imaginary)
