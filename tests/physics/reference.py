"""Reference waves: computed with Prismatic 2.0 and with a fine float64 calculation.

Each `data/NAME.xyz` (comment; cell; Z x y z occupancy rms) goes with `data/NAME.npz`: complex64
waves [x, y] at the middle of the cell on 0.2 angstrom pixels, 300 kV, Kirkland potentials, still
atoms, beam entering at z = c. `wave` is Prismatic's own output (0.1 angstrom pixels, 2 angstrom
slices), `wave_exact_0p1A_2A` an analytic potential at the same sampling, `wave_converged` the same
at 0.0125 (single atoms), 0.025 (sphere) and 0.05 (sphere on carbon) angstrom and 1 angstrom slices.
"""

from pathlib import Path

import numpy as np

from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.specimen import Specimen

DATA = Path(__file__).parent / "data"
PIXEL = 0.2


def load_specimen(name: str) -> Specimen:
    """Atoms of a reference, turned so that the beam enters at z = 0."""
    lines = (DATA / f"{name}.xyz").read_text().splitlines()
    cell = np.array(lines[1].split(), dtype=float)
    rows = np.array([line.split() for line in lines[2:] if len(line.split()) == 6], dtype=float)
    positions = rows[:, 1:4].copy()
    positions[:, 2] = cell[2] - positions[:, 2]
    return Specimen(positions, rows[:, 0].astype(int), tuple(cell))


def load_wave(name: str, key: str) -> np.ndarray:
    """Wave of a reference as [y, x]."""
    return np.load(DATA / f"{name}.npz")[key].T


def on_reference_grid(wave: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Fourier-crop a wave to the pixels of a reference."""
    return np.fft.ifft2(fourier_resize(np.fft.fft2(wave), like.shape))


def low_pass(wave: np.ndarray, cutoff: float) -> np.ndarray:
    """Keep frequencies below `cutoff` (1/angstrom)."""
    k2 = Grid(wave.shape, PIXEL).squared_frequency()
    return np.fft.ifft2(np.where(k2 < cutoff**2, np.fft.fft2(wave), 0))


def intensity_error(wave: np.ndarray, reference: np.ndarray, cutoff: float) -> float:
    """rms difference of the intensities below `cutoff`; 1 is the incident beam."""
    a, b = low_pass(wave, cutoff), low_pass(reference, cutoff)
    return float(np.sqrt(np.mean((np.abs(a) ** 2 - np.abs(b) ** 2) ** 2)))


def scattered_error(wave: np.ndarray, reference: np.ndarray, cutoff: float) -> float:
    """Relative L2 error of the scattered wave below `cutoff`, global phase removed."""
    a, b = low_pass(wave, cutoff), low_pass(reference, cutoff)
    overlap = np.vdot(a, b)
    a = a * overlap / abs(overlap)
    scattered = b - b.mean()
    return float(np.linalg.norm(a - b) / np.linalg.norm(scattered))
