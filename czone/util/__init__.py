"""Measuring structures, and small numerical helpers. Nothing here knows of volumes or scenes.

Distribution functions and neighbours: `radial_distribution`, `neighbor_pairs`,
`coordination_numbers`. Orientations: `random_rotations`, `zone_axis_rotations`,
`random_directions`, `rotation_from_quaternion`. Helpers: `separated_indices`, `vangle`,
`round_away`. The names of Construction Zone (`calc_rdf`, `get_N_splits`, ...) are here and in
`measure` and `misc` as well.
"""

from czone.util import measure, misc
from czone.util.measure import get_sdist_fun, get_voxel_grid
from czone.util.misc import get_N_splits, round_away, separated_indices, vangle
from czone.util.neighbors import NeighborPairs, coordination_numbers, neighbor_pairs
from czone.util.orientation import (
    random_directions,
    random_rotations,
    rotation_from_quaternion,
    zone_axis_rotations,
)
from czone.util.rdf import RadialDistribution, calc_rdf, radial_distribution

__all__ = [
    "NeighborPairs",
    "RadialDistribution",
    "calc_rdf",
    "coordination_numbers",
    "get_N_splits",
    "get_sdist_fun",
    "get_voxel_grid",
    "measure",
    "misc",
    "neighbor_pairs",
    "radial_distribution",
    "random_directions",
    "random_rotations",
    "rotation_from_quaternion",
    "round_away",
    "separated_indices",
    "vangle",
    "zone_axis_rotations",
]
