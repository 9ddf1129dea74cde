"""Waves at several depths of one run."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.grid import Grid
from hrtem_sim.potential import SlicedPotential
from hrtem_sim.specimen import Specimen, displaced
from hrtem_sim.wave.exit_wave import ExitWave, WaveSettings
from hrtem_sim.wave.multislice import Beam, Stepper


def thickness_series(
    specimen: Specimen,
    depths: Sequence[float],
    settings: WaveSettings | None = None,
    *,
    rng: np.random.Generator | int | None = None,
) -> list[ExitWave]:
    """Return the waves that leave a specimen cut at several depths, from one run.

    Parameters
    ----------
    specimen
        Atoms in a cell.
    depths
        In angstrom from the entrance face, ascending. A slice counts when its middle lies above the
        cut, so depths are good to half a slice; take multiples of the slice thickness.
    settings
        As for `compute_exit_wave`, on one grid: `particle_pixel` is not used.
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
        raise ValueError(f"depths must ascend between 0 and {height} angstrom; got {depths!r}")
    if settings.phonons and rng is None:
        raise ValueError("rng must be given for thermal displacements; got None")
    rng = np.random.default_rng(rng)
    grid = Grid.covering(specimen.cell[:2], settings.pixel_size)
    stacks = []
    for _ in range(max(1, settings.phonons)):
        atoms = displaced(specimen, rng, rms=settings.rms) if settings.phonons else specimen
        stacks.append(_waves_at(atoms, cuts, settings, grid))
    return [
        ExitWave(wave, grid, settings.energy, float(cut - height / 2))
        for wave, cut in zip(np.stack(stacks, axis=1), cuts, strict=True)
    ]


def _waves_at(
    atoms: Specimen, cuts: np.ndarray, settings: WaveSettings, grid: Grid
) -> list[np.ndarray]:
    stepper = Stepper(grid, settings.energy, tilt=settings.tilt)
    source = SlicedPotential(
        atoms,
        grid,
        settings.slice_thickness,
        parametrization=settings.parametrization,
        fft=stepper.fft,
    )
    beam, done, waves = stepper.plane_wave(), 0, []
    for cut in cuts:
        stop = min(int(np.floor(cut / source.slice_thickness + 0.5)), source.n_slices)
        stepper.through(source, [beam], start=done, stop=stop)
        done = stop
        array = stepper.fft.empty(grid.shape)
        array[...] = beam.array
        leaving = Beam(array, beam.depth, flat=beam.flat)
        stepper.fly(leaving, cut)
        waves.append(leaving.array)
    return waves
