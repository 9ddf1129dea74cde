"""Crystals with planar defects, under the path and names of Construction Zone."""

from czone.prefab.base import BasePrefab, PlanarDefect
from czone.prefab.fcc import FCCMixedTwinSF, FCCStackingFault, FCCTwin

__all__ = [
    "BasePrefab",
    "FCCMixedTwinSF",
    "FCCStackingFault",
    "FCCTwin",
    "PlanarDefect",
    "fccMixedTwinSF",
    "fccStackingFault",
    "fccTwin",
]

fccMixedTwinSF = FCCMixedTwinSF
fccStackingFault = FCCStackingFault
fccTwin = FCCTwin
