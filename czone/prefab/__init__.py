"""Ready-made objects: particles with planar defects, equilibrium shapes, grain boundaries.

`FCCMixedTwinSF`, `FCCTwin`, `FCCStackingFault`: set a crystal and a volume, then `build_object`;
`PlanarDefect` says what was built where.
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
