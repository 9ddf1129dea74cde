"""Ready-made objects: particles with planar defects, equilibrium shapes, grain boundaries.

Set a crystal and a volume or surface energies, then `build_object`. `FCCMixedTwinSF`, `FCCTwin` and
`FCCStackingFault` make defects, which `PlanarDefect` records; `WulffSingle`, `WulffDecahedron` and
`WulffIcosahedron` make equilibrium shapes.
"""

from czone.prefab.prefab import (
    BasePrefab,
    FCCMixedTwinSF,
    FCCStackingFault,
    FCCTwin,
    PlanarDefect,
    fccMixedTwinSF,
    fccStackingFault,
    fccTwin,
)
from czone.prefab.wulff import WulffBase, WulffDecahedron, WulffIcosahedron, WulffSingle

__all__ = [
    "BasePrefab",
    "FCCMixedTwinSF",
    "FCCStackingFault",
    "FCCTwin",
    "PlanarDefect",
    "WulffBase",
    "WulffDecahedron",
    "WulffIcosahedron",
    "WulffSingle",
    "fccMixedTwinSF",
    "fccStackingFault",
    "fccTwin",
]
