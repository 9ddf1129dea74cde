"""Crystals with planar defects, under the path and names of Construction Zone."""

from czone.prefab.base import BasePrefab, PlanarDefect
from czone.prefab.fcc import FCCMixedTwinSF, FCCStackingFault, FCCTwin
from czone.prefab.grain_boundary import SimpleGrainBoundary
from czone.prefab.wurtzite import WurtziteStackingFault

__all__ = [
    "BasePrefab",
    "FCCMixedTwinSF",
    "FCCStackingFault",
    "FCCTwin",
    "PlanarDefect",
    "SimpleGrainBoundary",
    "WurtziteStackingFault",
    "fccMixedTwinSF",
    "fccStackingFault",
    "fccTwin",
    "wurtziteStackingFault",
]

fccMixedTwinSF = FCCMixedTwinSF
fccStackingFault = FCCStackingFault
fccTwin = FCCTwin
wurtziteStackingFault = WurtziteStackingFault
