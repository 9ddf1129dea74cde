"""Compiled inner loops of image formation."""

import numpy as np
from numba import njit

_STRICT = {"nnan", "ninf", "nsz", "contract"}  # vectorises, keeps the order of the sums


@njit(cache=True, fastmath=_STRICT)
def weight_by_table(array, position, scale, start, table, out):
    """Write a flat complex array times a function of position, which is 0 beyond its table.

    The table holds the function where scale position + start is 0, 1, 2, ...
    """
    last = np.float32(table.size - 1)
    for i in range(out.size):
        x = scale * position[i] + start
        if x < 0 or x > last:
            out[i] = 0
        else:
            j = min(int(x), table.size - 2)
            out[i] = array[i] * (table[j] + (x - np.float32(j)) * (table[j + 1] - table[j]))


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


@njit(cache=True, fastmath=_STRICT)
def sum_of_terms(y, x, terms, out):
    """Write Re sum_mh terms[m, h] p^m |p|^2h with p = x + i y into out (ny, nx), float64."""
    real, imaginary, square = np.empty(x.size), np.empty(x.size), np.empty(x.size)
    for i in range(y.size):
        row = out[i]
        for j in range(x.size):
            row[j], real[j], imaginary[j] = 0.0, 1.0, 0.0
            square[j] = x[j] * x[j] + y[i] * y[i]
        for m in range(terms.shape[0]):
            for h in range(terms.shape[1]):
                if terms[m, h] != 0:
                    a, b = terms[m, h].real, terms[m, h].imag
                    for j in range(x.size):
                        row[j] += (a * real[j] - b * imaginary[j]) * square[j] ** h
            for j in range(x.size):
                turned = real[j] * x[j] - imaginary[j] * y[i]
                imaginary[j] = real[j] * y[i] + imaginary[j] * x[j]
                real[j] = turned
