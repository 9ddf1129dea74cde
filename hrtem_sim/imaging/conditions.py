"""Imaging conditions: what a micrograph was, or shall be, taken with."""

import math
from dataclasses import dataclass, field

from hrtem_sim.imaging.aberrations import Aberrations


@dataclass(frozen=True)
class ImagingConditions:
    """How one micrograph is formed from an exit wave.

    Parameters
    ----------
    defocus
        In angstrom from the middle of the model; positive is underfocus (C10 = -defocus).
    aberrations
        Other coherent aberrations.
    focal_spread
        Standard deviation of the focus in angstrom (chromatic).
    convergence
        Standard deviation of the illumination's angle along each axis, in mrad (spatial coherence).
    vibration
        Standard deviation of the image's random shifts along each axis, in angstrom.
    drift
        Shift of the image during the exposure along x and y, in angstrom.
    plasmon_weight
        Fraction of the electrons whose contrast is diluted by plasmon losses, 0 to 1.
    plasmon_background
        Constant background, in units of the mean intensity, under these electrons.
    dose
        In electrons per square angstrom; None leaves out shot noise.
    """

    defocus: float = 0.0
    aberrations: Aberrations = field(default_factory=Aberrations)
    focal_spread: float = 0.0
    convergence: float = 0.0
    vibration: float = 0.0
    drift: tuple[float, float] = (0.0, 0.0)
    plasmon_weight: float = 0.0
    plasmon_background: float = 1.0
    dose: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.defocus):
            raise ValueError(f"defocus must be finite, in angstrom; got {self.defocus!r}")
        units = {"focal_spread": "angstrom", "convergence": "mrad", "vibration": "angstrom"}
        for name, unit in units.items():
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be >= 0, in {unit}; got {getattr(self, name)!r}")
        if len(self.drift) != 2 or not all(map(math.isfinite, self.drift)):
            raise ValueError(f"drift must be two lengths in angstrom; got {self.drift!r}")
        if not 0 <= self.plasmon_weight <= 1:
            raise ValueError(f"plasmon_weight must be in 0..1; got {self.plasmon_weight!r}")
        if not 0 <= self.plasmon_background < math.inf:
            raise ValueError(f"plasmon_background must be >= 0; got {self.plasmon_background!r}")
        if self.dose is not None and not 0 < self.dose < math.inf:
            raise ValueError(f"dose must be positive, in e/angstrom^2, or None; got {self.dose!r}")
