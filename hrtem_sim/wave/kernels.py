"""Compiled inner loops of multislice."""

import numpy as np
from numba import njit

_STRICT = {"nnan", "ninf", "nsz", "contract"}  # vectorises, keeps the order of the reductions


@njit(inline="always")
def cosine_and_sine(rest, turns):
    """Return cosine and sine of `turns` quarter turns and a rest within an eighth, to 2e-7.

    All are float32, `turns` a whole number. The minimax polynomials of the Cephes library on
    [-pi/4, pi/4] (W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980),
    without branches so that loops around them vectorise.
    """
    one, half = np.float32(1), np.float32(0.5)
    square = rest * rest
    sine = rest + rest * square * (
        np.float32(-1.6666654611e-1)
        + square * (np.float32(8.3321608736e-3) + square * np.float32(-1.9515295891e-4))
    )
    cosine = (
        one
        - half * square
        + square
        * square
        * (
            np.float32(4.166664568298827e-2)
            + square
            * (np.float32(-1.388731625493765e-3) + square * np.float32(2.443315711809948e-5))
        )
    )
    pairs = np.floor(turns * half)
    odd = turns - pairs - pairs  # 1 in the second and fourth quadrant
    quarter = pairs * half
    sign = one - np.float32(4) * (quarter - np.floor(quarter))
    return (cosine - odd * (cosine + sine)) * sign, (sine + odd * (cosine - sine)) * sign


@njit(cache=True, fastmath=_STRICT)
def transmit(wave, potential, sigma):
    """Multiply a wave by exp(i sigma V), in single precision; absolute error below 2e-7.

    `wave` is the interleaved real view (2 n,), `potential` (n,) in V angstrom. Quarter turns are
    taken off in two steps (Cody and Waite), see `cosine_and_sine`.
    """
    half = np.float32(0.5)
    for i in range(potential.size):
        phase = potential[i] * sigma
        turns = np.floor(phase * np.float32(0.6366197723675814) + half)
        rest = (phase - turns * np.float32(1.5703125)) - turns * np.float32(4.8382679e-4)
        c, s = cosine_and_sine(rest, turns)
        real, imaginary = wave[2 * i], wave[2 * i + 1]
        wave[2 * i] = real * c - imaginary * s
        wave[2 * i + 1] = real * s + imaginary * c


@njit(cache=True)
def transmit_exact(wave, potential, sigma):
    """Multiply a wave by exp(i sigma V), in double precision; arguments as `transmit`."""
    for i in range(potential.size):
        s, c = np.sin(potential[i] * sigma), np.cos(potential[i] * sigma)
        real, imaginary = wave[2 * i], wave[2 * i + 1]
        wave[2 * i] = real * c - imaginary * s
        wave[2 * i + 1] = real * s + imaginary * c


@njit(cache=True, fastmath=_STRICT)
def propagate(columns, first, kept, total, along_x, along_y, band):
    """Multiply columns of a spectrum by a separable propagator and a real band limit, in place.

    `columns` is the interleaved real view (n, 2 ny) of the columns from `first` on, `along_x`
    (2 total,) and `along_y` (2 ny,) the interleaved factors of the propagator, `band` the limit at
    non-negative frequencies, (nx // 2 + 1, ny // 2 + 1).
    """
    length = columns.shape[1] // 2
    half = length // 2 + 1
    for row in range(columns.shape[0]):
        j = first + row
        limit = band[j if j < kept else total - j]
        real_x, imaginary_x = along_x[2 * j], along_x[2 * j + 1]
        wave = columns[row]
        for i in range(half):
            a, b = wave[2 * i] * limit[i], wave[2 * i + 1] * limit[i]
            c = along_y[2 * i] * real_x - along_y[2 * i + 1] * imaginary_x
            d = along_y[2 * i] * imaginary_x + along_y[2 * i + 1] * real_x
            wave[2 * i] = a * c - b * d
            wave[2 * i + 1] = a * d + b * c
        for i in range(half, length):
            a, b = wave[2 * i] * limit[length - i], wave[2 * i + 1] * limit[length - i]
            c = along_y[2 * i] * real_x - along_y[2 * i + 1] * imaginary_x
            d = along_y[2 * i] * imaginary_x + along_y[2 * i + 1] * real_x
            wave[2 * i] = a * c - b * d
            wave[2 * i + 1] = a * d + b * c
