"""Waves at several depths of one run."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.configurations import configurations
from hrtem_sim.wave.exit_wave import ExitWave, tell_losses
from hrtem_sim.wave.settings import WaveSettings


@typed
def thickness_series(
    specimen: Specimen,
    depths: Sequence[float],
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
) -> list[ExitWave]:
    """Return the waves that leave a specimen cut at several depths.

    The embedded engine gives all depths from one run; the others compute one wave for each.

    Parameters
    ----------
    specimen
        Atoms in a cell.
    depths
        In angstrom from the entrance face, ascending. A slice counts when its middle lies above the
        cut, so depths are good to half a slice; take multiples of the slice thickness.
    settings
        As for `compute_exit_wave`, `engine` included, on one grid: `particle_pixel` is not used.
    rng
        Source of the thermal displacements; needed when `settings.phonons` > 0.

    Returns
    -------
    waves
        One per depth, given at that depth: `plane` = depth - half the cell's height.

    Raises
    ------
    ValueError
        If depths are not ascending or outside of the cell, or `rng` is missing.

    Examples
    --------
    >>> column = Specimen([[4.0, 4.0, z + 0.5] for z in range(8)], [29] * 8, (8.0, 8.0, 8.0))
    >>> [wave.plane for wave in thickness_series(column, [4.0, 8.0])]
    [0.0, 4.0]
    """
    settings = settings or WaveSettings()
    height = specimen.cell[2]
    cuts = np.asarray(depths, dtype=float)
    inside = cuts.ndim == 1 and cuts.size and (cuts >= 0).all() and (cuts <= height + 1e-6).all()
    if not inside or (np.diff(cuts) <= 0).any():
        raise Refusal(f"depths must ascend between 0 and {height} angstrom; got {depths!r}")
    settings = replace(settings, particle_pixel=None)
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    atoms = configurations(specimen, settings, rng)
    waves = settings.program.series(atoms, cuts, settings, grid)
    return tell_losses(
        [
            ExitWave(wave, grid, settings.energy, float(cut - height / 2), owned=True)
            for wave, cut in zip(waves, cuts, strict=True)
        ]
    )
