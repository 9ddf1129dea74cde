"""Atoms as a tilted beam projects them."""

from dataclasses import replace

import numpy as np

from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen


@typed
def along_beam(specimen: Specimen, tilt: tuple[float, float]) -> Specimen:
    """Return a specimen whose atoms lie, in x and y, where images show them.

    Parameters
    ----------
    specimen
        Atoms in the cell that the wave was computed for: its middle is the plane that stays.
    tilt
        Tilt of the beam along x and y in mrad, as in `hrtem_sim.wave.WaveSettings`.

    Notes
    -----
    An image shows every atom along the beam: where a ray through it meets the middle of the model,
    x + (z_middle - z) tan(tilt), which for 20 mrad and 30 angstrom is 0.6 angstrom off. Atoms in
    the middle keep their place. Atoms that come to lie across the border come in on the other side,
    as in the wave.

    Examples
    --------
    >>> specimen = Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 70.0))
    >>> along_beam(specimen, (20.0, 0.0)).positions.round(2).tolist()
    [[8.6, 8.0, 5.0]]
    """
    slopes = np.tan(np.asarray(tilt, dtype=float) * 1e-3)
    if slopes.shape != (2,) or not np.isfinite(slopes).all():
        raise Refusal(f"tilt must be two finite angles, in mrad; got {tilt!r}")
    if not slopes.any():
        return specimen
    positions = specimen.positions.copy()
    positions[:, :2] += (specimen.cell[2] / 2 - positions[:, 2:]) * slopes
    positions[:, :2] %= specimen.cell[:2]
    return replace(specimen, positions=positions)
