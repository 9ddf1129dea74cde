"""Holes in films and their rims: a straight or a round edge, rough."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter1d

from hrtem_sim.frozen import freeze
from hrtem_sim.specimen.builders.built import Streams

STEP = 1.0
"""angstrom between the points that an edge is drawn on."""

STEEPEST = 3.0
"""Roughness in units of its rms beyond which an edge is cut off."""


@dataclass(frozen=True, eq=False)
class Rim:
    """A hole in a periodic field: a band along y, or a disc.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom.
    kind
        Shape of the hole: the band of one far wider than the field has two rims, the disc one.
    middle
        x and y of its middle, in angstrom.
    reach
        Half width or radius, in angstrom.
    rough
        What each rim lies farther out than that, evenly along it, in angstrom: (2, n) or (1, n).
    """

    field: tuple[float, float]
    kind: Literal["straight", "round"]
    middle: tuple[float, float]
    reach: float
    rough: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "rough")

    @classmethod
    def of(
        cls,
        kind: Literal["straight", "round"],
        field: tuple[float, float],
        share: float,
        roughness: float,
        waviness: float,
        streams: Streams,
    ) -> "Rim":
        """Draw a hole.

        Parameters
        ----------
        kind, field
            As in the class.
        share
            Part of the field that is vacuum.
        roughness, waviness
            rms of the edge, and the distance along it over which it is alike, in angstrom.
        streams
            Random streams of its place ("hole") and of its edges ("rim", 0) and ("rim", 1).

        Examples
        --------
        >>> from hrtem_sim.provenance import rng_for
        >>> streams = lambda *key: rng_for(1, *key)
        >>> rim = Rim.of("straight", (40.0, 30.0), 0.25, 2.0, 10.0, streams)
        >>> places = np.random.default_rng(1).random((10000, 2)) * (40.0, 30.0)
        >>> round(float(rim.is_open(places).mean()), 2)
        0.25
        """
        x, y = (streams("hole").random(2) * field).tolist()
        if kind == "straight":
            reach, length, count = share * field[0] / 2, field[1], 2
        else:
            reach = math.sqrt(share * math.prod(field) / math.pi)
            length, count = 2 * math.pi * reach, 1
        rough = [_edge(length, roughness, waviness, streams("rim", i)) for i in range(count)]
        return cls(field, kind, (x, y), reach, np.array(rough))

    def is_open(self, places: np.ndarray) -> np.ndarray:
        """Tell which places (n, 2) lie in the hole."""
        edges = np.array(self.field)
        away = places - self.middle
        away -= edges * np.round(away / edges)
        if self.kind == "round":
            turn = np.arctan2(away[:, 1], away[:, 0]) / (2 * np.pi)
            return np.hypot(*away.T) < self.reach + self._at(0, turn)
        along = places[:, 1] / self.field[1]
        left, right = (self.reach + self._at(side, along) for side in (0, 1))
        return (away[:, 0] > -left) & (away[:, 0] < right)

    def point(self, side: int, along: float) -> tuple[np.ndarray, np.ndarray]:
        """Return a point (2,) of a rim, and the unit vector (2,) from there into the hole.

        Parameters
        ----------
        side
            0 or 1, of the two rims of a band; a disc has one.
        along
            Place along the rim, from 0 to 1.
        """
        if self.kind == "round":
            outward = np.array([math.cos(2 * math.pi * along), math.sin(2 * math.pi * along)])
            return self.middle + (self.reach + self._at(0, along)) * outward, -outward
        sign = 2 * side - 1
        x = self.middle[0] + sign * (self.reach + float(self._at(side, along)))
        return np.array([x, along * self.field[1]]), np.array([-float(sign), 0.0])

    def _at(self, side: int, along: float | np.ndarray) -> np.ndarray:
        rough = self.rough[side % len(self.rough)]
        places = np.arange(len(rough) + 1) / len(rough)
        return np.interp(np.asarray(along) % 1.0, places, np.append(rough, rough[0]))


def _edge(length: float, rms: float, alike: float, rng: np.random.Generator) -> np.ndarray:
    """Periodic Gaussian heights whose autocorrelation has fallen to 0.61 over a distance."""
    count = max(16, math.ceil(length / STEP))
    if not rms:
        return np.zeros(count)
    blur = alike / math.sqrt(2) * count / length
    rough = gaussian_filter1d(rng.standard_normal(count), blur, mode="wrap")
    rough -= rough.mean()
    return rms * np.clip(rough / rough.std(), -STEEPEST, STEEPEST)
