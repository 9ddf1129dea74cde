"""What a camera's pixels collect, by an exact integral over each of them."""

import numpy as np

from hrtem_sim.grid import fourier_resize


def intensity_of(spectra):
    """Mean |psi|^2 of waves (phonons, ny, nx) on pixels half as large, which hold all of it.

    The spectra are those of `numpy.fft.fft2`; the first sample lies at the origin.
    """
    finer = tuple(2 * n for n in spectra.shape[1:])
    return (np.abs(np.fft.ifft2(fourier_resize(np.asarray(spectra), finer))) ** 2).mean(axis=0)


def integrated(intensity, shape):
    """Mean of a periodic intensity over each of (ny, nx) pixels that begin at the origin.

    The intensity is its Fourier series; a wave exp(2 pi i m x / L) has the mean (exp(2 pi i m (j +
    1) / n) - exp(2 pi i m j / n)) n / (2 pi i m) over pixel j of n.
    """

    def means(samples, pixels):
        m = np.fft.fftfreq(samples, 1 / samples)
        edges = np.exp(2j * np.pi * m * np.arange(pixels + 1)[:, None] / pixels)
        inner = np.where(m == 0, 1, m)
        return np.where(m == 0, 1, np.diff(edges, axis=0) * pixels / (2j * np.pi * inner))

    (ny, nx), (rows, columns) = intensity.shape, shape
    series = np.fft.fft2(intensity) / intensity.size
    return (means(ny, rows) @ series @ means(nx, columns).T).real
