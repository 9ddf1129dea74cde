"""Frozen phonons: the atoms of a specimen as they stand when electrons pass."""

from collections.abc import Iterator

import numpy as np

from hrtem_sim.progress import stage
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen, displaced
from hrtem_sim.wave.settings import WaveSettings


@typed
def configurations(
    specimen: Specimen,
    settings: WaveSettings,
    rng: np.random.Generator | int | None = None,
    *,
    progress: bool = False,
) -> Iterator[Specimen]:
    """Yield the frozen-phonon configurations of a specimen, or the specimen at rest.

    Parameters
    ----------
    specimen
        Atoms at rest; partially occupied sites are filled or emptied in every frozen phonon, and
        stay as they are in the specimen at rest.
    settings
        `phonons` configurations with displacements of `rms`; one at rest if `phonons` is 0.
    rng
        Source of the displacements and occupancies; needed if `phonons` > 0.
    progress
        Show a bar.

    Raises
    ------
    ValueError
        If `rng` is missing.

    Examples
    --------
    >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (10.0, 10.0, 10.0))
    >>> len(list(configurations(atom, WaveSettings(phonons=3), rng=1)))
    3
    """
    if not settings.phonons:
        return iter([specimen])
    if rng is None:
        raise Refusal("rng must be given for thermal displacements; got None with phonons > 0")
    return _displaced(specimen, settings, np.random.default_rng(rng), progress)


def _displaced(
    specimen: Specimen, settings: WaveSettings, rng: np.random.Generator, progress: bool
) -> Iterator[Specimen]:
    for _ in stage(range(settings.phonons), desc="phonons", unit="configuration", shown=progress):
        yield displaced(specimen, rng, rms=settings.rms)
