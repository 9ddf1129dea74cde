"""What makes a film other than flat and clean, in numbers."""

import dataclasses
import math
from dataclasses import dataclass

from ase.data import atomic_numbers

from hrtem_sim.provenance import Checked, at_least, checks, one_of, positive, whole

STEEPEST = 3.0
"""Heights in units of their rms beyond which a surface is cut off."""


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
    """

    unevenness: float = dataclasses.field(metadata=checks(at_least(0, "angstrom")))
    waviness: float = dataclasses.field(metadata=checks(positive("angstrom")))
    holes: tuple[tuple[float, float, float], ...]
    patches: tuple[tuple[float, float, float, float], ...]
    adatoms: int = dataclasses.field(metadata=checks(whole(0)))
    adatom: str = dataclasses.field(metadata=checks(one_of(*list(atomic_numbers)[1:])))

    @property
    def reach(self) -> tuple[float, float]:
        """Farthest points of film, dirt and atoms beyond both faces of the flat film."""
        surface = STEEPEST * self.unevenness / math.sqrt(2)
        heights = [patch[3] for patch in self.patches]
        front = max([*heights, 0.0]) + (4.0 if self.adatoms else 0.0)
        return surface + front, surface - min([*heights, 0.0])
