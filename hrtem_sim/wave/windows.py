"""Particles in fine windows on coarse films.

Multislice is linear in the wave. With F the passage through the film alone, P the passage through
everything, and w a smooth window about a particle, the wave behind the whole specimen is

    P[1] = F[1] + (P - F)[w psi]  +  margins,

where psi is the film's wave in front of the particle: outside the window the two passages are the
same. So the wide film runs once on a coarse grid, and only the difference that the particle makes
runs on a fine grid, in a window a little larger than the particle. What the window cuts off is what
the particle scatters beyond its margin: by lambda k z sideways over z angstrom of depth. Measured
for a 4.5 nm gold sphere on 3.5 nm of carbon: 0.1 % of the scattered amplitude, and 0.7 % with what
the film errs on 0.2 instead of 0.1 angstrom pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.fft import choose_fft
from hrtem_sim.grid import Grid, fast_even_length, fourier_resize
from hrtem_sim.potential.slices import SlicedPotential
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.multislice import Beam, Stepper

EDGE = 3.0
"""Width in angstrom of the window's cosine edge. Edges of 2 to 6 angstrom give the same waves."""

STEEPEST = 1.25
"""1/angstrom; what is scattered beyond may leave the window."""

WORTHWHILE = 0.6
"""Part of the cell that windows may cover; beyond it the whole cell on the fine grid is cheaper."""


def support_of(specimen: Specimen) -> np.ndarray:
    """Return the mask (n,) of the atoms of objects that span the cell: films, not particles."""
    mask = np.zeros(len(specimen), bool)
    for label in np.unique(specimen.labels):
        atoms = specimen.labels == label
        span = np.ptp(specimen.positions[atoms, :2], axis=0)
        if (span > 0.9 * np.array(specimen.cell[:2])).all():
            mask |= atoms
    return mask


