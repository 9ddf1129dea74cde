"""Imaging conditions: how a micrograph was, or is to be, taken."""

from dataclasses import dataclass, field

from hrtem_sim.imaging.aberrations import Aberrations
from hrtem_sim.provenance import (
    Checked,
    at_least,
    between,
    checked,
    each,
    finite,
    optional,
    positive,
)


@dataclass(frozen=True)
class ImagingConditions(Checked):
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
        Right to 1 % of the contrast (`hrtem_sim.imaging.source`).
    vibration
        Standard deviation of the image's random shifts along each axis, in angstrom.
    drift
        Shift of the image during the exposure along x and y, in angstrom.
    plasmon_weight
        Fraction of the electrons whose contrast is diluted by plasmon losses, 0 to 1.
    plasmon_background
        Constant background, in units of the mean intensity, under these electrons.
    aperture
        Radius of the objective aperture in mrad; None: none. What it stops is lost.
    aperture_edge
        Width of the aperture's edge in mrad, over which its transmission falls linearly.
    aperture_centre
        Place of the aperture's middle along x and y in mrad; 0 is the direct beam.
    dose
        In electrons per square angstrom; None leaves out shot noise.
    """

    defocus: float = checked(0.0, finite("angstrom"))
    aberrations: Aberrations = field(default_factory=Aberrations)
    focal_spread: float = checked(0.0, at_least(0, "angstrom"))
    convergence: float = checked(0.0, at_least(0, "mrad"))
    vibration: float = checked(0.0, at_least(0, "angstrom"))
    drift: tuple[float, float] = checked((0.0, 0.0), each(finite("angstrom"), 2))
    plasmon_weight: float = checked(0.0, between(0, 1))
    plasmon_background: float = checked(1.0, at_least(0, "mean intensities"))
    dose: float | None = checked(None, optional(positive("e/angstrom^2")))
    aperture: float | None = checked(None, optional(positive("mrad")), added=True)
    aperture_edge: float = checked(0.0, at_least(0, "mrad"), added=True)
    aperture_centre: tuple[float, float] = checked((0.0, 0.0), each(finite("mrad"), 2), added=True)
