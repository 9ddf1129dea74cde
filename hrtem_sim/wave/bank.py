"""Film waves computed once and used again, shifted and turned.

An amorphous film is wide, its wave costs most of a simulation, and any shifted, turned or mirrored
copy is as good a film as the first. A `FilmBank` keeps the waves behind a few films; a particle
behind one of them then costs no more than its window.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, replace

import numpy as np

from hrtem_sim.fft import choose_fft
from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.potential.slices import slice_count
from hrtem_sim.provenance.classes import refuse_other_classes
from hrtem_sim.provenance.doors import typed
from hrtem_sim.provenance.owning import own_lists
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.configurations import configurations
from hrtem_sim.wave.engines import EMBEDDED
from hrtem_sim.wave.exit_wave import ExitWave, tell_losses
from hrtem_sim.wave.multislice import Beam, Stepper, multislice, potential_of
from hrtem_sim.wave.settings import WaveSettings
from hrtem_sim.wave.windowed import add_particles
from hrtem_sim.wave.windows import find_windows


@dataclass(frozen=True, eq=False)
class FilmWave:
    """Waves at the exit face of a film.

    Parameters
    ----------
    array
        Complex64 (phonons, ny, nx), copied and read-only.
    grid, energy, tilt
        Sampling, eV, mrad.
    owned
        Whether `array` is handed over instead of copied; see `hrtem_sim.frozen`.
    """

    array: np.ndarray
    grid: Grid
    energy: float
    tilt: tuple[float, float] = (0.0, 0.0)
    _: KW_ONLY
    owned: InitVar[bool] = False

    def __post_init__(self, owned: bool) -> None:
        freeze(self, "array", owned=owned)
        own_lists(self)
        refuse_other_classes(self)


@dataclass(frozen=True, eq=False)
class FilmBank:
    """Waves behind several films of one periodic cell.

    Parameters
    ----------
    array
        Complex64 (films, phonons, ny, nx), copied and read-only, each at the exit face of its film.
    grid, energy, tilt
        Sampling, eV, mrad.
    owned
        Whether `array` is handed over instead of copied; see `hrtem_sim.frozen`.

    Examples
    --------
    >>> films = [Specimen([[5.0, 4.0, 1.0]], [6], (10.0, 10.0, 2.0))]
    >>> bank = FilmBank.compute(films, WaveSettings())
    >>> bank.film(0, shift=(1.3, 0.0), symmetry=5).array.shape
    (1, 50, 50)
    """

    array: np.ndarray
    grid: Grid
    energy: float
    tilt: tuple[float, float] = (0.0, 0.0)
    _: KW_ONLY
    owned: InitVar[bool] = False

    def __post_init__(self, owned: bool) -> None:
        freeze(self, "array", owned=owned)
        own_lists(self)
        refuse_other_classes(self)

    @classmethod
    @typed
    def compute(
        cls,
        films: Sequence[Specimen],
        settings: WaveSettings,
        *,
        rng: np.random.Generator | int | None = None,
    ) -> "FilmBank":
        """Return a bank of the waves behind some films.

        Parameters
        ----------
        films
            Specimens of the film alone, all of one cell along x and y. The exit face is the
            largest z of the atoms at rest.
        settings
            Energy, `pixel_size`, slices, tilt and phonons of the waves.
        rng
            Source of the thermal displacements; needed when `settings.phonons` > 0.

        Raises
        ------
        ValueError
            If there is no film, a film has no atoms or another cell, or `rng` is missing; or if the
            engine is not the embedded one.
        """
        if not films or not all(len(film) for film in films):
            raise Refusal(f"films must be one or more specimens with atoms; got {films!r}")
        cells = {film.cell[:2] for film in films}
        if len(cells) > 1:
            raise Refusal(f"films must have one cell along x and y; got {sorted(cells)}")
        _check_engine(settings)
        # one stream for all films; an integer would begin anew with every film
        stream = None if rng is None else np.random.default_rng(rng)
        grid = Grid.covering(films[0].cell[:2], settings.pixel_size)
        waves = []
        for film in films:
            face = film.positions[:, 2].max() - film.cell[2] / 2
            for atoms in configurations(film, settings, stream):
                (wave,) = multislice(atoms, grid, settings, plane=face)
                waves.append(wave)
        array = np.stack(waves).reshape(len(films), -1, *grid.shape)
        return cls(array, grid, settings.energy, settings.tilt, owned=True)

    def __len__(self) -> int:
        return len(self.array)

    def film(
        self, index: int, *, shift: tuple[float, float] = (0.0, 0.0), symmetry: int = 0
    ) -> FilmWave:
        """Return a film of the bank, moved as `move_film` moves its atoms.

        Parameters
        ----------
        index
            Index of the film.
        shift, symmetry
            See `move_film`. Symmetries other than 0 need a square grid and no tilt.

        Raises
        ------
        ValueError
            If the grid is not square, or the beam tilted, and `symmetry` is not 0.
        """
        array = self.array[index]
        _check_symmetry(symmetry)
        _check_shift(shift)
        if symmetry:
            (ny, nx), (py, px) = self.grid.shape, self.grid.pixel_size
            if ny != nx or not np.isclose(py, px, rtol=1e-9):
                raise Refusal(f"symmetry must be 0 where the grid is not square; got {symmetry}")
            if any(self.tilt):
                raise Refusal(f"symmetry must be 0 where the beam is tilted; got {symmetry}")
            mirrored = -np.arange(nx) % nx
            if symmetry >= 4:
                array = array[..., mirrored]
            for _ in range(symmetry % 4):
                array = np.swapaxes(array, -1, -2)[..., mirrored]
        moved = self._shifted(array, shift)
        return FilmWave(moved, self.grid, self.energy, self.tilt, owned=True)

    def _shifted(self, array: np.ndarray, shift: tuple[float, float]) -> np.ndarray:
        pixels = [shift[1] / self.grid.pixel_size[0], shift[0] / self.grid.pixel_size[1]]
        if np.allclose(pixels, np.round(pixels), atol=1e-6):
            return np.roll(array, np.round(pixels).astype(int), axis=(-2, -1))
        ky, kx = self.grid.frequencies()
        ramp = np.exp(-2j * np.pi * (kx * shift[0] + ky * shift[1])).astype(np.complex64)
        return np.fft.ifft2(np.fft.fft2(array) * ramp).astype(np.complex64)


@typed
def move_film(
    specimen: Specimen, *, shift: tuple[float, float] = (0.0, 0.0), symmetry: int = 0
) -> Specimen:
    """Return a specimen mirrored, turned and shifted within its periodic square cell.

    Parameters
    ----------
    specimen
        Atoms.
    shift
        Along x and y in angstrom, after the symmetry.
    symmetry
        One of the eight of the square: from 4 on x is mirrored first; then come
        `symmetry % 4` quarter turns (x, y) -> (-y, x).

    Examples
    --------
    >>> atom = Specimen([[1.0, 2.0, 0.5]], [6], (10.0, 10.0, 1.0))
    >>> move_film(atom, symmetry=1).positions.tolist()
    [[8.0, 1.0, 0.5]]
    """
    _check_symmetry(symmetry)
    if symmetry and not np.isclose(*specimen.cell[:2], rtol=1e-9):
        raise Refusal(f"symmetry must be 0 in a cell that is not square; got {symmetry}")
    _check_shift(shift)
    x, y, z = specimen.positions.T
    if symmetry >= 4:
        x = -x
    for _ in range(symmetry % 4):
        x, y = -y, x
    x, y = (np.mod(a + s, c) for a, s, c in zip((x, y), shift, specimen.cell[:2], strict=True))
    return replace(specimen, positions=np.stack([x, y, z], axis=1))


@typed
def waves_behind_film(
    specimen: Specimen,
    film: FilmWave,
    settings: WaveSettings,
    *,
    surface: float,
    particles_alone: bool = False,
    rng: np.random.Generator | int | None = None,
) -> list[ExitWave]:
    """Return the exit waves of particles behind a banked film.

    Parameters
    ----------
    specimen
        The particles, in the film's cell along x and y; each object is one.
    film
        Film as `FilmBank.film` returns it.
    settings
        As for `compute_exit_wave`; energy, `pixel_size`, tilt and phonons must be the bank's (a
        bank without phonons serves any number of them).
    surface
        Depth of the film's exit face in the cell of `specimen`, in angstrom; the particles lie
        behind it.
    particles_alone
        Whether to return the wave of the particles in vacuum too.
    rng
        Source of the particles' thermal displacements; needed when `settings.phonons` > 0.

    Returns
    -------
    waves
        Waves of film and particles, and of the particles alone if those are wanted.

    Raises
    ------
    ValueError
        If film, specimen and settings do not go together.

    Examples
    --------
    >>> film = bank.film(3, shift=(12.0, 40.0), symmetry=5)  # doctest: +SKIP
    >>> whole, alone = waves_behind_film(  # doctest: +SKIP
    ...     particle, film, settings, surface=30.0, particles_alone=True
    ... )
    """
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    _check_film(specimen, film, settings, grid, surface)
    stacks = []
    for index, atoms in enumerate(configurations(specimen, settings, rng)):
        wave = film.array[index % len(film.array)]
        stacks.append(_behind(atoms, wave, settings, grid, surface, particles_alone))
    waves = [np.stack(stack) for stack in zip(*stacks, strict=True)]
    return tell_losses([ExitWave(wave, grid, settings.energy, owned=True) for wave in waves])


def _behind(
    specimen: Specimen,
    film: np.ndarray,
    settings: WaveSettings,
    grid: Grid,
    surface: float,
    particles_alone: bool,
) -> list[np.ndarray]:
    """Waves of one configuration, on the coarse grid."""
    support = np.zeros(len(specimen), bool)
    windows = find_windows(specimen, support, grid, settings)
    if windows is None:
        return _behind_everywhere(specimen, film, settings, surface, particles_alone)
    thickness = specimen.cell[2] / slice_count(specimen.cell[2], settings.slice_thickness)
    stepper = Stepper(grid, settings)

    def at(depth: float) -> Beam:
        array = stepper.fft.empty(grid.shape)
        array[...] = film
        beam = Beam(array, surface)
        stepper.fly(beam, depth)
        return beam

    whole = at(specimen.cell[2] / 2).array
    alone = add_particles(
        whole,
        specimen,
        support,
        grid,
        windows,
        {window.first: at(window.first * thickness) for window in windows},
        settings,
        particles_alone=particles_alone,
    )
    return [whole] if alone is None else [whole, alone]


def _behind_everywhere(
    specimen: Specimen,
    film: np.ndarray,
    settings: WaveSettings,
    surface: float,
    particles_alone: bool,
) -> list[np.ndarray]:
    """The same without windows: the whole cell on the fine grid."""
    fine = Grid.covering(specimen.cell[:2], settings.finest_pixel)
    fft = choose_fft()
    stepper = Stepper(fine, settings, fft=fft)
    source = potential_of(specimen, fine, settings, fft=fft)
    array = fft.empty(fine.shape)
    array[...] = np.fft.ifft2(fourier_resize(np.fft.fft2(film), fine.shape))
    beams = [Beam(array, surface)] + ([stepper.plane_wave()] if particles_alone else [])
    stepper.through(source, beams, [0] * len(beams))
    for beam in beams:
        stepper.fly(beam, specimen.cell[2] / 2)
    waves = (np.fft.fft2(beam.array) for beam in beams)
    return [np.fft.ifft2(fourier_resize(w, film.shape)).astype(np.complex64) for w in waves]


def _check_symmetry(symmetry: int) -> None:
    if symmetry not in range(8):
        raise Refusal(f"symmetry must be a whole number from 0 to 7; got {symmetry!r}")


def _check_shift(shift: tuple[float, float]) -> None:
    if len(shift) != 2 or not np.isfinite(shift).all():
        raise Refusal(f"shift must be two finite lengths (x, y), in angstrom; got {shift!r}")


def _check_engine(settings: WaveSettings) -> None:
    if settings.engine != EMBEDDED:
        raise Refusal(f"engine must be numpy for banked films; got {settings.engine!r}")


def _check_film(
    specimen: Specimen, film: FilmWave, settings: WaveSettings, grid: Grid, surface: float
) -> None:
    _check_engine(settings)
    if grid.shape != film.grid.shape or not np.allclose(grid.extent, film.grid.extent):
        raise Refusal(
            f"specimen and pixel_size must give the film's grid of {film.grid.shape} pixels over "
            f"{film.grid.extent} angstrom (y, x); got {grid.shape} over {grid.extent}"
        )
    for name in ("energy", "tilt"):
        if not np.allclose(getattr(settings, name), getattr(film, name)):
            raise Refusal(
                f"{name} must be that of the film's waves, {getattr(film, name)}; "
                f"got {getattr(settings, name)}"
            )
    if len(film.array) not in (1, settings.phonons):
        raise Refusal(
            f"phonons must be the {len(film.array)} of the film's waves; got {settings.phonons}"
        )
    if not len(specimen) or specimen.positions[:, 2].min() < surface - 1e-6:
        raise Refusal(
            f"surface must lie in front of one or more particles, in angstrom; got {surface!r}"
        )
