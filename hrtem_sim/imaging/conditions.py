"""Imaging conditions and detector: what a micrograph was, or shall be, taken with."""

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
    plasmon_weight: float = 0.0
    plasmon_background: float = 1.0
    dose: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.defocus):
            raise ValueError(f"defocus must be finite, in angstrom; got {self.defocus!r}")
        if not 0 <= self.focal_spread < math.inf:
            raise ValueError(f"focal_spread must be >= 0, in angstrom; got {self.focal_spread!r}")
        if not 0 <= self.plasmon_weight <= 1:
            raise ValueError(f"plasmon_weight must be in 0..1; got {self.plasmon_weight!r}")
        if not 0 <= self.plasmon_background < math.inf:
            raise ValueError(f"plasmon_background must be >= 0; got {self.plasmon_background!r}")
        if self.dose is not None and not 0 < self.dose < math.inf:
            raise ValueError(f"dose must be positive, in e/angstrom^2, or None; got {self.dose!r}")


@dataclass(frozen=True)
class Detector:
    """A pixel detector that counts electrons.

    Parameters
    ----------
    pixel_size
        In angstrom at the specimen; the pixels must divide the wave's extent.

    Notes
    -----
    A pixel integrates over its area: the image is summed over the finer pixels of the wave.
    """

    pixel_size: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.pixel_size < math.inf:
            raise ValueError(f"pixel_size must be positive, in angstrom; got {self.pixel_size!r}")