@dataclass(frozen=True)
class Window:
    """A rectangle of the coarse grid and the same rectangle on a finer one.

    Parameters
    ----------
    origin
        First coarse pixel along y and x; may be negative, the coarse grid is periodic.
    shape
        Coarse pixels along y and x.
    ratio
        Fine pixels per coarse pixel and axis.
    clearance
        From the particles to the window's edge, and from there to its end, in angstrom.
    first, last
        Range of slices that hold atoms of the particles, last excluded.
    atoms
        Indices of the particles' atoms.
    """

    origin: tuple[int, int]
    shape: tuple[int, int]
    ratio: int
    clearance: float
    first: int
    last: int
    atoms: np.ndarray

    def rows(self, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
        """Return the coarse pixels of the window as an open mesh."""
        return np.ix_(
            *(
                (start + np.arange(n)) % total
                for start, n, total in zip(self.origin, self.shape, grid.shape, strict=True)
            )
        )

    def fine_grid(self, grid: Grid) -> Grid:
        """Return the sampling inside the window."""
        shape = tuple(n * self.ratio for n in self.shape)
        return Grid(shape, tuple(p / self.ratio for p in grid.pixel_size))


def find_windows(
    specimen: Specimen,
    support: np.ndarray,
    grid: Grid,
    fine_pixel: float,
    *,
    energy: float,
    slice_thickness: float,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> list[Window] | None:
    """Return windows about the particles of a specimen, or None where they would not pay.

    Parameters
    ----------
    specimen
        Atoms.
    support
        Mask (n,) of the atoms that run on the coarse grid.
    grid
        Coarse sampling of the whole cell.
    fine_pixel
        Largest pixel in the windows, in angstrom.
    energy, slice_thickness, tilt
        As in `multislice`.

    Notes
    -----
    Each object of the specimen that is not support is a particle. Windows that overlap are joined.
    A window is clear of its particle by what 1.25 1/angstrom and the tilt move sideways from the
    particle's entrance to the end of the cell, and 1 angstrom.
    """
    height = specimen.cell[2]
    thickness = height / max(1, int(np.ceil(height / slice_thickness - 1e-6)))
    drift = wavelength(energy) * STEEPEST + np.tan(np.max(np.abs(tilt)) * 1e-3)
    ratio = max(1, int(np.ceil(max(grid.pixel_size) / fine_pixel - 1e-6)))
    boxes = []
    for label in np.unique(specimen.labels[~support]):
        atoms = np.flatnonzero(~support & (specimen.labels == label))
        xy = specimen.positions[atoms, :2]
        boxes.append([xy.min(axis=0), xy.max(axis=0), atoms])
    clearance = 1.0 + drift * height
    boxes = _joined(boxes, reserve=2 * (EDGE + 2 * clearance))
    windows = []
    for low, high, atoms in boxes:
        middle, size = (low + high) / 2, high - low + 2 * (EDGE + 2 * clearance)
        shape, origin = [], []
        for axis, pixel, total in zip((1, 0), grid.pixel_size, grid.shape, strict=True):
            n = fast_even_length(size[axis] / pixel)
            if n > total:
                return None
            shape.append(n)
            origin.append(round(middle[axis] / pixel) - n // 2)
        slices = specimen.positions[atoms, 2] / thickness
        first, last = int(slices.min()), int(slices.max()) + 1
        windows.append(Window(tuple(origin), tuple(shape), ratio, clearance, first, last, atoms))
    covered = sum(np.prod(window.shape) for window in windows)
    return windows if covered < WORTHWHILE * np.prod(grid.shape) else None


def windowed_multislice(
    specimen: Specimen,
    support: np.ndarray,
    grid: Grid,
    windows: Sequence[Window],
    *,
    energy: float,
    slice_thickness: float,
    parametrization: str = "lobato",
    tilt: tuple[float, float] = (0.0, 0.0),
) -> tuple[np.ndarray, np.ndarray]:
    """Propagate a plane wave through a film with particles, and through the particles alone.

    Parameters
    ----------
    specimen
        Atoms at rest.
    support
        Mask (n,) of the film's atoms.
    grid
        Coarse sampling of the whole cell.
    windows
        From `find_windows`.
    energy, slice_thickness, parametrization, tilt
        As in `multislice`.

    Returns
    -------
    whole, particles
        Complex64 waves on the coarse grid at the middle of the cell, of everything and of the
        particles in vacuum.
    """
    fft = choose_fft()
    coarse = Stepper(grid, energy, fft=fft, tilt=tilt)
    middle = specimen.cell[2] / 2
    film = SlicedPotential(
        specimen,
        grid,
        slice_thickness,
        parametrization=parametrization,
        selections=[support],
        fft=fft,
    )
    # the film once, stopping in front of every window to hand over its wave
    wave = coarse.plane_wave()
    entrances, done = {}, 0
    for first in sorted({window.first for window in windows}):
        coarse.through(film, [wave], start=done, stop=first)
        coarse.fly(wave, first * film.slice_thickness)
        entrances[first], done = (wave.array.copy(), wave.flat), first
    coarse.through(film, [wave], start=done)
    coarse.fly(wave, middle)
    whole, vacuum = wave.array, np.ones(grid.shape, np.complex64)
    for window in windows:
        change, alone = _change(
            specimen,
            support,
            grid,
            window,
            entrances[window.first],
            stepper=Stepper(window.fine_grid(grid), energy, fft=fft, tilt=tilt),
            thickness=film.slice_thickness,
            parametrization=parametrization,
        )
        rows = window.rows(grid)
        whole[rows] += change
        vacuum[rows] += alone
    return whole, vacuum


def _change(
    specimen: Specimen,
    support: np.ndarray,
    grid: Grid,
    window: Window,
    entrance: tuple[np.ndarray, bool],
    *,
    stepper: Stepper,
    thickness: float,
    parametrization: str,
) -> tuple[np.ndarray, np.ndarray]:
    """What the particles of a window add to the wave, with the film and in vacuum; coarse."""
    fine = stepper.grid
    inside, film, particle = _atoms_in(specimen, support, grid, window)
    source = SlicedPotential(
        inside,
        fine,
        thickness,
        parametrization=parametrization,
        selections=[film | particle, film, particle],
        fft=stepper.fft,
    )
    taper = _taper(fine, window, specimen, grid)
    coarse_wave, flat = entrance
    incident = taper if flat else taper * _refined(coarse_wave, window, grid, fine)
    start = window.first * source.slice_thickness
    end = window.last * source.slice_thickness

    def beam(array: np.ndarray) -> Beam:
        aligned = stepper.fft.empty(fine.shape)
        aligned[...] = array
        return Beam(aligned, start)

    buried = any(source.atoms_in(i, 1) for i in range(window.first, window.last))
    with_film, without, alone = beam(incident), beam(incident), beam(taper)
    beams = [with_film, alone] + ([without] if buried else [])
    which = [0, 2] + ([1] if buried else [])
    if flat and not buried and not _film_behind(source, window):
        beams, which, alone = [with_film], [0], with_film  # both meet the same
    stepper.through(source, beams, which, start=window.first, stop=window.last)
    for each in (*beams, without):
        stepper.fly(each, end)
    change = with_film.array - without.array
    empty = beam(taper)
    stepper.fly(empty, end)
    lone = Beam(stepper.fft.empty(fine.shape), end)
    lone.array[...] = alone.array - empty.array
    rest = Beam(stepper.fft.empty(fine.shape), end)
    rest.array[...] = change
    stepper.through(source, [rest], [1], start=window.last)
    for each in (rest, lone):
        stepper.fly(each, specimen.cell[2] / 2)
    return tuple(
        np.fft.ifft2(fourier_resize(np.fft.fft2(each.array), window.shape)).astype(np.complex64)
        for each in (rest, lone)
    )


def _film_behind(source: SlicedPotential, window: Window) -> bool:
    return any(source.atoms_in(i, 1) for i in range(window.last, source.n_slices))


def _atoms_in(
    specimen: Specimen, support: np.ndarray, grid: Grid, window: Window
) -> tuple[Specimen, np.ndarray, np.ndarray]:
    """Atoms inside a window, in its frame, and which are the film's and which the particles'."""
    fine = window.fine_grid(grid)
    corner = np.array([window.origin[1], window.origin[0]]) * grid.pixel_size[::-1]
    period = np.array(specimen.cell[:2])
    xy = np.mod(specimen.positions[:, :2] - corner, period)
    particle = np.zeros(len(specimen), bool)
    particle[window.atoms] = True
    within = (xy < fine.extent[::-1]).all(axis=1)
    use = within & (support | particle)
    positions = specimen.positions.copy()
    positions[:, :2] = xy
    inside = Specimen(
        positions[use],
        specimen.numbers[use],
        (fine.extent[1], fine.extent[0], specimen.cell[2]),
        occupancies=specimen.occupancies[use],
    )
    return inside, support[use], particle[use]


def _taper(fine: Grid, window: Window, specimen: Specimen, grid: Grid) -> np.ndarray:
    """Smooth window: 1 over the particles and their clearance, 0 at the ends; float32."""
    profiles = []
    for axis, origin, pixel, coarse, n in zip(
        (1, 0), window.origin, fine.pixel_size, grid.pixel_size, fine.shape, strict=True
    ):
        at = specimen.positions[window.atoms, axis] - origin * coarse
        low, high = at.min() - window.clearance, at.max() + window.clearance
        points = np.arange(n) * pixel
        outside = np.maximum(np.maximum(low - points, points - high), 0) / EDGE
        profiles.append(0.5 * (1 + np.cos(np.pi * np.minimum(outside, 1))))
    return np.outer(*profiles).astype(np.float32)


def _refined(whole: np.ndarray, window: Window, grid: Grid, fine: Grid) -> np.ndarray:
    """Interpolate the coarse wave inside a window: by the whole cell's transform, so exactly."""
    shape = tuple(n * window.ratio for n in grid.shape)
    all_fine = np.fft.ifft2(fourier_resize(np.fft.fft2(whole), shape))
    rows = (
        (start * window.ratio + np.arange(n)) % total
        for start, n, total in zip(window.origin, fine.shape, shape, strict=True)
    )
    return all_fine[np.ix_(*rows)]


def _joined(boxes: list[list], reserve: float) -> list[list]:
    """Join boxes (low, high, atoms) whose windows would overlap."""
    boxes = list(boxes)
    merged = True
    while merged:
        merged = False
        for i in range(len(boxes)):
            for j in range(i + 1, len(boxes)):
                gap = np.maximum(boxes[i][0] - boxes[j][1], boxes[j][0] - boxes[i][1])
                if (gap < reserve).all():
                    low = np.minimum(boxes[i][0], boxes[j][0])
                    high = np.maximum(boxes[i][1], boxes[j][1])
                    boxes[i] = [low, high, np.concatenate([boxes[i][2], boxes[j][2]])]
                    del boxes[j]
                    merged = True
                    break
            if merged:
                break
    return boxes
