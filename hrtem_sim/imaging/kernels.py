"""Compiled inner loops of image formation."""

import numpy as np
from numba import njit

from hrtem_sim.wave.kernels import cosine_and_sine

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
def product(one, other, out, first, kept, left_out):
    """Write the product of two arrays of columns into some columns of a grid as fine or finer.

    `out` holds the columns from `first` on; those from `kept` on are `left_out` further on in
    `one` and `other`. Frequencies along a column beyond theirs are 0, and so is their Nyquist.
    """
    length, room = one.shape[1], out.shape[1]
    head = length if room == length else (length + 1) // 2
    tail = length - head if room == length else (length - 1) // 2
    for row in range(out.shape[0]):
        j = first + row
        if j >= kept:
            j += left_out
        for i in range(head):
            out[row, i] = one[j, i] * other[j, i]
        for i in range(head, room - tail):
            out[row, i] = 0
        for i in range(tail):
            out[row, room - tail + i] = one[j, length - tail + i] * other[j, length - tail + i]


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


@njit(cache=True, fastmath=_STRICT)
def delay(chi, out):
    """Write exp(-i chi) of a flat float64 array into a complex64 one, to 2e-7.

    Quarter turns are taken off in double precision.
    """
    for i in range(chi.size):
        turns = np.floor(-chi[i] * 0.6366197723675814 + 0.5)
        rest = np.float32(-chi[i] - turns * 1.5707963267948966)
        c, s = cosine_and_sine(rest, np.float32(turns - 4 * np.floor(0.25 * turns)))
        out[i] = c + np.complex64(1j) * s


@njit(cache=True)
def slope_of_terms(y, x, terms, dy, dx):
    """Write the derivatives by y and by x of what `sum_of_terms` writes, float64 (ny, nx)."""
    for i in range(y.size):
        for j in range(x.size):
            p = complex(x[j], y[i])
            square = x[j] * x[j] + y[i] * y[i]
            along_x, along_y = 0.0, 0.0
            power, lower = complex(1.0, 0.0), complex(0.0, 0.0)  # p^m and m p^(m - 1)
            for m in range(terms.shape[0]):
                radial = 1.0  # |p|^2h
                inner = 0.0  # h |p|^2(h - 1)
                for h in range(terms.shape[1]):
                    if terms[m, h] != 0:
                        whole = terms[m, h] * power * (2 * inner)
                        turned = terms[m, h] * lower * radial
                        along_x += turned.real + whole.real * x[j]
                        along_y += -turned.imag + whole.real * y[i]
                    inner = inner * square * (h + 1) / max(h, 1) if h else 1.0
                    radial *= square
                lower = (m + 1) * power
                power *= p
            dx[i, j], dy[i, j] = along_x, along_y
