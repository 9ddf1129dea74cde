"""Compiled inner loops of image formation."""

from numba import njit

_STRICT = {"nnan", "ninf", "nsz", "contract"}  # vectorises, keeps the order of the sums


@njit(cache=True, fastmath=_STRICT)
def multiply(array, factor):
    """Multiply a flat complex array by another, in place."""
    for i in range(array.size):
        array[i] *= factor[i]


@njit(cache=True, fastmath=_STRICT)
def product(one, other, out):
    """Write the product of two flat complex arrays into a third."""
    for i in range(out.size):
        out[i] = one[i] * other[i]


@njit(cache=True, fastmath=_STRICT)
def accumulate_intensity(total, wave, weight):
    """Add weight |wave|^2 to a flat real array."""
    for i in range(total.size):
        real, imaginary = wave[i].real, wave[i].imag
        total[i] += weight * (real * real + imaginary * imaginary)
