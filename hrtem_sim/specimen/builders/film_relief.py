"""What makes a film other than flat and clean, in numbers."""

import dataclasses
import math
from dataclasses import dataclass

from ase.data import atomic_numbers

from hrtem_sim.provenance import Checked, added, at_least, checks, one_of, positive, whole

STEEPEST = 3.0
"""Heights in units of their rms beyond which a surface is cut off."""

LAYERS = 3
"""Times that a film lies upon itself in a fold: it goes, comes back, and goes on."""


@dataclass(frozen=True)
class FilmRelief(Checked):
    """What makes a film other than flat and clean, in numbers.

    Parameters
    ----------
    unevenness
        rms of the film's thickness over the field, in angstrom.
    waviness
        Distance in angstrom over which heights are alike: their autocorrelation has fallen to 0.61.
    holes
        x and y from the middle of the field and radius of each hole, in angstrom.
    patches
        x, y, radius and height of each dome of dirt, in angstrom; of negative height on the face
        away from the particles.
    adatoms
        Number of single atoms on the particles' face.
    adatom
        Their element.
    folds
        How often each fold winds round the field along x and along y (0, 1 or -1), where on the
        way it lies, from 0 to 1, and its width in angstrom.
    """

    unevenness: float = dataclasses.field(metadata=checks(at_least(0, "angstrom")))
    waviness: float = dataclasses.field(metadata=checks(positive("angstrom")))
    holes: tuple[tuple[float, float, float], ...]
    patches: tuple[tuple[float, float, float, float], ...]
    adatoms: int = dataclasses.field(metadata=checks(whole(0)))
    adatom: str = dataclasses.field(metadata=checks(one_of(*list(atomic_numbers)[1:])))

    folds: tuple[tuple[int, int, float, float], ...] = added(())

    def folded(self, thickness: float) -> float:
        """Return how far folds stand out beyond the back face of a film, in angstrom.

        Parameters
        ----------
        thickness
            Thickness of the film, in angstrom.
        """
        return (LAYERS - 1) * thickness if self.folds else 0.0

    def reach(self, thickness: float) -> tuple[float, float]:
        """Return the farthest points of film, dirt and atoms beyond both faces of the flat film.

        Parameters
        ----------
        thickness
            Thickness of the flat film, in angstrom.
        """
        surface = STEEPEST * self.unevenness / math.sqrt(2)
        heights = [patch[3] for patch in self.patches]
        front = max([*heights, 0.0]) + (4.0 if self.adatoms else 0.0)
        return surface + front, surface + self.folded(thickness) - min([*heights, 0.0])
