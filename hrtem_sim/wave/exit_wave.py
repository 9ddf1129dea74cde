"""The frozen exit wave."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar, dataclass
from typing import Any

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, fourier_resize, propagator
from hrtem_sim.provenance.classes import refuse_other_classes
from hrtem_sim.provenance.doubts import say, say_doubt
from hrtem_sim.refusal import Refusal
from hrtem_sim.shown import Shown
from hrtem_sim.wave.ranges import ENERGY

FEWEST, MOST = 0.5, 1.05
"""Mean intensities of waves whose incident beam is 1; some programs norm to other sums."""

MOST_LOST = 0.05
"""Share of the electrons above which a wave says that it has lost them."""


class LostElectrons(UserWarning):
    """A wave that has lost a good part of its electrons beyond its band."""


@dataclass(frozen=True, eq=False, repr=False)
class ExitWave(Shown):
    """Electron waves behind a specimen, one per frozen-phonon configuration.

    Parameters
    ----------
    array
        Complex, shape (phonons, ny, nx), copied and read-only; 1 where the beam met nothing.
    grid
        Sampling of the wave.
    energy
        In eV.
    plane
        Plane in which the wave is given, in angstrom from the middle of the model: the plane
        that zero defocus brings into focus.
    owned
        Whether `array` is handed over instead of copied; see `hrtem_sim.frozen`.
    """

    array: np.ndarray
    grid: Grid
    energy: float
    plane: float = 0.0
    _: KW_ONLY
    owned: InitVar[bool] = False

    def __post_init__(self, owned: bool) -> None:
        freeze(self, "array", owned=owned)
        refuse_other_classes(self)
        if self.array.ndim != 3 or self.array.shape[1:] != self.grid.shape:
            raise Refusal(
                f"array must have shape (phonons, {self.grid.shape[0]}, {self.grid.shape[1]}); "
                f"got {self.array.shape}"
            )
        if not np.iscomplexobj(self.array):
            raise TypeError(f"array must be complex; got {self.array.dtype}")
        if not np.isfinite(self.array.sum()):  # one pass: a sum of finite waves is finite
            got = self.array[~np.isfinite(self.array)][:1].tolist()
            raise Refusal(f"array must be finite; got {got}")
        if not len(self.array):
            raise Refusal(f"array must hold one wave at least; got shape {self.array.shape}")
        ENERGY.enforce("ExitWave", "energy", self.energy)
        _check_plane(self.plane)
        if not FEWEST <= 1 - self.lost <= MOST:
            say_doubt(
                f"ExitWave: array has a mean intensity of {1 - self.lost:.3g}, where 1 is usual, "
                "that of the beam before the specimen; doses count from it"
            )

    def _facts(self) -> dict[str, str]:
        return {
            "pixels": str(self.grid),
            "phonons": str(len(self.array)),
            "energy": f"{self.energy / 1e3:g} keV",
            "plane": f"{self.plane:g} angstrom",
            "lost": f"{max(self.lost, 0.0):.2%}",
        }

    def plot(self) -> Any:
        """Return a figure of amplitude and phase, of the mean over the phonons."""
        from hrtem_sim.drawing import draw_waves  # loads when someone looks

        return draw_waves(self.array, self.grid.pixel_size)

    @property
    def wavelength(self) -> float:
        """In angstrom."""
        return wavelength(self.energy)

    @property
    def lost(self) -> float:
        """Share of the electrons that are missing: 1 - mean of |psi|^2 over pixels and phonons.

        Nothing absorbs electrons in multislice. What is missing was scattered beyond the wave's
        band, where a microscope may not look, but from where it would have come back with the
        next scattering: a thick crystal on a zone axis is wrong by about as much.
        """
        rows = self.array.reshape(-1, self.array.shape[-1])
        kept = sum(float(np.vdot(row, row).real) for row in rows)  # rows: single precision adds up
        return 1 - kept / self.array.size

    def refocused(self, plane: float) -> "ExitWave":
        """Return the wave at another plane, propagated through vacuum.

        Parameters
        ----------
        plane
            In angstrom along the beam from the middle of the model.
        """
        _check_plane(plane)
        shift = propagator(self.grid, plane - self.plane, self.wavelength)
        spectrum = np.fft.fft2(self.array) * shift
        array = np.fft.ifft2(spectrum).astype(self.array.dtype)
        return ExitWave(array, self.grid, self.energy, plane, owned=True)

    def resampled(self, shape: tuple[int, int]) -> "ExitWave":
        """Return the wave on another number of pixels of the same extent, by Fourier cropping.

        Parameters
        ----------
        shape
            New (ny, nx).

        Examples
        --------
        >>> wave = ExitWave(np.ones((1, 8, 8), np.complex64), Grid((8, 8), 0.5), 300e3)
        >>> wave.resampled((4, 6)).grid.pixel_size
        (1.0, 0.6666666666666666)
        """
        array = np.fft.ifft2(fourier_resize(np.fft.fft2(self.array), shape))
        grid = self.grid.resized(shape)
        array = array.astype(self.array.dtype)
        return ExitWave(array, grid, self.energy, self.plane, owned=True)

    def to_abtem(self) -> Any:
        """Return the wave as `abtem.Waves`, to go on with abTEM's optics and detectors.

        Returns
        -------
        waves
            An ensemble of frozen phonons, arrays [x, y] as abTEM has them, in the plane of this
            wave: take `refocused` first to start from another.

        Raises
        ------
        ImportError
            If abTEM is not installed.
        """
        from hrtem_sim.wave.conversions import to_abtem

        return to_abtem(self)

    def to_hyperspy(self) -> Any:
        """Return the wave as a `ComplexSignal2D` of HyperSpy, calibrated in angstrom.

        Returns
        -------
        signal
            Navigated by frozen phonon where there are several.

        Raises
        ------
        ImportError
            If HyperSpy is not installed.
        """
        from hrtem_sim.wave.conversions import to_hyperspy

        return to_hyperspy(self)


def tell_losses(waves: Sequence[ExitWave]) -> list[ExitWave]:
    """Warn of the wave that has lost most if that is more than `MOST_LOST`; return the waves.

    Parameters
    ----------
    waves
        Waves of one calculation.
    """
    most = max((wave.lost for wave in waves), default=0.0)
    if most > MOST_LOST:
        say(
            f"{most:.1%} of the electrons were scattered beyond the wave's band and are lost; take "
            "a smaller pixel_size (or particle_pixel), and look at `converge`",
            LostElectrons,
        )
    return list(waves)


def _check_plane(plane: float) -> None:
    if not np.isfinite(plane):
        raise Refusal(f"plane must be finite, in angstrom; got {plane!r}")
