"""Coherent aberrations of the objective lens."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.imaging.kernels import slope_of_terms, sum_of_terms
from hrtem_sim.provenance import Checked, checked, physical
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave.ranges import METRIC, SPHERICAL

DEFOCUS = physical(0, 2e5, "angstrom", usual=(0, 2e3), signed=True)
TWOFOLD = physical(0, 1e4, "angstrom", usual=(0, 500), signed=True)
SECOND = physical(0, 5e5, "angstrom", usual=(0, 5e4), signed=True)
THIRD = physical(0, 1e8, "angstrom", usual=(0, 5e5), signed=True)
FOURTH = physical(0, 5e9, "angstrom", usual=(0, 1e7), signed=True)
FIFTH = physical(20, 5e9, "angstrom", usual=(20, 1e8), units=METRIC, signed=True)
AZIMUTH = physical(
    0, math.inf, "rad", usual=(0, 6.3), units={"degrees": math.pi / 180}, signed=True
)


@dataclass(frozen=True)
class Aberrations(Checked):
    """Aberration coefficients C_nm in angstrom and their azimuths phi_nm in rad.

    n is the order, m the multiplicity, in the notation of O. L. Krivanek, N. Dellby and A. R.
    Lupini, Ultramicroscopy 78, 1 (1999). C10 is minus the defocus (positive defocus is underfocus),
    C30 the spherical aberration Cs, C12 the twofold astigmatism, C21 the axial coma, C23
    the threefold astigmatism. Azimuths count from the x axis towards the y axis.

    Parameters
    ----------
    C10, C12, C21, C23, C30, C32, C34, C41, C43, C45, C50, C52, C54, C56
        Coefficients in angstrom.
    phi12, phi21, phi23, phi32, phi34, phi41, phi43, phi45, phi52, phi54, phi56
        Azimuths in rad.

    Examples
    --------
    >>> Aberrations(C30=-1.0e4, C12=20.0, phi12=0.5).C30
    -10000.0
    """

    C10: float = checked(0.0, DEFOCUS)
    C12: float = checked(0.0, TWOFOLD)
    phi12: float = checked(0.0, AZIMUTH)
    C21: float = checked(0.0, SECOND)
    phi21: float = checked(0.0, AZIMUTH)
    C23: float = checked(0.0, SECOND)
    phi23: float = checked(0.0, AZIMUTH)
    C30: float = checked(0.0, SPHERICAL)
    C32: float = checked(0.0, THIRD)
    phi32: float = checked(0.0, AZIMUTH)
    C34: float = checked(0.0, THIRD)
    phi34: float = checked(0.0, AZIMUTH)
    C41: float = checked(0.0, FOURTH)
    phi41: float = checked(0.0, AZIMUTH)
    C43: float = checked(0.0, FOURTH)
    phi43: float = checked(0.0, AZIMUTH)
    C45: float = checked(0.0, FOURTH)
    phi45: float = checked(0.0, AZIMUTH)
    C50: float = checked(0.0, FIFTH)
    C52: float = checked(0.0, FIFTH)
    phi52: float = checked(0.0, AZIMUTH)
    C54: float = checked(0.0, FIFTH)
    phi54: float = checked(0.0, AZIMUTH)
    C56: float = checked(0.0, FIFTH)
    phi56: float = checked(0.0, AZIMUTH)

    @property
    def terms(self) -> tuple[tuple[int, int, float, float], ...]:
        """The non-zero terms as (n, m, C_nm, phi_nm)."""
        found = []
        for field in fields(self):
            if field.name.startswith("C") and getattr(self, field.name):
                n, m = int(field.name[1]), int(field.name[2])
                angle = getattr(self, f"phi{n}{m}") if m else 0.0
                found.append((n, m, getattr(self, field.name), angle))
        return tuple(found)

    @classmethod
    def from_list(cls, terms: Iterable[tuple[int, int, float, float]]) -> "Aberrations":
        """Take the list of an aberration corrector.

        Parameters
        ----------
        terms
            (r, m, magnitude, angle): power r of alpha, multiplicity m, magnitude in angstrom of
            chi = 2 pi / lambda magnitude alpha^r cos(m (phi - angle)) / r, angle in degrees. So r =
            n + 1, and (2, 2, 16.02, -68.5) is C12 = 16.02 angstrom at -68.5 degrees.

        Raises
        ------
        ValueError
            If a term has no name among the coefficients up to C56, or two have the same.

        Examples
        --------
        >>> Aberrations.from_list([(2, 2, 16.02, -68.5), (4, 0, -1.913e4, 0.0)]).C30
        -19130.0
        """
        values = {}
        names = [field.name for field in fields(cls)]
        for r, m, magnitude, degrees in terms:
            name = f"C{r - 1}{m}"
            if name not in names:
                raise Refusal(f"terms must be of C10 to C56; got {(r, m)}, which is {name}")
            if name in values:
                raise Refusal(f"terms must name each coefficient once; got {(r, m)} again")
            values[name] = float(magnitude)
            if m:
                values[f"phi{r - 1}{m}"] = float(np.deg2rad(degrees))
        return cls(**values)

    def defocused(self, defocus: float) -> "Aberrations":
        """Return the aberrations with `defocus` angstrom of underfocus more."""
        if not math.isfinite(defocus):
            raise Refusal(f"defocus must be finite, in angstrom; got {defocus!r}")
        return replace(self, C10=self.C10 - defocus)


@typed
def aberration_phase(
    grid: Grid,
    wavelength: float,
    aberrations: Aberrations,
    columns: np.ndarray | slice = slice(None),
    *,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Return chi(k), by which the lens delays the wave: transfer is exp(-i chi).

    Parameters
    ----------
    grid
        Sampling of the image.
    wavelength
        In angstrom.
    aberrations
        Coefficients; defocus as C10.
    columns
        Columns (kx) to compute; default: all.
    tilt
        Frequency of the illuminating beam along x and y in 1/angstrom: chi(k + tilt) is returned.

    Returns
    -------
    chi
        Float64, shape (ny, nx), in rad.

    Notes
    -----
    chi = 2 pi / lambda sum_nm C_nm alpha^(n+1) cos(m (phi - phi_nm)) / (n + 1), alpha = lambda k
    (Krivanek et al. 1999; Kirkland (2010), section 2.5). C10 = z is free flight over z along the
    beam.

    Examples
    --------
    >>> grid = Grid((4, 4), 1.0)
    >>> chi = aberration_phase(grid, 0.02, Aberrations(C10=100.0))
    >>> round(float(chi[0, 1]) / np.pi, 4)  # pi lambda C10 k^2 with k = 1/4
    0.125
    """
    ky, kx = _angles(grid, wavelength, columns, tilt)
    chi = np.empty((len(ky), len(kx)))
    sum_of_terms(ky, kx, 2 * np.pi / wavelength * _as_powers(aberrations), chi)
    return chi


