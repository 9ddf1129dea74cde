"""The objective aperture: which beams reach the image."""

import math

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.imaging.conditions import ImagingConditions


def aperture_transmission(
    grid: Grid,
    wavelength: float,
    conditions: ImagingConditions,
    columns: np.ndarray | slice = slice(None),
    *,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Return the amplitude that an objective aperture lets pass, float64 (ny, nx) in 0..1.

    Parameters
    ----------
    grid
        Sampling of the image.
    wavelength
        In angstrom.
    conditions
        Conditions with an `aperture`.
    columns
        Columns (kx) to compute; default: all.
    tilt
        Frequency of the illuminating beam along x and y in 1/angstrom: the aperture stays.

    Notes
    -----
    The aperture lies in the back focal plane, where k is the angle lambda k. The amplitude falls
    linearly over `aperture_edge` about the radius.

    Examples
    --------
    >>> conditions = ImagingConditions(aperture=10.0)
    >>> passed = aperture_transmission(Grid((64, 64), 0.5), 0.02, conditions)
    >>> passed[0, 15], passed[0, 17]  # 9.4 and 10.6 mrad
    (np.float64(1.0), np.float64(0.0))
    """
    ky, kx = grid.frequencies()
    x, y = conditions.aperture_centre
    across = 1e3 * wavelength * (kx[:, columns] + tilt[0]) - x
    along = 1e3 * wavelength * (ky + tilt[1]) - y
    inside = (conditions.aperture or math.inf) - np.hypot(across, along)
    if not conditions.aperture_edge:
        return (inside >= 0).astype(float)
    return np.clip(inside / conditions.aperture_edge + 0.5, 0, 1)
