"""Finding particles in a micrograph, as the panel asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hrtem_sim.provenance import Checked, at_least, checked
from hrtem_sim.refusal import Refusal
from seg_train.metrics import label_particles

if TYPE_CHECKING:
    from seg_train.model import Network

SCALES = {"as it is": (1.0,), "at three sizes": (1.0, 1.12, 1.25)}
"""Ways to show a micrograph to a network, by the words of the panel."""


@dataclass(frozen=True)
class Search(Checked):
    """How particles are looked for.

    Parameters
    ----------
    networks
        Names of networks of the package, or folders of runs or of ensembles; their mean is taken.
    symmetries
        Look in all eight orientations, or in so many of them.
    scales
        Factors by which the micrograph is shown larger.
    separate
        Split touching particles at their necks.
    smallest
        Diameter in nanometres; smaller particles are left out.
    """

    networks: tuple[str, ...]
    symmetries: bool | int = True
    scales: tuple[float, ...] = (1.0,)
    separate: bool = True
    smallest: float = checked(0.8, at_least(0, "nm"))

    def _check_together(self) -> None:
        if not self.networks:
            raise Refusal("networks must be one or several; got none: choose one in the list")


@dataclass(frozen=True, eq=False)
class FoundParticles:
    """What was found in a micrograph.

    Parameters
    ----------
    labels
        Number of the particle at each pixel, int32 (ny, nx); 0 is background.
    uncertainty
        Map of how far the looks disagree, (ny, nx), from 0 to 0.5; None if there was one look.
    notes
        List in words of what was mended in the micrograph or left out.
    """

    labels: np.ndarray
    uncertainty: np.ndarray | None
    notes: tuple[str, ...]


def find_particles(
    image: np.ndarray,
    search: Search,
    *,
    pixel_size: float,
    watch: Callable[[float], None] | None = None,
) -> FoundParticles:
    """Find the particles of a micrograph.

    Parameters
    ----------
    image
        (ny, nx).
    search
        Networks and settings.
    pixel_size
        In angstrom.
    watch
        Function that is called with the part that is done; what it raises ends the search.
    """
    from seg_train import predict  # TensorFlow

    networks = [network for name in search.networks for network in loaded(name)]
    prediction = predict(
        networks,
        image,
        pixel_size=pixel_size,
        symmetries=search.symmetries,
        scales=search.scales,
        watch=watch,
    )
    area = pi / 4 * (10 * search.smallest / pixel_size) ** 2
    labels = label_particles(
        prediction.mask, min_area=max(1, int(np.ceil(area))), separate=search.separate
    )
    return FoundParticles(labels.astype(np.int32), prediction.disagreement, prediction.found)


def loaded(name: str) -> "list[Network]":
    """Return the networks of a name or folder, those of the last few kept for the next time.

    Parameters
    ----------
    name
        Name or folder.
    """
    from seg_train.ensembles import load_runs

    runs = load_runs(name)
    return [network for run in runs for network in _kept(run.folder, run.provenance["weights"])]


@lru_cache(maxsize=12)
def _kept(folder: Path, weights: str) -> "list[Network]":
    """The network of a run, loaded again if the weights in the folder are others."""
    from seg_train import load_networks

    return load_networks(folder)