def _angles(
    grid: Grid, wavelength: float, columns: np.ndarray | slice, tilt: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Angles of frequencies along y and x, in rad."""
    ky, kx = grid.frequencies()
    return (
        wavelength * (ky.ravel() + tilt[1]),
        np.ascontiguousarray(wavelength * (kx.ravel()[columns] + tilt[0])),
    )


def _as_powers(aberrations: Aberrations) -> np.ndarray:
    """Factors of p^m |p|^2h by [m, h] with p = alpha exp(i phi); their real part counts."""
    # alpha^(n+1) cos(m (phi - angle)) = Re(exp(-i m angle) p^m |p|^2h), p = alpha exp(i phi)
    terms = np.zeros((7, 4), complex)
    for n, m, coefficient, angle in aberrations.terms:
        terms[m, (n + 1 - m) // 2] += coefficient / (n + 1) * np.exp(-1j * m * angle)
    return terms


def aberration_gradient(
    grid: Grid,
    wavelength: float,
    aberrations: Aberrations,
    columns: np.ndarray | slice = slice(None),
) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives of chi(k) along ky and kx, each (ny, nx), in rad angstrom.

    Divided by 2 pi they are the shifts, in angstrom, of what is scattered to k.
    """
    ky, kx = _angles(grid, wavelength, columns, (0.0, 0.0))
    dy, dx = np.empty((len(ky), len(kx))), np.empty((len(ky), len(kx)))
    slope_of_terms(ky, kx, 2 * np.pi * _as_powers(aberrations), dy, dx)
    return dy, dx
