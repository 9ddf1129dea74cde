"""The frozen exit wave and its settings."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.grid import Grid, fourier_resize, propagator
from hrtem_sim.potential import PARAMETRIZATIONS


@dataclass(frozen=True)
class WaveSettings:
    """How exit waves are computed.

    Parameters
    ----------
    energy
        Kinetic energy of the electrons in eV.
    pixel_size
        Largest pixel of potential and wave in angstrom; waves reach 0.6 of its Nyquist frequency.
    slice_thickness
        Largest slice in angstrom.
    particle_pixel
        Largest pixel where the particles are, in angstrom; default: `pixel_size`. A finer one
        puts the particles into windows of their own over a film on `pixel_size`, where that pays
        and less than 3 % of what they scatter comes to an edge, see `hrtem_sim.wave.windowed`;
        otherwise the whole cell gets these pixels.
    tilt
        Of the incident beam along x and y, in mrad.
    phonons
        Frozen-phonon configurations; 0 leaves the atoms at rest.
    rms
        Displacement per axis in angstrom, or `"debye"`; see `hrtem_sim.specimen.displaced`.
    parametrization
        Scattering factors, `"lobato"` or `"kirkland"`.

    Notes
    -----
    The defaults of pixel and slice are right for particles away from zone axes at 300 kV; near
    a zone axis of a heavy element take 0.1 angstrom (or finer) pixels.
    """

    energy: float = 300e3
    pixel_size: float = 0.2
    slice_thickness: float = 2.0
    particle_pixel: float | None = None
    tilt: tuple[float, float] = (0.0, 0.0)
    phonons: int = 0
    rms: float | Literal["debye"] = "debye"
    parametrization: str = "lobato"

    def __post_init__(self) -> None:
        wavelength(self.energy)
        for name in ("pixel_size", "slice_thickness", "particle_pixel"):
            value = getattr(self, name)
            if name == "particle_pixel" and value is None:
                continue
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive, in angstrom; got {value!r}")
        if len(self.tilt) != 2 or not all(abs(angle) < 200 for angle in self.tilt):
            raise ValueError(f"tilt must be two angles below 200 mrad; got {self.tilt!r}")
        if not 0 <= self.phonons < np.inf or self.phonons != int(self.phonons):
            raise ValueError(f"phonons must be a whole number >= 0; got {self.phonons!r}")
        if self.parametrization not in PARAMETRIZATIONS:
            known = ", ".join(PARAMETRIZATIONS)
            raise ValueError(f"parametrization must be {known}; got {self.parametrization!r}")
        if self.rms != "debye" and not (
            isinstance(self.rms, int | float) and 0 <= self.rms < np.inf
        ):
            raise ValueError(f'rms must be a number >= 0 in angstrom or "debye"; got {self.rms!r}')


@dataclass(frozen=True, eq=False)
class ExitWave:
    """Electron waves behind a specimen, one per frozen-phonon configuration.

    Parameters
    ----------
    array
        Complex, shape (phonons, ny, nx), read-only; 1 where the beam met nothing.
    grid
        Its sampling.
    energy
        In eV.
    plane
        Where along the beam the wave is given, in angstrom from the middle of the model: the plane
        that zero defocus brings into focus.
    """

    array: np.ndarray
    grid: Grid
    energy: float
    plane: float = 0.0

    def __post_init__(self) -> None:
        if self.array.ndim != 3 or self.array.shape[1:] != self.grid.shape:
            raise ValueError(
                f"array must have shape (phonons, {self.grid.shape[0]}, {self.grid.shape[1]}); "
                f"got {self.array.shape}"
            )
        if not np.iscomplexobj(self.array):
            raise TypeError(f"array must be complex; got {self.array.dtype}")
        if not np.isfinite(self.array.sum()):  # one pass: a sum of finite waves is finite
            got = self.array[~np.isfinite(self.array)][:1].tolist()
            raise ValueError(f"array must be finite; got {got}")
        wavelength(self.energy)
        _check_plane(self.plane)
        self.array.flags.writeable = False

    @property
    def wavelength(self) -> float:
        """In angstrom."""
        return wavelength(self.energy)

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
        return ExitWave(array, self.grid, self.energy, plane)

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
        return ExitWave(array.astype(self.array.dtype), grid, self.energy, self.plane)


def _check_plane(plane: float) -> None:
    if not np.isfinite(plane):
        raise ValueError(f"plane must be finite, in angstrom; got {plane!r}")
