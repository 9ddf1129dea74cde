"""Where particles lie: small fine windows about them, on the coarse grid of the cell."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, fast_even_length
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.specimen import Specimen

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings

EDGE = 2.0
"""Width in angstrom of the window's cosine edge. Edges of 1 to 6 angstrom give the same waves."""

MARGIN = 1.0
"""Angstrom of clearance for the tails of the particles' potential."""

STEEPEST = 1.25
"""1/angstrom; what is scattered beyond may leave the window."""

WORTHWHILE = 0.6
"""Part of the cell that windows may cover; beyond it the whole cell on the fine grid is cheaper."""


@dataclass(frozen=True, eq=False)
class Window:
    """A rectangle of the coarse grid and the same rectangle on a finer one.

    Parameters
    ----------
    origin
        First coarse pixel along y and x; may be negative, the coarse grid is periodic.
    shape
        Coarse pixels along y and x.
    fine_shape
        Fine pixels along y and x.
    clearance
        Distance from the particles to the beginning of the window's edge, in angstrom.
    first, last
        Range of slices that hold atoms of the particles, last excluded.
    atoms
        Indices of the particles' atoms.
    """

    origin: tuple[int, int]
    shape: tuple[int, int]
    fine_shape: tuple[int, int]
    clearance: float
    first: int
    last: int
    atoms: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "atoms")

    def rows(self, grid: Grid) -> tuple[np.ndarray, ...]:
        """Return the coarse pixels of the window as an open mesh."""
        return np.ix_(
            *(
                (start + np.arange(n)) % total
                for start, n, total in zip(self.origin, self.shape, grid.shape, strict=True)
            )
        )

    def fine_grid(self, grid: Grid) -> Grid:
        """Return the sampling inside the window."""
        return self.coarse_grid(grid).resized(self.fine_shape)

    def coarse_grid(self, grid: Grid) -> Grid:
        """Return the coarse sampling inside the window."""
        return Grid(self.shape, grid.pixel_size)


def find_windows(
    specimen: Specimen, support: np.ndarray, grid: Grid, settings: "WaveSettings"
) -> list[Window] | None:
    """Return windows about the particles of a specimen, or None if they would not pay.

    Parameters
    ----------
    specimen
        Atoms.
    support
        Mask (n,) of the atoms that run on the coarse grid.
    grid
        Coarse sampling of the whole cell.
    settings
        Energy, slices and tilt; pixels in the windows are at most `settings.finest_pixel`.

    Notes
    -----
    Each object of the specimen that is not support is a particle; one that lies across the border
    of the periodic cell is taken together. Windows that overlap are joined, across the border too.
    A window is clear of its particle by what 1.25 1/angstrom and the tilt move sideways from the
    first to the last atom that the particles' wave meets, and `MARGIN`.
    """
    height = specimen.cell[2]
    thickness = height / slice_count(height, settings.slice_thickness)
    # what is scattered at an angle moves sideways on its way down: the window must hold it still
    # behind the last atom that could scatter it again
    drift = wavelength(settings.energy) * STEEPEST + np.tan(np.max(np.abs(settings.tilt)) * 1e-3)
    boxes = []
    for label in np.unique(specimen.labels[~support]):
        atoms = np.flatnonzero(~support & (specimen.labels == label))
        spans = [_span(specimen.positions[atoms, axis], specimen.cell[axis]) for axis in (0, 1)]
        low, high = (np.array(ends) for ends in zip(*spans, strict=True))
        boxes.append([low, high, atoms])
    z = specimen.positions[:, 2]
    clearance = MARGIN + drift * (z.max() - z[~support].min())
    reserve = 2 * (EDGE + clearance)
    boxes = _joined(boxes, reserve, np.array(specimen.cell[:2]))
    windows = []
    for low, high, atoms in boxes:
        middle, size = (low + high) / 2, high - low + reserve
        shape, fine, origin = [], [], []
        for axis, pixel, total in zip((1, 0), grid.pixel_size, grid.shape, strict=True):
            n = fast_even_length(size[axis] / pixel)
            if n > total:
                return None
            shape.append(n)
            fine.append(fast_even_length(n * pixel / settings.finest_pixel))
            origin.append(round(middle[axis] / pixel) - n // 2)
        slices = specimen.positions[atoms, 2] / thickness
        first, last = int(slices.min()), int(slices.max()) + 1
        corner, pixels, fine_pixels = ((axes[0], axes[1]) for axes in (origin, shape, fine))
        windows.append(Window(corner, pixels, fine_pixels, clearance, first, last, atoms))
    covered = sum(np.prod(window.shape) for window in windows)
    return windows if covered < WORTHWHILE * np.prod(grid.shape) else None


def _span(at: np.ndarray, period: float) -> tuple[float, float]:
    """Ends of a particle along one axis, the shorter way round where it lies across the border."""
    low, high = float(at.min()), float(at.max())
    inside = np.sort(np.mod(at, period))
    gaps = np.diff(inside, append=inside[0] + period)
    widest = int(gaps.argmax())
    if period - gaps[widest] > high - low - 1e-6:
        return low, high  # as it is, to the last bit
    start = float(inside[(widest + 1) % len(inside)])
    return start, start + period - float(gaps[widest])


def _joined(boxes: list[list], reserve: float, period: np.ndarray) -> list[list]:
    """Join boxes (low, high, atoms) whose windows would overlap, there or across the border."""
    boxes = list(boxes)
    merged = True
    while merged:
        merged = False
        for i in range(len(boxes)):
            for j in range(i + 1, len(boxes)):
                middles = [(low + high) / 2 for low, high, _ in (boxes[i], boxes[j])]
                shift = period * np.round((middles[0] - middles[1]) / period)  # the nearest copy
                near, far = boxes[j][0] + shift, boxes[j][1] + shift
                gap = np.maximum(boxes[i][0] - far, near - boxes[i][1])
                if (gap < reserve).all():
                    low, high = np.minimum(boxes[i][0], near), np.maximum(boxes[i][1], far)
                    boxes[i] = [low, high, np.concatenate([boxes[i][2], boxes[j][2]])]
                    del boxes[j]
                    merged = True
                    break
            if merged:
                break
    return boxes
