"""Ready-made objects: particles with planar defects, equilibrium shapes, grain boundaries.

Set a crystal and a volume or surface energies, then `build_object`. `FCCMixedTwinSF`, `FCCTwin` and
`FCCStackingFault` make defects in fcc, `WurtziteStackingFault` in wurtzite, which `PlanarDefect`
records; `SimpleGrainBoundary` joins two grains; `WulffSingle`, `WulffDecahedron` and
`WulffIcosahedron` are equilibrium shapes.
"""

from czone.prefab.prefab import (
    BasePrefab,
    FCCMixedTwinSF,
    FCCStackingFault,
    FCCTwin,
    PlanarDefect,
    SimpleGrainBoundary,
    WurtziteStackingFault,
    fccMixedTwinSF,
    fccStackingFault,
    fccTwin,
    wurtziteStackingFault,
)
from czone.prefab.wulff import WulffBase, WulffDecahedron, WulffIcosahedron, WulffSingle
from czone.spelling import names_from

__all__ = [
    "BasePrefab",
    "FCCMixedTwinSF",
    "FCCStackingFault",
    "FCCTwin",
    "PlanarDefect",
    "SimpleGrainBoundary",
    "WulffBase",
    "WulffDecahedron",
    "WulffIcosahedron",
    "WulffSingle",
    "WurtziteStackingFault",
    "fccMixedTwinSF",
    "fccStackingFault",
    "fccTwin",
    "wurtziteStackingFault",
]

__getattr__ = names_from(
    __name__, "czone.volume", "czone.generator", "czone.transform", "czone.util"
)
