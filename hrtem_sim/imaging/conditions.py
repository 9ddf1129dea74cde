"""Imaging conditions: how a micrograph was, or is to be, taken."""

from dataclasses import dataclass, field

from hrtem_sim.imaging.aberrations import DEFOCUS, Aberrations
from hrtem_sim.provenance import (
    Checked,
    at_least,
    between,
    checked,
    each,
    finite,
    optional,
    physical,
)

METRIC = {"nm": 10.0, "um": 1e4, "m": 1e10}

FOCAL_SPREAD = physical(0.01, 500, "angstrom", usual=(5, 60), units=METRIC, zero=True)
CONVERGENCE = physical(
    0.005, 10, "mrad", usual=(0.05, 0.5), units={"rad": 1e3, "urad": 1e-3}, zero=True
)
VIBRATION = physical(
    1e-3, 5, "angstrom", usual=(0.02, 1), units={"nm": 10.0, "pm": 0.01}, zero=True
)
DRIFT = physical(0, 100, "angstrom", usual=(0, 5), signed=True)
DRIFT_LENGTH = physical(0, 100, "angstrom", usual=(0, 5), zero=True)
APERTURE = physical(0.1, 1000, "mrad", usual=(1, 100), units={"rad": 1e3})
DOSE = physical(0.01, 1e8, "e/angstrom^2", usual=(10, 1e5), units={"e/nm^2": 0.01})


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

    Notes
    -----
    Unusual values warn (`hrtem_sim.Implausible`). The focal spread is
    Cc sigma_E / E (1 + E / 511 keV) / (1 + E / 1022 keV) with sigma_E the standard deviation of the
    energies, FWHM / 2.355: 15 angstrom for 1.2 mm, 0.7 eV and 300 keV, 56 for 1.4 mm, 0.7 eV and 80
    keV, 4 for 1.6 mm, 0.15 eV and 300 keV, to which voltage and lens currents add.
    """

    defocus: float = checked(0.0, DEFOCUS)
    aberrations: Aberrations = field(default_factory=Aberrations)
    focal_spread: float = checked(0.0, FOCAL_SPREAD)
    convergence: float = checked(0.0, CONVERGENCE)
    vibration: float = checked(0.0, VIBRATION)
    drift: tuple[float, float] = checked((0.0, 0.0), each(DRIFT, 2))
    plasmon_weight: float = checked(0.0, between(0, 1))
    plasmon_background: float = checked(1.0, at_least(0, "mean intensities"))
    dose: float | None = checked(None, optional(DOSE))
    aperture: float | None = checked(None, optional(APERTURE), added=True)
    aperture_edge: float = checked(0.0, at_least(0, "mrad"), added=True)
    aperture_centre: tuple[float, float] = checked((0.0, 0.0), each(finite("mrad"), 2), added=True)
