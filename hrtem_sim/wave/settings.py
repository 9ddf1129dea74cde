"""How exit waves are computed."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hrtem_sim.electron import wavelength
from hrtem_sim.potential import PARAMETRIZATIONS
from hrtem_sim.provenance import added
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.engines import EMBEDDED, engine_from_recipe, engine_named, engine_to_recipe


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
        puts `particles` into windows of their own over a film on `pixel_size`, where that pays
        and less than 3 % of what they scatter comes to an edge, see `hrtem_sim.wave.windowed`;
        otherwise, and if no particles are named, the whole cell gets these pixels.
    tilt
        Of the incident beam along x and y, in mrad.
    phonons
        Frozen-phonon configurations; 0 leaves the atoms at rest.
    rms
        Displacement per axis in angstrom, or `"debye"`; see `hrtem_sim.specimen.displaced`.
    parametrization
        Scattering factors, `"lobato"` or `"kirkland"`.
    engine
        Program that computes the waves: `"numpy"` (the embedded engine), `"torch"`, `"prismatic"`,
        or an `Engine` with settings of its own. Settings that it cannot honour are refused.
    particles
        Names of the objects of the specimen that are particles; the others run on `pixel_size`.
        Data sets name their own.

    Notes
    -----
    The defaults of pixel and slice are right for particles away from zone axes at 300 kV; near
    a zone axis of a heavy element take 0.1 angstrom (or finer) pixels.

    Examples
    --------
    >>> WaveSettings(engine="torch").engine
    TorchEngine(device=None, batch=None)
    """

    energy: float = 300e3
    pixel_size: float = 0.2
    slice_thickness: float = 2.0
    particle_pixel: float | None = None
    tilt: tuple[float, float] = (0.0, 0.0)
    phonons: int = 0
    rms: float | Literal["debye"] = "debye"
    parametrization: str = "lobato"
    engine: Engine | str = field(
        default=EMBEDDED,
        metadata={"added": True, "read": engine_from_recipe, "write": engine_to_recipe},
    )
    particles: tuple[str, ...] = added(())

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
        if isinstance(self.particles, str):
            raise ValueError(f"particles must be names of objects; got {self.particles!r}")
        object.__setattr__(self, "particles", tuple(self.particles))
        object.__setattr__(self, "engine", engine_named(self.engine))
        self.program.check(self)

    @property
    def program(self) -> Engine:
        """The engine as an object, whether it was given as one or by its name."""
        return engine_named(self.engine)

    @property
    def finest_pixel(self) -> float:
        """The smaller of `pixel_size` and `particle_pixel`, in angstrom."""
        return min(self.pixel_size, self.particle_pixel or self.pixel_size)
