"""How exit waves are computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ase.data import atomic_numbers

from hrtem_sim.potential import PARAMETRIZATIONS
from hrtem_sim.provenance import (
    Checked,
    added,
    any_of,
    between,
    checked,
    checks,
    each,
    one_of,
    optional,
    that,
    whole,
)
from hrtem_sim.specimen.displacements import LARGEST, Rms
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.engines import EMBEDDED, engine_from_recipe, engine_named, engine_to_recipe
from hrtem_sim.wave.ranges import ENERGY, PIXEL, SLICE, TILT

RMS = any_of(
    between(0, LARGEST, "angstrom"),
    one_of("measured", "debye"),
    that("such numbers by element", lambda rms: _is_by_element(rms)),
)


def _is_by_element(rms: Any) -> bool:
    pairs = rms.items() if isinstance(rms, Mapping) else rms
    return (
        isinstance(rms, Mapping | tuple)
        and len(rms) > 0
        and all(
            symbol in atomic_numbers
            and not isinstance(u, bool)
            and isinstance(u, int | float)
            and 0 <= u <= LARGEST
            for symbol, u in pairs
        )
    )


def _rms_from_recipe(value: Any, path: str) -> Rms:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def _rms_to_recipe(rms: Rms) -> Any:
    return dict(rms) if isinstance(rms, tuple) else rms


@dataclass(frozen=True)
class WaveSettings(Checked):
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
        Tilt of the incident beam against the z axis along x and y, in mrad; the lens's axis stays
        along the beam, as where a specimen is tilted. See `hrtem_sim.imaging` for a beam tilted
        against the lens.
    phonons
        Frozen-phonon configurations; 0 leaves the atoms at rest.
    rms
        Displacement along one axis: one number in angstrom for all atoms, numbers by element
        (`{"Cd": 0.141, "Se": 0.119}`), `"measured"` for those of the materials at room
        temperature, or `"debye"` for the Debye model of elements; see
        `hrtem_sim.specimen.displacements_in`.
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

    energy: float = checked(300e3, ENERGY)
    pixel_size: float = checked(0.2, PIXEL)
    slice_thickness: float = checked(2.0, SLICE)
    particle_pixel: float | None = checked(None, optional(PIXEL))
    tilt: tuple[float, float] = checked((0.0, 0.0), each(TILT, 2))
    phonons: int = checked(0, whole(0))
    rms: Rms = field(
        default="measured",
        metadata={
            **checks(RMS),
            "read": _rms_from_recipe,
            "write": _rms_to_recipe,
            "kind": "number, text or table",
        },
    )
    parametrization: str = checked("lobato", one_of(*PARAMETRIZATIONS))
    engine: Engine | str = field(
        default=EMBEDDED,
        metadata={
            "added": True,
            "read": engine_from_recipe,
            "write": engine_to_recipe,
            "kind": "text or table",
        },
    )
    particles: tuple[str, ...] = added(())

    def _check_together(self) -> None:
        object.__setattr__(self, "particles", tuple(self.particles))
        if isinstance(self.rms, Mapping):
            object.__setattr__(self, "rms", tuple(sorted(self.rms.items())))
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
