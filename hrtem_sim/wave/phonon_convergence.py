"""How far an image is from its limit in the number of frozen phonons."""

import numpy as np
import pandas as pd

from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.compute import compute_exit_wave
from hrtem_sim.wave.convergence import CUTOFF, band_below
from hrtem_sim.wave.settings import WaveSettings


@typed
def phonon_convergence(
    specimen: Specimen,
    settings: WaveSettings,
    *,
    rng: np.random.Generator | int,
    plane: float = 0.0,
    cutoff: float = CUTOFF,
) -> pd.DataFrame:
    """Report how the image's error falls with the number of frozen phonons.

    Parameters
    ----------
    specimen
        Atoms at rest.
    settings
        Settings with `phonons` configurations to judge from, 2 or more, and the `engine`.
    rng
        Source of the displacements.
    plane
        Plane of the image, in angstrom along the beam from the middle of the model.
    cutoff
        Frequency in 1/angstrom up to which the wave forms the image.

    Returns
    -------
    table
        For every number of `phonons` the `image_error` to expect, rms over the standard deviation
        of the mean image: sqrt(variance between configurations / phonons), and the `difference` of
        that many from all of them, found in the same measure.

    Raises
    ------
    ValueError
        If `settings.phonons` is below 2.

    Examples
    --------
    >>> gold = Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0))
    >>> table = phonon_convergence(gold, WaveSettings(phonons=4, rms=0.1), rng=1)
    >>> len(table), bool(table["image_error"].is_monotonic_decreasing)
    (4, True)
    """
    if settings.phonons < 2:
        raise Refusal(f"phonons must be 2 or more to compare; got {settings.phonons}")
    wave = compute_exit_wave(specimen, settings, rng=rng).refocused(plane)
    band = band_below(specimen, wave.grid.shape, cutoff)
    images = np.abs(np.fft.ifft2(np.fft.fft2(wave.array) * band)) ** 2
    contrast = images.mean(axis=0).std()
    numbers = np.arange(1, settings.phonons + 1)
    spread = np.sqrt(images.var(axis=0, ddof=1).mean())
    means = images.cumsum(axis=0) / numbers[:, None, None]
    difference = np.sqrt(((means - means[-1]) ** 2).mean(axis=(1, 2)))
    return pd.DataFrame(
        {
            "phonons": numbers,
            "image_error": spread / np.sqrt(numbers) / contrast,
            "difference": difference / contrast,
        }
    )
