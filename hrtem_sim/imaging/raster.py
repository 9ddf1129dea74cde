"""Samples on which the images of waves are formed, no coarser than those of their spectra."""

import numpy as np

from hrtem_sim.fft import Fft
from hrtem_sim.grid import Grid
from hrtem_sim.imaging.kernels import accumulate_intensity, product
from hrtem_sim.imaging.pixels import CameraPixels
from hrtem_sim.potential.passes import Passes


class Raster:
    """Adds up the intensities of waves, given by spectra in columns of a grid as fine or coarser.

    Parameters
    ----------
    grid
        Sampling of the intensity.
    spectra
        Passes whose columns the spectra are. On a finer grid their Nyquist frequencies, which have
        no partner of opposite sign, are left out.
    shape
        Pixels of the camera, (ny, nx).
    fft
        Transforms.
    """

    def __init__(self, grid: Grid, spectra: Passes, shape: tuple[int, int], fft: Fft) -> None:
        self.grid, self.fft = grid, fft
        self.pixels = CameraPixels(grid, shape)
        same = grid.shape[1] == spectra.shape[1]
        kept = spectra.kept if same else min(spectra.kept, (spectra.shape[1] + 1) // 2)
        self._passes = Passes(grid.shape, fft, kept=kept)
        self._left_out = spectra.total - self._passes.total
        self._work = self._passes.columns()
        # an inverse transform divides by the number of samples
        self._scale = float(np.prod(grid.shape) / np.prod(spectra.shape)) ** 2

    def add(
        self, intensity: np.ndarray, spectrum: np.ndarray, factor: np.ndarray, weight: float
    ) -> None:
        """Add a weighted intensity, of a spectrum times a factor, to an array (ny, nx)."""
        each = np.float32(weight * self._scale)

        def gather(block: slice, rows: np.ndarray) -> None:
            accumulate_intensity(intensity[block].ravel(), rows.ravel(), each)

        for block, work in self._passes.column_blocks(self._work):
            product(spectrum, factor, work, block.start, self._passes.kept, self._left_out)
            self.fft.inverse_rows(work)
        self._passes.visit(self._work, gather)
